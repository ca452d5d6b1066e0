"""What a value as it is written gives away: that it means "not known", is a number, or is a date."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dl.profiles.profile import ColumnProfile, Level

UNKNOWN = {
    "",
    "?",
    "-",
    "--",
    ".",
    "n/a",
    "na",
    "n.a.",
    "nan",
    "null",
    "none",
    "nil",
    "unknown",
    "missing",
    "not known",
}
UNKNOWN |= {"#n/a", "#null!", "undefined", "未知", "无", "缺失", "不详", "不明", "空"}
SENTINEL = re.compile(r"-?9{2,}|-1|-?8{3,}")
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z?)?")
OTHER_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](\d{4}|\d{2})|\d{4}[./]\d{1,2}[./]\d{1,2}|\d{4}年\d{1,2}月\d{1,2}日")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True)
class Dates:
    """How many rows have one; `are_read` says whether the column can be read as dates as it is."""

    count: int
    are_read: bool
    example: str


def is_numeric(word: str) -> bool:
    return NUMBER.fullmatch(word.strip()) is not None


def missing_spellings(levels: Sequence[Level]) -> list[Level]:
    return [level for level in levels if str(level.value).strip().lower() in UNKNOWN]


def dates_in(levels: Sequence[Level]) -> Dates:
    iso = [level for level in levels if ISO_DATE.fullmatch(str(level.value).strip())]
    other = [level for level in levels if OTHER_DATE.fullmatch(str(level.value).strip())]
    found = iso + other
    return Dates(sum(level.count for level in found), not other, str(found[0].value) if found else "")


def sentinels(column: ColumnProfile) -> Iterator[tuple[float, int]]:
    """Numbers such as -999 that stand for "not known", and how many rows have them: the least or the greatest of all,
    further from the others than these lie apart; or -1 where all others are counted from 0.
    """
    number = column.number
    if column.kind != "number" or number is None:
        return
    low, high = number.inner
    inside = {number.least: (low, number.greatest), number.greatest: (number.least, high)}
    for value, count in zip((number.least, number.greatest), number.end_counts, strict=True):
        if count < 2 or not SENTINEL.fullmatch(f"{value:.0f}") or value != round(value):
            continue
        first, last = inside[value]
        gap = first - value if value < first else value - last
        counted = value == -1 and number.is_whole and first >= 0 and last >= 10
        if counted or (value != -1 and gap > last - first):
            yield value, count
