"""A whole run in this process: from its specification to everything that the pages read."""

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from dl.datasets import Dataset, DatasetStore, split
from dl.errors import DatasetDamaged, DatasetMissing, RunDamaged, SpecError, TrainingFailed
from dl.evaluation.classification import accuracy_interval
from dl.runs import Run, RunStore, Status
from dl.runs.results import majority_baseline
from dl.runs.status import Fault
from dl.specs import Fork, RunSpec, parse_spec
from dl.specs.layers import Dense, Flatten, Rescaling
from dl.specs.presets import default_spec
from dl.workspace import Workspace

Execute = Callable[[RunSpec], tuple[Run, Status]]
FakeRun = Callable[..., Run]


def with_layers(spec: RunSpec, *layers: Any, **data: Any) -> RunSpec:
    whole = spec.model_dump()
    return parse_spec(whole | {"model": {"layers": layers}, "data": whole["data"] | data})


def test_finished_run_has_everything_that_the_pages_read(
    execute: Execute, keras: ModuleType, workspace: Workspace, digits_spec: Callable[..., RunSpec]
) -> None:
    run, status = execute(digits_spec(epochs=3))
    digits, predictions, results = DatasetStore(workspace).open("digits"), run.predictions(), run.results()
    assert run.status() == status and status.state == "FINISHED" and status.phase == "ended"
    assert (status.epoch, status.epochs) == (3, 3)
    assert status.step == status.steps == len(run.steps()) == 3 * 41
    assert [record["epoch"] for record in run.epochs()] == [1, 2, 3]
    assert predictions is not None and (predictions.targets == digits.y_test).all()
    right, rows = int((predictions.predicted == predictions.targets).sum()), len(predictions.targets)
    assert results and results.scores["accuracy"] == right / rows > 0.8
    assert results.intervals == {"accuracy": accuracy_interval(right, rows)}
    model = keras.models.load_model(run.model_file)
    np.testing.assert_allclose(model.predict(digits.x_test, verbose=0), predictions.outputs, atol=1e-5)
    assert [results.scores["loss"], results.scores["accuracy"]] == pytest.approx(
        model.evaluate(digits.x_test, digits.y_test, verbose=0), rel=1e-4
    )
    most_frequent = int(np.bincount(digits.y_train).argmax())
    assert results.baseline == majority_baseline(most_frequent, (digits.y_test == most_frequent).mean())


def test_nothing_half_written_is_left_in_the_folder(execute: Execute, digits_spec: Callable[..., RunSpec]) -> None:
    run, _ = execute(digits_spec(epochs=1))
    names = {path.relative_to(run.folder).as_posix() for path in run.folder.rglob("*") if path.is_file()}
    assert names == {
        "spec.json",
        "dataset.json",
        "baseline.json",
        "status.json",
        "results.json",
        "steps.json",
        "steps.bin",
        "blocks.bin",
        "epochs.jsonl",
        "engine.json",
        "environment.json",
        "weights.json",
        "checkpoints/step-0000000041-epoch-000001.npz",
        "model.keras",
        "predictions/test_targets.npy",
        "predictions/test_outputs.npy",
    }


def test_training_sees_the_rows_of_the_split_and_no_other(
    execute: Execute, workspace: Workspace, digits_spec: Callable[..., RunSpec]
) -> None:
    from dl.training.data import training_data

    spec = digits_spec(seed=7)
    data = training_data(spec, DatasetStore(workspace).open("digits"))
    train, validation = split(1437, 0.1, 7)
    assert (data.train == train).all() and (data.validation == validation).all()
    assert sorted([*data.train, *data.validation]) == list(range(1437)) and len(validation) == 144


def test_same_seed_gives_the_same_run_and_another_one_another(
    execute: Execute, digits_spec: Callable[..., RunSpec]
) -> None:
    """With batch normalisation and dropout, whose random numbers must follow from the seed too."""
    runs = [execute(digits_spec("convolutional_regularised", epochs=1, seed=seed))[0] for seed in (5, 5, 6)]
    first, again, other = (run.steps()["loss"] for run in runs)
    np.testing.assert_allclose(first, again, rtol=1e-4)
    assert not np.allclose(first, other, rtol=1e-2)
    probabilities = [run.predictions().outputs for run in runs[:2]]  # type: ignore[union-attr]
    np.testing.assert_allclose(*probabilities, atol=1e-3)


@pytest.mark.parametrize("optimizer", ["Adam", "GradientDescent"])
def test_speed_is_the_true_one_when_calls_make_many_steps_or_one(
    execute: Execute, digits_spec: Callable[..., RunSpec], optimizer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over all steps but those of the first call, which are few, however long each of them takes."""
    monkeypatch.setattr("dl.training.recorder.RATE_SECONDS", float("inf"))
    run, status = execute(digits_spec(epochs=20, optimizer={"type": optimizer}))
    times = run.steps()["time"]
    steps = len(times) - np.arange(1, len(times) // 2)
    assert np.isclose(status.steps_per_second, steps / (times[-1] - times[: len(steps)]), rtol=1e-6).any()


def test_one_hot_labels_are_trained_and_evaluated(execute: Execute, digits_spec: Callable[..., RunSpec]) -> None:
    spec = digits_spec(loss="mean_squared_error", epochs=3)
    run, _ = execute(with_layers(spec, *spec.model.layers, target_encoding="one_hot"))
    results = run.results()
    assert results and results.scores["accuracy"] > 0.7 and results.scores["loss"] < 0.05


def test_run_is_stopped_with_a_model_and_predictions_when_it_was_wished_before_it_began(
    execute: Execute, keras: ModuleType, workspace: Workspace, digits: Dataset, digits_spec: Callable[..., RunSpec]
) -> None:
    from dl.training.execute import execute as execute_run
    from dl.training.status_writer import StatusWriter

    run = RunStore(workspace.runs).create(digits_spec(epochs=1000), digits)
    run.request("stop")
    status = execute_run(run, workspace, StatusWriter(run))
    assert (status.state, status.step) == ("STOPPED", 0)
    assert run.predictions() is not None and run.model_file.is_file()


def test_early_stopping_is_noted(execute: Execute, digits_spec: Callable[..., RunSpec]) -> None:
    spec = digits_spec(epochs=60, optimizer={"type": "RMSprop", "learning_rate": 0.1}, early_stopping={"patience": 1})
    run, status = execute(spec)
    assert status.stopped_early and status.state == "FINISHED"
    assert len(run.epochs()) == status.epoch < status.epochs == 60


def test_run_is_seen_to_get_further_while_it_is_scored(
    execute: Execute, digits_spec: Callable[..., RunSpec], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or a stop would be enforced in the middle of it; the held-out rows and the test set are long in the same way."""
    monkeypatch.setattr("dl.training.engine.EVALUATION_BATCH", 8)
    monkeypatch.setattr("dl.training.engine.CHUNK_SECONDS", 0.0)
    monkeypatch.setattr("dl.training.execute.TEST_BATCH", 40)
    monkeypatch.setattr("dl.training.status_writer.WRITE_SECONDS", 0.0)
    written, write = [], Run.write_status

    def note(run: Run, status: Status) -> None:
        written.append(status)
        write(run, status)

    monkeypatch.setattr(Run, "write_status", note)
    execute(digits_spec(epochs=1))
    after_the_last_step = [status for status in written if status.step == 41]
    for phase, blocks in (("training", 144 // 8 // 2), ("evaluating", 360 // 40)):
        moments = {status.advanced_at for status in after_the_last_step if status.phase == phase}
        assert len(moments) > blocks
    assert all(status.advanced_at is None for status in written if status.phase in ("starting", "choosing"))


def test_run_fails_when_the_very_last_step_went_too_far(execute: Execute, digits_spec: Callable[..., RunSpec]) -> None:
    """The loss of that step is finite; only the outputs show what it did."""
    layers = (
        Rescaling(scale=1000),
        Flatten(),
        *[Dense(activation="linear")] * 6,
        Dense(units=10, activation="softmax"),
    )
    spec = digits_spec(epochs=1, optimizer={"type": "GradientDescent", "learning_rate": 100})
    with pytest.raises(TrainingFailed) as error:
        execute(with_layers(spec, *layers))
    assert error.value.facts == {"reason": "diverged", "epoch": 1, "step": 1}


def test_run_fails_before_training_when_its_specification_cannot_work(
    execute: Execute, digits_spec: Callable[..., RunSpec]
) -> None:
    with pytest.raises(SpecError) as error:
        execute(with_layers(digits_spec(), Flatten(), Dense(units=7, activation="softmax")))
    assert [problem.code for problem in error.value.problems] == ["wrong_number_of_outputs"]


def test_run_fails_when_its_data_is_gone_damaged_or_changed(
    execute: Execute, workspace: Workspace, digits_spec: Callable[..., RunSpec]
) -> None:
    folder = workspace.datasets / "digits"
    description = json.loads((folder / "dataset.json").read_bytes())
    (folder / "dataset.json").write_text(json.dumps(description | {"fingerprint": "0" * 64}))
    with pytest.raises(DatasetDamaged):
        execute(digits_spec())
    (folder / "x_train.npy").write_bytes(b"\x93NUMPY")
    with pytest.raises(DatasetDamaged) as damaged:
        execute(digits_spec())
    assert damaged.value.facts == {"dataset": "digits", "file": "x_train.npy"}
    folder.rename(workspace.datasets / "elsewhere")
    with pytest.raises(DatasetMissing):
        execute(digits_spec())


@pytest.mark.parametrize("damage", ["torn", "gone"])
def test_fork_fails_and_records_nothing_when_the_epoch_that_it_begins_at_is_torn_or_gone(
    damage: str, execute: Execute, keras: ModuleType, workspace: Workspace, digits: Dataset, fake_run: FakeRun
) -> None:
    from dl.training.status_writer import StatusWriter
    from dl.worker import train_run

    fork = fake_run("QUEUED", spec=default_spec(digits).model_copy(update={"fork": Fork(run="7", epoch=2, step=82)}))
    (begin,) = fork.checkpoints.list()
    if damage == "torn":
        begin.path.write_bytes(begin.content()[:50])
    else:
        begin.path.unlink()
    status = train_run(fork, workspace, StatusWriter(fork))
    file = "checkpoints" if damage == "gone" else f"checkpoints/{begin.path.name}"
    assert (status.state, status.fault) == ("FAILED", Fault(code="run_damaged", facts={"run": fork.id, "file": file}))
    assert len(fork.steps()) == 0


def test_run_fails_when_its_specification_was_torn(
    execute: Execute, keras: ModuleType, workspace: Workspace, fake_run: Callable[..., Run]
) -> None:
    from dl.training.execute import execute as execute_run
    from dl.training.status_writer import StatusWriter

    run = fake_run("QUEUED")
    (run.folder / "spec.json").write_text("{")
    writer = StatusWriter(run)
    with pytest.raises(RunDamaged):
        execute_run(run, workspace, writer)
    writer.end("failed")


def test_evaluation_equals_that_of_keras_when_the_network_is_sure_and_wrong(bench: Callable[..., Any]) -> None:
    """Raw pixels and a large step: losses far above the 16 at which finished probabilities would be cut off."""
    from dl.training.execute import TEST_BATCH, evaluate

    ours = bench(Flatten(), optimizer={"type": "SGD", "learning_rate": 10})
    ours.train()
    rows, blocks = np.arange(1000), list[int]()
    outputs, loss = evaluate(ours.model, ours.x[rows], ours.targets(rows), lambda: blocks.append(1))
    expected_loss, expected_accuracy = ours.model.evaluate(ours.x[rows], ours.targets(rows), verbose=0)
    assert loss == pytest.approx(expected_loss, rel=1e-4) and loss > 16
    assert len(blocks) == -(-1000 // TEST_BATCH) == 2, "the last of them is smaller"
    np.testing.assert_allclose(outputs, ours.model.predict(ours.x[rows], verbose=0), atol=1e-5)
    scores = ours.training().evaluate(rows)
    assert scores == pytest.approx({"loss": expected_loss, "accuracy": expected_accuracy}, rel=1e-4)


def test_run_is_the_same_and_nothing_is_left_behind_when_the_worker_was_warmed_up(
    execute: Execute,
    workspace: Workspace,
    digits_spec: Callable[..., RunSpec],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from dl.training.execute import warm_up

    cold, _ = execute(digits_spec(epochs=1))
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    warm_up(workspace)
    assert list((tmp_path / "empty").iterdir()) == []
    warm, _ = execute(digits_spec(epochs=1))
    np.testing.assert_allclose(warm.steps()["loss"], cold.steps()["loss"], rtol=1e-4)
