"""Every state with every event, against a table that is written out in full."""

from typing import get_args

import pytest

from dl.runs.status import Fault, State, Status
from dl.runs.transitions import Event, ImpossibleTransition, transition

EXPECTED = """
             QUEUED   RUNNING      PAUSED  STOPPED  FINISHED  FAILED  INTERRUPTED
handed_over  RUNNING  -            -       -        -         -       -
begun        RUNNING  RUNNING      -       -        -         -       -
given_back   -        QUEUED       -       -        -         -       -
paused       PAUSED   PAUSED       -       -        -         -       PAUSED
stopped      STOPPED  STOPPED      -       -        -         -       -
finished     -        FINISHED     -       -        -         -       -
failed       -        FAILED       -       -        -         -       -
interrupted  -        INTERRUPTED  -       -        -         -       -
resumed      -        -            QUEUED  QUEUED   -         -       QUEUED
"""
STATES, *ROWS = (line.split() for line in EXPECTED.strip().splitlines())
PAIRS = {(state, row[0]): after for row in ROWS for state, after in zip(STATES, row[1:], strict=True)}
NOW = 1000.0


def some(state: State) -> Status:
    """Taken up for the second time, after ten seconds of work, and at it for five by now."""
    known = {"attempt": 2, "seconds_before": 10.0, "queued_at": 900.0, "started_at": 995.0, "heartbeat": 999.0}
    process = {"pid": 7, "process_started": 990.0, "advanced_at": 998.0, "fit_seconds": 4.0, "step": 3}
    return Status.model_validate({"state": state, "fault": Fault(code="old"), **known, **process})


def test_table_of_this_test_has_all_states_and_all_events() -> None:
    events = {event for part in get_args(Event) for event in (get_args(part) or [part])}
    assert set(PAIRS) == {(state, event) for state in get_args(State) for event in events}


@pytest.mark.parametrize(("state", "event"), PAIRS, ids="-".join)
def test_event_leads_to_one_state_or_is_impossible(state: State, event: Event) -> None:
    before, after = some(state), PAIRS[state, event]
    if after == "-":
        with pytest.raises(ImpossibleTransition, match=f"{state} cannot be {event}"):
            transition(before, event, NOW)
    else:
        assert transition(before, event, NOW).state == after
    assert before == some(state)


@pytest.mark.parametrize(("state", "event"), [pair for pair, after in PAIRS.items() if after != "-"], ids="-".join)
def test_phase_follows_from_the_state_and_facts_come_with_the_event(state: State, event: Event) -> None:
    after = transition(some(state), event, NOW, learning_rate=0.5)
    phases = {"QUEUED": "waiting", "RUNNING": "starting"}
    assert (after.phase, after.learning_rate, after.step) == (phases.get(after.state, "ended"), 0.5, 3)


@pytest.mark.parametrize("event", ["paused", "stopped", "finished", "failed", "interrupted"])
def test_end_has_its_time_and_its_own_fault_or_none(event: Event) -> None:
    assert transition(some("RUNNING"), event, NOW).ended_at == NOW
    assert transition(some("RUNNING"), event, NOW).fault is None
    assert transition(some("RUNNING"), event, NOW, fault=Fault(code="new")).fault == Fault(code="new")


def test_resumed_run_waits_for_its_next_attempt_with_what_the_earlier_ones_took() -> None:
    paused = some("PAUSED").update(ended_at=997.0)
    again = transition(paused, "resumed", NOW)
    assert (again.attempt, again.queued_at, again.seconds(2000.0)) == (3, NOW, 12.0)
    assert (again.started_at, again.ended_at, again.heartbeat, again.advanced_at) == (None,) * 4
    assert (again.pid, again.process_started, again.fault) == (None,) * 3


def test_run_that_has_begun_is_worked_on_from_now_and_has_no_result_of_before() -> None:
    begun = transition(some("QUEUED"), "begun", NOW, pid=8)
    assert (begun.started_at, begun.pid, begun.fit_seconds, begun.seconds(NOW + 5)) == (NOW, 8, None, 15.0)


def test_run_that_is_given_back_keeps_its_place_and_its_attempt() -> None:
    waits = transition(some("RUNNING"), "given_back", NOW)
    assert (waits.queued_at, waits.attempt, waits.pid, waits.process_started) == (900.0, 2, None, None)
