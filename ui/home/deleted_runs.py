"""Runs that were deleted, and the ways back: at once by Undo, and for some days from their list."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import streamlit as st

from dl.aside import KEPT_DAYS
from dl.errors import UnknownRun
from ui import state
from ui.problems import caught
from ui.server import server
from ui.shared.runs import run_label
from ui.text import t

NUMBERED = 8  # more are only counted


def undo_view() -> None:
    """What has just been deleted, until Home is left."""
    if not (ids := state.session().deleted):
        return
    said = t("home.deleted", runs=", ".join(f"#{id}" for id in ids))
    if len(ids) > NUMBERED:
        said = t("home.deleted_many", count=len(ids))
    with st.container(horizontal=True, vertical_alignment="center", key="home_deleted"):
        st.markdown(f":material/delete: {said}", width="content")
        st.button(t("home.undo"), icon=":material/undo:", key="home_undo", on_click=_restore, args=(ids,))


def deleted_view() -> None:
    """All that can still come back, and the way to have their room on the disk now."""
    labels = {run.id: run_label(run) for run in server().supervisor.deleted.list()}
    if not labels:
        return
    with st.expander(t("home.deleted_list", count=len(labels)), icon=":material/auto_delete:", key="home_deleted_list"):
        st.caption(t("home.deleted_kept", days=KEPT_DAYS))
        chosen = st.multiselect(
            t("home.deleted_choose"),
            list(labels),
            format_func=labels.__getitem__,
            key="home_deleted_chosen",
            placeholder=t("home.deleted_choose_none"),
        )
        with st.container(horizontal=True):
            how: dict[str, Any] = {"args": (chosen,), "disabled": not chosen}
            st.button(t("home.restore"), icon=":material/undo:", key="home_restore", on_click=_restore, **how)
            with st.popover(t("home.remove"), icon=":material/delete_forever:", disabled=not chosen):
                st.markdown(t("home.remove_what"))
                st.button(t("home.remove_yes"), key="home_remove", type="primary", on_click=_remove, **how)


def _restore(ids: Sequence[str]) -> None:
    """What is back already, or gone for good by now, stays as it is."""
    with caught():
        for id in ids:
            with suppress(UnknownRun):
                server().supervisor.deleted.restore(id)
    _forget(ids)


def _remove(ids: Sequence[str]) -> None:
    for id in ids:
        with suppress(UnknownRun):
            server().supervisor.deleted.remove(id)
    _forget(ids)


def _forget(ids: Sequence[str]) -> None:
    """Undo is for the others from now on."""
    state.session().deleted = [id for id in state.session().deleted if id not in ids]
