"""The steps of a run as lines: as many points as can be seen, each at its place."""

from collections.abc import Callable

import numpy as np
import pytest

from dl.runs import Run
from dl.runs.log.curve import COLUMNS, last_time, new_steps, numbers, whole_curve
from dl.runs.log.history import smoothed
from dl.runs.log.steps import StepLog

FakeRun = Callable[..., Run]
STEPS = 1_000_000


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    return np.random.default_rng(0).random(STEPS).astype(np.float32)


@pytest.fixture
def long_run(fake_run: FakeRun, values: np.ndarray) -> Run:
    run = fake_run(epochs=0)
    with StepLog(run.folder) as log:
        log.append(np.arange(STEPS, dtype=float), 1, values, np.zeros(STEPS))
    return run


def steps_drawn(run: Run, zoomed: tuple[float, float] | None, before: int = 0) -> np.ndarray:
    lines = whole_curve(run.folder, STEPS, before, "loss", 0.9, zoomed)
    for line in (np.array(lines["raw"]["step"]), np.array(lines["smooth"]["step"])):
        assert (line[0], line[-1], (np.diff(line) > 0).all()) == (before + 1, before + STEPS, True)
    return np.array(lines["raw"]["step"])


def test_every_step_that_one_zooms_to_or_may_pan_to_is_there(long_run: Run) -> None:
    assert len(steps_drawn(long_run, None)) <= 2 * COLUMNS
    drawn = steps_drawn(long_run, (500_000.5, 500_500.5))
    assert set(range(499_751, 500_751)) <= set(drawn.tolist())
    assert len(drawn) < 2000


@pytest.mark.parametrize(
    "zoomed", [(0.0, 2e6), (-5.0, 0.0), (2e6, 3e6), (999_999.0, 2e6), (3.5, 3.5), (-1.7e308, 1.7e308)]
)
def test_whole_run_is_there_wherever_one_zooms_to(long_run: Run, zoomed: tuple[float, float]) -> None:
    assert len(steps_drawn(long_run, zoomed)) <= 4 * COLUMNS


def test_fork_s_steps_go_on_from_those_of_its_parent(long_run: Run) -> None:
    assert steps_drawn(long_run, (3000.0, 3010.0), before=1000).min() == 1001


def test_few_new_steps_come_one_by_one(long_run: Run, values: np.ndarray) -> None:
    news = new_steps(long_run.folder, 101, 140, before=7, planned=1000)
    assert news["columns"]["step"] == list(range(108, 148)) and "extremes" not in news
    assert news["columns"]["loss"] == numbers(values[100:140])


def test_many_new_steps_come_as_columns_with_their_mean_and_extremes(long_run: Run, values: np.ndarray) -> None:
    news = new_steps(long_run.folder, 1001, 2000, before=0, planned=STEPS)
    ends, means = news["columns"]["step"], news["columns"]["loss"]
    assert len(ends) == 4 and ends[-1] == 2000
    np.testing.assert_allclose(means, values[1000:2000].reshape(4, 250).mean(axis=1), rtol=1e-4)
    extremes = news["extremes"]["loss"]
    columns = values[1000:2000].reshape(4, 250)
    places = [250 * place + int(at) for place, of in enumerate(columns) for at in (of.argmin(), of.argmax())]
    assert extremes["step"] == [1001 + place for place in sorted(places)]


def test_average_goes_on_as_the_columns_say(long_run: Run, values: np.ndarray) -> None:
    """What a reader adds up from columns of single steps is the server's own line."""
    news, weight = new_steps(long_run.folder, 1, 40, before=0, planned=40), 0.9
    total, line = 0.0, []
    for count, value in enumerate(news["columns"]["loss"], 1):
        total = total * weight + value * (1 - weight)
        line.append(total / (1 - weight**count))
    np.testing.assert_allclose(line, smoothed(values[:40], weight), rtol=1e-4)


def test_gaps_are_none_and_a_column_without_numbers_is_a_gap(fake_run: FakeRun) -> None:
    run, loss = fake_run(epochs=0), np.array([np.nan] * 30 + [1.0] * 10 + [np.inf] * 60)
    with StepLog(run.folder) as log:
        log.append(np.zeros(100), 1, loss, np.ones(100))
    news = new_steps(run.folder, 1, 100, before=0, planned=30_000)
    assert news["columns"]["loss"] == [None, 1.0, None, None]
    assert whole_curve(run.folder, 100, 0, "loss")["raw"]["value"] == [None] * 30 + [1.0] * 10 + [None] * 60


def test_last_time_is_that_of_the_last_step(long_run: Run) -> None:
    assert last_time(long_run.folder, 1000) == 999.0
    assert last_time(long_run.folder, 0) is None
