"""Data that are not here: the offer to get them, the progress while a child process brings them, and what went wrong.

A run that waits for its data starts by itself when they have come.
"""

import time

import streamlit as st

from dl.datasets import Dataset
from dl.errors import LivefitError
from dl.jobs.imports import ImportStatus
from dl.runs.status import Fault
from dl.specs import RunSpec
from dl.specs.presets import default_spec
from ui import state
from ui.format import percent, size
from ui.problems import caught, sentence
from ui.server import server
from ui.shared.datasets import dataset_name, look_at
from ui.shared.start import start_run
from ui.text import plain, t

MNIST, SAMPLE = "mnist", "mnist_sample"
POLL_SECONDS = 0.5


def import_view(known: Dataset, *, damaged: bool = False) -> None:
    """Offer to get the set, or show how far it is. What needs no network begins by itself, unless it is `damaged`."""
    status = server().imports.status(known.id)
    if not damaged and not server().datasets.bytes_to_download(known.id) and (status is None or status.state == "done"):
        _start(known.id)
    if status and status.state == "running":
        st.fragment(lambda: _progress_view(known), run_every=POLL_SECONDS)()
    elif status and status.state == "failed":
        _failure(known, status)
    else:
        _offer(known, damaged)


def _start(dataset_id: str) -> None:
    with caught():
        server().imports.start(dataset_id)
    st.rerun()


def _offer(known: Dataset, damaged: bool) -> None:
    missing = server().datasets.bytes_to_download(known.id)
    with st.container(border=True, gap="medium", key="import_offer"):
        if not damaged:
            st.markdown(f"## {t('dataset.not_here', name=dataset_name(known.id))}")
            st.markdown(t("dataset.download_once", size=size(missing)) if missing else t("dataset.prepare_once"))
        label = t("dataset.download", size=size(missing)) if missing else t("dataset.prepare")
        if st.button(label, icon=":material/download:", type="primary", key="import_start"):
            _start(known.id)


def _failure(known: Dataset, status: ImportStatus) -> None:
    st.error(sentence(Fault(code=status.code or "import_crashed", facts=status.facts)), icon=":material/error:")
    with st.container(horizontal=True):
        if st.button(t("dataset.try_again"), icon=":material/refresh:", type="primary", key="import_again"):
            _start(known.id)
        if known.picture and known.id != SAMPLE and st.button(t("dataset.use_sample"), key="import_sample"):
            look_at(SAMPLE)
            _start(SAMPLE)


def _progress_view(known: Dataset) -> None:
    status = server().imports.status(known.id)
    if status is None or status.state != "running":
        st.rerun()
    missing = server().datasets.bytes_to_download(known.id)
    job_progress(t("dataset.getting", name=plain(dataset_name(known.id))), status, missing)


def job_progress(title: str, status: ImportStatus, missing: int = 0) -> None:
    """How far it is; `missing` bytes are known to be downloaded, even if it does not say how many yet."""
    share = min(status.done / status.total, 1.0) if status.total else 0.0
    with st.container(border=True, key="import_progress"):
        st.markdown(f"## {title}")
        st.progress(share, _progress_text(status, share, missing))


def _progress_text(status: ImportStatus, share: float, missing: int) -> str:
    """An import begins in the phase "download" even when there is nothing to download."""
    total = status.total or missing
    if status.phase == "download" and not (status.done or total):
        return t("dataset.phase_begin")
    if total and status.phase != "download":
        return t(f"dataset.phase_{status.phase}", share=percent(share, 0))
    if total:
        return t("dataset.phase_download", done=size(status.done), total=size(total))
    return t(f"dataset.phase_{status.phase}_unmeasured", done=size(status.done))


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
    _progress_view(shared.datasets.describe(dataset))
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
