"""Which line of the file each row stood in, for rows that are read in parallel and do not know it themselves."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from dl.datasets.tables.left_out import LeftOut
from dl.files import replace, temporary


@dataclass(frozen=True)
class LineRules:
    """Rows begin in line `first`; `total` lines are there, 0 where no row takes more or less than one."""

    first: int
    total: int = 0
    blank: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))

    def are_plain(self, rows: int, left_out: Sequence[LeftOut]) -> bool:
        """Whether row n stands in line `first` + n."""
        if left_out or (self.blank >= self.first).any():
            return False
        return self.total == 0 or self.total == self.first - 1 + rows

    def of(self, breaks: NDArray[np.int64], left_out: Sequence[LeftOut]) -> NDArray[np.int64]:
        """Of rows that hold so many line `breaks` each; (rows,) int64."""
        if not breaks.any():
            return self._of_single_lines(len(breaks), left_out)
        return self._of_long_rows(breaks, left_out)

    def _of_single_lines(self, rows: int, left_out: Sequence[LeftOut]) -> NDArray[np.int64]:
        taken = sum(left.lines for left in left_out)
        is_row = np.ones(self.first + rows + taken + len(self.blank) + 1, bool)
        is_row[: self.first] = False
        for left in left_out:
            is_row[left.line : left.line + left.lines] = False
        is_row[self.blank[self.blank < len(is_row)]] = False
        return np.flatnonzero(is_row)[:rows]

    def _of_long_rows(self, breaks: NDArray[np.int64], left_out: Sequence[LeftOut]) -> NDArray[np.int64]:
        skipped = dict.fromkeys(self.blank.tolist(), 1) | {left.line: left.lines for left in left_out}
        line, lines = self.first, np.empty(len(breaks), np.int64)
        for row, more in enumerate(breaks.tolist()):
            while line in skipped:
                line += skipped[line]
            lines[row] = line
            line += 1 + more
        return lines


def add_lines(path: Path, rules: LineRules, left_out: Sequence[LeftOut]) -> None:
    """Writes the column `line` into a Parquet file of the rows of one file."""
    breaks = _line_breaks(path) if rules.total else np.zeros(pq.read_metadata(path).num_rows, np.int64)
    with temporary(path) as written:
        _write_with(path, written, rules.of(breaks, left_out))
        replace(written, path)


def _line_breaks(path: Path) -> NDArray[np.int64]:
    """How many stand inside the values of each row."""
    file = pq.ParquetFile(path)
    texts = [field.name for field in file.schema_arrow if pa.types.is_string(field.type)]
    counts = [np.zeros(0, np.int64)]
    for group in range(file.num_row_groups):
        total = np.zeros(file.metadata.row_group(group).num_rows, np.int64)
        for name in texts:
            column = file.read_row_group(group, [name]).column(0)
            found = pc.fill_null(pc.count_substring(column, pattern="\n"), 0)
            total += found.to_numpy().astype(np.int64)
        counts.append(total)
    return np.concatenate(counts)


def _write_with(path: Path, written: Path, lines: NDArray[np.int64]) -> None:
    file, done = pq.ParquetFile(path), 0
    schema = file.schema_arrow.append(pa.field("line", pa.int64()))
    with pq.ParquetWriter(written, schema, compression="snappy") as writer:
        for group in range(file.num_row_groups):
            rows = file.read_row_group(group)
            own = pa.array(lines[done : done + rows.num_rows])
            writer.write_table(rows.append_column("line", own))
            done += rows.num_rows
