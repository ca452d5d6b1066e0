"""A training that is left at any step and gone on with ends, bit for bit, as if nothing had happened."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dl.runs.checkpoints import Checkpoints
from dl.specs.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    GaussianNoise,
    MaxPooling2D,
    RandomFlip,
    RandomRotation,
    RandomTranslation,
    Rescaling,
)

Make = Callable[..., Any]
DENSE = (
    Rescaling(scale=1 / 16),
    RandomFlip(),
    GaussianNoise(stddev=0.05),
    Flatten(),
    Dense(units=16),
    BatchNormalization(momentum=0.9),
    Dropout(rate=0.3),
)
PICTURES = (
    Rescaling(scale=1 / 16),
    RandomTranslation(),
    RandomRotation(),
    Conv2D(filters=4),
    BatchNormalization(momentum=0.9),
    MaxPooling2D(),
    Flatten(),
    Dropout(rate=0.3),
)
NETWORKS = [pytest.param(DENSE, "xla", id="dense"), pytest.param(PICTURES, "graph", id="pictures")]


def variables(model: Any) -> list[bytes]:
    return [variable.numpy().tobytes() for variable in (*model.variables, *model.optimizer.variables)]


def scores(*trainings: Any) -> np.ndarray:
    return np.concatenate([chunk.scores for training in trainings for chunk in training.recorder.chunks], axis=1)


def left_after(training: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The training up to its wish to pause, with chunks of a single step."""
    with monkeypatch.context() as patched:
        patched.setattr("dl.training.engine.CHUNK_SECONDS", 0.0)
        assert training.run() == "paused"
    assert training.position.steps > 0, "otherwise this shows nothing"
    return training


def assert_goes_on_exactly(
    make: Callable[[], Any], leave_after: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Uninterrupted; and left after so many steps, through a file, with another model of other first weights."""
    whole = make().training()
    whole.run()
    left = left_after(make().training({leave_after: {"pause": True}}), monkeypatch)
    file = Checkpoints(tmp_path).write(left.recorder.snapshots[-1], left.position.step, left.position.epoch, True)
    resumed = make().training()
    for variable in resumed.step.model.trainable_variables:
        variable.assign(np.full(variable.shape, 0.5))
    resumed.restore(file.read())
    assert resumed.run() == "finished"
    assert variables(resumed.step.model) == variables(whole.step.model)
    assert scores(left, resumed).tobytes() == scores(whole).tobytes()
    for record, expected in zip(left.recorder.epochs + resumed.recorder.epochs, whole.recorder.epochs, strict=True):
        assert (record["loss"], record["val_loss"]) == (expected["loss"], expected["val_loss"])


@pytest.mark.parametrize(("layers", "compiler"), NETWORKS)
def test_resumed_training_is_identical_with_every_random_layer(
    bench: Make, layers: Any, compiler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_goes_on_exactly(lambda: bench(*layers, compiler=compiler, epochs=4), 10, tmp_path, monkeypatch)


def test_resumed_training_is_identical_with_rules_and_a_schedule(
    bench: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = {"early_stopping": {"patience": 3}, "reduce_on_plateau": {"patience": 1, "monitor": "val_accuracy"}}
    rate = {"optimizer": {"type": "RMSprop", "learning_rate": 0.05}}
    assert_goes_on_exactly(lambda: bench(epochs=12, **rules, **rate), 38, tmp_path, monkeypatch)
    schedule = {"learning_rate_schedule": {"type": "CosineDecay", "warmup_epochs": 1}}
    assert_goes_on_exactly(lambda: bench(epochs=4, **schedule), 10, tmp_path, monkeypatch)


def test_end_of_an_epoch_is_kept_when_its_scores_are_known_and_not_before(
    bench: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of these may be where a run goes on."""
    monkeypatch.setattr("dl.training.engine.CHUNK_SECONDS", 0.0)
    training, kept = bench(epochs=2).training(), []
    training.recorder.checkpoint = lambda position, snapshot, at_once: kept.append((position.epoch, position.steps))
    training.run()
    assert kept == [*[(0, step) for step in range(1, 7)], (1, 0), *[(1, step) for step in range(1, 7)], (2, 0), (2, 0)]


def test_same_training_twice_is_identical(bench: Make) -> None:
    for layers, compiler in ((DENSE, "xla"), (PICTURES, "graph")):
        first, second = (bench(*layers, compiler=compiler, epochs=2) for _ in range(2))
        first.train()
        second.train()
        assert variables(first.model) == variables(second.model)


def test_learning_rate_changed_on_the_way_holds_for_the_steps_that_follow(bench: Make) -> None:
    """Also when the same steps are gone through again, after a crash, in chunks of other lengths."""
    live = bench(epochs=3, optimizer={"type": "SGD", "learning_rate": 0.1})
    training = live.training({2: {"learning_rate": 0.01}})
    training.run()
    changed_at = training.recorder.chunks[2].first
    rates = [chunk.learning_rate for chunk in training.recorder.chunks]
    assert rates[:2] == pytest.approx([0.1, 0.1]) and rates[2:] == pytest.approx([0.01] * len(rates[2:]))
    again = bench(epochs=3, optimizer={"type": "SGD", "learning_rate": 0.1})
    again.training(changes={changed_at: 0.01}).run()
    assert variables(again.model) == variables(live.model)
    never = bench(epochs=3, optimizer={"type": "SGD", "learning_rate": 0.1})
    never.train()
    assert variables(never.model) != variables(live.model)


def test_fork_goes_on_with_another_optimiser_from_the_same_weights(bench: Make) -> None:
    origin = bench(epochs=2)
    snapshot = origin.train()[0].snapshots[-1]
    forked = bench(epochs=3, optimizer={"type": "SGD", "learning_rate": 0.1}).training()
    forked.restore(snapshot, anew=True)
    for variable, expected in zip(forked.step.model.variables, origin.model.variables, strict=True):
        np.testing.assert_array_equal(variable.numpy(), expected.numpy())
    assert int(forked.step.model.optimizer.iterations.numpy()) == 0 and forked.position.epoch == 2
    forked.run()
    assert [record["epoch"] for record in forked.recorder.epochs] == [3]


def test_fork_with_the_same_settings_is_identical_to_going_on(bench: Make) -> None:
    snapshot = bench(*DENSE, epochs=2).train()[0].snapshots[-1]
    forked = bench(*DENSE, epochs=4)
    training = forked.training()
    training.restore(snapshot, anew=True)
    training.run()
    whole = bench(*DENSE, epochs=4)
    whole.train()
    assert variables(forked.model) == variables(whole.model)
