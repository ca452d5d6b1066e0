"""A whole file of rows that comes back with answers: given, watched while it is read, and taken away."""

from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st

from dl.errors import LivefitError
from dl.jobs.run_jobs import JobStatus, interrupted
from dl.prediction.networks import Ready
from dl.prediction.requests import (
    ANSWERS,
    LEFT_OUT,
    AnswerRequest,
    begin_place,
    begin_upload,
    read_request,
    request_folder,
)
from dl.runs import Run
from ui import state
from ui.predict.table import entering_columns
from ui.problems import caught
from ui.server import server
from ui.shared.jobs import cancel_button, failure_view, job_progress, watch_job
from ui.shared.left_out import left_out_view
from ui.shared.live import is_pushed
from ui.shared.places import places_are_open
from ui.text import plain, t

SHOWN_ROWS = 8
TOKEN = "answers"  # in the URL


def whole_file_view(ready: Ready, epoch: int | None) -> None:
    token = st.query_params.get(TOKEN)
    if token is None:
        _giving(ready, epoch)
        return
    try:
        asked = Run(request_folder(server().workspace, token))
        request = read_request(asked.folder)
    except LivefitError:
        st.info(t("predict.file_gone"), icon=":material/info:")
        _another()
        return
    _request_view(asked, request)


def _giving(ready: Ready, epoch: int | None) -> None:
    names = t("format.list").join(plain(column.name) for column in entering_columns(ready))
    st.markdown(t("predict.file_what", columns=names))
    file = st.file_uploader(t("predict.file"), key="predict_file", help=t("predict.file_help"))
    if file is not None:
        with caught():
            _begin(begin_upload(server().workspace, ready.network.run, file.name, file, epoch))
    if places_are_open():
        with st.form("predict_place_form", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
            place = st.text_input(t("predict.place"), key="predict_place", placeholder="~/new_rows.csv")
            taken = st.form_submit_button(t("predict.place_take"), icon=":material/search:", key="predict_place_take")
        if taken and place.strip():
            with caught():
                _begin(begin_place(server().workspace, ready.network.run, place.strip(), epoch))


def _begin(asked: Run) -> None:
    server().jobs["answers"].start(asked)
    state.put_in_url(TOKEN, asked.id)
    st.rerun()


def _another() -> None:
    if st.button(t("predict.file_another"), icon=":material/upload_file:", key="predict_file_another"):
        state.put_in_url(TOKEN, None)
        st.rerun()


def _request_view(asked: Run, request: AnswerRequest) -> None:
    status = server().jobs["answers"].status(asked)
    st.markdown(t("predict.file_name", name=plain(request.name)))
    if status and status.works:
        watch_job("answers", asked, partial(_progress_view, asked))
        return
    if status and status.state == "done" and (asked.folder / ANSWERS).is_file():
        _done(asked, request, status.total)
    else:
        failure_view(status if status and status.code else interrupted(asked, "answers"))
    _another()


def _progress_view(asked: Run, status: JobStatus) -> None:
    counted = t("predict.file_progress", done=status.done, total=status.total)
    with st.container(border=True, key="predict_file_progress"):
        job_progress(status, counted if status.total else t("predict.file_reading"))
        if cancel_button("answers", asked, t("predict.file_cancel"), "predict_file_cancel"):
            state.put_in_url(TOKEN, None)
            st.rerun()


def _done(asked: Run, request: AnswerRequest, rows: int) -> None:
    st.success(t("predict.file_done", rows=rows), icon=":material/check:")
    name = f"{Path(request.name).stem}-answers.csv"
    if is_pushed():
        st.link_button(
            t("predict.file_download"), f"api/answers/{asked.id}.csv", icon=":material/download:", type="primary"
        )
    else:
        st.download_button(
            t("predict.file_download"),
            (asked.folder / ANSWERS).read_bytes,
            name,
            "text/csv",
            key="predict_file_download",
            icon=":material/download:",
            type="primary",
            on_click="ignore",
        )
    st.caption(t("predict.file_first", count=min(rows, SHOWN_ROWS)))
    first = pd.read_csv(
        asked.folder / ANSWERS, nrows=SHOWN_ROWS, dtype=str, keep_default_na=False, encoding="utf-8-sig"
    )
    said = [name for name in ("predicted", "confidence") if name in first]
    first = first[[*said, *first.columns.drop(said)]]
    st.dataframe(first, hide_index=True, alt=t("predict.file_rows"))
    left_out_view(asked.folder / LEFT_OUT, request.left_out, rows + request.left_out, Path(request.name).stem)
