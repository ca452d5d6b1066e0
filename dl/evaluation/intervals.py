"""Estimates with the interval in which the true value lies with 95 % confidence, each from a sample of rows."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Z_95 = 1.959963984540054
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """NaN where the rows do not say."""

    value: float
    low: float
    high: float


def wilson(successes: ArrayLike, totals: ArrayLike) -> tuple[Floats, Floats]:
    """Of shares, each from 0 to 1; NaN where a total is 0: Wilson's score interval.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927), 209-212.
    """
    total = np.where(np.asarray(totals) > 0, totals, np.nan).astype(float)
    share, shrink = successes / total, 1 + Z_95**2 / total
    centre = (share + Z_95**2 / (2 * total)) / shrink
    half = Z_95 / shrink * np.sqrt(share * (1 - share) / total + Z_95**2 / (4 * total**2))
    return np.maximum(0.0, centre - half), np.minimum(1.0, centre + half)


def share_estimate(successes: int, total: int) -> Estimate:
    low, high = wilson(successes, total)
    return Estimate(successes / total if total else np.nan, float(low), float(high))


def mean_estimate(values: NDArray[Any]) -> Estimate:
    """The mean (rows,) with Student's t interval."""
    if not len(values):
        return Estimate(np.nan, np.nan, np.nan)
    mean = float(np.mean(values, dtype=float))
    half = student_t(len(values) - 1) * _standard_error(values)
    return Estimate(mean, mean - half, mean + half)


def positive_mean_estimate(values: NDArray[Any]) -> Estimate:
    """The mean of values that are never negative, such as squared errors: the interval is that of its logarithm.

    By the delta method, the standard error of log(mean) is that of the mean over the mean; so it never reaches below 0,
    and is longer upwards, as the mean of a skew sample is. A. W. van der Vaart, "Asymptotic Statistics" (1998), ch. 3.
    """
    mean = float(np.mean(values, dtype=float)) if len(values) else np.nan
    if mean == 0:
        return Estimate(0.0, 0.0, 0.0)
    factor = float(np.exp(student_t(len(values) - 1) * _standard_error(values) / mean))
    return Estimate(mean, mean / factor, mean * factor)


def student_t(degrees: int) -> float:
    """The 97.5 % point of Student's t distribution, to four digits; NaN without degrees of freedom.

    From three degrees on by M. Abramowitz, I. A. Stegun, "Handbook of Mathematical Functions" (1964), 26.7.5.
    """
    exact = {1: 12.7062047, 2: 4.30265273}
    if degrees < 3:
        return exact.get(degrees, np.nan)
    z = Z_95
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return float(sum(term / degrees**power for power, term in enumerate(terms)))


def _standard_error(values: NDArray[Any]) -> float:
    return float(np.std(values, ddof=1, dtype=float) / len(values) ** 0.5) if len(values) > 1 else np.nan
