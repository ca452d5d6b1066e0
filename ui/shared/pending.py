"""From the wish to train to a run: missing data are fetched first, with a bar; then the run starts by itself."""

import time

import streamlit as st

from dl.errors import LivefitError
from dl.specs import RunSpec
from dl.specs.presets import default_spec
from ui import state
from ui.problems import sentence
from ui.server import server
from ui.shared.dataset_import import POLL_SECONDS, progress_view
from ui.shared.start import start_run
from ui.text import t

MNIST, SAMPLE = "mnist", "mnist_sample"


def want_run(spec: RunSpec) -> None:
    """Begin at once where the data are here; else remember the wish and fetch them: `pending_view` does the rest."""
    state.want(spec)
    if server().datasets.is_here(spec.data.dataset):
        start_run(spec)
    try:
        server().imports.start(spec.data.dataset)
    except LivefitError as error:
        _give_up(spec, sentence(error))


def want_textbook() -> None:
    want_run(_textbook(MNIST))


def prepare_run(spec: RunSpec) -> None:
    """It is likely to be wanted next: the waiting worker builds and compiles its network meanwhile."""
    if server().datasets.is_here(spec.data.dataset):
        server().supervisor.prepare(spec)


def prepare_textbook() -> None:
    prepare_run(_textbook(MNIST))


def pending_view() -> None:
    """Progress while the data of a wanted run are fetched; ends on the Train page, or with what went wrong.

    To be called last on a page, since it waits while the data come.
    """
    now = state.session()
    if now.failure:
        st.error(now.failure, icon=":material/error:")
        now.failure = None
    spec = now.wanted
    if spec is None:
        return
    shared, dataset = server(), spec.data.dataset
    if shared.datasets.is_here(dataset):
        start_run(spec)
    job = shared.imports.status(dataset)
    if job and job.state == "failed":
        _give_up(spec, sentence(job))
        st.rerun()
    progress_view(shared.datasets.describe(dataset))
    st.button(t("home.cancel"), icon=":material/close:", key="pending_cancel", on_click=state.want, args=(None,))
    time.sleep(POLL_SECONDS)  # not a timed fragment: its last tick could reach the Train page and break it
    st.rerun()


def _give_up(spec: RunSpec, why: str) -> None:
    """The textbook network on MNIST goes on with the sample, and the Train page says so; others give up."""
    state.want(None)
    if spec != _textbook(MNIST):
        state.session().failure = why
        return
    state.session().notice = t("home.fell_back", why=why)
    want_run(_textbook(SAMPLE))


def _textbook(dataset_id: str) -> RunSpec:
    return default_spec(server().datasets.describe(dataset_id))
