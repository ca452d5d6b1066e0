"""What a network for a table needs to know of the rows before its numbers can be counted: found at once in a small
table, and by the waiting worker in a large one."""

from dataclasses import dataclass

import streamlit as st

from dl.datasets import Dataset
from dl.errors import LivefitError, Problem, SpecError
from dl.preparation import ColumnsInput, Preparation
from dl.specs import RunSpec
from dl.specs.checks import usable_columns
from ui.server import server
from ui.shared.live import POLL_SECONDS
from ui.text import t

MOST_CELLS = 1_000_000  # that are looked through while the page waits: about half a second


@dataclass(frozen=True)
class Prepared:
    """`told` says why there is no `preparation` yet; it is empty where there is one, or needs to be none."""

    preparation: Preparation | None = None
    problems: tuple[Problem, ...] = ()
    told: str = ""
    is_awaited: bool = False


def prepared(spec: RunSpec, dataset: Dataset) -> Prepared:
    """Of a specification whose columns fit the data set."""
    wanted = spec.model.columns
    if wanted is None or not dataset.is_table:
        return Prepared()
    if not server().datasets.is_here(dataset.id):
        return Prepared(told=t("columns.not_here"))
    try:
        return _of_table(wanted, dataset)
    except SpecError as error:
        return Prepared(problems=error.problems)
    except LivefitError as error:
        return Prepared(problems=(Problem(error.code, error.facts),))


def _of_table(wanted: ColumnsInput, dataset: Dataset) -> Prepared:
    from dl.preparation.learning import kept_preparation, preparation_of  # DuckDB is loaded where a table is used

    table = server().datasets.table(dataset.id)
    if kept := kept_preparation(table, wanted):
        return Prepared(kept)
    if dataset.rows.total * len(usable_columns(dataset)) <= MOST_CELLS:
        return Prepared(preparation_of(table, wanted))
    word = "columns.waits" if server().supervisor.running() else "columns.counting"
    return Prepared(told=t(word, rows=dataset.rows.total), is_awaited=True)


def told_view(found: Prepared, spec: RunSpec, dataset: Dataset) -> None:
    """Why the counts are estimates; while they are awaited, the page runs again when they have come."""
    if not found.told:
        return
    st.caption(f":material/hourglass_top: {found.told}")
    if found.is_awaited:
        st.fragment(_watch, run_every=POLL_SECONDS)(spec, dataset)


def _watch(spec: RunSpec, dataset: Dataset) -> None:
    from dl.preparation.learning import kept_preparation

    assert spec.model.columns
    try:
        is_there = kept_preparation(server().datasets.table(dataset.id), spec.model.columns) is not None
    except LivefitError:
        is_there = True  # gone or damaged: the page says so
    if is_there:
        st.rerun()
