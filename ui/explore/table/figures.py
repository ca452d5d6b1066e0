"""Figures of a table as people read them, each with its range while it is an estimate."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

from dl.profiles.profile import ColumnProfile, Estimate
from ui.format import number, percent
from ui.text import t

EPOCH = datetime(1970, 1, 1)
DAYS = 10 * 86_400e6  # of a column that is shorter, hours count too; in microseconds
ALL_DIFFERENT = 0.99  # of the known values
LONGEST = 40  # characters of a value


def share(estimate: Estimate) -> str:
    return _banded(estimate, lambda value: percent(value))


def count(estimate: Estimate) -> str:
    """Of different things."""
    return _banded(estimate, lambda value: f"{round(value):,}")


def value(column: ColumnProfile, figure: float) -> str:
    """One of the column: dates are in microseconds since 1970, texts in characters."""
    if column.kind == "date":
        return _moment(figure, with_time=column.number is None or column.number.greatest - column.number.least < DAYS)
    if column.kind == "text":
        return t("table.characters", count=round(figure))
    return number(figure, 4)


def quantile(column: ColumnProfile, found: Estimate, is_exact: bool) -> str:
    """When all rows are counted, a quantile of very many may still be known no better than its narrow bin."""
    said = value(column, found.value)
    if not is_exact:
        return _banded(found, lambda figure: value(column, figure))
    return said if value(column, found.low) == value(column, found.high) else t("table.about", value=said)


def mean(column: ColumnProfile, found: Estimate) -> str:
    return _banded(found, lambda figure: value(column, figure))


def names_rows(column: ColumnProfile) -> bool:
    """A bar for each of its values would say nothing."""
    return bool(column.distinct and not column.number and column.distinct.count >= ALL_DIFFERENT * column.known)


def short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _banded(estimate: Estimate, written: Callable[[float], str]) -> str:
    """Without a range where its ends would be written alike."""
    low, high = written(estimate.low), written(estimate.high)
    said = written(estimate.value)
    return said if low == high else t("table.band", value=said, low=low, high=high)


def _moment(microseconds: float, with_time: bool) -> str:
    """Before year 1 and after 9999 there is no date."""
    try:
        moment = EPOCH + timedelta(microseconds=microseconds)
    except (OverflowError, ValueError):
        return "–"
    return f"{moment:%Y-%m-%d %H:%M}" if with_time and moment.time() != time.min else f"{moment:%Y-%m-%d}"
