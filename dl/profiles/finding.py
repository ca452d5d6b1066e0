"""What is found in a table, as facts, and what can be done about it."""

from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Action:
    """`ignore` the column, treat spellings (`values`) as `missing`, or read the column as another kind.

    `stratify` asks for a split anew, which is the import's; `leave` asks for nothing.
    """

    kind: Literal["ignore", "missing", "number", "category", "date", "text", "identifier", "stratify", "leave"]
    field: str = ""
    values: tuple[str, ...] = ()


LEAVE = Action("leave")


@dataclass(frozen=True)
class Finding:
    """`severity`: 3 spoils the result, 2 should be looked at, 1 is worth knowing. `columns` are fields.

    `facts` fill the gaps of the sentence; shares go from 0 to 1.
    """

    code: str
    severity: int
    columns: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    action: Action = LEAVE
