"""The sets of states, and how long a run has been worked on."""

from typing import get_args

import pytest

from dl.runs.status import ENDED, RESUMABLE, UNFINISHED, State, Status


@pytest.mark.parametrize("state", get_args(State))
def test_state_answers_what_is_asked_of_it(state: State) -> None:
    status = Status(state=state, queued_at=0.0)
    assert status.ended == (state in ENDED) == (state not in ("QUEUED", "RUNNING", "PAUSED"))
    assert status.resumable == (state in RESUMABLE) == (state in ("PAUSED", "INTERRUPTED"))
    assert status.unfinished == (state in UNFINISHED) == (state in ("PAUSED", "INTERRUPTED", "STOPPED"))


def test_seconds_are_those_of_all_attempts_up_to_now_or_to_the_end() -> None:
    waiting = Status(state="QUEUED", queued_at=0.0)
    assert waiting.seconds(50.0) is None
    assert waiting.update(seconds_before=30.0).seconds(50.0) == 30.0
    again = waiting.update(state="RUNNING", started_at=40.0, seconds_before=30.0)
    assert again.seconds(50.0) == 40.0
    assert again.update(state="PAUSED", ended_at=45.0).seconds(50.0) == 35.0


def test_status_is_the_same_after_it_was_written_and_fields_of_older_versions_are_passed_over() -> None:
    status = Status(state="FINISHED", queued_at=1.0, step=3)
    assert Status.model_validate_json(status.model_dump_json()) == status
    assert Status.model_validate(status.model_dump() | {"test_accuracy": 0.9}) == status
