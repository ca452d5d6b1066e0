"""What a person says otherwise about a table: targets, kinds, roles and missing words, without reading it anew."""

from collections.abc import Sequence
from typing import Any

from dl.datasets.columns import AnyColumn, Category, Date, Identifier, Kind, Number, Role, Text
from dl.datasets.description import Dataset, Rows
from dl.datasets.tables.judging import MOST_LEVELS, Task
from dl.datasets.tables.splits import Split
from dl.datasets.tables.splitting import choose_test_rows, count_shared, drawn_by
from dl.datasets.tables.table import TEST_ROWS, Table, fingerprint, levels
from dl.errors import WrongTarget
from dl.files import write_array, write_json

DESCRIPTION = "dataset.json"
_KINDS: dict[str, Any] = {"number": Number, "category": Category, "date": Date, "text": Text, "identifier": Identifier}


def set_target(table: Table, field: str, task: Task | None = None) -> Table:
    """The column is to be predicted, and the one that was is a feature again. Raises UnknownColumn, WrongTarget."""
    wanted = table.column(field)
    changed = as_target(table, wanted, task or _usual_task(table, wanted))
    columns = [
        changed if column.field == field else _as_feature(column) if column.role == "target" else column
        for column in table.description.columns
    ]
    return _written(table, columns)


def set_task(table: Table, task: Task) -> Table:
    """Whether the target is a class or a number. Raises WrongTarget."""
    return set_target(table, table.description.target.field, task)


def set_kind(table: Table, field: str, kind: Kind) -> Table:
    """What the column holds; for the target that is `set_task`. Raises UnknownColumn, WrongTarget."""
    column = table.column(field)
    if column.role == "target":
        return set_task(table, "regression" if kind == "number" else "classification")
    return _replaced(table, field, _of_kind(column, kind))


def set_role(table: Table, field: str, role: Role) -> Table:
    """Raises UnknownColumn, WrongTarget (no_features, and when the target would be no target any more)."""
    if role == "target":
        return set_target(table, field)
    column = table.column(field)
    if column.role == "target":
        raise WrongTarget(column=column.name, reason="none")
    return _replaced(table, field, column.model_copy(update={"role": role}))


def set_missing(table: Table, field: str, spellings: Sequence[str]) -> Table:
    """Further spellings that mean "not known". Raises UnknownColumn, WrongTarget."""
    column = table.column(field).model_copy(update={"missing": tuple(dict.fromkeys(spellings))})
    if column.role != "target":
        return _replaced(table, field, column)
    return _replaced(table, field, as_target(table, column, _task_of(column)))


def resplit(table: Table, split: Split) -> Table:
    """Other test rows, and so another fingerprint. Raises WrongSplit, UnknownColumn."""
    split = drawn_by(table, split)
    rows = choose_test_rows(table, split)
    write_array(table.folder / TEST_ROWS, rows)
    chosen = Table(table.folder, table.description)
    counts = Rows(train=table.rows - len(rows), test=len(rows))
    facts: dict[str, Any] = {"rows": counts, "split": split.model_copy(update={"shared": count_shared(chosen, split)})}
    facts |= {"fingerprint": fingerprint(table.folder)}
    return _keep(table, table.description.model_copy(update=facts))


def as_target(table: Table, column: AnyColumn, task: Task) -> AnyColumn:
    """The column with what the task needs: levels in their natural order, or numbers. Raises WrongTarget."""
    target = _of_kind(column, "category" if task == "classification" else "number")
    target = target.model_copy(update={"role": "target"})
    if isinstance(target, Category):
        found = levels(_with(table, target), target, MOST_LEVELS + 1)
        if not found or len(found) > MOST_LEVELS:
            reason = "too_many_levels" if found else "all_missing"
            raise WrongTarget(column=column.name, reason=reason, limit=MOST_LEVELS)
        return target.model_copy(update={"levels": tuple(_natural_order(found))})
    _check_numbers(table, target)
    return target


def _with(table: Table, changed: AnyColumn) -> Table:
    """As it would be."""
    columns = [changed if column.field == changed.field else column for column in table.description.columns]
    return Table(table.folder, table.description.model_copy(update={"columns": tuple(columns)}))


def _check_numbers(table: Table, target: AnyColumn) -> None:
    """At least half of what is known must be numbers."""
    number, word = table.value(target), table.value(_of_kind(target, "text"))
    query = f"SELECT count({number}), count({word}) FROM read_parquet(?)"
    found = table.connect().execute(query, [str(table.file)]).fetchone()
    assert found
    if not found[0] and (not found[1] or table.types[target.field] == "DOUBLE"):
        raise WrongTarget(column=target.name, reason="all_missing")
    if table.types[target.field] == "VARCHAR" and found[0] < found[1] / 2:
        raise WrongTarget(column=target.name, reason="not_a_number", numbers=found[0], values=found[1])


def _usual_task(table: Table, column: AnyColumn) -> Task:
    """Numbers that only seemed to name the rows are numbers."""
    is_number = isinstance(column, Identifier) and table.types[column.field] == "DOUBLE"
    return "regression" if is_number else _task_of(column)


def _task_of(column: AnyColumn) -> Task:
    return "regression" if isinstance(column, Number) else "classification"


def _natural_order(found: list[str]) -> list[str]:
    try:
        return sorted(found, key=float)
    except ValueError:
        return sorted(found)


def _of_kind(column: AnyColumn, kind: Kind) -> AnyColumn:
    if column.kind == kind:
        return column
    changed: AnyColumn = _KINDS[kind](**column.model_dump(include={"name", "role", "field", "missing"}))
    return changed


def _as_feature(column: AnyColumn) -> AnyColumn:
    """A feature's levels are learnt from the training rows."""
    return column.model_copy(update={"role": "feature"} | ({"levels": ()} if isinstance(column, Category) else {}))


def _replaced(table: Table, field: str, changed: AnyColumn) -> Table:
    return _written(table, [changed if column.field == field else column for column in table.description.columns])


def _written(table: Table, columns: Sequence[AnyColumn]) -> Table:
    if not any(column.role == "feature" for column in columns):
        raise WrongTarget(column=next(c.name for c in columns if c.role == "target"), reason="no_features")
    return _keep(table, table.description.model_copy(update={"columns": tuple(columns)}))


def _keep(table: Table, description: Dataset) -> Table:
    write_json(table.folder / DESCRIPTION, description.model_dump(mode="json"))
    return Table(table.folder, description)
