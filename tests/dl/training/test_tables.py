"""A whole run on a table, from its specification to what the pages read, and what of it is exact."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dl.datasets.tables.table import Table
from dl.preparation.encoding import encoded
from dl.runs import Run, RunStore, Status
from dl.runs.engine import Engine
from dl.specs import RunSpec
from dl.specs.layers import Dropout
from dl.specs.presets import default_spec
from dl.tasks import task_of
from dl.workspace import Workspace

Train = Callable[..., tuple[Run, Status]]


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    random = np.random.default_rng(1)
    age = random.normal(40, 10, 600).round(1)
    income = np.where(random.random(600) < 0.3, np.nan, random.lognormal(10, 1, 600))
    job = random.choice(["nurse", "cook", "pilot", None], 600, p=[0.5, 0.3, 0.1, 0.1])
    town = random.choice([f"town {n}" for n in range(40)], 600)
    born = pd.Timestamp("1970-03-01") + pd.to_timedelta(random.integers(0, 20_000, 600), unit="D")
    score = age + 10 * (job == "nurse") + random.normal(0, 3, 600)
    rich = np.where(score > 45, "yes", "no")
    return pd.DataFrame(
        {"age": age, "income": income, "job": job, "town": town, "born": born, "y": score, "rich": rich}
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Of all tests here: what was chosen and compiled for one training serves the next."""
    folder = tmp_path_factory.mktemp("home")
    return Workspace(folder, folder / "downloads")


@pytest.fixture(scope="module")
def table_here(home: Workspace, tables_in: Callable[[Path], Callable[..., Table]]) -> Callable[..., Table]:
    return tables_in(home.home)


@pytest.fixture(scope="module")
def classes(table_here: Callable[..., Table], people: pd.DataFrame) -> Table:
    return table_here(people.drop(columns="y"), "rich", name="classes")


@pytest.fixture(scope="module")
def numbers(table_here: Callable[..., Table], people: pd.DataFrame) -> Table:
    return table_here(people.drop(columns="rich").assign(y=people["y"] * 100 + 5000), "y", name="numbers")


@pytest.fixture(scope="module")
def train(keras: ModuleType, home: Workspace) -> Train:
    def call(table: Table, preset: str = "plain", **training: Any) -> tuple[Run, Status]:
        from dl.training.execute import execute
        from dl.training.status_writer import StatusWriter

        whole = small(default_spec(table.description, preset)).model_dump()
        settings = {"learning_rate_schedule": None} | training
        wanted = RunSpec.model_validate(whole | {"training": whole["training"] | settings})
        run = RunStore(home.runs).create(wanted, table.description)
        writer = StatusWriter(run)
        try:
            return run, execute(run, home, writer)
        finally:
            writer.end("failed")

    return call


@pytest.fixture(scope="module")
def trained(train: Train) -> Callable[[Table, str], tuple[Run, Status]]:
    """One run of each preset on each table, for whoever only looks at it."""
    return cache(lambda table, preset: train(table, preset, epochs=12))


def small(spec: RunSpec) -> RunSpec:
    """The preset with one hidden layer of few units and what belongs to it: as well trained here, in less time."""
    first, *others = spec.model.layers
    behind = [layer for layer in others[:1] if isinstance(layer, Dropout)]
    layers = (first.model_copy(update={"units": 32}), *behind, others[-1])
    return spec.model_copy(update={"model": spec.model.model_copy(update={"layers": layers})})


def raw(table: Table, frame: pd.DataFrame) -> dict[str, np.ndarray]:
    """The columns of the test rows, as the saved model takes them."""
    taken = frame.iloc[table.test_rows]
    words = {name: taken[name].fillna("").to_numpy(object) for name in ("job", "town")}
    numbers = {name: taken[name].to_numpy(float) for name in ("age", "income")}
    return {**words, **numbers, "born": taken["born"].astype("datetime64[s]").astype("int64").to_numpy()}


@pytest.mark.parametrize("preset", ["plain", "strong"])
def test_run_on_classes_beats_the_baseline_and_its_model_takes_raw_columns(
    trained: Train, classes: Table, people: pd.DataFrame, keras: ModuleType, preset: str
) -> None:
    run, status = trained(classes, preset)
    results, predictions = run.results(), run.predictions()
    assert status.state == "FINISHED" and results and results.baseline and predictions
    assert results.scores["accuracy"] > results.baseline.score + 0.1
    np.testing.assert_array_equal(predictions.rows, classes.test_rows)
    np.testing.assert_array_equal(predictions.targets, people["rich"].iloc[classes.test_rows] == "yes")
    assert (predictions.predicted == predictions.targets).mean() == results.scores["accuracy"]
    model = keras.models.load_model(run.model_file)
    np.testing.assert_allclose(model.predict(raw(classes, people), verbose=0), predictions.outputs, atol=1e-5)


@pytest.mark.parametrize("preset", ["plain", "strong"])
def test_run_on_numbers_is_told_in_the_unit_of_the_target(
    trained: Train, numbers: Table, people: pd.DataFrame, keras: ModuleType, preset: str
) -> None:
    run, _ = trained(numbers, preset)
    results, predictions = run.results(), run.predictions()
    assert results and results.baseline and predictions
    report = task_of(numbers.description).report(predictions.targets, predictions.outputs)
    for name, short in (("root_mean_squared_error", "rmse"), ("mean_absolute_error", "mae"), ("r2_score", "r2")):
        assert results.scores[name] == pytest.approx(report[f"test_{short}"], rel=1e-4)
    assert results.baseline.metric == "root_mean_squared_error" and results.baseline.score > 900
    assert results.scores["root_mean_squared_error"] < 0.7 * results.baseline.score
    last = run.epochs()[-1]
    assert 200 < last["val_root_mean_squared_error"] < 900 and 0.3 < last["val_r2_score"] < 1
    assert last["mean_absolute_error"] > 100
    model = keras.models.load_model(run.model_file)
    np.testing.assert_allclose(
        model.predict(raw(numbers, people), verbose=0), predictions.outputs, rtol=1e-4, atol=0.01
    )


def test_scores_of_held_out_rows_are_those_of_all_of_them_together(
    trained: Train, numbers: Table, home: Workspace
) -> None:
    """Not a mean over batches, of which no root and no share of spread is the whole's."""
    from dl.training.data import run_data

    run, _ = trained(numbers, "plain")
    data = run_data(run.spec(), home, run).training
    assert len(data.validation) == 45 and data.unit == pytest.approx(1000, rel=0.3)
    assert run.epochs()[-1]["val_r2_score"] == pytest.approx(
        1 - (run.epochs()[-1]["val_root_mean_squared_error"] / data.unit) ** 2 / data.variance(data.validation)
    )


def test_same_seed_gives_the_same_run(train: Train, trained: Train, classes: Table) -> None:
    again, other = (train(classes, "strong", epochs=1, seed=seed)[0].steps()["loss"] for seed in (0, 6))
    first = trained(classes, "strong")[0].steps()["loss"][: len(again)]
    np.testing.assert_allclose(first, again, rtol=1e-4)
    assert not np.allclose(first, other, rtol=1e-2)


def test_run_keeps_how_its_table_was_prepared(trained: Train, classes: Table) -> None:
    preparation = trained(classes, "plain")[0].preparation()
    assert preparation and [category.name for category in preparation.categories] == ["job", "town"]
    assert encoded(classes, preparation).inputs["categories"].shape == (600, 2)


@pytest.mark.parametrize("preset", ["plain", "strong"])
def test_summary_counts_what_keras_counts(classes: Table, keras: ModuleType, preset: str) -> None:
    from dl.preparation.learning import learn
    from dl.specs.summary import summarize
    from dl.training.build import build_model
    from dl.training.step import layers_of

    spec = default_spec(classes.description, preset)
    assert spec.model.columns
    preparation = learn(classes, spec.model.columns)
    model = build_model(spec.model, classes.description.shape, preparation=preparation)
    summary = summarize(spec.model, classes.description.shape, preparation)
    assert summary.parameters == model.count_params() and summary.misfit is None
    counted = [layer.count_params() for layer in layers_of(model)]
    assert [row.parameters for row in summary.rows] == counted


@pytest.mark.parametrize(
    "training",
    [{"loss": "huber", "reduce_on_plateau": {}}, {"loss": "mean_absolute_error", "precision": "mixed_float16"}],
)
def test_settings_of_numbers_are_trained(train: Train, numbers: Table, training: dict[str, Any]) -> None:
    run, _ = train(numbers, "strong", **({"epochs": 3} | training))
    results = run.results()
    assert results and results.scores["r2_score"] > 0


def test_classes_are_weighed_in_an_ensemble(train: Train, classes: Table) -> None:
    run, _ = train(classes, "strong", epochs=4, class_weight="balanced")
    results = run.results()
    assert results and results.scores["accuracy"] > 0.6


def test_paused_run_goes_on_exactly_where_it_was(numbers: Table, keras: ModuleType, home: Workspace) -> None:
    """Bit for bit, the ensemble's dropout and the best weights of early stopping among it."""
    from dl.training.build import build_network
    from dl.training.data import run_data
    from dl.training.engine import Training
    from dl.training.recorder import Recorder, Wishes

    class Keeping(Recorder):
        def __init__(self, stop_after: int | None = None, start: Any = None) -> None:
            self.stop_after, self.start, self.epochs, self.kept = stop_after, start, list[dict[str, float]](), None

        def newest(self) -> Any:
            return (self.start, False) if self.start else None

        def wishes(self, step: int) -> Wishes:
            return Wishes(pause=self.stop_after is not None and step >= self.stop_after)

        def epoch(self, record: dict[str, float]) -> None:
            self.epochs.append({name: value for name, value in record.items() if name not in ("seconds", "time")})

        def checkpoint(self, position: Any, snapshot: Any, at_once: bool) -> None:
            if at_once:
                self.kept = snapshot()

    spec = small(default_spec(numbers.description, "strong")).model_dump()
    spec["training"] |= {"epochs": 3, "learning_rate_schedule": {"type": "CosineDecay", "warmup_epochs": 1}}
    wanted = RunSpec.model_validate(spec)
    data = run_data(wanted, home).training

    def go(recorder: Keeping) -> Keeping:
        network = build_network(wanted, data, home, Engine(compiler="graph", reason="measured"))
        Training(network, recorder).run()
        network.programs.join()
        return recorder

    whole, first = go(Keeping()), go(Keeping(stop_after=9))
    second = go(Keeping(start=first.kept))
    assert len(first.epochs) < len(whole.epochs) == 3
    assert first.epochs + second.epochs == whole.epochs
    for name, array in whole.kept.arrays.items():  # type: ignore[attr-defined]
        np.testing.assert_array_equal(array, second.kept.arrays[name])  # type: ignore[attr-defined]
