"""Faults carry facts, and each has a code of its own."""

from collections.abc import Iterator

from dl.errors import LivefitError, Problem, SpecError, TrainingFailed, UnknownRun


def below(error: type[LivefitError]) -> Iterator[type[LivefitError]]:
    yield error
    for kind in error.__subclasses__():
        yield from below(kind)


def test_every_fault_has_its_own_code() -> None:
    kinds = list(below(LivefitError))
    assert len({kind.code for kind in kinds}) == len(kinds) > 10


def test_fault_keeps_its_facts_and_says_them() -> None:
    error = TrainingFailed(reason="diverged", step=7)
    assert error.facts == {"reason": "diverged", "step": 7}
    assert str(error) == "training_failed: reason=diverged, step=7"
    assert UnknownRun(run="9").facts == {"run": "9"}


def test_specification_error_lists_its_problems() -> None:
    error = SpecError((Problem("too_small", {"where": "epochs"}), Problem("not_json")))
    assert [problem.code for problem in error.problems] == ["too_small", "not_json"]
    assert "too_small (where=epochs); not_json" in str(error)


def test_problem_is_said_with_its_facts() -> None:
    assert str(Problem("too_small", {"where": "epochs", "limit": 1})) == "too_small (where=epochs, limit=1)"


def test_problems_are_equal_when_they_say_the_same_and_share_no_facts() -> None:
    assert Problem("no_layers") == Problem("no_layers", {})
    assert Problem("no_layers").facts is not Problem("no_layers").facts
