"""The engine against Keras's own `fit`, given the same first weights and the same batches in the same order."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from dl.datasets import open_dataset
from dl.errors import TrainingFailed
from dl.layers import BatchNormalization, Conv2D, Dense, Flatten, Layer, MaxPooling2D, Rescaling
from dl.optimizers import OPTIMIZERS
from dl.specs import RunSpec
from dl.workspace import Workspace

ROWS, BATCH, EPOCHS = 200, 32, 4  # seven steps an epoch, the last one of 8 rows
SCALED: tuple[Layer, ...] = (Rescaling(scale=1 / 16), Flatten(), Dense(units=16))
CONVOLUTIONAL = (
    Rescaling(scale=1 / 16),
    Conv2D(filters=4),
    BatchNormalization(momentum=0.5),
    MaxPooling2D(),
    Flatten(),
)
LOSSES = {
    "sparse_categorical_crossentropy": "softmax",
    "categorical_crossentropy": "softmax",
    "binary_crossentropy": "sigmoid",
    "mean_squared_error": "softmax",
}


@dataclass
class Notes:
    """Keeps what the engine reports; wishes to stop after `stop_after` chunks."""

    model: Any
    stop_after: int | None = None
    chunks: list[Any] = field(default_factory=list)
    epochs: list[dict[str, float]] = field(default_factory=list)
    weights: list[list[np.ndarray]] = field(default_factory=list)

    def chunk(self, chunk: Any) -> bool:
        self.chunks.append(chunk)
        return len(self.chunks) == self.stop_after

    def epoch(self, record: dict[str, float]) -> None:
        self.epochs.append(record)
        self.weights.append(self.model.get_weights())

    def values(self, name: str) -> np.ndarray:
        return np.concatenate([getattr(chunk, name) for chunk in self.chunks])


@dataclass
class Bench:
    """One specification, its data and its model, ready for the engine or for Keras."""

    keras: ModuleType
    spec: RunSpec
    data: Any
    model: Any

    def train(self, stop_after: int | None = None) -> tuple[Notes, bool]:
        from dl.training.engine import train

        notes = Notes(self.model, stop_after)
        return notes, train(self.model, self.data, self.spec, notes)

    def order(self, epoch: int) -> np.ndarray:
        return np.random.default_rng([self.spec.training.seed, epoch]).permutation(self.data.train)

    def targets(self, rows: np.ndarray) -> np.ndarray:
        labels = self.data.labels[rows]
        return np.eye(10, dtype=np.float32)[labels] if self.spec.data.target_encoding == "one_hot" else labels

    def fit_with_keras(self) -> tuple[Any, list[dict[str, list[float]]]]:
        """A copy of the model, trained by `fit` on the batches that the engine takes; the history of each epoch."""
        from dl.training.build import build_optimizer

        twin = self.keras.models.clone_model(self.model)
        twin.set_weights(self.model.get_weights())
        twin.compile(build_optimizer(self.spec.training.optimizer), self.spec.training.loss, metrics=["accuracy"])
        batch = len(self.data.train) if self.spec.training.optimizer.full_batch else self.spec.training.batch_size
        held_out = self.data.validation
        validation = (self.data.x[held_out], self.targets(held_out)) if len(held_out) else None
        settings = {"batch_size": batch, "shuffle": False, "verbose": 0, "validation_data": validation}
        histories = []
        for epoch in range(1, self.spec.training.epochs + 1):
            rows = self.order(epoch)
            histories.append(twin.fit(self.data.x[rows], self.targets(rows), **settings).history)
        return twin, histories


@pytest.fixture
def bench(keras: ModuleType, workspace: Workspace, digits_spec: Callable[..., RunSpec]) -> Callable[..., Bench]:
    digits = open_dataset(workspace, "digits")

    def build(*layers: Layer, rows: int = ROWS, validation: int = 50, **training: Any) -> Bench:
        from dl.training.build import build_model
        from dl.training.engine import TrainingData

        loss = training.get("loss", "sparse_categorical_crossentropy")
        settings = {"epochs": EPOCHS, "batch_size": BATCH, "seed": 3, **training}
        spec = digits_spec(**settings).model_dump()
        spec["model"] = {"layers": (*(layers or SCALED), Dense(units=10, activation=LOSSES[loss]))}
        spec["data"]["target_encoding"] = "integer" if loss.startswith("sparse") else "one_hot"
        keras.utils.set_random_seed(settings["seed"])
        model = build_model(RunSpec.model_validate(spec).model, (8, 8, 1))
        indices = np.random.default_rng(1).permutation(len(digits.y_train))
        data = TrainingData(digits.x_train, digits.y_train, indices[:rows], indices[rows : rows + validation], 10)
        return Bench(keras, RunSpec.model_validate(spec), data, model)

    return build


def assert_same_weights(ours: Any, expected: Any) -> None:
    for weight, wanted in zip(ours.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_allclose(weight, wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("optimizer", "loss"),
    [
        *((name, "sparse_categorical_crossentropy") for name in OPTIMIZERS),
        *(("SGD", loss) for loss in LOSSES if not loss.startswith("sparse")),
        ("Adam", "mean_squared_error"),
        ("GradientDescent", "categorical_crossentropy"),
    ],
)
def test_weights_and_epoch_means_equal_those_of_fit(bench: Callable[..., Bench], optimizer: str, loss: str) -> None:
    ours = bench(loss=loss, optimizer={"type": optimizer})
    twin, histories = ours.fit_with_keras()
    notes, _ = ours.train()
    assert_same_weights(ours.model, twin)
    for record, history in zip(notes.epochs, histories, strict=True):
        for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
            assert record[name] == pytest.approx(history[name][0], rel=1e-4, abs=1e-5), name


def test_batch_normalisation_is_trained_as_fit_trains_it(bench: Callable[..., Bench]) -> None:
    ours = bench(*CONVOLUTIONAL, optimizer={"type": "Momentum", "nesterov": True})
    twin, histories = ours.fit_with_keras()
    notes, _ = ours.train()
    assert_same_weights(ours.model, twin)
    assert notes.epochs[-1]["val_loss"] == pytest.approx(histories[-1]["val_loss"][0], rel=1e-4)


def test_raw_pixels_are_trained_as_fit_trains_them(bench: Callable[..., Bench]) -> None:
    ours = bench(Flatten(), Dense(units=16))
    twin, _ = ours.fit_with_keras()
    ours.train()
    assert_same_weights(ours.model, twin)


def test_recorded_loss_is_the_one_of_the_step_itself(bench: Callable[..., Bench]) -> None:
    """Softmax regression by gradient descent, written out by hand."""
    rate = 0.1
    ours = bench(Rescaling(scale=1 / 16), Flatten(), optimizer={"type": "SGD", "learning_rate": rate})
    weights, bias = (weight.astype(np.float64) for weight in ours.model.get_weights())
    losses, accuracies = [], []
    for epoch in range(1, EPOCHS + 1):
        order = ours.order(epoch)
        for rows in (order[start : start + BATCH] for start in range(0, ROWS, BATCH)):
            x, wanted = ours.data.x[rows].reshape(len(rows), -1) / 16, np.eye(10)[ours.data.labels[rows]]
            logits = x @ weights + bias
            probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
            losses.append(-np.log((probabilities * wanted).sum(axis=1)).mean())
            accuracies.append((probabilities.argmax(axis=1) == ours.data.labels[rows]).mean())
            error = (probabilities - wanted) / len(rows)
            weights, bias = weights - rate * x.T @ error, bias - rate * error.sum(axis=0)
    notes, _ = ours.train()
    np.testing.assert_allclose(notes.values("loss"), losses, rtol=1e-4)
    np.testing.assert_allclose(notes.values("accuracy"), accuracies, atol=1e-6)


def test_every_row_is_used_once_an_epoch_when_the_last_batch_is_smaller(bench: Callable[..., Bench]) -> None:
    notes, stopped_early = bench().train()
    assert [record["steps"] for record in notes.epochs] == [7] * EPOCHS
    assert [record["epoch"] for record in notes.epochs] == [1, 2, 3, 4]
    assert len(notes.values("loss")) == len(notes.values("time")) == 7 * EPOCHS
    assert (np.diff(notes.values("time")) > 0).all()
    assert not stopped_early


def test_epoch_is_one_step_when_the_batch_is_full_or_larger_than_the_data(bench: Callable[..., Bench]) -> None:
    for training in ({"optimizer": {"type": "GradientDescent"}}, {"batch_size": 1_000_000}):
        ours = bench(**training)
        twin, _ = ours.fit_with_keras()
        notes, _ = ours.train()
        assert len(notes.values("loss")) == EPOCHS
        assert_same_weights(ours.model, twin)


def test_epoch_has_no_validation_scores_when_nothing_is_held_out(bench: Callable[..., Bench]) -> None:
    notes, _ = bench(validation=0, epochs=1).train()
    assert set(notes.epochs[0]) == {"epoch", "loss", "accuracy", "steps", "seconds", "time"}


@pytest.mark.parametrize("monitor", ["val_loss", "val_accuracy"])
def test_early_stopping_ends_and_restores_as_keras_does(bench: Callable[..., Bench], monitor: str) -> None:
    rule = {"monitor": monitor, "patience": 2}
    ours = bench(epochs=60, optimizer={"type": "RMSprop", "learning_rate": 0.1}, early_stopping=rule)
    notes, stopped_early = ours.train()
    mode = "min" if monitor == "val_loss" else "max"
    callback = ours.keras.callbacks.EarlyStopping(monitor, patience=2, restore_best_weights=True, mode=mode)
    replay(ours, callback, notes)
    assert stopped_early and len(notes.epochs) == callback.stopped_epoch + 1 < 60
    for weight, wanted in zip(ours.model.get_weights(), notes.weights[callback.best_epoch], strict=True):
        np.testing.assert_array_equal(weight, wanted)


def replay(ours: Bench, callback: Any, notes: Notes) -> None:
    """Tell Keras's own callback of the epochs that the engine made; it must not want to stop before the last one."""
    twin = ours.keras.models.clone_model(ours.model)
    twin.stop_training = False
    callback.set_model(twin)
    callback.on_train_begin()
    for epoch, record in enumerate(notes.epochs):
        assert not twin.stop_training
        callback.on_epoch_end(epoch, record)


def test_best_weights_are_kept_when_the_epochs_end_before_patience_does(bench: Callable[..., Bench]) -> None:
    rule = {"patience": 50}
    ours = bench(epochs=12, optimizer={"type": "RMSprop", "learning_rate": 0.1}, early_stopping=rule)
    notes, stopped_early = ours.train()
    best = int(np.argmin([record["val_loss"] for record in notes.epochs]))
    assert not stopped_early and best < 11, "otherwise this shows nothing"
    for weight, wanted in zip(ours.model.get_weights(), notes.weights[best], strict=True):
        np.testing.assert_array_equal(weight, wanted)


def test_training_fails_at_its_step_when_the_loss_is_no_longer_finite(bench: Callable[..., Bench]) -> None:
    linear = [Dense(units=16, activation="linear")] * 3
    ours = bench(*SCALED[:2], *linear, epochs=50, optimizer={"type": "SGD", "learning_rate": 100})
    from dl.training.engine import train

    notes = Notes(ours.model)
    with pytest.raises(TrainingFailed) as error:
        train(ours.model, ours.data, ours.spec, notes)
    finite = np.isfinite(notes.values("loss"))
    epoch, step = divmod(int(finite.argmin()), 7)
    assert not finite.all()
    assert error.value.facts == {"reason": "diverged", "epoch": epoch + 1, "step": step + 1}


def test_training_stops_within_the_chunk_when_it_is_wished(bench: Callable[..., Bench]) -> None:
    ours = bench(epochs=1000)
    notes, stopped_early = ours.train(stop_after=3)
    assert len(notes.chunks) == 3 and not stopped_early
    assert notes.epochs[-1]["steps"] == len(notes.values("loss"))
    assert notes.epochs[-1]["loss"] == pytest.approx(notes.values("loss").mean(), rel=1e-5)


def test_chunks_grow_to_a_tenth_of_a_second_and_not_beyond(bench: Callable[..., Bench]) -> None:
    notes, _ = bench(rows=1280, batch_size=1, epochs=3).train()
    sizes = [len(chunk.loss) for chunk in notes.chunks]
    seconds = [chunk.time[-1] - chunk.time[0] for chunk in notes.chunks[5:]]
    assert sizes[0] == 1 and max(sizes) > 16
    assert all(later <= 2 * earlier for earlier, later in pairwise(sizes))
    assert np.median(seconds) < 0.3


def test_evaluation_equals_that_of_keras_when_the_network_is_sure_and_wrong(bench: Callable[..., Bench]) -> None:
    """Raw pixels and a large step: losses far above the 16 at which finished probabilities would be cut off."""
    from dl.training.engine import Trainer, evaluate

    ours = bench(Flatten(), optimizer={"type": "SGD", "learning_rate": 10})
    ours.train()
    rows = np.arange(1000)
    outputs, loss = evaluate(ours.model, ours.data.x[rows], ours.targets(rows))
    expected_loss, expected_accuracy = ours.model.evaluate(ours.data.x[rows], ours.targets(rows), verbose=0)
    assert loss == pytest.approx(expected_loss, rel=1e-4) and loss > 16
    np.testing.assert_allclose(outputs, ours.model.predict(ours.data.x[rows], verbose=0), atol=1e-5)
    scores = Trainer(ours.model, ours.data, one_hot=False).evaluate(rows)
    assert scores == pytest.approx({"loss": expected_loss, "accuracy": expected_accuracy}, rel=1e-4)
