"""A problem says its code and its facts in one line, for logs and the command line."""

from dl.problems import Problem


def test_problem_is_said_with_its_facts() -> None:
    assert str(Problem("too_small", {"where": "epochs", "limit": 1})) == "too_small (where=epochs, limit=1)"


def test_problems_are_equal_when_they_say_the_same_and_share_no_facts() -> None:
    assert Problem("no_layers") == Problem("no_layers", {})
    assert Problem("no_layers").facts is not Problem("no_layers").facts
