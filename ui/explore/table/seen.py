"""The best that is known of a table now, and how far the job is that finds it out."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dl.datasets.tables.table import Table
from dl.files import Stamp, stamp
from dl.jobs.profiling import ProfilingStatus
from dl.profiles.kept import kept_profile, path_of
from dl.profiles.profile import Profile
from dl.runs.status import Fault
from ui.format import percent
from ui.problems import sentence
from ui.server import server
from ui.text import t

POLL_SECONDS = 0.5
ColumnControls = Callable[[Table, str], None]


@dataclass(frozen=True)
class Seen:
    """`is_current` says that the profile is of the columns as they are described now, and not a moment ago."""

    table: Table
    profile: Profile
    is_current: bool = True


def table_key(table: Table) -> str:
    """Another one after each change of the description or of the rows."""
    return str(path_of(table))


def profile_view(table: Table) -> Seen | None:
    """Draws how far it is; the page runs again whenever there is a better profile. None before the first one."""
    profile = _kept(table)
    if profile is None or not profile.is_exact:
        _begin(table)
        st.fragment(lambda: _progress_view(table, profile), run_every=POLL_SECONDS)()
    else:
        st.caption(t("table.exact", rows=profile.rows))
    if profile is None:
        return _former(table)
    st.session_state["explore_profile"] = (table.folder, profile)
    return Seen(table, profile)


def _kept(table: Table) -> Profile | None:
    path = path_of(table)
    return _read(str(path), stamp(path), table)


@st.cache_resource(max_entries=8, show_spinner=False)
def _read(path: str, stamp: Stamp | None, _table: Table) -> Profile | None:
    return kept_profile(_table)


def _former(table: Table) -> Seen | None:
    """What was on the screen before a column was described anew stays there until there is something better."""
    folder, profile = st.session_state.get("explore_profile", (None, None))
    described = {column.field: (column.role, column.kind) for column in table.description.columns}
    if folder != table.folder or described.keys() != {column.field for column in profile.columns}:
        return None
    if described[profile.target.field][0] != "target":
        return None
    columns = tuple(column.model_copy(update={"role": described[column.field][0]}) for column in profile.columns)
    return Seen(table, profile.model_copy(update={"columns": columns}), is_current=False)


def _begin(table: Table) -> None:
    """By itself once a session: who wants it again after a failure says so."""
    begun: set[Path] = st.session_state.setdefault("explore_begun", set())
    if path_of(table) not in begun:
        begun.add(path_of(table))
        _start(table)


def _start(table: Table) -> None:
    try:
        server().profiling.start(table)
    except OSError as error:
        st.error(t("table.no_disk", reason=str(error.strerror)), icon=":material/error:")


def _progress_view(table: Table, shown: Profile | None) -> None:
    status, profile = server().profiling.status(table), _kept(table)
    if profile and (shown is None or profile.read > shown.read):
        st.rerun()
    if status and status.state == "failed":
        _failure_view(table, status)
    elif status and status.state == "done":
        st.warning(t("table.not_kept"), icon=":material/save:")
    elif shown is None:
        st.progress(_share(status), t("table.begun", rows=table.rows))
    else:
        share = shown.read / shown.rows
        st.progress(
            _share(status), t("table.partial", share=percent(share, 0 if share >= 0.01 else 2), rows=shown.rows)
        )


def _share(status: ProfilingStatus | None) -> float:
    return min(1.0, status.done / status.total) if status and status.total else 0.0


def _failure_view(table: Table, status: ProfilingStatus) -> None:
    fault = Fault(code=status.code or "profile_crashed", facts=status.facts)
    st.error(sentence(fault), icon=":material/error:")
    if st.button(t("table.try_again"), icon=":material/refresh:", key="explore_profile_again"):
        _start(table)
        st.rerun()
