"""Every setting of a training, against Keras's own `fit` with its own callbacks."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from dl.specs.layers import Dense, Flatten, Rescaling
from dl.specs.schedules import CosineDecay, ExponentialDecay
from dl.training.rules import LearningRates

Make = Callable[..., Any]


def assert_same_weights(ours: Any, expected: Any) -> None:
    for weight, wanted in zip(ours.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_allclose(weight, wanted, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    "training",
    [
        {"class_weight": "balanced"},
        *({"gradient_clipping": {"by": by, "value": 0.05}} for by in ("global_clipnorm", "clipnorm", "clipvalue")),
    ],
    ids=lambda training: next(iter(training.get("gradient_clipping", training).values())),
)
def test_weights_and_means_equal_those_of_fit(bench: Make, training: dict[str, Any]) -> None:
    graph, xla = (bench(compiler=compiler, epochs=3, **training) for compiler in ("graph", "xla"))
    twin, histories = graph.fit_with_keras()
    for ours in (graph, xla):
        notes, _ = ours.train()
        assert_same_weights(ours.model, twin)
        for record, history in zip(notes.epochs, histories, strict=True):
            assert [record["loss"], record["val_loss"]] == pytest.approx(
                [history["loss"][0], history["val_loss"][0]], rel=1e-5
            )
    (without := bench(epochs=3)).train()
    assert any(not np.allclose(a, b, atol=1e-4) for a, b in zip(*map(weights_of, (graph, without)), strict=True))


def weights_of(ours: Any) -> list[np.ndarray]:
    return ours.model.get_weights()


def test_penalties_are_part_of_the_loss_as_in_fit(bench: Make) -> None:
    ours = bench(Rescaling(scale=1 / 16), Flatten(), Dense(units=16, kernel_l1=0.001, kernel_l2=0.01), epochs=3)
    twin, histories = ours.fit_with_keras()
    notes, _ = ours.train()
    assert_same_weights(ours.model, twin)
    assert notes.epochs[-1]["val_loss"] == pytest.approx(histories[-1]["val_loss"][0], rel=1e-5)


@pytest.mark.parametrize("schedule", [CosineDecay(alpha=0.1, warmup_epochs=2), ExponentialDecay(decay_rate=0.5)])
def test_schedule_gives_each_step_the_rate_that_keras_gives_it(
    bench: Make, keras: ModuleType, schedule: CosineDecay | ExponentialDecay
) -> None:
    ours = bench(learning_rate_schedule=schedule.model_dump(), optimizer={"type": "SGD", "learning_rate": 0.1})
    steps = 7 * ours.spec.training.epochs
    known = keras.optimizers.schedules
    if isinstance(schedule, ExponentialDecay):
        theirs = known.ExponentialDecay(0.1, decay_steps=7, decay_rate=0.5)
    else:
        theirs = known.CosineDecay(0.0, steps - 14, alpha=0.1, warmup_target=0.1, warmup_steps=14)
    rates = LearningRates(ours.spec.training, 7, {}).of(0, steps)
    np.testing.assert_allclose(rates, [float(theirs(step)) for step in range(steps)], rtol=1e-5, atol=1e-8)
    twin = keras.models.clone_model(ours.model)
    twin.set_weights(ours.model.get_weights())
    twin.compile(keras.optimizers.SGD(theirs), ours.spec.training.loss)
    for epoch in range(1, ours.spec.training.epochs + 1):
        rows = ours.order(epoch)
        twin.fit(ours.x[rows], ours.targets(rows), batch_size=32, shuffle=False, verbose=0)
    ours.train()
    assert_same_weights(ours.model, twin)


def test_learning_rate_is_lowered_on_a_plateau_as_keras_lowers_it(bench: Make, keras: ModuleType) -> None:
    rule = {"monitor": "val_accuracy", "factor": 0.3, "patience": 2, "min_learning_rate": 0.01}
    ours = bench(epochs=30, optimizer={"type": "RMSprop", "learning_rate": 0.1}, reduce_on_plateau=rule)
    notes, _ = ours.train()
    callback = keras.callbacks.ReduceLROnPlateau("val_accuracy", 0.3, 2, mode="max", min_lr=0.01)
    twin = keras.models.clone_model(ours.model)
    twin.compile(keras.optimizers.RMSprop(0.1))
    callback.set_model(twin)
    callback.on_train_begin()
    rates = []
    for epoch, record in enumerate(notes.epochs):
        callback.on_epoch_end(epoch, dict(record))
        rates.append(float(twin.optimizer.learning_rate))
    taken = {chunk.epoch: chunk.learning_rate for chunk in notes.chunks}
    assert len(notes.lowered) >= 2, "otherwise this shows nothing"
    assert [taken[epoch] for epoch in range(2, 31)] == pytest.approx(rates[:-1], rel=1e-6)
    assert min(taken.values()) == pytest.approx(0.01)


@pytest.mark.parametrize("compiler", ["graph", "xla"])
def test_mixed_precision_learns_and_keeps_full_precision_weights(bench: Make, compiler: str) -> None:
    ours = bench(rows=1000, epochs=6, precision="mixed_float16", compiler=compiler)
    notes, full = ours.train()[0], bench(rows=1000, epochs=6).train()[0]
    assert notes.epochs[-1]["loss"] == pytest.approx(full.epochs[-1]["loss"], rel=0.1)
    assert full.epochs[-1]["loss"] < 0.8 * full.epochs[0]["loss"]
    assert {weight.dtype for weight in ours.model.get_weights()} == {np.dtype(np.float32)}
    assert [layer.compute_dtype for layer in ours.model.layers[-2:]] == ["float16", "float32"]
