"""How a file of rows is written: found by looking at it, and changed by whoever knows better."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt

Format = Literal["csv", "excel", "json_lines", "parquet"]


class Dialect(BaseModel):
    """Fields that a format has no use for stay at what they are. `skip` lines stand before the header or the rows."""

    model_config = ConfigDict(frozen=True)

    format: Format = "csv"
    encoding: str = "utf-8"
    delimiter: str = Field(",", min_length=1, max_length=1)
    quote: Literal["", '"', "'"] = '"'
    escape: Literal["", '"', "'", "\\"] = ""
    header: bool = True
    skip: NonNegativeInt = 0
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ",", ".", " ", "'"] = ""
    day_first: bool = True  # of dates such as 3/4/2020
    sheet: str = ""

    def changed(self, wishes: dict[str, Any]) -> "Dialect":
        """Raises pydantic.ValidationError."""
        return Dialect.model_validate(self.model_dump() | wishes)


def clean_names(found: list[str], columns: int) -> tuple[str, ...]:
    """One name a column, none empty and none twice; where none was found the number of the column is its name."""
    names: list[str] = []
    for number in range(columns):
        name = " ".join(found[number].split())[:200] if number < len(found) else ""
        names.append(_unused(name.replace("\0", "") or f"column {number + 1}", names))
    return tuple(names)


def _unused(name: str, names: list[str]) -> str:
    taken, candidate, number = set(names), name, 2
    while candidate in taken:
        candidate, number = f"{name} ({number})", number + 1
    return candidate
