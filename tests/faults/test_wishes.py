"""Stop, Pause and Resume with real workers, and a training that goes wrong after hours of going well."""

from typing import Any

import numpy as np
import psutil
import pytest

from dl.datasets import Dataset
from dl.jobs.supervisor import Supervisor
from dl.runs import Run
from tests.faults.lasting import (
    EPOCH_STEPS,
    assert_identical,
    assert_nothing_torn,
    lasting_spec,
    promptly,
    recorded,
    use_xla,
)

pytestmark = pytest.mark.slow


def trains_beyond(run: Run, steps: int) -> None:
    promptly(lambda: run.status().state == "RUNNING" and len(run.steps()) > steps)


def is_paused(supervisor: Supervisor, run: Run) -> None:
    """And its worker has gone."""
    worker = run.written_status().pid
    promptly(lambda: run.written_status().state == "PAUSED" and not psutil.pid_exists(worker))
    assert supervisor.running() is None and supervisor.queue() == []


def test_run_that_is_paused_and_resumed_in_any_order_ends_bit_for_bit_the_same(
    supervisor: Supervisor, digits: Dataset, uninterrupted: Run
) -> None:
    run = use_xla(supervisor.start().submit(lasting_spec(digits), digits))
    trains_beyond(run, 2000)
    supervisor.resume(run)
    supervisor.resume(run)
    assert run.written_status().attempt == 1, "while it is running there is nothing to resume"
    ask(supervisor, run, "pause", "resume")
    trains_beyond(run, len(run.steps()) + 3000)
    ask(supervisor, run, "pause", "resume", "pause")
    is_paused(supervisor, run)
    before, attempt = recorded(run), run.written_status().attempt
    ask(supervisor, run, "resume", "resume")
    assert run.written_status().attempt == attempt + 1
    trains_beyond(run, len(run.steps()) + 3000)
    ask(supervisor, run, "pause", "pause", "resume", "resume")
    promptly(lambda: run.written_status().ended)
    assert recorded(run).startswith(before)
    assert_nothing_torn(run)
    assert_identical(run, uninterrupted)


def ask(supervisor: Supervisor, run: Run, *wishes: str) -> None:
    for wish in wishes:
        getattr(supervisor, wish)(run)


@pytest.mark.parametrize("order", [("pause", "stop")], ids="-".join)
def test_stopped_run_has_its_results_whether_a_pause_comes_before_or_after(
    supervisor: Supervisor, digits: Dataset, uninterrupted: Run, order: tuple[str, ...]
) -> None:
    run = use_xla(supervisor.start().submit(lasting_spec(digits), digits))
    trains_beyond(run, 2000)
    ask(supervisor, run, *order, *order)
    promptly(lambda: run.written_status().ended)
    status = run.written_status()
    assert (status.state, status.fault, status.step) == ("STOPPED", None, len(run.steps()))
    assert recorded(uninterrupted).startswith(recorded(run)), "it is the same run, only shorter"
    assert run.predictions() is not None and run.model_file.is_file()
    assert sum(record["steps"] for record in run.epochs()) == status.step
    assert_nothing_torn(run)
    supervisor.resume(run)
    promptly(lambda: run.written_status().attempt > status.attempt and run.written_status().ended)
    assert (run.written_status().state, len(run.steps())) == ("FINISHED", len(uninterrupted.steps()))
    assert recorded(run) == recorded(uninterrupted), "a stop takes nothing away"
    predictions, expected = run.predictions(), uninterrupted.predictions()
    assert predictions is not None and expected is not None
    assert predictions.outputs.tobytes() == expected.outputs.tobytes()


def test_diverging_run_fails_with_its_step_and_another_goes_on_from_before_with_a_smaller_rate(
    supervisor: Supervisor, digits: Dataset
) -> None:
    run = use_xla(supervisor.start().submit(lasting_spec(digits, optimizer={"type": "SGD"}), digits))
    promptly(lambda: len(run.epochs()) > 2)
    run.request_learning_rate(1e38)
    promptly(lambda: run.written_status().ended)
    status, losses = run.written_status(), run.steps()["loss"]
    assert status.state == "FAILED" and status.fault is not None and status.fault.code == "training_failed"
    assert_names_the_first_bad_step(status.fault.facts, losses, len(losses) - 1)
    assert [record["epoch"] for record in run.epochs()] == list(range(1, len(run.epochs()) + 1))
    points = [point for point in run.checkpoints.list() if not point.within]
    assert points and all(np.isfinite(array).all() for array in points[0].read().arrays.values())
    training = run.spec().training.model_copy(update={"epochs": points[0].epoch + 2})
    forked = supervisor.fork(run, points[0], training)
    promptly(lambda: forked.written_status().ended)
    assert forked.status().state == "FINISHED"
    assert [record["epoch"] for record in forked.epochs()] == [points[0].epoch + 1, points[0].epoch + 2]
    assert np.isfinite(forked.steps()["loss"]).all()


def assert_names_the_first_bad_step(facts: dict[str, Any], losses: np.ndarray, last: int) -> None:
    assert facts["reason"] == "diverged"
    first = int((~np.isfinite(losses)).argmax())
    assert first <= last and not np.isfinite(losses[first]), "the steps that went wrong are recorded too"
    assert divmod(first, EPOCH_STEPS) == (facts["epoch"] - 1, facts["step"] - 1)
