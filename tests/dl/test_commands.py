"""`python -m dl` as a user runs it: real processes, exit codes, one JSON object as the last word."""

import json
import os
import signal
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_diabetes

from dl import commands
from dl.datasets import Dataset, DatasetStore
from dl.datasets.catalogue import BUILTINS
from dl.datasets.tables.request import TableRequest
from dl.errors import MissingColumns
from dl.runs import Run, RunStore
from dl.runs.passport import parse_passport
from dl.runs.status import Fault
from dl.specs import Fork, RunSpec, parse_spec
from dl.specs.presets import default_spec
from dl.specs.script import keras_script
from dl.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
Spec = Callable[..., RunSpec]


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "dl", *arguments]


def call(*arguments: str, input: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), cwd=ROOT, input=input, capture_output=True, encoding="utf-8", timeout=300
    )


def refusal(*arguments: str, input: str | None = None) -> str:
    """What a command says that does not work: one line, and nothing on stdout."""
    done = call(*arguments, input=input)
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1 and done.stderr.startswith("error: ")
    return done.stderr


@pytest.fixture
def spec_file(tmp_path: Path) -> Callable[[RunSpec], str]:
    def write(spec: RunSpec) -> str:
        (tmp_path / "spec.json").write_text(spec.model_dump_json())
        return str(tmp_path / "spec.json")

    return write


@pytest.mark.parametrize(
    "verb", ["", "datasets", "import", "spec", "train", "resume", "evaluate", "script", "passport", "reproduce"]
)
def test_help_is_given(verb: str) -> None:
    done = call(*verb.split(), "--help")
    assert done.returncode == 0 and "usage: python -m dl" in done.stdout and done.stderr == ""


def test_data_sets_are_listed_with_those_that_are_here(workspace: Workspace) -> None:
    lines = call("datasets").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [known.id for known in BUILTINS.values()]
    assert ["here" in line for line in lines] == [known.id == "digits" for known in BUILTINS.values()]


def test_file_of_rows_is_imported_and_the_last_line_says_what_was_in_it(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "My flowers.csv"
    path.write_text("length,colour\n1,2,3\n" + "".join(f"{n / 2},{'red' if n % 3 else 'blue'}\n" for n in range(30)))
    done = call("import", str(path), "--target", "colour", "--id", "flowers")
    assert done.returncode == 0 and json.loads(done.stdout.splitlines()[-1]) == {
        "dataset": "flowers",
        "rows": 30,
        "left_out": 1,
        "columns": {"length": "number", "colour": "category"},
        "target": "colour",
        "task": "classification",
    }
    assert json.loads(call("import", str(path)).stdout)["dataset"] == "my_flowers"
    assert "flowers" in call("datasets").stdout
    assert "dataset_exists" in call("import", str(path), "--id", "flowers").stderr
    assert "no_file" in refusal("import", str(tmp_path / "nowhere.csv"))
    assert "unknown_column" in call("import", str(path), "--target", "weight").stderr
    assert "a-z" in refusal("import", str(path), "--id", "../up")


def test_specification_is_the_textbook_network_on_mnist_unless_another_is_named() -> None:
    assert parse_spec(call("spec").stdout) == default_spec(BUILTINS["mnist"])
    named = call("spec", "--dataset", "cifar10", "--preset", "convolutional").stdout
    assert parse_spec(named) == default_spec(BUILTINS["cifar10"], "convolutional")


def test_unknown_names_are_refused_with_those_that_exist() -> None:
    assert "fashion_mnist" in refusal("spec", "--dataset", "minst")
    done = call("spec", "--preset", "resnet")
    assert done.returncode == 2 and "convolutional_regularised" in done.stderr and "Traceback" not in done.stderr
    assert call().returncode == 2


def test_script_is_printed_from_a_file_and_from_standard_input(spec_file: Callable[[RunSpec], str]) -> None:
    spec = default_spec(BUILTINS["digits"])
    expected = keras_script(spec, BUILTINS["digits"])
    assert call("script", spec_file(spec)).stdout == expected
    assert call("script", "-", input=spec.model_dump_json()).stdout == expected


def without(spec: RunSpec, **changes: Any) -> str:
    return json.dumps(spec.model_dump(mode="json") | changes)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "not_json"),
        ("{\n\n\n", "not_json"),
        ('{"data": "none"}', "field_missing"),
        (without(default_spec(BUILTINS["digits"]), model={"layers": []}), "no_layers"),
        (without(default_spec(BUILTINS["digits"]), model={"layers": [{"type": "Flatten"}]}), "nothing_to_learn"),
        (
            without(default_spec(BUILTINS["digits"]), training={"optimizer": {"type": "SGD", "learning_rate": 0}}),
            "not_above",
        ),
        (without(default_spec(BUILTINS["digits"]), training={"loss": "mean_squared_error"}), "wrong_target_encoding"),
        (without(default_spec(BUILTINS["digits"]), data={"dataset": "my_own"}), "unknown_dataset"),
    ],
    ids=lambda value: value if value.isidentifier() else "",
)
def test_nonsense_is_refused_in_one_line_before_anything_starts(workspace: Workspace, text: str, word: str) -> None:
    assert word in refusal("train", "-", input=text)
    assert RunStore(workspace.runs).list() == []


def test_script_of_nonsense_is_refused_in_one_line() -> None:
    assert "not_json" in refusal("script", "-", input="{")


def test_file_that_cannot_be_read_is_named_in_one_line(workspace: Workspace, tmp_path: Path) -> None:
    assert "nowhere.json" in refusal("train", "nowhere.json")
    assert str(tmp_path) in refusal("script", str(tmp_path))


def test_home_that_cannot_be_used_is_named_in_one_line(
    tmp_path: Path, spec_file: Callable[[RunSpec], str], digits_spec: Spec
) -> None:
    (tmp_path / "file").touch()
    assert "file" in refusal("train", spec_file(digits_spec()), "--home", str(tmp_path / "file"))


@pytest.mark.slow
def test_training_ends_with_its_result_and_evaluation_tells_the_same(
    workspace: Workspace, spec_file: Callable[[RunSpec], str], digits_spec: Spec
) -> None:
    done = call("train", spec_file(digits_spec(epochs=3)))
    assert done.returncode == 0
    assert "epoch 3/3" in done.stderr and "Traceback" not in done.stderr
    (line,) = done.stdout.splitlines()
    result = json.loads(line)
    assert {"run", "state", "epochs", "fit_seconds", "test_accuracy", "test_loss"} <= set(result)
    assert (result["run"], result["state"], result["epochs"]) == ("1", "FINISHED", 3)
    run = RunStore(workspace.runs).get("1")
    results = run.results()
    assert results and results.scores["accuracy"] == result["test_accuracy"] > 0.8
    evaluated = json.loads(call("evaluate", "1").stdout)
    assert evaluated["test_accuracy"] == pytest.approx(result["test_accuracy"])
    assert evaluated["test_loss"] == result["test_loss"]
    low, high = evaluated["test_accuracy_interval"]
    assert low < evaluated["test_accuracy"] < high
    assert np.array(evaluated["confusion_matrix"]).shape == (10, 10) and np.sum(evaluated["confusion_matrix"]) == 360
    assert list(evaluated["per_class"]) == list("0123456789")


@pytest.mark.slow
def test_training_that_diverges_ends_with_its_reason_and_an_exit_code(
    workspace: Workspace, spec_file: Callable[[RunSpec], str], digits_spec: Spec
) -> None:
    spec = digits_spec(epochs=50, optimizer={"type": "SGD", "learning_rate": 100}).model_dump(mode="json")
    spec["model"]["layers"][2:3] = [{"type": "Dense", "activation": "linear"}] * 5
    done = call("train", spec_file(parse_spec(spec)), "--home", str(workspace.home))
    assert done.returncode == 1 and "Traceback" not in done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["state"] == "FAILED" and result["fault"]["facts"]["reason"] == "diverged"
    assert "Traceback" in RunStore(workspace.runs).get(result["run"]).log_tail()


def test_training_fails_with_an_exit_code_when_the_installation_is_broken(
    workspace: Workspace,
    spec_file: Callable[[RunSpec], str],
    digits_spec: Spec,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "keras.py").write_text("raise ImportError('this installation is broken')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    done = call("train", spec_file(digits_spec()))
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["fault"]["facts"]["text"] == "this installation is broken"


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent as a POSIX signal")
@pytest.mark.parametrize("moment", ["starting", "training"])
def test_training_is_interrupted_by_ctrl_c(
    workspace: Workspace,
    spec_file: Callable[[RunSpec], str],
    digits_spec: Spec,
    wait_until: Callable[..., None],
    moment: str,
) -> None:
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"}
    process = subprocess.Popen(command("train", spec_file(digits_spec(epochs=100_000))), cwd=ROOT, **pipes)
    try:
        wait_until(lambda: any((run.folder / "log.txt").exists() for run in RunStore(workspace.runs).list()))
        run = RunStore(workspace.runs).get("1")
        wait_until(lambda: run.written_status().phase == moment and (moment == "starting" or len(run.steps()) > 50))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "Traceback" not in err
    assert json.loads(out.splitlines()[-1])["state"] == "INTERRUPTED"
    assert run.written_status().state == "INTERRUPTED" and run.written_status().fault == Fault(code="cancelled")
    if moment == "training":
        assert_goes_on(run, wait_until)


def assert_goes_on(run: Run, wait_until: Callable[..., None]) -> None:
    before = len(run.steps())
    process = subprocess.Popen(command("resume", run.id), cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8")
    try:
        wait_until(lambda: len(run.steps()) > before)
        run.request("stop")
        out, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0 and json.loads(out.splitlines()[-1])["state"] == "STOPPED"
    assert run.status().attempt == 2 and run.model_file.is_file()


@pytest.mark.parametrize("state", ["FINISHED", "STOPPED", "FAILED"])
def test_run_is_not_gone_on_with_when_it_is_done_or_has_no_checkpoint(state: str, fake_run: Callable[..., Run]) -> None:
    run = fake_run(state)
    before = run.written_status()
    assert state in refusal("resume", run.id)
    assert run.written_status() == before


def test_fork_is_refused_in_one_line_when_its_saved_epoch_is_not_here(
    workspace: Workspace, digits_spec: Spec, spec_file: Callable[[RunSpec], str]
) -> None:
    fork = digits_spec().model_copy(update={"fork": Fork(run="7", epoch=2, step=82)})
    assert "checkpoint_missing: run=7, epoch=2, step=82" in refusal("train", spec_file(fork))
    assert RunStore(workspace.runs).list() == []


def test_fork_is_made_with_the_saved_epoch_of_its_parent_when_that_is_here(
    fake_run: Callable[..., Run],
    workspace: Workspace,
    spec_file: Callable[[RunSpec], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parent, made = fake_run(checkpoints=[1, 2]), []
    monkeypatch.setattr(commands, "train_here", lambda run, workspace: made.append(run) or 0)
    fork = parent.spec().model_copy(update={"fork": Fork(run=parent.id, epoch=2, step=24)})
    assert commands.train(Namespace(spec=spec_file(fork), home=None)) == 0
    (run,) = made
    assert run.spec() == fork and [point.epoch for point in run.checkpoints.list()] == [2]


def test_resumption_is_refused_in_one_line_and_changes_nothing_when_another_process_was_faster(
    fake_run: Callable[..., Run],
) -> None:
    run = fake_run("INTERRUPTED")
    run.claim()
    before = run.written_status()
    assert "taken up by another process" in refusal("resume", run.id)
    assert run.written_status() == before


def test_evaluation_is_refused_in_one_line_when_there_is_nothing_to_evaluate(fake_run: Callable[..., Run]) -> None:
    assert "unknown_run" in refusal("evaluate", "99")
    assert "unknown_run" in refusal("evaluate", "../1")
    waiting, damaged = fake_run("QUEUED"), fake_run()
    assert "QUEUED" in refusal("evaluate", waiting.id)
    (damaged.folder / "predictions" / "test_targets.npy").write_bytes(b"")
    assert "run_damaged" in refusal("evaluate", damaged.id)


def test_file_is_given_back_with_answers_and_stays_as_it_was_where_it_cannot_be(
    trained_home: Workspace, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    rows, out = tmp_path / "rows.csv", tmp_path / "out.csv"
    rows.write_text("city,age,since\nBern,41,2021-03-01\n")
    asked = Namespace(home=None, id="2", file=str(rows), out=None)
    assert commands.predict(asked) == 0
    told = capfdbinary.readouterr().out
    assert told.decode("utf-8-sig").splitlines()[1].startswith("Bern,41,2021-03-01,")
    out.write_text("kept")
    rows.write_text("town,age,since\nBern,41,2021-03-01\n")
    with pytest.raises(MissingColumns):
        commands.predict(Namespace(home=None, id="2", file=str(rows), out=str(out)))
    assert out.read_text() == "kept"
    rows.write_bytes(b"city,age,since\nBern,41,2021-03-01\n")
    assert commands.predict(Namespace(home=None, id="2", file=str(rows), out=str(out))) == 0
    assert out.read_bytes() == told
    assert commands.predict(Namespace(home=None, id="1", file=str(rows), out=None)) == 1
    assert b"not trained on a table" in capfdbinary.readouterr().err


@pytest.mark.slow
def test_default_specification_reaches_97_per_cent_on_mnist(tmp_path: Path) -> None:
    downloads = os.environ.get("LIVEFIT_DOWNLOADS")
    if not downloads or not (Path(downloads) / "mnist.npz").is_file():
        pytest.skip("LIVEFIT_DOWNLOADS names no folder with mnist.npz")
    done = call("train", "-", "--home", str(tmp_path), input=call("spec").stdout)
    result = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, result["state"], result["epochs"]) == (0, "FINISHED", 5)
    assert result["test_accuracy"] >= 0.97


@pytest.fixture
def patients(tmp_path: Path, workspace: Workspace) -> Dataset:
    """The data set diabetes as a table of one's own, brought from a file beside which the script is run."""
    frame = load_diabetes(as_frame=True, scaled=False).frame.rename(columns={"target": "progression"})
    frame.to_csv(file := tmp_path / "patients.csv", index=False)
    request = TableRequest(id="patients", name="patients", source=str(file), target="progression")
    return DatasetStore(workspace).bring_table(request)


@pytest.mark.slow
@pytest.mark.parametrize("preset", ["plain", "strong"])
def test_table_goes_through_the_whole_command_line_and_keras_comes_to_the_same(
    workspace: Workspace, patients: Dataset, tmp_path: Path, preset: str
) -> None:
    """Always guessing the mean of the training targets is off by 77 in the root of the mean square."""
    spec = call("spec", "--dataset", "patients", "--preset", preset).stdout
    done = call("train", "-", input=spec)
    result = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, result["state"]) == (0, "FINISHED") and "val_root_mean_squared_error" in done.stderr
    evaluated = json.loads(call("evaluate", result["run"]).stdout)
    for name in ("test_rmse", "test_mae", "test_r2"):
        assert evaluated[name] == pytest.approx(result[name], rel=1e-3)
    assert evaluated["test_rmse"] < 0.85 * evaluated["average_rmse"] and 0.3 < evaluated["test_r2"] < 1
    (tmp_path / "train.py").write_text(call("script", "-", input=spec).stdout, encoding="utf-8")
    program = subprocess.run(
        [sys.executable, "train.py"], cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=300
    )
    assert program.returncode == 0, program.stderr
    words = program.stdout.splitlines()[-1].replace(",", "").split()
    assert words[:2] == ["test", "rmse"] and float(words[2]) == pytest.approx(evaluated["test_rmse"], rel=0.1)


def test_preset_that_does_not_suit_the_data_is_refused_with_those_that_do() -> None:
    assert "plain, strong" in refusal("spec", "--dataset", "diabetes", "--preset", "convolutional")


def test_passport_is_printed_and_one_that_is_none_is_refused_in_one_line(fake_run: Callable[..., Run]) -> None:
    done = call("passport", fake_run().id)
    assert done.returncode == 0 and parse_passport(done.stdout.encode()).spec.data.dataset == "digits"
    assert "not_a_passport" in refusal("reproduce", "-", input="{}")
    assert "unknown_run" in refusal("passport", "99")
