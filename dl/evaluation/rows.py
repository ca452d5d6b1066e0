"""The rows of a table behind the answers: their values of one column, or all that is written in them."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from dl.datasets.columns import Column, Date, Number
from dl.datasets.tables.database import identifier
from dl.datasets.tables.table import Table
from dl.spreadsheet import without_formulas

BLOCK = 100_000  # rows that are made into text at once
FEW = 10_000  # rows that are asked for by their numbers
WANTED = "wanted"
Predictions = Callable[[NDArray[np.intp]], pd.DataFrame]  # a line for each of these places


def column_values(table: Table, column: Column, rows: NDArray[np.int64]) -> Any:
    """Of these `rows`, in their order: float64, datetime64, or of all other kinds a pandas Categorical of words."""
    found = _asked(table, [column], rows).column(0).combine_chunks()
    if isinstance(column, Number):
        return found.to_numpy(zero_copy_only=False).astype(float)
    if isinstance(column, Date):
        return found.to_numpy(zero_copy_only=False)
    words = found.dictionary_encode()
    codes = words.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return pd.Categorical.from_codes(codes, categories=words.dictionary.to_pylist())


def rows_of(table: Table, rows: NDArray[np.int64], columns: Sequence[Column]) -> pd.DataFrame:
    """A line for each of the `rows`, in their order: `line` (in the file that was brought) and the columns' fields."""
    return _asked(table, columns, rows, "line").to_pandas()


def written_rows(table: Table, rows: NDArray[np.int64], predictions: Predictions) -> Iterator[str]:
    """CSV in blocks, in the order of the file, so that memory does not follow from how many rows there are.

    The line in the file that was brought, the predictions, then the row's own columns. `predictions` says them for
    places among the `rows`. Safe to open in a spreadsheet.
    """
    target = table.description.target
    columns = [column for column in table.description.columns if column != target]
    headings = pd.Index([without_formulas(column.name) for column in columns])
    names = ", ".join(["row", "line", *(identifier(column.field) for column in columns)])
    with table.connect() as connection:
        picked = _picked(connection.sql(f"SELECT {names} FROM {table.relation()}"), rows)
        for number, (places, block) in enumerate(picked):
            own = block.to_pandas().drop(columns="row")
            lines = own.pop("line")
            own.columns = headings
            parts: list[pd.Series | pd.DataFrame] = [lines, predictions(places).reset_index(drop=True), own]
            yield _safe(pd.concat(parts, axis=1)).to_csv(index=False, header=number == 0, lineterminator="\n")


def _safe(frame: pd.DataFrame) -> pd.DataFrame:
    """Its words as a spreadsheet does not take for formulas; duplicate names of columns stay."""
    series = [frame.iloc[:, place] for place in range(frame.shape[1])]
    words = [not pd.api.types.is_numeric_dtype(one) and not pd.api.types.is_datetime64_dtype(one) for one in series]
    safe = [
        one.map(without_formulas, na_action="ignore") if word else one for one, word in zip(series, words, strict=True)
    ]
    return pd.concat(safe, axis=1)


def _asked(table: Table, columns: Sequence[Column], rows: NDArray[np.int64], *more: str) -> Any:
    """An Arrow table of these columns, and of `more` of the relation, in the order of the `rows`."""
    names = ", ".join([*more, *(identifier(column.field) for column in columns)])
    with table.connect() as connection:
        if len(rows) > FEW:
            return _gathered(connection.sql(f"SELECT row, {names} FROM {table.relation()}"), np.asarray(rows))
        wanted = pa.table({"row": np.asarray(rows, np.int64), "place": np.arange(len(rows))})
        connection.register(WANTED, wanted)
        query = f"SELECT {names} FROM {table.relation()} JOIN {WANTED} USING (row) ORDER BY place"
        return connection.sql(query).to_arrow_table()


def _gathered(whole: Any, rows: NDArray[np.int64]) -> Any:
    """For many rows faster than a join."""
    places, blocks = zip(*_picked(whole, rows), strict=True)
    order = np.concatenate(places)
    found = pa.Table.from_batches(blocks).drop_columns("row")
    return found if (np.diff(order) == 1).all() else found.take(np.argsort(order))


def _picked(whole: Any, rows: NDArray[np.int64]) -> Iterator[tuple[NDArray[np.intp], Any]]:
    """From a relation of all rows in the order of the file, these, block by block; and the places that they have."""
    order = np.argsort(rows, kind="stable")
    ascending = rows[order]
    for block in whole.to_arrow_reader(BLOCK):
        start = block.column(0)[0].as_py()
        low, high = np.searchsorted(ascending, [start, start + len(block)])
        if low < high:
            yield order[low:high], block.take(ascending[low:high] - start)
