"""From which score on to say yes, when the two kinds of mistake do not cost the same."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from dl.evaluation.ranking import Ranking

GRID = np.round(np.linspace(0, 1, 1001), 3)  # of a probability


@dataclass(frozen=True)
class Costs:
    """Of one false alarm and of one miss, in any unit."""

    false_positive: float = 1.0
    false_negative: float = 1.0

    @property
    def threshold(self) -> float:
        """The best one, if the probabilities are what they claim to be.

        C. Elkan, "The foundations of cost-sensitive learning", IJCAI 2001, 973-978.
        """
        both = self.false_positive + self.false_negative
        return self.false_positive / both if both else 0.5


EQUAL = Costs()


def threshold_table(ranked: Ranking, thresholds: ArrayLike = GRID, costs: Costs = EQUAL) -> pd.DataFrame:
    """A line each: `threshold` from which on a row counts as positive, the four counts, and the `cost` of all mistakes.

    Columns: threshold, true_positives, false_positives, false_negatives, true_negatives, cost.
    """
    wanted = np.atleast_1d(np.asarray(thresholds, float))
    place = np.searchsorted(-ranked.thresholds, -wanted, side="right")  # so many distinct scores are great enough
    hits, alarms = np.append(0, ranked.true_positives)[place], np.append(0, ranked.false_positives)[place]
    misses = ranked.positives - hits
    return pd.DataFrame(
        {
            "threshold": wanted,
            "true_positives": hits,
            "false_positives": alarms,
            "false_negatives": misses,
            "true_negatives": ranked.negatives - alarms,
            "cost": costs.false_positive * alarms + costs.false_negative * misses,
        }
    )


def best_threshold(table: pd.DataFrame) -> float:
    """The one of the least cost; of several, the one nearest to a half."""
    least = table.loc[table["cost"] == table["cost"].min(), "threshold"]
    return float(least.iloc[int((least - 0.5).abs().to_numpy().argmin())])


def matrix_at(ranked: Ranking, threshold: float) -> NDArray[np.int64]:
    """Rows: truly negative, truly positive; columns: taken for negative, for positive."""
    at = threshold_table(ranked, threshold).iloc[0]
    cells = [at.true_negatives, at.false_positives, at.false_negatives, at.true_positives]
    return np.array(cells, np.int64).reshape(2, 2)
