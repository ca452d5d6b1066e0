"""What can be done about a finding: one column is described anew; its values stay as they are."""

from collections.abc import Callable

from dl.datasets.columns import AnyColumn, Category, Date, Identifier, Number, Text
from dl.datasets.description import Dataset
from dl.datasets.tables.table import Table, levels
from dl.profiles.finding import Action

KINDS: dict[str, Callable[..., AnyColumn]] = {"number": Number, "category": Category, "date": Date, "text": Text}
KINDS["identifier"] = Identifier
MOST_LEVELS = 1000  # of a target


def acted(table: Table, action: Action) -> Dataset:
    """The description after it, to be written in place of the table's. Raises ValueError where no feature is left."""
    known = table.description
    columns = tuple(_acted(column, action) if column.field == action.field else column for column in known.columns)
    changed = Dataset.model_validate({**dict(known), "columns": columns})
    return _with_levels(table, changed) if action.field == changed.target.field else changed


def _acted(column: AnyColumn, action: Action) -> AnyColumn:
    if action.kind == "ignore":
        return column.model_copy(update={"role": "ignored"})
    column = column.model_copy(update={"missing": tuple(dict.fromkeys([*column.missing, *action.values]))})
    if action.kind not in KINDS:
        return column
    return KINDS[action.kind](name=column.name, role=column.role, field=column.field, missing=column.missing)


def _with_levels(table: Table, changed: Dataset) -> Dataset:
    """A target's levels are part of its description."""
    if not isinstance(changed.target, Category):
        return changed
    found = levels(Table(table.folder, changed), changed.target, MOST_LEVELS)
    target = changed.target.model_copy(update={"levels": tuple(found)})
    return changed.model_copy(
        update={"columns": tuple(target if column.field == target.field else column for column in changed.columns)}
    )
