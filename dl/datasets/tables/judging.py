"""What each column of a table is likely to hold and to be for, from all of its rows; a person may say otherwise."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from dl.datasets.columns import AnyColumn, Category, Date, Identifier, Number, Role, Text
from dl.datasets.tables.database import ask, identifier, literal
from dl.datasets.tables.readings import Reading

Task = Literal["classification", "regression"]
BATCH_COLUMNS = 100
FIRST_ROWS, PLAINLY_MANY = 10_000, 100  # values among the first rows: more of them say no more of a number with a point
MANY = "DOUBLE, MANY"
MISSING_WORDS = ("na", "n/a", "#n/a", "n.a.", "nan", "<na>", "null", "?")
MOST_LEVELS = 1_000  # of a target
LONG_TEXT = 40  # bytes on average
TARGETS = {
    *("target", "label", "class", "y", "outcome", "result", "response", "diagnosis", "species", "variety", "survived"),
    *("churn", "fraud", "default", "price", "income", "salary", "quality", "rating", "score", "grade", "cost", "sales"),
    *("demand", "value", "progression"),
}
CODES = {"class", "label", "species", "digit", "category", "cluster"}  # of whole numbers that name something


@dataclass(frozen=True)
class Facts:
    """Of one column, over all rows. `least` and `greatest` are of whole numbers, and of others where these are few."""

    known: int
    distinct: int  # approximate above some hundreds; of numbers that are not whole only whether there are many
    is_whole: bool = False
    least: float = 0.0
    greatest: float = 0.0
    length: float = 0.0
    blanks: float = 0.0  # share of values with a blank inside
    missing: tuple[str, ...] = ()


def facts_of(path: Path, stored: Sequence[str]) -> list[Facts]:
    """Of the fields of a Parquet file; `stored` is how each lies in it."""
    relation = f"read_parquet({literal(str(path))})"
    first = _asked(path.parent, f"(FROM {relation} LIMIT {FIRST_ROWS})", stored, _question)
    kinds = [MANY if _is_plain(*about) else about[0] for about in zip(stored, first, strict=True)]
    found = _asked(path.parent, relation, kinds, _question)
    # In a query of its own: a filter makes all aggregates beside it slow.
    missing = _asked(path.parent, relation, kinds, _missing_words)
    return [
        Facts(**{"distinct": before["distinct"]} | known | {"missing": tuple(sorted(words or ()))})
        for before, known, words in zip(first, found, missing, strict=True)
    ]


def _is_plain(stored: str, first: dict[str, Any]) -> bool:
    return stored == "DOUBLE" and not first.get("is_whole", True) and first["distinct"] > PLAINLY_MANY


def _asked(folder: Path, relation: str, kinds: Sequence[str], question: Callable[[str, str], str]) -> list[Any]:
    connection, found = ask(folder), []
    for start in range(0, len(kinds), BATCH_COLUMNS):
        batch = kinds[start : start + BATCH_COLUMNS]
        asked = ", ".join(question(identifier(f"c{start + number}"), kind) for number, kind in enumerate(batch))
        row = connection.execute(f"SELECT {asked} FROM {relation}").fetchone()
        assert row
        found += [_known(answer) for answer in row]
    return found


def _known(answer: Any) -> Any:
    if not isinstance(answer, dict):
        return answer
    return {name: value for name, value in answer.items() if value is not None}


def _question(name: str, stored: str) -> str:
    common = f"'known': count({name}), 'distinct': approx_count_distinct({name})"
    if stored == MANY:
        return f"{{'known': count_if(isfinite({name}))}}"
    if stored == "DOUBLE":
        value = f"CASE WHEN isfinite({name}) THEN {name} END"
        more = f"'least': min({value}), 'greatest': max({value}), 'is_whole': bool_and({value} = trunc({value}))"
        return f"{{'known': count({value}), 'distinct': approx_count_distinct({value}), {more}}}"
    if stored == "VARCHAR":
        shape = f"'length': avg(strlen({name})), 'blanks': avg(CAST(contains({name}, ' ') AS INTEGER))"
        return f"{{{common}, {shape}}}"
    return f"{{{common}}}"


def _missing_words(name: str, stored: str) -> str:
    words = ", ".join(map(literal, MISSING_WORDS))
    is_missing = f"strlen({name}) <= 4 AND lower({name}) IN ({words})"
    return f"list(DISTINCT {name}) FILTER ({is_missing})" if stored == "VARCHAR" else "NULL"


def likely_columns(
    names: Sequence[str], readings: Sequence[Reading], facts: Sequence[Facts], rows: int
) -> list[AnyColumn]:
    """Without a target yet; identifiers and constants are ignored."""
    return [
        _likely(f"c{number}", name, reading, about, rows)
        for number, (name, reading, about) in enumerate(zip(names, readings, facts, strict=True))
    ]


def _likely(field: str, name: str, reading: Reading, about: Facts, rows: int) -> AnyColumn:
    role: Role = "ignored" if about.distinct < 1 or (about.distinct == 1 and about.known == rows) else "feature"
    common = {"name": name, "field": field, "role": role, "missing": about.missing}
    if reading.holds == "date":
        return Date(**common, zone="UTC" if reading.dates == "zoned" else "")
    if reading.holds == "number":
        return _likely_number(name, reading, about, rows, common)
    words = about.distinct / max(about.known, 1)
    if words > 0.9 and about.known >= 20 and about.blanks < 0.5 and about.length <= LONG_TEXT:
        return Identifier(**common | {"role": "ignored"})
    if about.known >= 20 and words > 0.5 and (about.length > LONG_TEXT or words > 0.9):
        return Text(**common)
    return Text(**common) if about.length > 5 * LONG_TEXT and about.distinct > 20 else Category(**common)


def _likely_number(name: str, reading: Reading, about: Facts, rows: int, common: dict) -> AnyColumn:
    if about.distinct == 2 and about.is_whole and reading.stored == "DOUBLE":
        return Category(**common)
    if reading.stored == "DOUBLE" and not reading.unit and _counts_rows(name, about, rows):
        return Identifier(**common | {"role": "ignored"})
    return Number(**common, unit=reading.unit)


def _counts_rows(name: str, about: Facts, rows: int) -> bool:
    """Whole numbers that are all different: 1 to the number of rows, or called an id."""
    if not about.is_whole or about.known < rows or rows < 20 or about.distinct < 0.9 * rows:
        return False
    is_running = about.greatest - about.least + 1 == rows and about.least in (0, 1)
    return is_running or re.search(r"(?i:(^|[_\W])(id|no|nr|key|index|uuid))$|(?<=[a-z])I[dD]$", name) is not None


def likely_target(columns: Sequence[AnyColumn], facts: Sequence[Facts], rows: int) -> int | None:
    """Its place: by what it is called, then by where it stands; None where no column can be one."""
    usable = [n for n, column in enumerate(columns) if _can_be_target(column, facts[n])]
    return max(usable, key=lambda n: _points(n, columns, facts[n], rows), default=None)


def _can_be_target(column: AnyColumn, about: Facts) -> bool:
    if column.role == "ignored" or about.distinct < 2:
        return False
    return isinstance(column, Number) or (isinstance(column, Category) and about.distinct <= MOST_LEVELS)


def _points(number: int, columns: Sequence[AnyColumn], about: Facts, rows: int) -> tuple[float, int]:
    name = columns[number].name.lower()
    parts = set(re.split(r"[\W_]+", name))
    points = 10.0 if name in TARGETS else 6.0 if parts & TARGETS else 0.0
    points += 5 if number == len(columns) - 1 else 1 if number == 0 else 0
    points += (about.distinct == 2) * 2 + (about.distinct <= 20)
    return points - 5 * (about.known < rows / 2), number


def likely_task(column: AnyColumn, about: Facts) -> Task:
    """Whole numbers are classes where they are called so, and there are few."""
    if not isinstance(column, Number):
        return "classification"
    parts = set(re.split(r"[\W_]+", column.name.lower()))
    span = about.greatest - about.least + 1
    is_code = about.is_whole and about.distinct == span and about.least in (0, 1) and about.distinct <= 20
    return "classification" if is_code and parts & (CODES | {"target", "y"}) else "regression"
