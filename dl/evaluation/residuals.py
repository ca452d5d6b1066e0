"""Predicted minus true by the values of a column, and predicted against true where rows are too many for points."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dl.evaluation.groups import Groups, grouped
from dl.evaluation.intervals import mean_estimate

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
TAIL = 0.001


@dataclass(frozen=True)
class Residuals:
    """`table` has a line for each of the `groups`: rows, mean, low, high (the interval of the mean), q10 … q90."""

    groups: Groups
    table: pd.DataFrame


@dataclass(frozen=True)
class Density:
    """`counts` (y bins, x bins) of rows between the `edges` (bins + 1,) of both axes; so many are `outside` of them."""

    counts: NDArray[np.int64]
    edges: NDArray[np.float64]
    outside: int


def residuals_by(values: Any, kind: str, true: NDArray[Any], predicted: NDArray[Any]) -> Residuals:
    """By the `values` (rows,) of a column of this `kind`, as `grouped` takes them."""
    groups, errors = grouped(values, kind), np.asarray(predicted, float) - true
    return Residuals(groups, pd.DataFrame([_line(errors[rows]) for rows in groups.split()]))


def density(true: NDArray[Any], predicted: NDArray[Any], bins: int = 40) -> Density:
    """Of `true` along x and `predicted` along y. Where single rows lie far away, the edges keep to all the others."""
    low, high = _bulk(np.asarray(true, float), np.asarray(predicted, float))
    places = [_bin(values, low, high, bins) for values in (true, predicted)]
    inside = np.logical_and(*((place >= 0) & (place < bins) for place in places))
    x, y = (place[inside] for place in places)
    counts = np.bincount(y * bins + x, minlength=bins * bins).reshape(bins, bins)
    return Density(counts, np.linspace(low, high, bins + 1), len(true) - int(inside.sum()))


def _line(errors: NDArray[np.float64]) -> dict[str, float]:
    mean = mean_estimate(errors)
    spread = {f"q{share * 100:.0f}": at for share, at in zip(QUANTILES, np.quantile(errors, QUANTILES), strict=True)}
    return {"rows": len(errors), "mean": mean.value, "low": mean.low, "high": mean.high, **spread}


def _bulk(*values: NDArray[np.float64]) -> tuple[float, float]:
    """From the least to the greatest, unless the outermost thousandths would take most of the room."""
    low, high = min(each.min() for each in values), max(each.max() for each in values)
    near = [np.quantile(each, (TAIL, 1 - TAIL)) for each in values]
    lower, upper = min(each[0] for each in near), max(each[1] for each in near)
    room = (upper - lower) / 2
    low, high = max(low, lower - room), min(high, upper + room)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _bin(values: NDArray[Any], low: float, high: float, bins: int) -> NDArray[np.int64]:
    place = np.floor((np.asarray(values, float) - low) * (bins / (high - low))).astype(np.int64)
    return np.where(values == high, bins - 1, place)
