"""Which steps of a run the Train page draws, and where they stand."""

from collections.abc import Callable

import numpy as np
import plotly.graph_objects as go
import pytest

from dl.datasets import Dataset
from dl.presets import default_spec
from dl.runs import Run
from dl.runs.changes import append_change
from dl.runs.checkpoints import Snapshot
from dl.runs.metrics import StepLog, append_epoch
from dl.specs import Fork
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


def forked(fake_run: FakeRun, digits: Dataset, origin: Run, epoch: int, step: int) -> Run:
    spec = default_spec(digits).model_copy(update={"fork": Fork(run=origin.id, epoch=epoch, step=step)})
    run = fake_run(spec=spec, epochs=3, steps_per_epoch=12)
    records = run.epochs()
    (run.folder / "epochs.jsonl").unlink()
    for record in records:
        append_epoch(run.folder, record | {"epoch": record["epoch"] + epoch})
    return run


def test_fork_s_steps_go_on_from_those_of_its_parent(fake_run: FakeRun, digits: Dataset) -> None:
    history = curves._History(forked(fake_run, digits, fake_run(epochs=3), 2, 1000))
    for zoomed in (None, (1010.0, 1020.0), (2000.0, 3000.0)):
        training, validation = history.curves("loss", VIEW, zoomed)
        assert training.x.tolist() == list(range(1001, 1037))
        assert validation.x.tolist() == [1012, 1024, 1036]


def test_parent_s_curve_leads_up_to_the_fork_and_no_further(fake_run: FakeRun, digits: Dataset) -> None:
    parent = fake_run(epochs=3, steps_per_epoch=12)
    (origin, until), *others = curves.origins(forked(fake_run, digits, parent, 2, 24))
    assert (origin, until, others) == (parent, 24, [])
    training, validation = curves._History(origin, until).curves("loss", VIEW, None)
    assert training.x.tolist() == list(range(1, 25)) and validation.x.tolist() == [12, 24]


def test_saved_epochs_and_changes_of_the_learning_rate_are_marked_at_their_place(
    fake_run: FakeRun, digits: Dataset
) -> None:
    run = forked(fake_run, digits, fake_run(epochs=3), 2, 24)
    for step, epoch, within in ((24, 2, False), (36, 3, False), (40, 3, True), (60, 5, False)):
        run.checkpoints.write(Snapshot({}, {}), step, epoch, within)
    append_change(run.folder, 42, 0.0005, "user")
    history = curves._History(run)
    for per_epoch, saved_at, changed_at in ((False, [36, 60], 42), (True, [3, 5], 3.5)):
        figure = go.Figure()
        history.mark(figure, "loss", View(per_epoch, False, 0.0, ()))
        (marks,) = figure.data
        assert list(marks.x) == saved_at and list(marks.customdata) == [3, 5]
        assert list(marks.y) == [record["val_loss"] for record in run.epochs()[::2]]
        assert figure.layout.shapes[0].x0 == changed_at
        assert "0.0005" in figure.layout.annotations[0].text


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
