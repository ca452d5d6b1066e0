"""What can be done about a finding: columns are described anew, or test rows chosen again; no value changes."""

from dl.datasets.description import Dataset
from dl.datasets.tables.changes import DESCRIPTION, resplit, set_kind, set_missing, set_role
from dl.datasets.tables.splits import Split
from dl.datasets.tables.table import Table
from dl.files import write_json
from dl.profiles.finding import Action

LEAST_SHARE = 0.001


def acted(table: Table, action: Action) -> Table:
    """The table after it, on disk too. Raises WrongTarget, WrongSplit, UnknownColumn."""
    if action.kind == "leave":
        return table
    if action.kind == "ignore":
        return set_role(table, action.field, "ignored")
    if action.kind == "stratify":
        return resplit(table, _stratified(table.description))
    if action.values:
        known = table.column(action.field).missing
        table = set_missing(table, action.field, [*known, *action.values])
    return table if action.kind == "missing" else set_kind(table, action.field, action.kind)


def undone(table: Table, former: Dataset) -> Table:
    """The table as it was described before; its test rows are chosen again in the same way. Raises WrongSplit."""
    write_json(table.folder / DESCRIPTION, former.model_dump(mode="json"))
    restored = Table(table.folder, former)
    if former.split is None or former.fingerprint == table.description.fingerprint:
        return restored
    return resplit(restored, former.split)


def _stratified(known: Dataset) -> Split:
    share = max(LEAST_SHARE, round(known.rows.test / known.rows.total, 3))
    return Split(method="stratified", test_share=share, seed=known.split.seed if known.split else 0)
