"""The screen on which a table is brought: a file is given, how it is read is looked at, and it is imported.

What is asked of it lies with it on disk, so that the address alone leads back here.
"""

from typing import Any, Literal

import streamlit as st

from dl.datasets.tables.arrivals import change_arrival, discard_arrival, must_be_fetched, read_arrival
from dl.datasets.tables.request import TableRequest
from dl.errors import TableUnreadable
from dl.jobs.imports import ImportStatus, read_request
from dl.runs.status import Fault
from ui import state
from ui.explore.bring.reading import reading_view
from ui.explore.bring.source import giving_view
from ui.explore.refusals import refusal_view
from ui.frame import page_head, primary_button
from ui.problems import caught, sentence
from ui.server import server
from ui.shared.datasets import NEW, look_at
from ui.shared.fetching import POLL_SECONDS, job_progress
from ui.shared.live import watch_runs
from ui.text import t


def bring_screen(asked: str) -> None:
    """`asked` comes from the address: a table that was given, or anything else for one that is still to be given."""
    request = read_arrival(server().workspace, asked)
    place: list[Any] = []
    page_head("explore", lambda: place.append(st.container(width="content")), watch_runs)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(t("bring.title"), anchor=False, width="content")
        if request:
            _go_button("other", "upload_file", NEW)
        _go_button("leave", "arrow_back", None)
    refusal_view()
    if request is None:
        if asked != NEW:
            st.warning(t("bring.gone"), icon=":material/info:")
        giving_view()
    else:
        _arrived_view(request, place[0])


def _arrived_view(request: TableRequest, head: Any) -> None:
    """One step after the other, whichever it has come to."""
    if (job := _import_of(request)) and job.state == "running":
        _wait_for(request.id, t("bring.importing"))
    elif job and job.state == "done" and server().datasets.is_here(request.id):
        _finish(request)
    elif _is_to_come(request):
        _fetching_view(request)
    else:
        if job and job.state == "failed" and read_request(server().workspace, request.id) == request:
            _failure(job)
        ready = reading_view(request)
        with head:
            primary_button("bring_import", lambda: _import(ready or request), disabled=ready is None)


def _is_to_come(request: TableRequest) -> bool:
    """What is nowhere is told of when it is looked at."""
    try:
        return must_be_fetched(request)
    except TableUnreadable:
        return False


def _import_of(request: TableRequest) -> ImportStatus | None:
    """None for what was never asked to be imported: a data set may have had that id earlier."""
    kept = read_request(server().workspace, request.id)
    return server().imports.status(request.id) if kept and kept.arrival == request.arrival else None


def _import(request: TableRequest) -> None:
    """Under an id that nobody has taken meanwhile."""
    shared = server()
    with caught():
        request = change_arrival(shared.workspace, request, id=shared.datasets.unused_id(request.name))
        shared.imports.start_table(request)
    st.rerun()


def _finish(request: TableRequest) -> None:
    discard_arrival(server().workspace, request.arrival)
    look_at(request.id)
    st.rerun()


def _fetching_view(request: TableRequest) -> None:
    """Downloads or unpacks it without being asked again; after a failure it waits for the button."""
    job = server().imports.status(request.arrival)
    if job is None or job.state == "done":
        _fetch(request)
    elif job.state == "running":
        _wait_for(request.arrival, t("bring.fetching"))
    else:
        _failure(job)
        if st.button(t("dataset.try_again"), icon=":material/refresh:", key="bring_again"):
            _fetch(request)


def _fetch(request: TableRequest) -> None:
    with caught():
        server().imports.start_fetch(request.arrival)
    st.rerun()


def _wait_for(id: str, title: str) -> None:
    st.fragment(lambda: _progress_view(id, title), run_every=POLL_SECONDS)()


def _progress_view(id: str, title: str) -> None:
    job = server().imports.status(id)
    if job is None or job.state != "running":
        st.rerun()
    job_progress(title, job)
    if st.button(t("bring.cancel"), icon=":material/close:", key="bring_cancel"):
        server().imports.cancel(id)
        st.rerun()


def _failure(job: ImportStatus) -> None:
    st.error(sentence(Fault(code=job.code or "import_crashed", facts=job.facts)), icon=":material/error:")


def _go_button(name: Literal["other", "leave"], icon: str, to: str | None) -> None:
    """What was given stays for some days; its address leads back to it."""
    how: dict[str, Any] = {"on_click": state.put_in_url, "args": ("bring", to)}
    st.button(t(f"bring.{name}"), icon=f":material/{icon}:", type="tertiary", key=f"bring_{name}", **how)
