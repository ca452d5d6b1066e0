"""Where a picture to try comes from: drawn, brought, taken by a camera, or one of the test set."""

import base64

import numpy as np
import streamlit as st

from dl.errors import DatasetError
from dl.prediction.networks import Ready
from dl.prediction.pictures import MOST_BYTES, is_of_digits
from ui import state
from ui.predict.drawing import data_url, drawing_view
from ui.predict.handwriting import handwriting_view, keep
from ui.problems import sentence
from ui.server import server
from ui.shared.datasets import class_names
from ui.shared.gallery import brightened
from ui.shared.switches import switch
from ui.text import plain, t

BROUGHT = "predict_brought"
TYPES = ("png", "jpg", "jpeg", "webp")


def picture_views(ready: Ready, epoch: int | None, alone: bool) -> None:
    """One of the ways, which is kept in the URL; who shall see nothing but the network sees no others."""
    ways = ("draw", "picture", "example") if is_of_digits(ready.dataset) else ("picture", "example")
    wanted = st.query_params.get("by", "")
    if alone:
        _alone(ready, epoch, wanted if wanted in ways else ways[0])
        return
    says = {"draw": t("predict.by_draw"), "picture": t("predict.by_picture"), "example": t("predict.by_example")}
    way = switch(t("predict.by"), ways, wanted, says.__getitem__, key="predict_by", on_change=_go)
    {"draw": _draw, "picture": _bring, "example": _example}[way](ready, epoch)


def _alone(ready: Ready, epoch: int | None, way: str) -> None:
    if way == "draw":
        drawing_view(ready, epoch, "draw")
    else:
        {"picture": _bring, "example": _example}[way](ready, epoch)


def _go() -> None:
    state.put_in_url("by", st.session_state["predict_by"])


def _draw(ready: Ready, epoch: int | None) -> None:
    if kept := drawing_view(ready, epoch, "draw", keeping=True):
        keep(ready, kept)
    handwriting_view(ready, epoch)


def _bring(ready: Ready, epoch: int | None) -> None:
    file, camera = st.columns(2)
    with file:
        brought = st.file_uploader(
            t("predict.upload"),
            TYPES,
            key="predict_upload",
            help=t("predict.upload_help"),
            max_upload_size=MOST_BYTES // 1_000_000,
        )
    with camera, st.expander(t("predict.camera"), icon=":material/photo_camera:"):
        shot = st.camera_input(t("predict.camera"), key="predict_camera", label_visibility="collapsed")
    given = shot or brought
    picture = f"data:{given.type};base64,{base64.b64encode(given.getvalue()).decode()}" if given else None
    drawing_view(ready, epoch, "picture", picture, pasting=True)


def _example(ready: Ready, epoch: int | None) -> None:
    try:
        data = server().datasets.open(ready.dataset.id)
    except DatasetError as error:
        st.warning(sentence(error), icon=":material/image_not_supported:")
        return
    row = _row_controls(len(data.y_test))
    true = class_names(ready.dataset)[int(data.y_test[row])]
    st.caption(t("predict.example_true", row=row, true=plain(true)))
    shown = brightened(np.asarray(data.x_test[row]), ready.dataset.value_range)
    drawing_view(ready, epoch, f"example-{row}", data_url(shown), exact=True)


def _row_controls(rows: int) -> int:
    """Which of the test set, kept in the URL."""
    row = state.number_in_url("row", 0, rows - 1) or 0
    key = f"predict_row_{row}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.number_input(t("predict.row"), 0, rows - 1, row, key=key, width=180)
        if st.button(t("predict.another"), icon=":material/casino:", key="predict_another"):
            chosen = int(np.random.default_rng().integers(rows))
    if chosen != row:
        state.put_in_url("row", chosen)
        st.rerun()
    return row
