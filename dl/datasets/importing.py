"""Brings a built-in data set into the workspace in its one form on disk: all of it, or nothing."""

import contextlib
import hashlib
import os
from pathlib import Path

import numpy as np

from dl.datasets.archives import Progress, Report, ignore
from dl.datasets.catalogue import Builtin
from dl.datasets.description import Dataset
from dl.datasets.download import fetch, storage_failure
from dl.datasets.opening import DESCRIPTION, check_table, open_folder, read_description
from dl.datasets.readers import Arrays
from dl.datasets.tables.builtins import TableReader
from dl.datasets.tables.request import TableRequest
from dl.errors import DatasetDamaged, DatasetExists, DatasetMissing
from dl.files import discard, sweep_temporaries, temporary, write_json
from dl.workspace import Workspace

BLOCK_ROWS = 4096


def import_builtin(workspace: Workspace, known: Builtin, report: Report = ignore) -> Dataset:
    """Returns at once when the set is here; a damaged one is made anew."""
    folder = workspace.datasets / known.id
    if here := _usable(folder):
        return here
    sweep_temporaries(workspace.datasets, workspace.downloads)
    _fetch_archives(workspace, known, report)
    if isinstance(known.reader, TableReader):
        return _import_table(workspace, known, known.reader, report)
    arrays = known.reader.read(workspace.downloads)
    try:
        _store(folder, known, arrays, report)
    except OSError as error:
        raise storage_failure(error, dataset=known.id, url=known.source) from error
    return read_description(folder)


def _import_table(workspace: Workspace, known: Builtin, reader: TableReader, report: Report) -> Dataset:
    from dl.datasets.tables.bringing import write_table

    target = workspace.datasets / known.id
    with temporary(target) as folder:
        written = folder / "written"
        written.mkdir(parents=True)
        source, test = reader.write(workspace.downloads, written)
        request = TableRequest(id=known.id, name=known.name, source=str(source), test_source=str(test or ""))
        about = {"columns": known.columns, "source": known.source, "licence": known.licence}
        write_table(folder, request, report, **about)
        discard(written)
        _put_in_place(folder, target)
    return read_description(target)


def bring_table(workspace: Workspace, request: TableRequest, report: Report = ignore) -> Dataset:
    """A file of one's own, under an id that no data set has yet. Raises DatasetExists, and as `write_table` does."""
    from dl.datasets.tables.bringing import write_table

    target = workspace.datasets / request.id
    sweep_temporaries(workspace.datasets)
    if target.exists():
        raise DatasetExists(dataset=request.id)
    with temporary(target) as folder:
        description = write_table(folder, request, report)
        try:
            os.rename(folder, target)
        except OSError as error:
            raise DatasetExists(dataset=request.id) from error
    return description


def _usable(folder: Path) -> Dataset | None:
    with contextlib.suppress(DatasetMissing, DatasetDamaged):
        known = read_description(folder)
        return check_table(folder, known) if known.is_table else open_folder(folder).description
    return None


def _fetch_archives(workspace: Workspace, known: Builtin, report: Report) -> None:
    """Several archives report as one download."""
    before = 0
    for archive in known.archives:

        def report_sum(progress: Progress, before: int = before) -> None:
            done = min(before + progress.done, known.download_bytes)
            report(Progress(progress.phase, done, known.download_bytes))

        fetch(archive, workspace.downloads, report_sum, dataset=known.id)
        before += archive.bytes


def store_pictures(target: Path, known: Dataset, arrays: Arrays) -> None:
    """In the place of what is there. Raises DownloadFailed where the disk does not take it."""
    discard(target)
    try:
        _store(target, known, arrays, ignore)
    except OSError as error:
        raise storage_failure(error, dataset=known.id, url=known.source) from error


def _store(target: Path, known: Dataset, arrays: Arrays, report: Report) -> None:
    with temporary(target) as folder:
        folder.mkdir(parents=True)
        rows = {"train": len(arrays.y_train), "test": len(arrays.y_test)}
        facts = {"rows": rows, "fingerprint": _write_arrays(arrays, folder, report)}
        write_json(folder / DESCRIPTION, known.model_dump(mode="json") | facts)
        _put_in_place(folder, target)


def _write_arrays(arrays: Arrays, folder: Path, report: Report) -> str:
    """Returns the fingerprint. In blocks of rows: bounded memory, and progress to show."""
    digest = hashlib.sha256()
    total = sum(len(array) for array in arrays)
    done = 0
    for name, array in arrays._asdict().items():
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
        with (folder / f"{name}.npy").open("wb") as file:
            header = {"descr": array.dtype.str, "fortran_order": False, "shape": array.shape}
            np.lib.format.write_array_header_1_0(file, header)
            for start in range(0, len(array), BLOCK_ROWS):
                block = np.ascontiguousarray(array[start : start + BLOCK_ROWS])
                digest.update(block.data)
                file.write(block.data)
                done += len(block)
                report(Progress("convert", done, total))
    return digest.hexdigest()


def _put_in_place(folder: Path, target: Path) -> None:
    """Rename; when something is there, keep it if another process finished first, and replace it if it is damaged."""
    for _ in range(5):
        with contextlib.suppress(OSError):
            os.rename(folder, target)
            return
        if _usable(target):
            return
        with temporary(target) as aside, contextlib.suppress(FileNotFoundError):
            os.rename(target, aside)
    os.rename(folder, target)
