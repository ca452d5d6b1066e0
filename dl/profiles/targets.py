"""The target's few codes, by which every column is counted: its levels, or about equally frequent ranges of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dl.datasets.columns import Column
from dl.profiles.bins import Bins
from dl.profiles.blocks import Content
from dl.profiles.levels import Levels

CLASSES = 32
RANGES = 20


@dataclass(frozen=True)
class TargetCodes:
    """`of_code` (the coder's codes,) maps the codes of the target's own column to the fewer that others are counted by.

    The last of them is what is missing; of categories the one before it is all further levels.
    """

    column: Column
    coder: Bins | Levels
    of_code: NDArray[np.int64]

    @property
    def size(self) -> int:
        return int(self.of_code[-1]) + 1

    @property
    def missing(self) -> int:
        return self.size - 1

    def of(self, content: Content) -> "Targets":
        field = self.column.field
        if isinstance(self.coder, Levels):
            return Targets(self.of_code[self.coder.codes(content.words(field))])
        values = content.numbers(field)
        return Targets(self.of_code[self.coder.codes(values)], np.nan_to_num(values))


@dataclass(frozen=True)
class Targets:
    """Of one block: the code of each row, and its value if the target is a number, 0 where that is missing."""

    codes: NDArray[np.int64]
    values: NDArray[np.float64] | None = None


def choose_targets(column: Column, coder: Bins | Levels, first: list[Content]) -> TargetCodes:
    if isinstance(coder, Levels):
        classes = min(len(coder.names), CLASSES)
        of_code = np.minimum(np.arange(coder.size), classes)
        of_code[Levels.missing] = classes + 1
        return TargetCodes(column, coder, of_code)
    codes = [coder.codes(content.numbers(column.field)) for content in first]
    counts = np.bincount(np.concatenate(codes), minlength=coder.size)[:-1]
    merged = equal_groups(counts, RANGES)
    return TargetCodes(column, coder, np.append(merged, merged[-1] + 1))


def equal_groups(counts: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Neighbouring bins put together into at most so many groups of about equally many rows: each bin's group."""
    total = counts.sum()
    if not total:
        return np.zeros(len(counts), np.int64)
    middle = np.cumsum(counts) - counts / 2
    wanted = np.minimum(middle / total * most, most - 1).astype(np.int64)
    return np.unique(wanted, return_inverse=True)[1].astype(np.int64)
