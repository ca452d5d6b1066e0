"""Data sets that were deleted: moved aside, so that it can be undone, and removed for good some days later."""

import os
import time
from pathlib import Path

from dl.datasets.download import storage_failure
from dl.errors import DatasetExists, UnknownDataset
from dl.files import discard, patiently
from dl.workspace import Workspace

KEPT_DAYS, DAY = 7, 86_400  # a day in seconds


def delete(workspace: Workspace, dataset_id: str) -> None:
    """The time of its folder says from then on when that was. Raises DownloadFailed where the disk refuses."""
    folder = _deleted(workspace)
    try:
        folder.mkdir(exist_ok=True)
        _sweep(folder)
        discard(folder / dataset_id)
        os.utime(workspace.datasets / dataset_id)
        patiently(lambda: os.rename(workspace.datasets / dataset_id, folder / dataset_id))
    except OSError as error:
        raise storage_failure(error, dataset=dataset_id, url="") from error


def restore(workspace: Workspace, dataset_id: str) -> None:
    """Raises UnknownDataset, DatasetExists."""
    if not (_deleted(workspace) / dataset_id).is_dir():
        raise UnknownDataset(dataset=dataset_id, known=[])
    try:
        patiently(lambda: os.rename(_deleted(workspace) / dataset_id, workspace.datasets / dataset_id))
    except OSError as error:
        raise DatasetExists(dataset=dataset_id) from error


def _deleted(workspace: Workspace) -> Path:
    return workspace.datasets / ".deleted"


def _sweep(folder: Path) -> None:
    for path in folder.iterdir():
        if time.time() - path.stat().st_mtime > KEPT_DAYS * DAY:
            discard(path)
