"""Which steps of a run the Train page draws, and where they stand."""

from collections.abc import Callable

import numpy as np
import pytest

from dl.runs import Run
from dl.runs.metrics import StepLog
from ui.controls import curves
from ui.controls.curves import PIXEL_COLUMNS, View

FakeRun = Callable[..., Run]
VIEW = View(per_epoch=False, logarithmic=False, smoothing=0.9, overlays=())
STEPS = 1_000_000


@pytest.fixture
def long_run(fake_run: FakeRun) -> Run:
    run = fake_run(epochs=0)
    with StepLog(run.folder) as log:
        log.append(np.zeros(STEPS), 1, np.random.default_rng(0).random(STEPS), np.zeros(STEPS))
    return run


def steps_drawn(run: Run, zoomed: tuple[float, float] | None) -> np.ndarray:
    training, _ = curves._History(run).curves("loss", VIEW, zoomed)
    assert training.smooth is not None
    for line in (training.x, training.smooth[0]):
        assert (line[0], line[-1], (np.diff(line) > 0).all()) == (1, STEPS, True)
    return training.x


def test_validation_stands_at_the_step_that_its_epoch_ended_with(fake_run: FakeRun) -> None:
    training, validation = curves._History(fake_run(epochs=3, steps_per_epoch=12)).curves("loss", VIEW, None)
    assert training.x.tolist() == list(range(1, 37))
    assert validation.x.tolist() == [12, 24, 36]


def test_steps_go_on_from_those_before_the_run(fake_run: FakeRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curves, "first_step", lambda run: 1000)
    history = curves._History(fake_run(epochs=3, steps_per_epoch=12))
    for zoomed in (None, (1010.0, 1020.0), (2000.0, 3000.0)):
        training, validation = history.curves("loss", VIEW, zoomed)
        assert training.x.tolist() == list(range(1001, 1037))
        assert validation.x.tolist() == [1012, 1024, 1036]


def test_every_step_that_one_zooms_to_or_may_pan_to_is_drawn(long_run: Run) -> None:
    assert len(steps_drawn(long_run, None)) <= 2 * PIXEL_COLUMNS
    drawn = steps_drawn(long_run, (500_000.5, 500_500.5))
    assert set(range(499_751, 500_751)) <= set(drawn.tolist())
    assert len(drawn) < 2000


@pytest.mark.parametrize(
    "zoomed", [(0.0, 2e6), (-5.0, 0.0), (2e6, 3e6), (999_999.0, 2e6), (3.5, 3.5), (-1.7e308, 1.7e308)]
)
def test_whole_run_is_drawn_wherever_one_zooms_to(long_run: Run, zoomed: tuple[float, float]) -> None:
    assert len(steps_drawn(long_run, zoomed)) <= 4 * PIXEL_COLUMNS
