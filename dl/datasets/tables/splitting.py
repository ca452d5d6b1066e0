"""Choosing the test rows of a table that lies on disk."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dl.datasets.columns import Category, Date
from dl.datasets.tables.database import identifier, literal
from dl.datasets.tables.splits import Repeats, Split, below, draw, find_repeats, smallest, stratified, whole_groups
from dl.datasets.tables.table import Table
from dl.errors import WrongSplit

BATCH_ROWS = 1_000_000
RANKED_ROWS = 2_000_000  # above it a share of the rows is as good as exact, and ranks take 40 bytes a row
MOST_COMPARED = 15_000_000  # with more rows, each is drawn for itself: to compare them takes 16 bytes a row
NO_REPEATS: Repeats = (np.empty(0, np.int64), np.empty(0, np.int64))


def choose_test_rows(table: Table, split: Split) -> NDArray[np.int64]:
    """Their numbers, ascending; some rows stay for training. Raises WrongSplit, UnknownColumn."""
    ways = {"random": _random, "stratified": _stratified, "time": _by_time, "group": _by_group, "file": _of_file}
    rows = np.flatnonzero(ways[split.method](table, drawn_by(table, split)))
    if not 0 < len(rows) < table.rows:
        raise WrongSplit(reason="no_rows", method=split.method, rows=table.rows)
    return rows


def usual_split(table: Table) -> Split:
    """A fifth, by levels where the target has some."""
    return Split(method="stratified" if isinstance(table.description.target, Category) else "random")


def drawn_by(table: Table, split: Split) -> Split:
    """The split with what it is drawn by now, which `choose_test_rows` then does at any later time too."""
    if split.compared or split.method not in ("random", "stratified"):
        return split
    target = table.description.target
    levels_of = target.field if split.method == "stratified" and isinstance(target, Category) else ""
    return split.model_copy(update={"compared": _used_fields(table), "levels_of": levels_of})


def count_shared(table: Table, split: Split) -> int:
    """Test rows of which a training row is the same in every feature and the target.

    Of many rows, or of those that `draw` has kept apart, none are looked for.
    """
    if table.rows > (RANKED_ROWS // 10 if split.method in ("random", "stratified") else MOST_COMPARED):
        return 0
    hashes = row_hashes(table)
    return int(np.isin(hashes[table.test_rows], hashes[table.train_rows]).sum())


def row_hashes(table: Table) -> NDArray[np.uint64]:
    """Of what the features and the target hold, and of no identifier; (rows,)."""
    return _hashes(table, _used_fields(table))


def _used_fields(table: Table) -> tuple[str, ...]:
    return tuple(column.field for column in table.description.used)


def _hashes(table: Table, fields: Sequence[str]) -> NDArray[np.uint64]:
    return _fetch(table, f"hash({', '.join(map(identifier, fields))})", "uint64")


def _fetch(table: Table, value: str, dtype: str) -> NDArray:
    """One value a row, in the order of the rows."""
    result = table.connect().sql(f"SELECT {value} AS value FROM {table.relation()}")
    found, done = np.empty(table.rows, dtype), 0
    for batch in result.to_arrow_reader(BATCH_ROWS):
        values = batch.column(0).to_numpy(zero_copy_only=False)
        found[done : done + len(values)] = values
        done += len(values)
    return found


def _repeats(table: Table, split: Split) -> Repeats:
    return find_repeats(_hashes(table, split.compared)) if table.rows <= MOST_COMPARED else NO_REPEATS


def _random(table: Table, split: Split) -> NDArray[np.bool_]:
    repeats = _repeats(table, split)
    if table.rows > RANKED_ROWS:
        return below(table.rows, split.seed, repeats, split.test_share)
    is_test = smallest(draw(table.rows, split.seed, repeats), split.test_share)
    # Where there are only a few different rows they cannot be kept apart.
    return is_test if is_test.any() else smallest(draw(table.rows, split.seed, NO_REPEATS), split.test_share)


def _stratified(table: Table, split: Split) -> NDArray[np.bool_]:
    if not split.levels_of or table.rows > RANKED_ROWS:
        return _random(table, split)
    codes = _hashes(table, [split.levels_of])
    is_test = stratified(draw(table.rows, split.seed, _repeats(table, split)), codes, split.test_share)
    return is_test if is_test.any() else _random(table, split)


def _by_time(table: Table, split: Split) -> NDArray[np.bool_]:
    column = table.column(split.column)
    if not isinstance(column, Date):
        raise WrongSplit(reason="no_date", column=column.name)
    field = identifier(column.field)
    query = f"SELECT quantile_disc({field}, ?) FROM {table.relation()}"
    found = table.connect().execute(query, [1 - split.test_share]).fetchone()
    assert found
    if found[0] is None:
        raise WrongSplit(reason="no_date", column=column.name)
    return _fetch(table, f"coalesce({field} > {literal(str(found[0]))}::TIMESTAMP, false)", "bool")


def _by_group(table: Table, split: Split) -> NDArray[np.bool_]:
    column = table.column(split.column)
    field = identifier(column.field)
    query = f"SELECT hash({field}) AS code, count(*) AS rows FROM {table.relation()} GROUP BY {field} ORDER BY min(row)"
    found = table.connect().execute(query).fetchnumpy()
    if len(found["code"]) < 2:
        raise WrongSplit(reason="no_groups", column=column.name)
    is_test = whole_groups(np.asarray(found["rows"], np.int64), split.test_share, split.seed)
    return np.isin(_fetch(table, f"hash({field})", "uint64"), np.asarray(found["code"])[is_test])


def _of_file(table: Table, split: Split) -> NDArray[np.bool_]:
    """They stand last."""
    origin = table.description.origin
    if origin is None or not origin.test_rows:
        raise WrongSplit(reason="from_file")
    is_test = np.zeros(table.rows, bool)
    is_test[table.rows - origin.test_rows :] = True
    return is_test
