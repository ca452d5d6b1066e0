"""The network in every form: made in a job when somebody asks, and each with how far its answers are off."""

from functools import partial

import streamlit as st

from dl.jobs.run_jobs import JobStatus
from dl.runs import Run
from dl.runs.exports import Export, Exports, Format, export_file, read_exports
from ui.evaluate.downloads import download_button
from ui.evaluate.takeaway.packing import is_packed, packed
from ui.format import number, size
from ui.server import server
from ui.shared.jobs import cancel_button, failure_view, job_progress, start_job, watch_job
from ui.text import t

NAMES: dict[Format, str] = {"keras": "Keras", "saved_model": "SavedModel", "onnx": "ONNX", "litert": "LiteRT"}
SMALL = 1e-3
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def exports_view(run: Run) -> None:
    status = server().jobs["exports"].status(run)
    found = read_exports(run.folder)
    if found:
        _found_view(run, found)
        return
    _keras_button(run, run.model_file.stat().st_size)
    if status and status.works:
        watch_job("exports", run, partial(_progress_view, run))
    elif run.results():  # a run that goes on has none, and another network in the end
        _offer(run, status)


def _offer(run: Run, status: JobStatus | None) -> None:
    failure_view(status)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        label, icon = t("takeaway.make"), ":material/deployed_code:"
        st.button(label, icon=icon, key="evaluate_exports_start", on_click=start_job, args=("exports", run))
        st.caption(t("takeaway.make_what"), width="stretch")


def _progress_view(run: Run, status: JobStatus) -> None:
    job_progress(status, _progress_text(status))
    if cancel_button("exports", run, t("takeaway.cancel"), "evaluate_exports_cancel"):
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
