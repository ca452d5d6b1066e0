"""Rows that could not be read: which, why, and what stands there."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from dl.spreadsheet import without_formulas

FILE = "left_out.csv"
MOST_CHARACTERS = 10_000  # of a row that is kept as it stands
Reason = Literal["too_few_fields", "too_many_fields", "quotes", "encoding", "too_long", "not_json"]
HEADER = ("line", "reason", "found", "expected", "row")


@dataclass(frozen=True)
class LeftOut:
    """`found` and `expected` count fields; `lines` is how many of the file it takes."""

    line: int
    reason: Reason
    row: str
    found: int = 0
    expected: int = 0
    lines: int = 1

    @property
    def code(self) -> str:
        return f"left_out_{self.reason}"

    @property
    def facts(self) -> dict[str, Any]:
        return {"line": self.line, "found": self.found, "expected": self.expected}


def write_left_out(path: Path, rows: Sequence[LeftOut]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for left in rows:
            text = without_formulas(left.row[:MOST_CHARACTERS])
            writer.writerow((left.line, left.reason, left.found or "", left.expected or "", text))


def read_left_out(path: Path, most: int = 1000) -> list[LeftOut]:
    """The first of them; none where no row was left out."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return [_from_text(row) for row, _ in zip(rows, range(most), strict=False)]


def _from_text(row: dict[str, str]) -> LeftOut:
    found, expected = int(row["found"] or 0), int(row["expected"] or 0)
    return LeftOut(int(row["line"]), row["reason"], row["row"], found, expected)  # type: ignore[arg-type]
