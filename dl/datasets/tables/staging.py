"""Rows that Python reads one by one, kept as words in a Parquet file that DuckDB then reads like any other."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dl.datasets.tables.database import literal
from dl.datasets.tables.left_out import LeftOut
from dl.datasets.tables.sources import RowSource

BATCH_CELLS = 200_000
Row = tuple[int, Sequence[str | None]]  # its line, and its values


def stage(rows: Iterable[Row], names: tuple[str, ...], staging: Path, file: str, left_out: list[LeftOut]) -> RowSource:
    """`left_out` may grow while the rows are read."""
    path = staging / f"staged-{len(list(staging.iterdir()))}.parquet"
    fields = [pa.field(f"c{number}", pa.string()) for number in range(len(names))]
    schema = pa.schema([*fields, pa.field("line", pa.int64())])
    size = max(1, BATCH_CELLS // len(names))
    with pq.ParquetWriter(path, schema) as writer:
        batch: list[Row] = []
        for row in rows:
            batch.append(row)
            if len(batch) == size:
                writer.write_table(_table(batch, schema))
                batch.clear()
        writer.write_table(_table(batch, schema))
    relation = f"read_parquet({literal(str(path))})"
    return RowSource(file, names, relation, None, lambda _: left_out)


def _table(batch: Sequence[Row], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*(values for _, values in batch), strict=True)) or [()] * (len(schema) - 1)
    arrays = [pa.array(column, pa.string()) for column in columns]
    return pa.Table.from_arrays([*arrays, pa.array([line for line, _ in batch], pa.int64())], schema=schema)
