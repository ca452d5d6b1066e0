"""Whether probabilities are what they claim to be: of the rows with 80 %, are 80 % right?"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dl.evaluation.intervals import wilson

BINS = 10


@dataclass(frozen=True)
class Calibration:
    """`bins` has a line for each bin that is not empty: low, high, rows, predicted (mean), observed (share of events),
    and the interval of that, observed_low and observed_high.

    `error` is the expected calibration error, the mean distance of predicted and observed, each bin counting with its
    rows. M. P. Naeini, G. F. Cooper, M. Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning",
    AAAI 2015; C. Guo et al., "On calibration of modern neural networks", ICML 2017. NaN without rows.
    """

    bins: pd.DataFrame
    error: float


def calibration(event: NDArray[np.bool_], probability: NDArray[Any], bins: int = BINS) -> Calibration:
    """`probability` (rows,) of each `event`, in so many bins of equal width; at an edge it belongs to the higher bin.

    Of more than two classes, the event is that the answer is right, and its probability the confidence.
    """
    place = np.clip((np.asarray(probability, float) * bins).astype(np.int64), 0, bins - 1)
    rows = np.bincount(place, minlength=bins)
    events = np.bincount(place, np.asarray(event, float), minlength=bins)
    total = np.bincount(place, np.asarray(probability, float), minlength=bins)
    there = rows > 0
    rows, events, total = rows[there], events[there], total[there]
    low, high = wilson(events, rows)
    edges = np.linspace(0, 1, bins + 1)
    table = pd.DataFrame({"low": edges[:-1][there], "high": edges[1:][there], "rows": rows, "predicted": total / rows})
    table = table.assign(observed=events / rows, observed_low=low, observed_high=high)
    distance = np.abs(events - total).sum()
    return Calibration(table, float(distance / rows.sum()) if len(rows) else np.nan)


def brier_score(event: NDArray[np.bool_], probability: NDArray[Any]) -> float:
    """The mean squared distance of probability and event: 0 is perfect, always a half gives 0.25.

    G. W. Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78 (1950), 1-3;
    here of one event, which is half of what he sums over both.
    """
    return float(np.square(np.asarray(event, float) - probability).mean())
