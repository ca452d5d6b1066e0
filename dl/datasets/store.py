"""The one door to the data sets of a workspace: by id, whether they are built in or not, here or still to come."""

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dl.datasets.archives import Report, ignore
from dl.datasets.catalogue import BUILTINS
from dl.datasets.columns import Kind
from dl.datasets.deleted import delete, restore
from dl.datasets.description import Dataset
from dl.datasets.importing import bring_table, import_builtin
from dl.datasets.opening import DESCRIPTION, OpenDataset, check_table, open_folder, read_description
from dl.datasets.profile import Profile, profile
from dl.datasets.tables.request import TableRequest, unused_id
from dl.errors import DatasetError, UnknownDataset
from dl.workspace import Workspace

if TYPE_CHECKING:
    from dl.datasets.tables.table import Table


@dataclass(frozen=True)
class DatasetStore:
    workspace: Workspace

    def known(self, kind: Kind | None = None) -> list[Dataset]:
        """Those that are built in, then those of the workspace's own."""
        return [known for known in [*BUILTINS.values(), *self._own()] if kind in (None, known.kind)]

    def describe(self, dataset_id: str) -> Dataset:
        """Whether it is here or not. Raises UnknownDataset, DatasetDamaged."""
        return BUILTINS.get(dataset_id) or self.imported(dataset_id)

    def imported(self, dataset_id: str) -> Dataset:
        """As it lies here, with its fingerprint. Raises UnknownDataset, DatasetMissing, DatasetDamaged."""
        return read_description(self._folder(dataset_id))

    def is_here(self, dataset_id: str) -> bool:
        with suppress(UnknownDataset):
            return (self._folder(dataset_id) / DESCRIPTION).is_file()
        return False

    def open(self, dataset_id: str) -> OpenDataset:
        """The arrays of pictures. Raises as `imported` does."""
        return open_folder(self._folder(dataset_id))

    def table(self, dataset_id: str) -> "Table":
        """The rows of a table, to ask. Raises as `imported` does."""
        from dl.datasets.tables.table import Table

        folder = self._folder(dataset_id)
        return Table(folder, check_table(folder, read_description(folder)))

    def profile(self, dataset_id: str) -> Profile:
        return profile(self._folder(dataset_id))

    def bring(self, dataset_id: str, report: Report = ignore) -> Dataset:
        """Import it; returns at once when it is here, and a damaged one is made anew. Raises DatasetError."""
        known = BUILTINS.get(dataset_id)
        return import_builtin(self.workspace, known, report) if known else self.imported(dataset_id)

    def bring_table(self, request: TableRequest, report: Report = ignore) -> Dataset:
        """Import a file of rows. Raises DatasetError."""
        return bring_table(self.workspace, request, report)

    def unused_id(self, name: str) -> str:
        """For a file of that name: of no data set that is here, known or on its way."""
        return unused_id(self.workspace, name, set(BUILTINS))

    def is_own(self, dataset_id: str) -> bool:
        """Here, and not built in."""
        return dataset_id not in BUILTINS and self.is_here(dataset_id)

    def delete(self, dataset_id: str) -> None:
        """One of the workspace's own; `restore` brings it back for some days. Raises UnknownDataset, DownloadFailed."""
        if not self.is_own(dataset_id):
            raise UnknownDataset(dataset=dataset_id, known=[known.id for known in self._own()])
        delete(self.workspace, dataset_id)

    def restore(self, dataset_id: str) -> None:
        """Raises UnknownDataset, DatasetExists where there is another one of that name by now."""
        restore(self.workspace, dataset_id)

    def bytes_to_download(self, dataset_id: str) -> int:
        """0 when an installed package ships it, or its archives lie in the downloads folder."""
        archives = BUILTINS[dataset_id].archives if dataset_id in BUILTINS else ()
        return sum(archive.bytes for archive in archives if not archive.place(self.workspace.downloads).is_file())

    def default(self) -> str:
        """MNIST when that needs no network, else the first pictures that are here, else those that a package ships."""
        if not self.bytes_to_download("mnist"):
            return "mnist"
        return next((known.id for known in self.known("picture") if self.is_here(known.id)), "mnist_sample")

    def _folder(self, dataset_id: str) -> Path:
        """Names come from URLs too, so they may not lead out of the workspace."""
        folder = self.workspace.datasets / dataset_id
        if dataset_id in BUILTINS or (re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", dataset_id) and folder.exists()):
            return folder
        raise UnknownDataset(dataset=dataset_id, known=list(BUILTINS))

    def _own(self) -> list[Dataset]:
        own = []
        for folder in sorted(self.workspace.datasets.glob("[a-z0-9]*")):
            if folder.name not in BUILTINS:
                with suppress(DatasetError):
                    own.append(self.imported(folder.name))
        return own
