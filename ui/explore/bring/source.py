"""Where a table comes from: a file that is dropped into the page, or a place on this computer or in the network."""

from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dl.datasets.tables.arrivals import begin, begin_upload, change_arrival, keep_upload
from dl.datasets.tables.request import TableRequest
from dl.errors import LivefitError
from ui import state
from ui.explore.refusals import refuse
from ui.problems import caught
from ui.server import server
from ui.shared.places import places_are_open
from ui.text import plain, t


def giving_view() -> None:
    """The first step: a file is given, in one of two ways."""
    st.markdown(t("bring.what"))
    dropped, named = st.columns(2, gap="large")
    with dropped:
        _upload(_upload_label(), "bring_upload", _uploaded)
    with named:
        if places_are_open():
            _place(t("bring.place"), "bring_place", _placed, t("bring.look"))
            st.caption(t("bring.place_caption"))
        else:
            st.caption(t("bring.no_places"))
    st.caption(t("bring.builtin"))


def official_test_view(request: TableRequest) -> None:
    """Test rows in a file of their own, where the makers of the table say which."""
    with st.expander(t("bring.test_file"), icon=":material/fact_check:", key="bring_test_file"):
        if request.test_source:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(plain(_shown(request.test_source)), width="content")
                st.button(
                    t("bring.test_remove"),
                    icon=":material/close:",
                    type="tertiary",
                    key="bring_test_remove",
                    on_click=_keep_test,
                    args=(request, ""),
                )
            return
        st.caption(t("bring.test_what"))
        _upload(_upload_label(), "bring_test_upload", lambda file: _test_uploaded(request, file))
        if places_are_open():
            _place(t("bring.place"), "bring_test_place", lambda place: _keep_test(request, place), t("bring.test_take"))


def _upload_label() -> str:
    return t("bring.upload", limit=st.get_option("server.maxUploadSize"))


def _upload(label: str, key: str, take: Callable[[Any], None]) -> None:
    st.file_uploader(label, key=key, on_change=_taken, args=(key, take), help=t("bring.upload_help"))


def _place(label: str, key: str, take: Callable[[str], None], button: str) -> None:
    with st.form(f"{key}_form", border=False):
        place = st.text_input(label, key=key, placeholder=t("bring.place_example"))
        if st.form_submit_button(button, icon=":material/search:", key=f"{key}_take") and place.strip():
            with caught():
                take(place.strip())
            st.rerun()


def _taken(key: str, take: Callable[[Any], None]) -> None:
    """What Streamlit holds in memory is let go as soon as it lies on the disk."""
    if (file := st.session_state.get(key)) is None:
        return
    try:
        take(file)
    except LivefitError as error:
        refuse(error)
    context = get_script_run_ctx()
    if context and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)


def _uploaded(file: Any) -> None:
    state.put_in_url("bring", begin_upload(server().workspace, file.name, file).arrival)


def _placed(place: str) -> None:
    state.put_in_url("bring", begin(server().workspace, place).arrival)


def _test_uploaded(request: TableRequest, file: Any) -> None:
    _keep_test(request, keep_upload(server().workspace, request.arrival, file.name, file))


def _keep_test(request: TableRequest, source: str) -> None:
    change_arrival(server().workspace, request, test_source=source)


def _shown(source: str) -> str:
    return source.replace("\\", "/").rsplit("/", 1)[-1]
