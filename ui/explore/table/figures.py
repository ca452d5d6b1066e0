"""Figures of a table as people read them, each with its range while it is an estimate."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

from dl.profiles.profile import ColumnProfile, Estimate
from ui.format import number, percent
from ui.text import t

EPOCH = datetime(1970, 1, 1)
LONGEST = 40  # characters of a value


def share(estimate: Estimate) -> str:
    return _banded(estimate, lambda value: percent(value))


def count(estimate: Estimate) -> str:
    """Of different things."""
    return _banded(estimate, lambda value: f"{round(value):,}")


def value(column: ColumnProfile, figure: float) -> str:
    """One of the column: dates are in microseconds since 1970, texts in characters."""
    if column.kind == "date":
        return _moment(figure)
    if column.kind == "text":
        return t("table.characters", count=round(figure))
    return number(figure, 4)


def estimated(column: ColumnProfile, estimate: Estimate) -> str:
    return _banded(estimate, lambda figure: value(column, figure))


def short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _banded(estimate: Estimate, written: Callable[[float], str]) -> str:
    """Without a range where its ends would be written alike."""
    low, high = written(estimate.low), written(estimate.high)
    said = written(estimate.value)
    return said if low == high else t("table.band", value=said, low=low, high=high)


def _moment(microseconds: float) -> str:
    """Before year 1 and after 9999 there is no date."""
    try:
        moment = EPOCH + timedelta(microseconds=microseconds)
    except (OverflowError, ValueError):
        return "–"
    return f"{moment:%Y-%m-%d}" if moment.time() == time.min else f"{moment:%Y-%m-%d %H:%M}"
