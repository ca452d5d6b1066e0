"""The engine against Keras's own `fit`, given the same first weights and the same batches in the same order."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from dl.errors import TrainingFailed
from dl.specs.layers import BatchNormalization, Conv2D, Dense, Flatten, Layer, MaxPooling2D, Rescaling
from dl.specs.optimizers import OPTIMIZERS

ROWS, BATCH, EPOCHS = 200, 32, 4  # seven steps an epoch, the last one of 8 rows; 28 in all
SCALED: tuple[Layer, ...] = (Rescaling(scale=1 / 16), Flatten(), Dense(units=16))
CONVOLUTIONAL = (
    Rescaling(scale=1 / 16),
    Conv2D(filters=4),
    BatchNormalization(momentum=0.5),
    MaxPooling2D(),
    Flatten(),
)
LOSSES = ("sparse_categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy", "mean_squared_error")
Make = Callable[..., Any]  # a `Bench` of the conftest


def assert_same_weights(ours: Any, expected: Any) -> None:
    for weight, wanted in zip(ours.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_allclose(weight, wanted, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("optimizer", "loss"),
    [
        *((name, "sparse_categorical_crossentropy") for name in OPTIMIZERS),
        *(("SGD", loss) for loss in LOSSES if not loss.startswith("sparse")),
        ("Adam", "mean_squared_error"),
        ("GradientDescent", "categorical_crossentropy"),
    ],
)
def test_weights_and_epoch_means_equal_those_of_fit(bench: Make, optimizer: str, loss: str) -> None:
    for notes in notes_as_of_fit(bench, loss=loss, optimizer={"type": optimizer}):
        assert len(notes.epochs) == EPOCHS


@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy", "categorical_crossentropy"])
def test_further_metrics_equal_those_of_fit(bench: Make, loss: str) -> None:
    """In the other order, so that no two columns can be taken for each other."""
    for notes in notes_as_of_fit(bench, loss=loss, metrics=("top_5_accuracy", "accuracy")):
        scores = np.concatenate([chunk.scores for chunk in notes.chunks], axis=1)
        assert scores.shape == (3, 7 * EPOCHS) and (scores[1] >= scores[2]).all()
        assert scores[1, :7].mean() < scores[1, -7:].mean()


def notes_as_of_fit(bench: Make, **training: Any) -> Iterator[Any]:
    """Trained both as a graph and by XLA, and found to have the weights and scores of one `fit`."""
    trained = [bench(compiler=compiler, **training) for compiler in ("graph", "xla")]
    twin, histories = trained[0].fit_with_keras()
    for ours in trained:
        notes, _ = ours.train()
        assert_same_weights(ours.model, twin)
        for record, history in zip(notes.epochs, histories, strict=True):
            for name in (f"{rows}{score}" for rows in ("", "val_") for score in ("loss", *ours.spec.training.metrics)):
                assert record[name] == pytest.approx(history[name][0], rel=1e-5, abs=1e-5), name
        yield notes


def test_step_is_measured_as_keras_measures_a_batch(bench: Make) -> None:
    """The model before the first step, on the rows of the first batch."""
    ours = bench(epochs=1, metrics=("accuracy", "top_5_accuracy"))
    ours.model.compile(loss=ours.spec.training.loss, metrics=ours.keras_metrics)
    rows = ours.order(1)[:BATCH]
    wanted = ours.model.evaluate(ours.x[rows], ours.data.labels[rows], verbose=0)
    notes, _ = ours.train()
    np.testing.assert_allclose(notes.chunks[0].scores[:, 0], wanted, rtol=1e-5)


def test_batch_normalisation_is_trained_as_fit_trains_it(bench: Make) -> None:
    ours = bench(*CONVOLUTIONAL, optimizer={"type": "Momentum", "nesterov": True})
    twin, histories = ours.fit_with_keras()
    notes, _ = ours.train()
    assert_same_weights(ours.model, twin)
    assert notes.epochs[-1]["val_loss"] == pytest.approx(histories[-1]["val_loss"][0], rel=1e-4)


def test_raw_pixels_are_trained_as_fit_trains_them(bench: Make) -> None:
    ours = bench(Flatten(), Dense(units=16))
    twin, _ = ours.fit_with_keras()
    ours.train()
    assert_same_weights(ours.model, twin)


def test_recorded_loss_is_the_one_of_the_step_itself(bench: Make) -> None:
    """Softmax regression by gradient descent, written out by hand."""
    rate = 0.1
    ours = bench(Rescaling(scale=1 / 16), Flatten(), optimizer={"type": "SGD", "learning_rate": rate})
    weights, bias = (weight.astype(np.float64) for weight in ours.model.get_weights())
    losses, accuracies = [], []
    for epoch in range(1, EPOCHS + 1):
        order = ours.order(epoch)
        for rows in (order[start : start + BATCH] for start in range(0, ROWS, BATCH)):
            x, wanted = ours.x[rows].reshape(len(rows), -1) / 16, np.eye(10)[ours.data.labels[rows]]
            logits = x @ weights + bias
            probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
            losses.append(-np.log((probabilities * wanted).sum(axis=1)).mean())
            accuracies.append((probabilities.argmax(axis=1) == ours.data.labels[rows]).mean())
            error = (probabilities - wanted) / len(rows)
            weights, bias = weights - rate * x.T @ error, bias - rate * error.sum(axis=0)
    notes, _ = ours.train()
    np.testing.assert_allclose(notes.values("loss"), losses, rtol=1e-4)
    np.testing.assert_allclose(np.concatenate([chunk.scores[1] for chunk in notes.chunks]), accuracies, atol=1e-6)


def test_every_row_is_used_once_an_epoch_when_the_last_batch_is_smaller(bench: Make) -> None:
    notes, stopped_early = bench().train()
    assert [record["steps"] for record in notes.epochs] == [7] * EPOCHS
    assert [record["epoch"] for record in notes.epochs] == list(range(1, EPOCHS + 1))
    assert len(notes.values("loss")) == len(notes.values("time")) == 7 * EPOCHS
    assert (np.diff(notes.values("time")) > 0).all()
    assert not stopped_early


def test_epoch_is_one_step_when_the_batch_is_full_or_larger_than_the_data(bench: Make) -> None:
    for training in ({"optimizer": {"type": "GradientDescent"}}, {"batch_size": 1_000_000}):
        ours = bench(**training)
        twin, _ = ours.fit_with_keras()
        notes, _ = ours.train()
        assert len(notes.values("loss")) == EPOCHS
        assert_same_weights(ours.model, twin)


def test_epoch_has_no_validation_scores_when_nothing_is_held_out(bench: Make) -> None:
    notes, _ = bench(validation=0, epochs=1).train()
    assert set(notes.epochs[0]) == {"epoch", "loss", "accuracy", "steps", "seconds", "time"}


@pytest.mark.parametrize("monitor", ["val_loss", "val_accuracy"])
def test_early_stopping_ends_and_restores_as_keras_does(bench: Make, monitor: str) -> None:
    rule = {"monitor": monitor, "patience": 2}
    ours = bench(epochs=60, optimizer={"type": "RMSprop", "learning_rate": 0.1}, early_stopping=rule)
    notes, stopped_early = ours.train()
    mode = "min" if monitor == "val_loss" else "max"
    callback = ours.keras.callbacks.EarlyStopping(monitor, patience=2, restore_best_weights=True, mode=mode)
    replay(ours, callback, notes.epochs)
    assert stopped_early and len(notes.epochs) == callback.stopped_epoch + 1 < 60
    for weight, wanted in zip(ours.model.get_weights(), notes.weights[callback.best_epoch], strict=True):
        np.testing.assert_array_equal(weight, wanted)


def replay(ours: Any, callback: Any, records: list[dict[str, float]]) -> None:
    """Tell Keras's own callback of the epochs that the engine made; it must not want to stop before the last one."""
    twin = ours.keras.models.clone_model(ours.model)
    twin.stop_training = False
    callback.set_model(twin)
    callback.on_train_begin()
    for epoch, record in enumerate(records):
        assert not twin.stop_training
        callback.on_epoch_end(epoch, record)


def test_best_weights_are_kept_when_the_epochs_end_before_patience_does(bench: Make) -> None:
    rule = {"patience": 50}
    ours = bench(epochs=12, optimizer={"type": "RMSprop", "learning_rate": 0.1}, early_stopping=rule)
    notes, stopped_early = ours.train()
    best = int(np.argmin([record["val_loss"] for record in notes.epochs]))
    assert not stopped_early and best < 11, "otherwise this shows nothing"
    for weight, wanted in zip(ours.model.get_weights(), notes.weights[best], strict=True):
        np.testing.assert_array_equal(weight, wanted)


def test_training_fails_at_its_step_when_the_loss_is_no_longer_finite(bench: Make) -> None:
    linear = [Dense(units=16, activation="linear")] * 3
    ours = bench(*SCALED[:2], *linear, epochs=50, optimizer={"type": "SGD", "learning_rate": 100})
    training = ours.training()
    with pytest.raises(TrainingFailed) as error:
        training.run()
    finite = np.isfinite(training.recorder.values("loss"))
    epoch, step = divmod(int(finite.argmin()), 7)
    assert not finite.all()
    assert error.value.facts == {"reason": "diverged", "epoch": epoch + 1, "step": step + 1}


def test_training_stops_within_the_chunk_when_it_is_wished(bench: Make) -> None:
    ours = bench(epochs=1000)
    notes, stopped_early = ours.train({3: {"stop": True}})
    assert len(notes.chunks) == 3 and not stopped_early
    assert notes.epochs[-1]["steps"] == len(notes.values("loss"))
    assert notes.epochs[-1]["loss"] == pytest.approx(notes.values("loss").mean(), rel=1e-5)


def test_chunks_grow_to_a_tenth_of_a_second_and_not_beyond(bench: Make) -> None:
    notes, _ = bench(rows=1280, batch_size=1, epochs=3).train()
    sizes = [len(chunk.time) for chunk in notes.chunks]
    seconds = [chunk.time[-1] - chunk.time[0] for chunk in notes.chunks[5:]]
    assert sizes[0] == 1 and max(sizes) > 16
    assert np.median(seconds) < 0.3


def test_held_out_scores_are_the_same_bits_however_they_are_divided_into_calls(
    bench: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How many rows a call takes follows from time, and a resumed run has to find the same scores."""
    monkeypatch.setattr("dl.training.engine.EVALUATION_BATCH", 7)
    ours, found = bench(), []
    for seconds in (0.0, 60.0):
        monkeypatch.setattr("dl.training.engine.CHUNK_SECONDS", seconds)
        training, calls = ours.training(), []
        training.recorder.scored = lambda calls=calls: calls.append(1)
        found.append((training.evaluate(np.arange(1000)), len(calls)))
    (in_many, many), (in_few, few) = found
    assert in_many == in_few and many > 100 > 10 > few
