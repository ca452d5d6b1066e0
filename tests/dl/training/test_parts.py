"""Where seconds go is added up by part, also when the part fails."""

import threading

import pytest

from dl.training.parts import Parts


def test_seconds_are_added_up_by_part_also_when_it_fails() -> None:
    parts = Parts()
    for _ in range(2):
        with parts.timed("steps"):
            threading.Event().wait(0.02)
    with pytest.raises(ValueError, match="full"), parts.timed("writing"):
        threading.Event().wait(0.02)
        raise ValueError("full")
    assert parts.keys() == {"steps", "writing"}
    assert parts["steps"] >= 0.04 and 0.02 <= parts["writing"] < parts["steps"]
