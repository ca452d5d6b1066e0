"""Several runs side by side on Evaluate: which, what differs, whether it is real, and what repetitions come to."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dl.evaluation.comparison import compare_classes
from dl.files import write_json
from dl.runs import Run, RunStore
from dl.runs.families import families
from dl.runs.table import RunTable
from dl.specs import RunSpec
from dl.workspace import Workspace
from ui.evaluate.compare.table import compared_frame
from ui.evaluate.compare.words import setting_name, setting_word
from ui.text import catalogue

OpenPage = Callable[..., AppTest]
FakeRun = Callable[..., Run]
BuildSpec = Callable[..., RunSpec]
EN = catalogue("en")


def texts(app: AppTest) -> str:
    return "\n".join(str(part.value) for kind in ("markdown", "caption", "info", "warning") for part in app.get(kind))


def answer(run: Run, right: int) -> None:
    """So many of the first test pictures rightly, the others wrongly."""
    file = run.folder / "predictions" / "test_outputs.npy"
    labels = np.load(run.folder / "predictions" / "test_targets.npy")
    said = np.where(np.arange(len(labels)) < right, labels, (labels + 1) % 10)
    np.save(file, np.eye(10, dtype=np.float32)[said])


@pytest.fixture
def two(fake_run: FakeRun, digits_spec: BuildSpec) -> tuple[Run, Run]:
    """The second is right on thirty pictures more."""
    runs = fake_run(reached={"accuracy": 0.8}), fake_run(spec=digits_spec(epochs=3), reached={"accuracy": 0.9})
    for run, right in zip(runs, (200, 230), strict=True):
        answer(run, right)
    return runs


def test_best_two_are_told_apart_in_one_sentence(open_app: OpenPage, two: tuple[Run, Run]) -> None:
    first, second = two
    app = open_app("evaluate", view="compare", runs=f"{first.id},{second.id}")
    said, rows = texts(app), len(np.load(first.folder / "predictions" / "test_targets.npy"))
    assert (
        EN["compare.classes_real"].format(rows=rows, first=2, second=1, only_first=30, only_second=0, p="p < 0.001")
        in said
    )
    assert [app.selectbox(key=f"compare_{place}").value for place in ("first", "second")] == ["2", "1"]
    assert EN["compare.matrix_caption"].format(first=2, second=1) in said
    assert not app.exception


def test_pair_of_the_url_is_kept_and_another_is_put_there(
    open_app: OpenPage, two: tuple[Run, Run], fake_run: FakeRun
) -> None:
    other = fake_run()
    app = open_app("evaluate", view="compare", runs=f"1,2,{other.id}", pair="1,2")
    assert app.selectbox(key="compare_first").value == "1"
    app.selectbox(key="compare_first").select(other.id).run()
    assert app.query_params["pair"] in (f"{other.id},2", [f"{other.id},2"])
    assert f"#{other.id}" in texts(app)


def test_too_few_rows_say_how_many_more_it_would_take(open_app: OpenPage, two: tuple[Run, Run]) -> None:
    answer(two[1], 202)
    app = open_app("evaluate", view="compare", runs="1,2")
    true = np.load(two[0].folder / "predictions" / "test_targets.npy")
    said = [run.predictions().predicted for run in two]  # type: ignore[union-attr]
    found = compare_classes(true, *said)
    assert found.further and not found.is_real
    assert EN["compare.further"].format(further=f"{float(f'{found.further:.2g}'):,.0f}") in texts(app)


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_runs_of_other_data_stand_in_the_table_without_a_test(
    locale: str, open_app: OpenPage, two: tuple[Run, Run]
) -> None:
    dataset = two[0].dataset().model_copy(update={"fingerprint": "f" * 64})
    write_json(two[0].folder / "dataset.json", dataset.model_dump(mode="json"))
    app = open_app("evaluate", locale, view="compare", runs="1,2", pair="1,2")
    words = catalogue("zh" if locale == "zh-CN" else "en")
    assert words["compare.no_test_data"].format(first=1, second=2) in texts(app)
    assert len(app.dataframe[0].value) == 2 and not app.exception


def test_answers_that_cannot_be_read_leave_the_table(open_app: OpenPage, two: tuple[Run, Run]) -> None:
    (two[0].folder / "predictions" / "test_outputs.npy").write_bytes(b"torn")
    app = open_app("evaluate", view="compare", runs="1,2", pair="1,2")
    assert EN["compare.no_test_damaged"].format(first=1, second=2) in texts(app)
    assert len(app.dataframe[0].value) == 2 and not app.exception


def test_url_with_nonsense_shows_what_is_there(open_app: OpenPage, two: tuple[Run, Run]) -> None:
    app = open_app("evaluate", view="compare", runs="1,99,*x*,,2", pair="1,99", cell="3-77", metric="?")
    assert EN["compare.gone"].format(runs=r"\#99, \#\*x\*") in texts(app)
    assert app.multiselect(key="compare_runs").value == ["1", "2"] and not app.exception
    app = open_app("evaluate", view="compare", runs=",")
    assert EN["compare.nothing"] in texts(app)


def test_without_a_choice_the_newest_on_the_same_data_are_compared(open_app: OpenPage, two: tuple[Run, Run]) -> None:
    app = open_app("evaluate", run="1")
    app.segmented_control(key="compare_view").set_value("compare").run()
    assert app.multiselect(key="compare_runs").value == ["1", "2"]
    app.segmented_control(key="compare_view").set_value("one").run()
    assert "view" not in app.query_params and not app.exception


def test_table_has_only_the_settings_that_differ(
    quiet_server: Workspace, fake_run: FakeRun, digits_spec: BuildSpec
) -> None:
    spec = digits_spec(epochs=9, early_stopping={"patience": 2})
    fake_run(), fake_run(spec=spec, reached={"accuracy": 0.5}), fake_run("QUEUED")
    rows = RunTable(RunStore(quiet_server.runs)).rows()
    frame = compared_frame(rows, families(rows))
    settings = [name for name in frame.columns if "." in name]
    assert settings == ["training.epochs", "training.early_stopping"]
    assert list(frame["training.epochs"]) == [5, 9, 5]
    assert list(frame["training.early_stopping"]) == ["off", "on", "off"]
    assert frame["test_accuracy"].tolist()[1:] == pytest.approx([0.5, frame["test_accuracy"][2]])
    assert frame["interval"][2].endswith(" %") and np.isnan(frame["size"][0])


@pytest.mark.parametrize(
    ("path", "value", "name", "word"),
    [
        ("training.optimizer", "AdamW", "Optimiser", "AdamW"),
        ("training.learning_rate", 0.01, "Learning rate", 0.01),
        ("model.layers.2.units", 64, "“Units” of layer 3", 64),
        ("model.layers.0.scale", 1 / 255, "“Divide by” of layer 1", 255),
        ("model.layers", "=1+1", "Layers", "'=1+1"),
        ("training.loss", "huber", "Loss", "Huber loss"),
        ("model.inputs.0.kind", "columns", "Input", "columns"),
        ("training.early_stopping", None, "Early stopping", "off"),
    ],
)
def test_settings_are_told_in_the_readers_words(path: str, value: Any, name: str, word: Any) -> None:
    assert (setting_name(path), setting_word(path, value)) == (name, word)


def test_repetitions_are_queued_once_and_their_progress_is_told(open_app: OpenPage, fake_run: FakeRun) -> None:
    run = fake_run(reached={"accuracy": 0.9})
    app = open_app("evaluate", view="compare", runs=run.id)
    app.button(key=f"compare_seeds_{run.id}").click().run()
    store = RunStore(run.folder.parent)
    assert [other.spec().training.seed for other in store.list()] == [4, 3, 2, 1, 0]
    assert {other.label().name for other in store.list()} == {
        "",
        *(f"Digits 8×8 · Textbook · seed {n}" for n in range(1, 5)),
    }
    app = open_app("evaluate", view="compare", runs=run.id)
    assert EN["seeds.begun"].format(run=f"#{run.id} · Digits 8×8 · Textbook", done=1, total=5) in texts(app)
    assert f"compare_seeds_{run.id}" not in [button.key for button in app.button]


def test_repetitions_are_one_band_with_their_mean(
    open_app: OpenPage, fake_run: FakeRun, digits_spec: BuildSpec
) -> None:
    for seed in range(3):
        fake_run(spec=digits_spec(seed=seed), reached={"accuracy": 0.9 + 0.01 * seed})
    app = open_app("evaluate", view="compare", runs="1")
    facts = {"run": "#1 · Digits 8×8 · Textbook", "mean": "91.0 %", "deviation": "1", "total": 3}
    assert EN["seeds.all_done"].format(**facts) in texts(app) and EN["compare.band"] in texts(app)
