"""Evaluate on a run of a table: scores, decisions, slices, and the rows behind every bar and cell."""

import base64
import json
import shutil
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from dl.datasets import Dataset
from dl.datasets.columns import AnyColumn, Category, Number
from dl.evaluation.importance import ColumnImportance, Importance
from dl.jobs.run_jobs import JobStatus, RunJobs, write_status
from dl.runs import Run, RunStore
from dl.runs.importance import write_importance
from dl.runs.results import Results, forget_results, write_results
from dl.specs import RunSpec
from dl.specs.presets import default_spec
from dl.tasks import task_of
from dl.workspace import Workspace
from ui.server import server

OpenPage = Callable[..., AppTest]
MakeRun = Callable[..., Run]
ROWS = 600
RANDOM = np.random.default_rng(11)
SIZE = RANDOM.normal(size=ROWS)
PLACE = RANDOM.choice(["north", "*south*", "=west"], ROWS, p=[0.5, 0.3, 0.2])
CLASSES = ("no", "yes", "maybe")
FEATURES = (Number(name="size", field="c0"), Category(name="place", field="c1"))
TESTED = np.sort(RANDOM.permutation(ROWS)[:300])


@pytest.fixture
def table_run(workspace: Workspace, digits: Dataset) -> MakeRun:
    """A run on a table of `SIZE`, `PLACE` and a target, which answers these outputs to the rows `TESTED`."""

    def make(column: AnyColumn, targets: np.ndarray, outputs: np.ndarray, rows: bool = True) -> Run:
        folder = workspace.datasets / "made"
        folder.mkdir()
        words = targets if isinstance(column, Number) else np.array(column.levels)[targets]  # type: ignore[union-attr]
        stored = {"c0": SIZE, "c1": PLACE, "c2": words, "line": np.arange(2, ROWS + 2)}
        pq.write_table(pa.table(stored), folder / "rows.parquet")
        target = column.model_copy(update={"role": "target", "field": "c2"})
        counts = {"train": ROWS - len(TESTED), "test": len(TESTED)}
        made = {"id": "made", "name": "made", "source": "", "licence": "", "fingerprint": "f"}
        dataset = Dataset(columns=(*FEATURES, target), rows=counts, **made)  # type: ignore[arg-type]
        (folder / "dataset.json").write_text(dataset.model_dump_json())
        return _written(RunStore(workspace.runs), dataset, _spec(digits), targets, outputs, rows)

    return make


def _spec(digits: Dataset) -> RunSpec:
    """The network is not looked at."""
    spec = default_spec(digits).model_dump()
    return RunSpec.model_validate(spec | {"data": spec["data"] | {"dataset": "made"}})


def _written(
    store: RunStore, dataset: Dataset, spec: RunSpec, targets: np.ndarray, outputs: np.ndarray, rows: bool
) -> Run:
    run = store.create(spec, dataset, claimed=True)
    (run.folder / "predictions").mkdir()
    arrays = {"targets": targets[TESTED], "outputs": outputs[TESTED].astype(np.float32), "rows": TESTED}
    for name in ("targets", "outputs", *(["rows"] if rows else [])):
        np.save(run.folder / "predictions" / f"test_{name}.npy", arrays[name])
    score = {"accuracy": 0.9} if dataset.classes else {"mean_absolute_error": 1.5}
    baseline = task_of(dataset).baseline(targets, targets[TESTED])
    write_results(run.folder, Results(scores={"loss": 0.3, **score}, baseline=baseline))
    run.write_status(run.written_status().update(state="FINISHED", phase="ended", fit_seconds=1.0, ended_at=1.0))
    return run


@pytest.fixture
def two_classes(table_run: MakeRun) -> Run:
    targets = (SIZE + RANDOM.normal(size=ROWS) > 0.8).astype(np.int64)
    yes = 1 / (1 + np.exp(1.2 - 1.5 * SIZE))
    return table_run(Category(name="answer", levels=CLASSES[:2]), targets, np.stack([1 - yes, yes], axis=1))


@pytest.fixture
def numbers(table_run: MakeRun) -> Run:
    true = 100 + 10 * SIZE + RANDOM.normal(size=ROWS)
    return table_run(Number(name="price", unit="EUR"), true, (100 + 9 * SIZE)[:, np.newaxis])


@pytest.fixture
def many_classes(table_run: MakeRun) -> Run:
    targets = RANDOM.integers(0, 3, ROWS)
    outputs = RANDOM.dirichlet(np.ones(3), ROWS) + 0.5 * np.eye(3)[targets]
    outputs /= outputs.sum(axis=1, keepdims=True)
    return table_run(Category(name="answer", levels=CLASSES), targets, outputs)


def words(app: AppTest) -> str:
    kinds = ("markdown", "caption", "info", "error", "warning", "header")
    return "\n".join(str(element.value) for kind in kinds for element in app.get(kind))


def charts(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def values(array: Any) -> list[float]:
    """Of a chart, in which numbers may be packed."""
    if isinstance(array, list):
        return array
    return [float(value) for value in np.frombuffer(base64.b64decode(array["bdata"]), array["dtype"])]


def answers(run: Run) -> tuple[np.ndarray, np.ndarray]:
    found = run.predictions()
    assert found is not None
    return found.targets, found.outputs


@pytest.mark.parametrize(
    ("kind", "views"),
    [
        ("two_classes", ["decisions", "slices", "curves", "calibration", "classes"]),
        ("many_classes", ["matrix", "slices", "calibration"]),
        ("numbers", ["errors", "slices"]),
    ],
)
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_every_view_of_every_task_opens(
    kind: str, views: list[str], locale: str, request: pytest.FixtureRequest, open_app: OpenPage
) -> None:
    run = request.getfixturevalue(kind)
    for view in ("nonsense", *views):
        app = open_app("evaluate", locale, run=run.id, view=view)
        assert not app.exception and not app.error
        assert app.segmented_control(key="evaluate_view").value == (views[0] if view == "nonsense" else view)


def test_threshold_moves_the_mistakes_and_their_cost(open_app: OpenPage, two_classes: Run) -> None:
    targets, outputs = answers(two_classes)
    app = open_app("evaluate", run=two_classes.id, threshold="0.3", false_negative="5")
    found = outputs[:, 1].astype(float) / outputs.sum(axis=1) >= 0.3
    alarms, misses = int((found & (targets == 0)).sum()), int((~found & (targets == 1)).sum())
    cost = f"**{alarms} false alarms** and **{misses} misses**, which cost **{alarms + 5 * misses}**"
    assert cost in words(app)
    assert f"All {alarms + misses:,} mistakes" in words(app)


def test_cheapest_threshold_is_taken_with_a_click_and_kept_in_the_url(open_app: OpenPage, two_classes: Run) -> None:
    app = open_app("evaluate", run=two_classes.id, false_negative="20")
    best = app.button(key="evaluate_best").label.removeprefix("Cheapest: ")
    app.button(key="evaluate_best").click().run()
    assert float(app.query_params["threshold"]) == float(best) == app.slider(key="evaluate_threshold").value
    assert "No other threshold is cheaper" in words(app) and app.button(key="evaluate_best").disabled


@pytest.mark.parametrize("nonsense", ["-1", "nan", "９"])
def test_nonsense_in_the_url_counts_as_not_there(nonsense: str, open_app: OpenPage, two_classes: Run) -> None:
    query = dict.fromkeys(("threshold", "positive", "group", "column", "score"), nonsense)
    app = open_app("evaluate", run=two_classes.id, false_positive="-3", **query)
    assert not app.exception and app.slider(key="evaluate_threshold").value == 0.5
    assert app.number_input(key="evaluate_false_positive").value == 1
    assert not open_app("evaluate", run=two_classes.id, view="slices", **query).exception


def test_rows_of_a_cell_are_exactly_its_rows_with_their_own_columns(open_app: OpenPage, two_classes: Run) -> None:
    targets, outputs = answers(two_classes)
    places = np.flatnonzero((targets == 1) & (outputs.argmax(axis=1) == 0))
    app = open_app("evaluate", run=two_classes.id, cell="1-0")
    assert f"yes taken for no: {len(places):,}" in words(app)
    shown = app.dataframe[0].value
    assert shown.columns.tolist() == ["line", "true", "predicted", "confidence", "c0", "c1"]
    assert set(shown["line"]) <= set(TESTED[places] + 2) and len(shown) == min(len(places), 12)
    assert np.allclose(shown["c0"], SIZE[shown["line"] - 2])
    assert (np.diff(shown["confidence"]) <= 0).all()


def test_curves_show_the_threshold_in_force(open_app: OpenPage, two_classes: Run) -> None:
    targets, outputs = answers(two_classes)
    app = open_app("evaluate", run=two_classes.id, view="curves", threshold="0.4", positive="0")
    found = outputs[:, 0].astype(float) / outputs.sum(axis=1) >= 0.4
    roc, recall = charts(app)
    assert roc["data"][-1]["y"] == pytest.approx([(found & (targets == 0)).sum() / (targets == 0).sum()])
    assert recall["data"][-1]["x"] == roc["data"][-1]["y"]


def test_numbers_are_scored_in_their_unit_against_guessing_the_mean(open_app: OpenPage, numbers: Run) -> None:
    true, outputs = answers(numbers)
    app = open_app("evaluate", run=numbers.id)
    explained, squared, absolute = app.metric
    assert absolute.value == f"{np.abs(outputs[:, 0] - true).mean():.3g} EUR" and squared.value.endswith(" EUR")
    assert "mean guess" in explained.delta and explained.value.startswith("0.9")
    assert "made · " in app.selectbox(key="evaluate_run").options[0]


def test_worst_rows_of_numbers_come_first(open_app: OpenPage, numbers: Run) -> None:
    true, outputs = answers(numbers)
    shown = open_app("evaluate", run=numbers.id).dataframe[0].value
    assert np.allclose(shown["error"].abs(), np.sort(np.abs(outputs[:, 0] - true))[::-1][:12], atol=1e-4)


def test_residuals_can_be_looked_at_by_any_column_and_each_group_has_its_rows(open_app: OpenPage, numbers: Run) -> None:
    app = open_app("evaluate", run=numbers.id, column="c1", group="0")
    assert app.selectbox(key="evaluate_residuals_by").options == ["size", "place", "price", "Predicted value"]
    assert set(app.dataframe[0].value["c1"]) == {"north"} and "place: north" in words(app)
    app.selectbox(key="evaluate_residuals_by").set_value("prediction").run()
    assert "group" not in app.query_params and not app.exception


def test_slices_have_a_bar_for_each_level_and_its_rows(open_app: OpenPage, two_classes: Run) -> None:
    targets, outputs = answers(two_classes)
    app = open_app("evaluate", run=two_classes.id, view="slices", column="c1", score="accuracy", group="1")
    (chart,) = charts(app)
    right = outputs.argmax(axis=1) == targets
    levels = ["north", "*south*", "=west"]
    assert chart["layout"]["yaxis"]["ticktext"] == levels
    assert values(chart["data"][0]["x"]) == pytest.approx([right[PLACE[TESTED] == level].mean() for level in levels])
    assert set(app.dataframe[0].value["c1"]) == {"*south*"}
    assert r"place: \*south\*" in words(app)
    app.button(key="evaluate_close_group").click().run()
    assert "group" not in app.query_params and "The worst answers of all" in words(app)


def with_network(run: Run) -> Run:
    """As if its network could be asked."""
    for file in (run.model_file, run.preparation_file):
        file.write_bytes(b"{}")
    return run


def test_importance_is_not_offered_without_a_network(open_app: OpenPage, numbers: Run) -> None:
    views = open_app("evaluate", run=numbers.id).segmented_control(key="evaluate_view").options
    assert "Importance" not in views and "Slices" in views


def test_importance_is_told_in_a_chart_and_a_sentence(open_app: OpenPage, numbers: Run) -> None:
    columns = [("c1", 0.5, 0.4, 0.6), ("c0", 0.0, -0.1, 0.1)]
    each = [ColumnImportance(column=field, drop=drop, low=low, high=high) for field, drop, low, high in columns]
    found = Importance(metric="root_mean_squared_error", score=2.0, rows=200, repeats=5, seed=0, columns=each)
    write_importance(numbers.folder, found)
    app = open_app("evaluate", run=numbers.id, view="importance")
    assert values(charts(app)[0]["data"][0]["x"]) == [0.5, 0.0]
    assert charts(app)[0]["layout"]["yaxis"]["ticktext"] == ["place", "size"]
    assert "most from **place**: RMSE 2.5 instead of 2" in words(app) and "as well comes from: size" in words(app)
    assert "5 times on 200 of the 300 test rows, drawn at random" in words(app)


def test_importance_that_failed_is_said_and_can_be_asked_for_again(
    open_app: OpenPage, numbers: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_status(with_network(numbers), "importance", JobStatus(state="running"))  # and then its server ended
    app = open_app("evaluate", run=numbers.id, view="importance")
    assert "was interrupted" in app.error[0].value
    begun = []
    monkeypatch.setattr(RunJobs, "start", lambda jobs, run: begun.append(run.id))
    app.button(key="evaluate_importance_start").click().run()
    assert begun == [numbers.id] and not app.exception


def test_importance_shows_how_far_it_is_and_can_be_cancelled(
    open_app: OpenPage, numbers: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = [JobStatus(state="waiting"), JobStatus(state="running", done=3, total=10)]
    with_network(numbers)
    for state, told in zip(states, ("this one is next", "3 of 10 shuffles"), strict=True):
        monkeypatch.setattr(RunJobs, "status", lambda jobs, run, state=state: state)
        app = open_app("evaluate", run=numbers.id, view="importance")
        assert told in app.get("progress")[0].proto.text and not app.exception
    ended = []
    monkeypatch.setattr(RunJobs, "stop", lambda jobs, run: ended.append(run.id))
    app.button(key="evaluate_importance_cancel").click().run()
    assert ended == [numbers.id]


def test_importance_of_a_run_that_goes_on_cannot_be_asked_for(open_app: OpenPage, numbers: Run) -> None:
    forget_results(with_network(numbers).folder)
    app = open_app("evaluate", run=numbers.id, view="importance")
    assert "Which columns does the network use?" in words(app) and not app.exception
    assert "evaluate_importance_start" not in [button.key for button in app.button]


def test_scores_stay_when_the_table_is_gone(open_app: OpenPage, numbers: Run, workspace: Workspace) -> None:
    shutil.rmtree(workspace.datasets / "made")
    app = open_app("evaluate", run=numbers.id)
    assert len(app.metric) == 3 and len(charts(app)) == 2 and not app.exception and app.warning
    assert app.selectbox(key="evaluate_residuals_by").options == ["Predicted value"]


def test_rows_of_another_table_are_not_shown(open_app: OpenPage, numbers: Run) -> None:
    description = json.loads((numbers.folder / "dataset.json").read_text())
    (numbers.folder / "dataset.json").write_text(json.dumps(description | {"fingerprint": "another"}))
    app = open_app("evaluate", run=numbers.id, view="slices")
    assert "not the one that this run was tested on" in words(app) and not app.exception and not charts(app)


def test_run_that_has_not_kept_its_rows_says_so(open_app: OpenPage, table_run: MakeRun) -> None:
    run = table_run(Number(name="price"), SIZE, SIZE[:, np.newaxis] + 0.1, rows=False)
    app = open_app("evaluate", run=run.id)
    assert "has not kept which rows" in words(app) and len(charts(app)) == 2 and not app.exception


@pytest.mark.parametrize("broken", [np.full((300, 1), np.nan), np.zeros((300, 2)), np.zeros((0, 1))])
def test_torn_predictions_give_a_sentence(broken: np.ndarray, open_app: OpenPage, numbers: Run) -> None:
    np.save(numbers.folder / "predictions" / "test_outputs.npy", broken)
    app = open_app("evaluate", run=numbers.id)
    assert not app.exception and "cannot be read" in app.error[0].value


def test_test_rows_of_one_class_have_no_curves(open_app: OpenPage, table_run: MakeRun) -> None:
    outputs = np.tile([0.7, 0.3], (ROWS, 1))
    run = table_run(Category(name="answer", levels=CLASSES[:2]), np.zeros(ROWS, np.int64), outputs)
    for view in ("decisions", "curves", "calibration", "slices"):
        assert not open_app("evaluate", run=run.id, view=view).exception
    assert "all of one class" in words(open_app("evaluate", run=run.id, view="curves"))


def test_predictions_come_from_the_server_where_it_streams_and_from_the_page_where_not(
    open_app: OpenPage, two_classes: Run
) -> None:
    label = "Predictions (CSV)"
    app = open_app("evaluate", run=two_classes.id)
    assert label in [button.proto.label for button in app.get("download_button")] and not app.get("link_button")
    server().pushes.set()
    app = open_app("evaluate", run=two_classes.id)
    (link,) = app.get("link_button")
    assert (link.proto.label, link.proto.url) == (label, f"api/runs/{two_classes.id}/predictions.csv")
    assert label not in [button.proto.label for button in app.get("download_button")]


def test_numbers_of_two_runs_are_compared_by_the_rows_that_one_is_nearer_to(open_app: OpenPage, numbers: Run) -> None:
    better = Run(numbers.folder.parent / "2")
    shutil.copytree(numbers.folder, better.folder)
    outputs = np.load(numbers.folder / "predictions" / "test_targets.npy")[:, np.newaxis] + 0.01
    np.save(better.folder / "predictions" / "test_outputs.npy", outputs.astype(np.float32))
    app = open_app("evaluate", view="compare", runs="1,2", pair="1,2", side="second")
    said = words(app)
    assert "**Yes.** On 300 test examples, the RMSE of #2 is" in said and "EUR lower than that of #1" in said
    shown = app.dataframe[-1].value
    assert list(shown.columns) == ["line", "true", "first", "second", "c0", "c1"]
    apart = np.abs(shown["first"] - shown["true"]) - np.abs(shown["second"] - shown["true"])
    assert (apart > 0).all() and apart.is_monotonic_decreasing


def test_classes_of_two_runs_are_compared_by_the_rows_that_one_alone_tells_right(
    open_app: OpenPage, many_classes: Run
) -> None:
    other = Run(many_classes.folder.parent / "2")
    shutil.copytree(many_classes.folder, other.folder)
    np.save(other.folder / "predictions" / "test_outputs.npy", np.eye(3, dtype=np.float32)[[0] * len(TESTED)])
    app = open_app("evaluate", view="compare", runs="1,2", pair="1,2")
    shown = app.dataframe[-1].value
    assert (shown["true"] == shown["first"]).all() and set(shown["second"]) == {"no"}
    app.segmented_control(key="compare_side").set_value("second").run()
    shown = app.dataframe[-1].value
    assert (shown["true"] == "no").all() and (shown["second"] == "no").all() and "no" not in set(shown["first"])
    assert app.query_params["side"] in ("second", ["second"])
