"""What is decided at the end of an epoch; that Keras decides the same is shown where the engine trains."""

import numpy as np
import pytest

from dl.specs import EarlyStopping, ReduceOnPlateau, TrainSpec
from dl.training.rules import LearningRates, Monitor, Patience, Plateau


def improvements(monitor: Monitor, name: str, values: list[float]) -> list[bool]:
    return [monitor.improves({name: value}) for value in values]


def test_loss_improves_by_falling_and_accuracy_by_rising() -> None:
    values = [0.5, 0.4, 0.4, 0.6, 0.3]
    assert improvements(Monitor("val_loss"), "val_loss", values) == [True, True, False, False, True]
    assert improvements(Monitor("val_accuracy"), "val_accuracy", values) == [True, False, False, True, False]
    assert improvements(Monitor("val_loss", delta=0.15), "val_loss", values) == [True, False, False, False, True]


def test_what_was_counted_goes_on_from_its_state() -> None:
    monitor, again = Monitor("val_loss"), Monitor("val_loss")
    improvements(monitor, "val_loss", [0.5, 0.7, 0.6])
    again.state = monitor.state
    assert again.waited == 2 and improvements(again, "val_loss", [0.5, 0.45]) == [False, True]


def test_patience_keeps_the_weights_of_the_best_epoch_and_is_exhausted_after_it() -> None:
    patience = Patience(EarlyStopping(monitor="val_loss", patience=2))
    for epoch, loss in enumerate([0.5, 0.4, 0.6, 0.7]):
        assert not patience.is_exhausted
        patience.see({"val_loss": loss}, [np.full(2, epoch)])
    assert patience.is_exhausted and patience.best_weights[0].tolist() == [1, 1]


def test_rate_is_lowered_after_each_wait_and_never_below_its_least() -> None:
    plateau, rate, rates = Plateau(ReduceOnPlateau(patience=2, factor=0.5, min_learning_rate=0.03)), 0.1, []
    for loss in [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]:
        rate = plateau.lowered({"val_loss": loss}, rate) or rate
        rates.append(rate)
    assert rates == [0.1, 0.1, 0.05, 0.05, 0.03, 0.03, 0.03]


@pytest.mark.parametrize(
    ("name", "scores", "improvements"),
    [
        ("val_loss", (0.5, 0.4, 0.6), [True, True, False]),
        ("val_top_5_accuracy", (0.5, 0.4, 0.6), [True, False, True]),
        ("val_root_mean_squared_error", (0.5, 0.4, 0.6), [True, True, False]),
        ("val_auc", (0.5, 0.4, 0.6), [True, False, True]),
    ],
)
def test_score_is_watched_in_its_own_direction(name: str, scores: tuple[float, ...], improvements: list[bool]) -> None:
    monitor = Monitor(name)
    assert [monitor.improves({name: score}) for score in scores] == improvements


@pytest.mark.parametrize("schedule", [None, {"type": "ExponentialDecay", "decay_rate": 0.5}])
def test_changed_rate_holds_from_its_step_on_and_keeps_the_plan_s_proportions(
    schedule: dict[str, object] | None,
) -> None:
    training = TrainSpec.model_validate({"epochs": 8, "learning_rate_schedule": schedule})
    planned, rates = LearningRates(training, 7, {}).of(0, 30), LearningRates(training, 7, {10: 0.5, 20: 0.01})
    rates.reductions = {20: 7.0}
    found = rates.of(0, 30)
    np.testing.assert_array_equal(found[:10], planned[:10])
    np.testing.assert_allclose(found[10:20], 0.5 * planned[10:20] / planned[10], rtol=1e-6)
    np.testing.assert_allclose(found[20:], 0.01 * planned[20:] / planned[20], rtol=1e-6)
    pieces = np.concatenate([rates.of(0, 13), rates.of(13, 17)])
    np.testing.assert_array_equal(pieces, found)
