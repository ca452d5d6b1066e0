"""The table that a run was tested on, as long as it is still here."""

from dl.datasets import DatasetStore
from dl.datasets.opening import DESCRIPTION
from dl.datasets.tables.table import Table
from dl.errors import DatasetDamaged
from dl.runs.run import Run


def table_behind(run: Run, store: DatasetStore) -> Table:
    """With its columns as they were when the run was made. Raises DatasetError unless it is the very one."""
    wanted = run.dataset()
    if store.imported(wanted.id).fingerprint != wanted.fingerprint:
        raise DatasetDamaged(dataset=wanted.id, file=DESCRIPTION)
    return Table(store.workspace.datasets / wanted.id, wanted)
