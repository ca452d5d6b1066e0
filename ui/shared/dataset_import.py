"""Getting a data set that is not here: the offer, the progress while a child process brings it, and what went wrong."""

import streamlit as st

from dl.datasets import Dataset
from dl.jobs.imports import ImportStatus
from dl.runs.status import Fault
from ui.format import percent, size
from ui.problems import caught, sentence
from ui.server import server
from ui.shared.datasets import dataset_name, look_at
from ui.text import t

SAMPLE = "mnist_sample"
POLL_SECONDS = 0.5


def import_view(known: Dataset, *, damaged: bool = False) -> None:
    """Offer to get the set, or show how far it is. What needs no network begins by itself, unless it is `damaged`."""
    status = server().imports.status(known.id)
    if not damaged and not server().datasets.bytes_to_download(known.id) and (status is None or status.state == "done"):
        _start(known.id)
    if status and status.state == "running":
        st.fragment(lambda: progress_view(known), run_every=POLL_SECONDS)()
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
        if known.id != SAMPLE and st.button(t("dataset.use_sample"), key="import_sample"):
            look_at(SAMPLE)
            _start(SAMPLE)


def progress_view(known: Dataset) -> None:
    status = server().imports.status(known.id)
    if status is None or status.state != "running":
        st.rerun()
    share = min(status.done / status.total, 1.0) if status.total else 0.0
    with st.container(border=True, key="import_progress"):
        st.markdown(f"## {t('dataset.getting', name=dataset_name(known.id))}")
        st.progress(share, _progress_text(known, status, share))


def _progress_text(known: Dataset, status: ImportStatus, share: float) -> str:
    """An import begins in the phase "download" even when there is nothing to download."""
    if status.phase != "download":
        return t(f"dataset.phase_{status.phase}", share=percent(share, 0))
    if not (missing := server().datasets.bytes_to_download(known.id)):
        return t("dataset.prepare_once")
    return t("dataset.phase_download", done=size(status.done), total=size(status.total or missing))
