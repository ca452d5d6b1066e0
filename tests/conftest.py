"""A workspace with real digits in it, runs as a worker would have left them, and Keras only where it is asked for."""

import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

import numpy as np
import pandas as pd
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dl.datasets import Dataset, DatasetStore
from dl.datasets.columns import Category, Column, Date, Number
from dl.datasets.tables.table import ROWS, TEST_ROWS, Table
from dl.evaluation.classification import accuracy_interval, majority_share
from dl.files import write_atomically
from dl.jobs.supervisor import Supervisor
from dl.runs import Run, RunStore, Status
from dl.runs.checkpoints import Checkpoint, Checkpoints, Snapshot
from dl.runs.log.schema import read_schema
from dl.runs.log.steps import StepLog, append_epoch
from dl.runs.results import Results, majority_baseline, write_results
from dl.runs.status import State
from dl.specs import NetworkSpec, RunSpec, TrainSpec
from dl.specs.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    RandomTranslation,
    Rescaling,
)
from dl.specs.presets import default_spec
from dl.workspace import Workspace

FakeRun = Callable[..., Run]
SEEING: tuple[Layer, ...] = (
    Rescaling(scale=1 / 16),
    RandomTranslation(),
    Conv2D(filters=4),
    BatchNormalization(),
    Flatten(),
    Dense(units=32, activation="gelu"),
    Dropout(),
    Dense(units=10, activation="softmax"),
)
Furnish = Callable[..., Workspace]
TablesIn = Callable[[Path], Callable[..., Table]]


@pytest.fixture(scope="session")
def keras() -> ModuleType:
    """Every test that trains in this process asks for it, so that the import happens once and late."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import keras

    return keras


@pytest.fixture(scope="session")
def furnish(tmp_path_factory: pytest.TempPathFactory) -> Furnish:
    """Makes a home with data sets: each is imported once a session, and what XLA compiled in one home serves all."""
    shared = Workspace(home := tmp_path_factory.mktemp("shared"), home / "downloads")
    (home / "compiled").mkdir()

    def make(home: Path, *datasets: str) -> Workspace:
        home.mkdir()
        for name in datasets:
            DatasetStore(shared).bring(name)
            shutil.copytree(shared.datasets / name, home / "datasets" / name)
        if os.name != "nt":
            (home / "compiled").symlink_to(shared.home / "compiled", target_is_directory=True)
        return Workspace(home, home / "downloads")

    return make


@pytest.fixture
def workspace(tmp_path: Path, furnish: Furnish, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An own home with the digits in it, which the environment names too: nothing reaches the user's."""
    made = furnish(tmp_path / "home", "digits")
    monkeypatch.setenv("LIVEFIT_HOME", str(made.home))
    monkeypatch.setenv("LIVEFIT_DOWNLOADS", str(made.downloads))
    return made


@pytest.fixture(scope="session")
def trained(
    keras: ModuleType, furnish: Furnish, tables_in: TablesIn, tmp_path_factory: pytest.TempPathFactory
) -> Workspace:
    """A home with trained networks that can be asked: run 1 looks at digits, 2 tells classes of a table, 3 a number.

    Not to be changed; `trained_home` is a copy that may be.
    """
    home = furnish(tmp_path_factory.mktemp("trained") / "home", "digits")
    _write_people(tables_in(home.home))
    for dataset, layers, preset in (
        ("digits", SEEING, "convolutional"),
        ("people", (Dense(units=16), Dense(units=3, activation="softmax")), "plain"),
        ("wages", (Dense(units=16), Dense(units=1, activation="linear")), "strong"),
    ):
        _train_briefly(home, dataset, layers, preset)
    return home


@pytest.fixture
def trained_home(trained: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    shutil.copytree(trained.home, tmp_path / "trained", symlinks=True)
    monkeypatch.setenv("LIVEFIT_HOME", str(tmp_path / "trained"))
    return Workspace(tmp_path / "trained", tmp_path / "downloads")


def _write_people(write: Callable[..., Table]) -> None:
    """Two tables of the same people: of one the kind is asked, of the other the wage. Some values are missing."""
    random = np.random.default_rng(0)
    age, city = random.normal(40, 10, 300), random.choice(["Bern", "Lyon", None], 300)
    since = pd.Timestamp("2020-01-01") + pd.to_timedelta(random.integers(0, 900, 300), "D")
    frame = pd.DataFrame({"age": age, "city": city, "since": since})
    frame.loc[::17, "age"] = np.nan
    kinds = np.where(age > 45, "old", np.where(city == "Bern", "near", "far"))
    write(frame.assign(kind=kinds), "kind", name="people")
    write(frame.assign(wage=100 * age + 5000), "wage", name="wages")


def _train_briefly(home: Workspace, dataset_id: str, layers: tuple[Layer, ...], preset: str) -> None:
    from dl.training.execute import execute
    from dl.training.light import make_light
    from dl.training.status_writer import StatusWriter

    dataset = DatasetStore(home).imported(dataset_id)
    spec = default_spec(dataset, preset)
    inputs = [part.model_copy(update={"members": 4} if preset == "strong" else {}) for part in spec.model.inputs]
    model = NetworkSpec(inputs=tuple(inputs), layers=layers)
    training = TrainSpec(epochs=3, loss=spec.training.loss, metrics=spec.training.metrics)
    run = RunStore(home.runs).create(
        spec.model_copy(update={"model": model, "training": training}), dataset, claimed=True
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("dl.training.recorder.CHECKPOINT_SHARE", 1e6)  # every epoch is kept, however quick it was
        execute(run, home, StatusWriter(run))
    make_light(run, home)


@pytest.fixture
def digits(workspace: Workspace) -> Dataset:
    return DatasetStore(workspace).imported("digits")


@pytest.fixture
def digits_spec(digits: Dataset) -> Callable[..., RunSpec]:
    """The textbook network on the digits; keywords change its training, `preset` its network."""

    def build(preset: str = "textbook", **training: Any) -> RunSpec:
        spec = default_spec(digits, preset).model_dump()
        return RunSpec.model_validate(spec | {"training": spec["training"] | training})

    return build


@pytest.fixture
def supervisor(workspace: Workspace) -> Iterator[Supervisor]:
    """With real workers, but not started yet; it must leave no process behind."""
    made = Supervisor(workspace)
    yield made
    made.close()
    children = psutil.Process().children(recursive=True)
    assert [child.pid for child in children if _is_worker(child)] == []


def _is_worker(process: psutil.Process) -> bool:
    try:
        return "dl.worker" in process.cmdline()
    except psutil.NoSuchProcess:  # it has ended, if only just: a zombie is one too
        return False


@pytest.fixture
def wait_until() -> Callable[..., None]:
    """Waits for something that another process does; fails when it takes too long."""

    def wait(condition: Callable[[], object], seconds: float = 120) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"waited {seconds} seconds in vain"
            time.sleep(0.02)

    return wait


@pytest.fixture
def fake_run(workspace: Workspace, digits: Dataset) -> FakeRun:
    """Makes a run on disk in any state, without training: curves that fall, test predictions that are mostly right.

    `spec` is the request (default: the textbook network on the digits), `epochs` and `steps_per_epoch` how far it came,
    `checkpoints` the epochs that were saved, `reached` replaces some of its results, as "accuracy" or "majority" (a
    class and its share), further keywords are fields of its status.
    """

    def make(
        state: State = "FINISHED",
        *,
        spec: RunSpec | None = None,
        epochs: int = 3,
        steps_per_epoch: int = 12,
        log: str = "",
        checkpoints: Sequence[int] = (),
        reached: Mapping[str, Any] = MappingProxyType({}),
        **facts: Any,
    ) -> Run:
        wanted = spec or default_spec(digits)
        dataset, origin = DatasetStore(workspace).imported(wanted.data.dataset), _origin(workspace, wanted)
        run = RunStore(workspace.runs).create(wanted, dataset, origin=origin)
        if state == "QUEUED":
            return run
        lease = run.claim()
        assert lease, "so that no supervisor takes what is in the making"
        facts = {"steps": wanted.training.epochs * steps_per_epoch} | facts
        status = run.written_status().update(state=state, **_progress(state, epochs, epochs * steps_per_epoch))
        _write_curves(run, epochs, steps_per_epoch)
        for epoch in checkpoints:
            run.checkpoints.write(Snapshot({}, {}), epoch * steps_per_epoch, epoch, within=False)
        write_atomically(run.folder / "log.txt", log.encode())
        if state in ("FINISHED", "STOPPED"):
            _write_results(run, workspace, wanted.data.dataset, reached)
        run.write_status(Status.model_validate(status.model_dump() | facts))
        lease.release()
        return run

    return make


def _origin(workspace: Workspace, spec: RunSpec) -> Checkpoint | None:
    """The saved epoch that a fork begins at, in the folder of no run."""
    if spec.fork is None:
        return None
    return Checkpoints(workspace.home).write(Snapshot({}, {}), spec.fork.step, spec.fork.epoch, within=False)


def _progress(state: State, epochs: int, steps: int) -> dict[str, Any]:
    now = time.time()
    progress = {"started_at": now - 10, "heartbeat": now, "epoch": epochs, "step": steps, "steps_per_second": 100.0}
    if state == "RUNNING":
        own = psutil.Process()
        return progress | {"phase": "training", "pid": own.pid, "process_started": own.create_time()}
    return progress | {"phase": "ended", "ended_at": now, "fit_seconds": 9.0}


def _write_curves(run: Run, epochs: int, steps_per_epoch: int) -> None:
    steps = np.arange(1, epochs * steps_per_epoch + 1)
    loss, started = 2.3 / (1 + 0.1 * steps), time.time() - 10
    schema = read_schema(run.folder)
    with StepLog(run.folder, schema) as file:
        for epoch in range(1, epochs + 1):
            part = slice((epoch - 1) * steps_per_epoch, epoch * steps_per_epoch)
            file.append(
                started + 0.01 * steps[part], epoch, loss[part], *(1 - loss[part] / 2.5 for _ in schema.metrics[1:])
            )
            mean = float(loss[part].mean())
            scores = {"loss": mean} | dict.fromkeys(schema.metrics[1:], 1 - mean / 2.5)
            scores |= {"val_loss": mean + 0.1}
            scores |= {f"val_{metric}": 0.95 - mean / 2.5 for metric in schema.metrics[1:]}
            moment = {"steps": steps_per_epoch, "seconds": 0.5, "time": started + 0.5 * epoch}
            append_epoch(run.folder, {"epoch": epoch, **scores, **moment})


def _write_results(run: Run, workspace: Workspace, dataset_id: str, reached: Mapping[str, Any]) -> None:
    """Predictions as the worker writes them, and what they say about the test set, unless it was something else."""
    data = DatasetStore(workspace).open(dataset_id)
    labels, classes = np.asarray(data.y_test), len(data.description.classes)
    random = np.random.default_rng(0)
    answers = np.where(random.random(len(labels)) < 0.9, labels, random.integers(0, classes, len(labels)))
    probabilities = random.dirichlet(np.ones(classes), len(labels)) * 0.4
    probabilities[np.arange(len(labels)), answers] += 0.6
    (run.folder / "predictions").mkdir()
    np.save(run.folder / "predictions" / "test_targets.npy", labels)
    np.save(run.folder / "predictions" / "test_outputs.npy", probabilities.astype(np.float32))
    run.model_file.write_bytes(b"not a model")
    scores = {
        "accuracy": float((probabilities.argmax(axis=1) == labels).mean()),
        "loss": float(-np.log(probabilities[np.arange(len(labels)), labels]).mean()),
    }
    scores |= {name: score for name, score in reached.items() if name in scores}
    interval = accuracy_interval(round(scores["accuracy"] * len(labels)), len(labels))
    majority = majority_baseline(*reached.get("majority", majority_share(data.y_train, labels)))
    write_results(run.folder, Results(scores=scores, intervals={"accuracy": interval}, baseline=majority))


@pytest.fixture(scope="session")
def tables_in() -> Callable[[Path], Callable[..., Table]]:
    """`table_of` for tables that lie below another folder than that of one test."""
    return lambda home: partial(_write_table, home / "datasets")


@pytest.fixture
def table_of(tmp_path: Path) -> Callable[..., Table]:
    """A table of this frame, as an import leaves it: numbers, words and times by the frame's dtypes."""
    return partial(_write_table, tmp_path / "datasets")


def _write_table(
    datasets: Path, frame: pd.DataFrame, target: str, test_share: float = 0.25, name: str = "made", **kinds: Column
) -> Table:
    folder = datasets / name
    folder.mkdir(parents=True)
    fields = {str(column): f"c{number}" for number, column in enumerate(frame.columns)}
    stored = {fields[name]: pa.array(_stored(frame[name]), from_pandas=True) for name in fields}
    pq.write_table(pa.table({**stored, "line": np.arange(2, len(frame) + 2)}), folder / ROWS)
    rows = np.random.default_rng(0).permutation(len(frame))[: round(len(frame) * test_share)]
    np.save(folder / TEST_ROWS, np.sort(rows))
    columns = [kinds.get(name) or _column(name, frame[name], is_target=name == target) for name in fields]
    columns = [column.model_copy(update={"field": fields[column.name]}) for column in columns]
    description = Dataset(
        id=name,
        name=name,
        columns=columns,
        rows={"train": len(frame) - len(rows), "test": len(rows)},
        source="",
        licence="",
        fingerprint="0" * 64,
    )
    (folder / "dataset.json").write_text(description.model_dump_json())
    return Table(folder, description)


def _stored(values: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.astype("datetime64[us]")
    if pd.api.types.is_numeric_dtype(values):
        return values.astype("float64")
    return values.astype("string")


def _column(name: str, values: pd.Series, is_target: bool) -> Column:
    role = "target" if is_target else "feature"
    if pd.api.types.is_datetime64_any_dtype(values):
        return Date(name=name, role=role)
    if pd.api.types.is_numeric_dtype(values):
        return Number(name=name, role=role)
    return Category(name=name, role=role, levels=sorted(values.dropna().astype(str).unique()) if is_target else ())
