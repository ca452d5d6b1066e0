"""Changes of the learning rate while a run trains: by the user's hand, or lowered on a plateau."""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from dl.runs.log.json_lines import append_line, read_lines


class RateChange(BaseModel):
    """`learning_rate` holds from when `step` steps were done; `time` in unix seconds."""

    model_config = ConfigDict(frozen=True)
    step: int
    learning_rate: float
    by: Literal["user", "plateau"]
    time: float


def write_changes(folder: Path, changes: Iterable[RateChange]) -> None:
    """Of a run that has not begun: they will be made as they were in another one."""
    for change in changes:
        append_line(folder / "changes.jsonl", change.model_dump())


def append_change(folder: Path, step: int, learning_rate: float, by: Literal["user", "plateau"]) -> None:
    change = RateChange(step=step, learning_rate=learning_rate, by=by, time=time.time())
    append_line(folder / "changes.jsonl", change.model_dump())


def read_changes(folder: Path) -> list[RateChange]:
    """By step; of two at the same step and by the same hand the later one."""
    changes = {}
    for record in read_lines(folder / "changes.jsonl"):
        try:
            change = RateChange.model_validate(record)
        except ValidationError:
            continue
        changes[change.step, change.by] = change
    return sorted(changes.values(), key=lambda change: change.step)
