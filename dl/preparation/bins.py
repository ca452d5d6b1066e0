"""Where the bins of a number begin and end."""

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def bin_edges(values: Values, bins: int) -> Values:
    """Ascending and all different, for at most `bins` bins; of finite values, not all the same.

    Half of them are quantiles of the values. A value that half the rows have takes up most of those, so the others are
    quantiles of the different values, which see what lies beside it.
    """
    different = np.unique(values)
    if len(different) <= bins + 1:
        return different
    halves = (bins + 1) // 2, bins + 1 - (bins + 1) // 2
    of_rows, of_values = (np.linspace(0, 1, max(half, 2)) for half in halves)
    return np.unique(np.concatenate([np.quantile(values, of_rows), np.quantile(different, of_values)]))
