"""What each column was found to be worth to a run's network, beside its results: written once somebody asks.

It goes with them when the run goes on.
"""

from pathlib import Path

from dl.evaluation.importance import Importance
from dl.files import read_model, write_model

IMPORTANCE = "importance.json"


def write_importance(folder: Path, importance: Importance) -> None:
    write_model(folder / IMPORTANCE, importance)


def read_importance(folder: Path) -> Importance | None:
    """None before there is any, and for a file that is damaged."""
    return read_model(folder / IMPORTANCE, Importance)
