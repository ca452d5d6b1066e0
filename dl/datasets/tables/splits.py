"""Which rows of a table are its test set: chosen once, in a way that a script can repeat in a few lines."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt

SplitMethod = Literal["random", "stratified", "time", "group", "file"]


class Split(BaseModel):
    """`column` is the field of the dates or groups; `shared` counts the test rows of which training has the same row.

    random: `draw` gives each row a number from `numpy.random.default_rng(seed).random(rows)`, rows that are the same
    that of the first of them; test rows are those whose rank among all is at most `test_share`, and of more than
    RANKED_ROWS (splitting.py) those whose number is below it.
    stratified: their rank among the rows of the same level of the target.
    time: rows later than all but `test_share`. group: whole groups, in a random order, until there are enough rows.
    file: the rows of the test file, which stand last.
    `compared` are the fields by which rows were the same, and `levels_of` that of the levels, when it was drawn: what
    is predicted, and which columns are used, may have been changed since.
    """

    model_config = ConfigDict(frozen=True)

    method: SplitMethod = "random"
    test_share: float = Field(0.2, gt=0, lt=1)
    seed: NonNegativeInt = 0
    column: str = ""
    compared: tuple[str, ...] = ()
    levels_of: str = ""
    shared: NonNegativeInt = 0


Repeats = tuple[NDArray[np.int64], NDArray[np.int64]]


def draw(rows: int, seed: int, repeats: Repeats) -> NDArray[np.float64]:
    """A number in [0, 1) a row, the same for rows that are the same."""
    drawn = np.random.default_rng(seed).random(rows)
    again, first = repeats
    drawn[again] = drawn[first]
    return drawn


def below(rows: int, seed: int, repeats: Repeats, share: float, block: int = 1_000_000) -> NDArray[np.bool_]:
    """Whether what is drawn is below the share: of very many rows as good as a rank, and in a byte a row."""
    random = np.random.default_rng(seed)
    parts = [random.random(min(block, rows - start)) < share for start in range(0, rows, block)]
    is_test = np.concatenate(parts) if parts else np.zeros(0, bool)
    again, first = repeats
    is_test[again] = is_test[first]
    return is_test


def smallest(drawn: NDArray[np.float64], share: float) -> NDArray[np.bool_]:
    """The rows with so many of the smallest numbers, as `pandas.Series.rank(method="max", pct=True) <= share`."""
    fewest = int(share * len(drawn) + 1e-9)
    if fewest >= len(drawn):
        return np.ones(len(drawn), bool)
    return drawn < np.partition(drawn, fewest)[fewest]


def stratified(drawn: NDArray[np.float64], levels: NDArray[np.uint64], share: float) -> NDArray[np.bool_]:
    """The same within each level, of which `levels` has any code; one with a single row stays for training."""
    is_test = np.zeros(len(drawn), bool)
    order = np.argsort(levels, kind="stable")
    ordered = levels[order]
    ends = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    for rows in np.split(order, ends):
        is_test[rows] = smallest(drawn[rows], share)
    return is_test


def whole_groups(sizes: NDArray[np.int64], share: float, seed: int) -> NDArray[np.bool_]:
    """Which groups are test groups: in a random order, as many as are needed for the share; never all."""
    order = np.random.default_rng(seed).permutation(len(sizes))
    before = np.cumsum(sizes[order]) - sizes[order]
    chosen = before < share * sizes.sum()
    chosen[-1] = False
    is_test = np.zeros(len(sizes), bool)
    is_test[order[chosen]] = True
    return is_test


def find_repeats(hashes: NDArray[np.uint64]) -> Repeats:
    """The rows of which there is another with the same hash, and the first such row of each."""
    ordered = np.sort(hashes)
    repeated = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    del ordered
    rows = np.flatnonzero(np.isin(hashes, repeated)) if len(repeated) else np.empty(0, np.int64)
    place = np.searchsorted(repeated, hashes[rows])
    earliest = np.empty(len(repeated), np.int64)
    earliest[place[::-1]] = rows[::-1]  # the last that is written is the first row
    return rows, earliest[place]
