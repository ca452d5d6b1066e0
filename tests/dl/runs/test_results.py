"""What a run came to: in a file of its own, and for runs from before there was one in their status."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dl.evaluation.classification import accuracy_interval
from dl.jobs.supervisor import Supervisor
from dl.runs import Run
from dl.runs.recovery import queue_again
from dl.runs.results import RESULTS, Results, forget_results, majority_baseline, read_results, write_results

FakeRun = Callable[..., Run]
OLD = {"test_loss": 0.25, "test_accuracy": 0.9, "majority_class": 3, "majority_accuracy": 0.1}


def make_old(run: Run, **facts: Any) -> Results:
    """As it lay on disk when its status told the results; those it then has, of the 360 digits of the test set."""
    forget_results(run.folder)
    path = run.folder / "status.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | OLD | facts))
    return Results(
        scores={"loss": 0.25, "accuracy": 0.9},
        intervals={"accuracy": accuracy_interval(324, 360)},
        baseline=majority_baseline(3, 0.1),
    )


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    results = Results(scores={"loss": 1.5}, intervals={"loss": (1.0, 2.0)}, baseline=majority_baseline(3, 0.25))
    assert read_results(tmp_path) is None
    write_results(tmp_path, results)
    assert read_results(tmp_path) == results
    forget_results(tmp_path)
    forget_results(tmp_path)
    assert read_results(tmp_path) is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"scores": {"loss": "much"}}', b"\xff"])
def test_damaged_results_are_none(content: bytes, fake_run: FakeRun) -> None:
    run = fake_run()
    (run.folder / RESULTS).write_bytes(content)
    assert run.results() is None


def test_status_is_the_life_cycle_only(fake_run: FakeRun) -> None:
    run = fake_run()
    assert run.results() and not OLD.keys() & json.loads((run.folder / "status.json").read_bytes()).keys()


def test_old_run_has_the_results_that_its_status_told(fake_run: FakeRun) -> None:
    run = fake_run()
    expected = make_old(run)
    assert run.results() == expected and run.status().state == "FINISHED"


def test_old_run_has_what_is_left_when_parts_are_missing(fake_run: FakeRun) -> None:
    run = fake_run()
    make_old(run, test_loss=None, majority_class=None)
    (run.folder / "dataset.json").write_text("{")
    assert run.results() == Results(scores={"accuracy": 0.9})


@pytest.mark.parametrize("state", ["QUEUED", "RUNNING", "PAUSED", "FAILED", "INTERRUPTED"])
def test_run_that_was_never_evaluated_has_none(state: str, fake_run: FakeRun) -> None:
    run = fake_run(state)
    assert run.results() is None
    (run.folder / "status.json").write_text("[]")
    assert run.results() is None


@pytest.mark.parametrize("old", [False, True])
def test_stopped_run_that_waits_to_go_on_keeps_its_results_and_is_stopped_again_when_it_is_taken_back(
    old: bool, supervisor: Supervisor, fake_run: FakeRun
) -> None:
    run = fake_run("STOPPED", checkpoints=[2])
    expected = make_old(run) if old else run.results()
    supervisor.resume(run)
    assert run.status().state == "QUEUED" and run.results() == expected
    supervisor.stop(run)
    assert run.status().state == "STOPPED" and run.results() == expected


def test_paused_run_that_is_taken_back_is_paused_again(supervisor: Supervisor, fake_run: FakeRun) -> None:
    run = fake_run("PAUSED", checkpoints=[2])
    queue_again(run, run.status(), 1.0)
    supervisor.stop(run)
    assert (run.status().state, run.results()) == ("PAUSED", None)
