"""A table is read once, block by block; every few of them give a better profile, and the last one is exact."""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np

from dl.datasets.columns import AnyColumn, Category, Date
from dl.datasets.tables.database import connect
from dl.datasets.tables.table import Table
from dl.profiles.associations import RowSample
from dl.profiles.bins import Bins, choose_bins
from dl.profiles.blocks import Block, Content, blocks, is_number, read_block
from dl.profiles.duplicates import RowCounter
from dl.profiles.levels import Levels, choose_levels
from dl.profiles.measures import Quantiles
from dl.profiles.profile import Profile, TargetProfile
from dl.profiles.summary import Summary
from dl.profiles.tally import GROUPS, ColumnTally
from dl.profiles.targets import choose_targets

FIRST_BLOCKS = 4  # where bins lie follows from them
FEWEST_BLOCKS = 2  # of one alone nobody can tell how far the others differ from it
FIRST_VALUES = 25_000  # of a column, at most,
ALL_VALUES = 65_536  # unless there are no more than these
PAUSE_SECONDS = 0.5  # between two profiles, at least
GROWTH = 1.5  # of rows meanwhile, at least
THREADS = min(4, os.cpu_count() or 1)
MOST_DISTINCT, DISTINCT_OF_ALL = 65_536, 4_000_000  # hashes of a column, and of all
MEMORY = "128MB"


@dataclass(frozen=True)
class RowsRead:
    done: int
    total: int


Report = Callable[[RowsRead], None]


def ignore(_: RowsRead) -> None:
    """The report of a caller who does not watch."""


def profiles(table: Table, report: Report = ignore) -> Iterator[Profile]:
    """Better and better ones, the last one exact; who has seen enough stops asking. `report` hears of each block."""
    order = blocks(table)
    told_rows, told_at = 0, 0.0
    with ThreadPoolExecutor(THREADS) as threads:
        contents = _read_ahead(table, order)
        first = list(islice(contents, FIRST_BLOCKS))
        counting = Counting(table, first, threads)
        for place, content in enumerate(chain(first, contents), start=1):
            counting.add(place, content)
            report(RowsRead(counting.read, table.rows))
            due = counting.read >= GROWTH * told_rows and time.monotonic() >= told_at + PAUSE_SECONDS
            if place == len(order) or (place >= FEWEST_BLOCKS and due):
                yield counting.profile()
                told_rows, told_at = counting.read, time.monotonic()


def exact_profile(table: Table, report: Report = ignore) -> Profile:
    """The last of them."""
    *_, last = profiles(table, report)
    return last


class Counting:
    """All that is counted of a table. `first` says where bins lie; it has to be added too."""

    def __init__(self, table: Table, first: list[Content], threads: ThreadPoolExecutor) -> None:
        self._table, self._threads, self.read = table, threads, 0
        columns = table.description.columns
        coders = {column.field: _coder(column, first, len(columns)) for column in columns}
        target, distinct = table.description.target, min(MOST_DISTINCT, DISTINCT_OF_ALL // len(columns))
        self._targets = choose_targets(target, coders[target.field], first)
        self._tallies = [ColumnTally(column, coders[column.field], self._targets.size, distinct) for column in columns]
        self._by_split = np.zeros((2, self._targets.size), np.int64)
        self._rows, self._sample = RowCounter(), RowSample(self._tallies, table.rows)

    def add(self, place: int, content: Content) -> None:
        """`place`: the how manieth block it is."""
        targets = self._targets.of(content)
        added = self._threads.map(lambda tally: tally.add(place % GROUPS, content, targets), self._tallies)
        for tally, values in zip(self._tallies, added, strict=True):
            self._sample.add(tally.column.field, values)
        is_test = _is_test(self._table, content.block)
        for split in (0, 1):
            self._by_split[split] += np.bincount(targets.codes[is_test == split], minlength=self._targets.size)
        self._rows.add(content.row_hashes(), is_test)
        self.read += content.block.rows

    def profile(self) -> Profile:
        rows = self._table.rows
        return Profile(
            rows=rows,
            read=self.read,
            columns=tuple(Summary(tally, self._targets, self.read, rows).column() for tally in self._tallies),
            target=self._target(),
            duplicates=self._rows.duplicates(),
            shared=self._rows.shared(),
            associations=self._sample.associations(is_last=self.read == rows),
        )

    def _target(self) -> TargetProfile:
        train, test = (tuple(counts.tolist()) for counts in self._by_split)
        field, coder = self._targets.column.field, self._targets.coder
        if isinstance(coder, Levels):
            levels = tuple(coder.names[: self._targets.size - 2])
            return TargetProfile(field=field, levels=levels, train=train, test=test)
        return TargetProfile(field=field, ranges=self._ranges(coder), train=train, test=test)

    def _ranges(self, bins: Bins) -> tuple[tuple[float, float], ...]:
        tally = next(tally for tally in self._tallies if tally.column.field == self._targets.column.field)
        lower, upper = Quantiles(bins, tally.total().joint[:-1].sum(axis=1), (tally.least, tally.greatest)).ranges()
        groups = [np.flatnonzero(self._targets.of_code[:-1] == group) for group in range(self._targets.missing)]
        return tuple((float(lower[group[0]]), float(upper[group[-1]])) for group in groups)


def _coder(column: AnyColumn, first: list[Content], columns: int) -> Bins | Levels:
    if is_number(column):
        values = np.concatenate([content.numbers(column.field) for content in first])
        step = 1 if len(values) <= ALL_VALUES else -(-len(values) // FIRST_VALUES)
        return choose_bins(values[::step], dates=isinstance(column, Date), columns=columns)
    known = column.levels if isinstance(column, Category) else ()
    return choose_levels([content.words(column.field) for content in first], known)


def _is_test(table: Table, block: Block) -> np.ndarray:
    low, high = np.searchsorted(table.test_rows, [block.first, block.first + block.rows])
    is_test = np.zeros(block.rows, bool)
    is_test[table.test_rows[low:high] - block.first] = True
    return is_test


def _read_ahead(table: Table, order: list[Block]) -> Iterator[Content]:
    """The next block is read while the last one is counted."""
    with connect(table.folder, memory=MEMORY) as connection, ThreadPoolExecutor(1) as reader:
        waiting = reader.submit(read_block, connection, table, order[0]) if order else None
        for following in [*order[1:], None]:
            assert waiting
            content = waiting.result()
            waiting = reader.submit(read_block, connection, table, following) if following else None
            yield content
