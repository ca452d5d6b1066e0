"""What a page shows of a job on a run: that it works and how far it is, and what it failed of."""

from collections.abc import Callable

import streamlit as st

from dl.errors import LivefitError
from dl.jobs.run_jobs import JobStatus, Kind
from dl.runs import Run
from ui.problems import sentence
from ui.server import server

POLL_SECONDS = 0.5


def watch_job(kind: Kind, run: Run, draw: Callable[[JobStatus], None]) -> None:
    """`draw` is called again and again as long as it works; after that, or when another reader cancels it, the whole
    page runs."""
    jobs = server().jobs[kind]
    was_asked_for = jobs.status(run) is not None

    def look() -> None:
        status = jobs.status(run)
        if not status.works if status else was_asked_for:
            st.rerun()
        draw(status or JobStatus(state="waiting"))

    st.fragment(look, run_every=POLL_SECONDS)()


def start_job(kind: Kind, run: Run) -> None:
    """For a button's callback."""
    try:
        server().jobs[kind].start(run)
    except LivefitError as error:
        st.toast(sentence(error), icon=":material/error:")


def job_progress(status: JobStatus, text: str) -> None:
    st.progress(status.done / status.total if status.total else 0.0, text)


def cancel_button(kind: Kind, run: Run, label: str, key: str) -> bool:
    """Whether it was pressed; the job is then as if it had never been asked for."""
    pressed = st.button(label, icon=":material/close:", key=key)
    if pressed:
        server().jobs[kind].stop(run)
    return pressed


def failure_view(status: JobStatus | None) -> None:
    if status and status.state == "failed":
        st.error(sentence(status), icon=":material/error:")
