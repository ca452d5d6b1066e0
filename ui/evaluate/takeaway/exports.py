"""The network in every form: made in a job when somebody asks, and each with how far its answers are off."""

import streamlit as st

from dl.errors import LivefitError
from dl.jobs.run_jobs import JobStatus, RunJobs
from dl.runs import Run
from dl.runs.exports import Export, Exports, Format, export_file, read_exports
from dl.runs.status import Fault
from ui.evaluate.downloads import download_button
from ui.evaluate.takeaway.packing import is_packed, packed
from ui.format import number, size
from ui.problems import sentence
from ui.server import server
from ui.text import t

POLL_SECONDS = 0.5
NAMES: dict[Format, str] = {"keras": "Keras", "saved_model": "SavedModel", "onnx": "ONNX", "litert": "LiteRT"}
SMALL = 1e-3
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def _jobs() -> RunJobs:
    return server().jobs["exports"]


def exports_view(run: Run) -> None:
    status = _jobs().status(run)
    found = read_exports(run.folder)
    if found:
        _found_view(run, found)
        return
    _keras_button(run, run.model_file.stat().st_size)
    if status and status.works:
        st.fragment(lambda: _progress_view(run), run_every=POLL_SECONDS)()
    elif run.results():  # a run that goes on has none, and another network in the end
        _offer(run, status)


def _offer(run: Run, status: JobStatus | None) -> None:
    if status and status.state == "failed":
        st.error(sentence(Fault(code=status.code or "", facts=status.facts)), icon=":material/error:")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        label = t("takeaway.make")
        st.button(label, icon=":material/deployed_code:", key="evaluate_exports_start", on_click=_start, args=(run,))
        st.caption(t("takeaway.make_what"), width="stretch")


def _start(run: Run) -> None:
    try:
        _jobs().start(run)
    except LivefitError as error:
        st.toast(sentence(error), icon=":material/error:")


def _progress_view(run: Run) -> None:
    status = _jobs().status(run)
    if status is None or not status.works:
        st.rerun()
    st.progress(status.done / status.total if status.total else 0.0, _progress_text(status))
    if st.button(t("takeaway.cancel"), icon=":material/close:", key="evaluate_exports_cancel"):
        _jobs().stop(run)
        st.rerun()


def _progress_text(status: JobStatus) -> str:
    if status.state == "waiting":
        return t("takeaway.waiting")
    if not status.total:
        return t("takeaway.loading")
    return t("takeaway.progress", done=status.done, total=status.total)


def _found_view(run: Run, found: Exports) -> None:
    for export in found.exports:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if export.reason is None:
                _button(run, export)
                what = t("takeaway.prepared" if is_packed(run, export.format) else "takeaway.raw")
                facts = {"difference": small(export.difference or 0.0), "rows": export.rows}
                st.caption(t("takeaway.agrees", what=what, **facts), width="stretch")
            else:
                st.caption(f":material/block: {t(f'takeaway.reason_{export.reason}', format=NAMES[export.format])}")


def small(value: float) -> str:
    """A difference; of powers of ten, as one learns them at school."""
    digits, _, power = f"{value:.1e}".partition("e")
    return f"{digits} × 10{str(int(power)).translate(SUPERSCRIPTS)}" if 0 < value < SMALL else number(value, 2)


def _button(run: Run, export: Export) -> None:
    if export.format == "keras":
        _keras_button(run, export.bytes)
        return
    file = export_file(run.folder, export.format)
    is_zip = is_packed(run, export.format) or file.suffix == ".zip"
    make = (lambda: packed(run, file)) if is_packed(run, export.format) else file.read_bytes
    name = f"livefit-{run.id}" + (f"-{export.format}.zip" if is_zip else file.suffix)
    download_button(export.format, make, name, "application/octet-stream", size=size(export.bytes))


def _keras_button(run: Run, count: int) -> None:
    kind = "application/octet-stream"
    download_button("model", run.model_file.read_bytes, f"livefit-{run.id}.keras", kind, size=size(count))
