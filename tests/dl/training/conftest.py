"""A whole run in this process, as the worker makes it; and the engine alone beside Keras's own `fit`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from dl.datasets import Dataset, DatasetStore
from dl.runs import Run, RunStore, Status
from dl.specs import RunSpec
from dl.specs.layers import Dense, Flatten, Layer, Rescaling
from dl.tasks import task_of
from dl.tasks.classification import balanced_class_weights
from dl.training.recorder import Chunk, Recorder, Wishes
from dl.workspace import Workspace

Execute = Callable[..., tuple[Run, Status]]  # of a specification, a prepared network, and a run that is there already
ROWS, BATCH, EPOCHS = 200, 32, 4  # seven steps an epoch, the last one of 8 rows; 28 in all
SCALED: tuple[Layer, ...] = (Rescaling(scale=1 / 16), Flatten(), Dense(units=16))
OUTPUTS = {
    "sparse_categorical_crossentropy": "softmax",
    "categorical_crossentropy": "softmax",
    "binary_crossentropy": "sigmoid",
    "mean_squared_error": "softmax",
}


@pytest.fixture
def execute(keras: ModuleType, workspace: Workspace, digits: Dataset) -> Execute:
    def call(spec: RunSpec, prepared: Any = None, begun: Run | None = None) -> tuple[Run, Status]:
        from dl.training.execute import execute
        from dl.training.status_writer import StatusWriter

        run = begun or RunStore(workspace.runs).create(spec, digits)
        writer = StatusWriter(run)
        try:
            return run, execute(run, workspace, writer, prepared)
        finally:
            writer.end("failed")

    return call


@dataclass
class Notes(Recorder):
    """Keeps what the engine tells; wishes what `wanted` says after so many chunks."""

    model: Any
    wanted: dict[int, dict[str, Any]] = field(default_factory=dict)
    changes: Mapping[int, float] = field(default_factory=dict)
    chunks: list[Any] = field(default_factory=list)
    epochs: list[dict[str, float]] = field(default_factory=list)
    weights: list[list[np.ndarray]] = field(default_factory=list)
    lowered: dict[int, float] = field(default_factory=dict)
    snapshots: list[Any] = field(default_factory=list)

    def chunk(self, chunk: Chunk) -> Wishes:
        self.chunks.append(chunk)
        return Wishes(**self.wanted.get(len(self.chunks), {}))

    def epoch(self, record: dict[str, float]) -> None:
        self.epochs.append(record)
        self.weights.append(self.model.get_weights())

    def rate_lowered(self, step: int, learning_rate: float) -> None:
        self.lowered[step] = learning_rate

    def checkpoint(self, position: Any, snapshot: Callable[[], Any], at_once: bool) -> None:
        if at_once:
            self.snapshots.append(snapshot())

    def values(self, name: str) -> np.ndarray:
        """The time or a score of every step; the loss is the first of the scores."""
        return np.concatenate([chunk.scores[0] if name == "loss" else chunk.time for chunk in self.chunks])


@dataclass
class Bench:
    """One specification, its data and its model, ready for the engine or for Keras."""

    keras: ModuleType
    spec: RunSpec
    data: Any
    model: Any
    compiler: str = "graph"

    def training(self, wishes: dict[int, dict[str, Any]] | None = None, changes: dict[int, float] | None = None) -> Any:
        from dl.runs.engine import Engine
        from dl.training.build import Network
        from dl.training.engine import Training
        from dl.training.fast.programs import Programs
        from dl.training.step import Step

        step = Step(self.model, self.data, self.spec)
        programs = Programs(step, Engine(compiler=self.compiler, reason="measured"))  # type: ignore[arg-type]
        return Training(Network(step, programs), Notes(self.model, wishes or {}, changes or {}))

    @property
    def x(self) -> np.ndarray:
        return self.data.inputs["picture"]

    def train(self, wishes: dict[int, dict[str, Any]] | None = None) -> tuple[Notes, bool]:
        training = self.training(wishes)
        training.run()
        return training.recorder, training.stopped_early

    def order(self, epoch: int) -> np.ndarray:
        return np.random.default_rng([self.spec.training.seed, epoch]).permutation(self.data.train)

    def targets(self, rows: np.ndarray) -> np.ndarray:
        labels = self.data.labels[rows]
        return np.eye(10, dtype=np.float32)[labels] if self.spec.data.target_encoding == "one_hot" else labels

    @property
    def keras_metrics(self) -> list[Any]:
        metrics, sparse = self.keras.metrics, self.spec.data.target_encoding == "integer"
        top_5 = metrics.SparseTopKCategoricalAccuracy if sparse else metrics.TopKCategoricalAccuracy
        known = {"accuracy": "accuracy", "top_5_accuracy": top_5(k=5, name="top_5_accuracy")}
        return [known[name] for name in self.spec.training.metrics]

    def fit_with_keras(self) -> tuple[Any, list[dict[str, list[float]]]]:
        """A copy of the model, trained by `fit` on the batches that the engine takes; the history of each epoch."""
        from dl.training.step import build_optimizer

        twin, training = self.keras.models.clone_model(self.model), self.spec.training
        twin.set_weights(self.model.get_weights())
        optimizer = build_optimizer(training.optimizer, training.gradient_clipping)
        twin.compile(optimizer, training.loss, metrics=self.keras_metrics)
        batch = len(self.data.train) if training.optimizer.full_batch else training.batch_size
        held_out = self.data.validation
        validation = (self.x[held_out], self.targets(held_out)) if len(held_out) else None
        settings = {"batch_size": batch, "shuffle": False, "verbose": 0, "validation_data": validation}
        if training.class_weight == "balanced":
            weights = balanced_class_weights(self.data.labels[self.data.train], 10)
            settings["class_weight"] = dict(enumerate(map(float, weights)))
        histories = []
        for epoch in range(1, training.epochs + 1):
            rows = self.order(epoch)
            histories.append(twin.fit(self.x[rows], self.targets(rows), **settings).history)
        return twin, histories


@pytest.fixture
def bench(keras: ModuleType, workspace: Workspace, digits_spec: Callable[..., RunSpec]) -> Callable[..., Bench]:
    digits = DatasetStore(workspace).open("digits")

    def build(
        *layers: Layer, rows: int = ROWS, validation: int = 50, compiler: str = "graph", **training: Any
    ) -> Bench:
        from dl.training.build import build_model
        from dl.training.step import TrainingData

        loss = training.get("loss", "sparse_categorical_crossentropy")
        settings = {"epochs": EPOCHS, "batch_size": BATCH, "seed": 3, **training}
        spec = digits_spec(**settings).model_dump()
        spec["model"] = {"layers": (*(layers or SCALED), Dense(units=10, activation=OUTPUTS[loss]))}
        spec["data"]["target_encoding"] = "integer" if loss.startswith("sparse") else "one_hot"
        keras.utils.set_random_seed(settings["seed"])
        model = build_model(RunSpec.model_validate(spec).model, (8, 8, 1), training.get("precision", "float32"))
        indices = np.random.default_rng(1).permutation(len(digits.y_train))
        data = TrainingData(
            {"picture": digits.x_train},
            digits.y_train,
            indices[:rows],
            indices[rows : rows + validation],
            task_of(digits.description),
        )
        return Bench(keras, RunSpec.model_validate(spec), data, model, compiler)

    return build
