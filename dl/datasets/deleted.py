"""Data sets that were deleted: moved aside, so that it can be undone, and removed for good some days later."""

from dl.aside import Aside
from dl.datasets.download import storage_failure
from dl.errors import DatasetExists, UnknownDataset
from dl.files import discard
from dl.workspace import Workspace


def delete(workspace: Workspace, dataset_id: str) -> None:
    """In place of one of that id that was deleted before. Raises DownloadFailed where the disk refuses."""
    aside = _aside(workspace)
    try:
        aside.sweep()
        discard(aside.place / dataset_id)
        aside.put(dataset_id)
    except OSError as error:
        raise storage_failure(error, dataset=dataset_id, url="") from error


def restore(workspace: Workspace, dataset_id: str) -> None:
    """Raises UnknownDataset, DatasetExists."""
    aside = _aside(workspace)
    if not (aside.place / dataset_id).is_dir():
        raise UnknownDataset(dataset=dataset_id, known=[])
    try:
        aside.back(dataset_id)
    except OSError as error:
        raise DatasetExists(dataset=dataset_id) from error


def _aside(workspace: Workspace) -> Aside:
    return Aside(workspace.datasets, workspace.datasets / ".deleted")
