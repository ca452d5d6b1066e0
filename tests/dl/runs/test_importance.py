"""What columns are worth stands beside the results of a run, and goes with them."""

from pathlib import Path

from dl.evaluation.importance import ColumnImportance, Importance
from dl.runs.importance import IMPORTANCE, read_importance, write_importance
from dl.runs.results import Results, forget_results, write_results

COLUMNS = [ColumnImportance(column="size", drop=0.2, low=0.1, high=0.3)]
FOUND = Importance(metric="accuracy", score=0.9, rows=100, repeats=5, seed=0, columns=COLUMNS)


def test_importance_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert read_importance(tmp_path) is None
    write_importance(tmp_path, FOUND)
    assert read_importance(tmp_path) == FOUND


def test_damaged_file_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / IMPORTANCE).write_text('{"metric": ')
    assert read_importance(tmp_path) is None


def test_importance_goes_with_the_results_when_a_run_goes_on(tmp_path: Path) -> None:
    write_results(tmp_path, Results(scores={"loss": 1.0}))
    write_importance(tmp_path, FOUND)
    forget_results(tmp_path)
    assert list(tmp_path.iterdir()) == []
