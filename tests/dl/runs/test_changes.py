"""Changes of the learning rate: in the order of the steps, the later of two, and what is torn is passed over."""

from pathlib import Path

from dl.runs.changes import append_change, read_changes


def rates(folder: Path) -> list[tuple[int, str, float]]:
    return [(change.step, change.by, change.learning_rate) for change in read_changes(folder)]


def test_changes_are_read_by_step_and_of_two_at_one_step_the_later(tmp_path: Path) -> None:
    for step, rate in ((20, 0.2), (10, 0.1), (20, 0.3)):
        append_change(tmp_path, step, rate, "user")
    append_change(tmp_path, 20, 0.4, "plateau")
    assert rates(tmp_path) == [(10, "user", 0.1), (20, "user", 0.3), (20, "plateau", 0.4)]


def test_what_is_no_change_is_passed_over(tmp_path: Path) -> None:
    assert rates(tmp_path) == []
    append_change(tmp_path, 10, 0.1, "user")
    with open(tmp_path / "changes.jsonl", "a") as file:
        file.write('{"step": 20, "by": "somebody"}\n{"step": 30, "learn')
    append_change(tmp_path, 40, 0.4, "plateau")
    assert rates(tmp_path) == [(10, "user", 0.1), (40, "plateau", 0.4)]
