"""The arrays of a table, as a preparation has them: made once in blocks, kept beside the table, memory-mapped."""

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dl.datasets.tables.table import Table
from dl.files import temporary
from dl.preparation.dates import date_parts
from dl.preparation.learning import FOLDER
from dl.preparation.preparation import FARTHEST, Preparation, PreparedCategory, PreparedNumber, PreparedTarget
from dl.preparation.rows import asked, blocks, numbers_of

KEPT = 4  # sets of arrays of one table
INPUTS = {"numbers": np.float32, "categories": np.int32}
Report = Callable[[int, int], None]  # rows done, and all rows


@dataclass(frozen=True)
class Encoded:
    """All rows of a table in their order, those of the test among them.

    `inputs` are "numbers" (rows, n) float32 and "categories" (rows, m) int32, each where there are any. `targets`
    (rows,) are classes, int64 and -1 where missing, or numbers in their own unit, float64 and NaN where missing.
    """

    preparation: Preparation
    inputs: Mapping[str, NDArray[Any]]
    targets: NDArray[Any]

    def labelled(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of the rows that have a target."""
        targets = self.targets[rows]
        return rows[np.isfinite(targets) if targets.dtype.kind == "f" else targets >= 0]


def encoded(table: Table, preparation: Preparation, report: Report = lambda done, rows: None) -> Encoded:
    """Made if they are not there, or damaged; others that were not used for long are removed then."""
    folder = table.folder / FOLDER / _key(table, preparation)
    if found := _open(folder, table, preparation):
        return found
    folder.parent.mkdir(exist_ok=True)
    with temporary(folder) as making:
        making.mkdir()
        _write(making, table, preparation, report)
        shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(OSError):  # another process was quicker
            os.rename(making, folder)
        _clear(folder)
    found = _open(folder, table, preparation)
    assert found, "what was just written can be read"
    return found


def _key(table: Table, preparation: Preparation) -> str:
    columns = [column.model_dump_json() for column in table.description.columns]
    decisive = "\n".join([preparation.hash, table.description.fingerprint, *columns])
    return hashlib.sha256(decisive.encode()).hexdigest()[:32]


def _open(folder: Path, table: Table, preparation: Preparation) -> Encoded | None:
    sizes = _widths(preparation)
    try:
        arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name, width in sizes.items() if width}
        targets = np.load(folder / "targets.npy")
        os.utime(folder)
    except (OSError, ValueError, EOFError):
        return None
    if any(array.shape != (table.rows, sizes[name]) for name, array in arrays.items()) or len(targets) != table.rows:
        return None
    return Encoded(preparation, arrays, targets)


def _widths(preparation: Preparation) -> dict[str, int]:
    return {"numbers": len(preparation.numbers), "categories": len(preparation.categories)}


def _write(folder: Path, table: Table, preparation: Preparation, report: Report) -> None:
    arrays = {
        name: np.lib.format.open_memmap(folder / f"{name}.npy", "w+", INPUTS[name], (table.rows, width))
        for name, width in _widths(preparation).items()
        if width
    }
    targets = np.full(table.rows, *((-1, np.int64) if preparation.target.levels else (np.nan, np.float64)))
    entering = {field for field, _ in preparation.fields}
    columns = [c for c in table.description.columns if c.field in entering or c.role == "target"]
    done = 0
    with asked(table) as connection:
        for block in blocks(connection, table, columns):
            rows = block.column("row").to_numpy()
            for name, values in encoded_block(block, preparation).items():
                arrays[name][rows] = values
            targets[rows] = target_values(block, preparation.target)
            report(done := done + len(rows), table.rows)
    for array in arrays.values():
        array.flush()
    np.save(folder / "targets.npy", targets)


def encoded_block(block: pa.RecordBatch, preparation: Preparation) -> dict[str, NDArray[Any]]:
    """The inputs of these rows."""
    parts: dict[str, list[NDArray[Any]]] = {
        "numbers": [number_values(block, number) for number in preparation.numbers],
        "categories": [category_values(block, category) for category in preparation.categories],
    }
    return {name: np.column_stack(part) for name, part in parts.items() if part}


def number_values(block: pa.RecordBatch, number: PreparedNumber) -> NDArray[np.float32]:
    """(rows,), as an exported model computes them too."""
    raw = numbers_of(block, number.field)
    if number.part == "missing":
        return (~np.isfinite(raw)).astype(np.float32)
    if number.kind == "date":
        raw = date_parts(raw, np.floor, np.where)[number.part]
    with np.errstate(over="ignore"):  # what is infinite then is clipped as well
        scaled = np.clip((raw - number.centre) / number.scale, -FARTHEST, FARTHEST)
    return np.where(np.isfinite(raw), scaled, 0.0).astype(np.float32)


def category_values(block: pa.RecordBatch, category: PreparedCategory) -> NDArray[np.int32]:
    return _places(block.column(category.field), category.levels) + np.int32(1)


def target_values(block: pa.RecordBatch, target: PreparedTarget) -> NDArray[Any]:
    return _places(block.column(target.field), target.levels) if target.levels else numbers_of(block, target.field)


def _places(words: pa.Array, levels: tuple[str, ...]) -> NDArray[np.int32]:
    """-1 for what is none of the levels."""
    found = pc.index_in(words.cast(pa.string()), value_set=pa.array(levels, pa.string()))
    return found.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)


def _clear(newest: Path) -> None:
    """The arrays that were used last stay."""
    others = [folder for folder in newest.parent.iterdir() if folder.is_dir() and not folder.name.startswith(".")]
    others.sort(key=lambda folder: folder.stat().st_mtime, reverse=True)
    for folder in [folder for folder in others if folder != newest][KEPT - 1 :]:
        shutil.rmtree(folder, ignore_errors=True)
