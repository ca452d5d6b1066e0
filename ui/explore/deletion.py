"""Deleting a data set of one's own: asked first, and undone with one click until something else is looked at."""

import streamlit as st

from dl.aside import KEPT_DAYS
from dl.datasets import Dataset
from dl.errors import LivefitError, RunAtWork
from ui import state
from ui.explore.refusals import refuse
from ui.frame import dialog
from ui.problems import caught
from ui.server import server
from ui.shared.datasets import forget_choices, look_at
from ui.text import plain, t

DELETED = "explore_deleted"


def delete_button(known: Dataset) -> None:
    """Of what is built in there is none."""
    if not server().datasets.is_own(known.id):
        return
    if st.button(t("choices.delete"), icon=":material/delete:", type="tertiary", key="explore_delete"):
        state.open_dialog("delete_dataset", known.id)


def deletion_dialog(known: Dataset) -> None:
    if state.opened_dialog("delete_dataset") == (known.id,):
        title = t("choices.delete_title", name=plain(known.name))
        dialog(title, "delete", lambda: _deletion(known))


def undo_view() -> None:
    """What was deleted last, until something else is looked at."""
    if state.chosen("dataset"):
        st.session_state.pop(DELETED, None)
    if not (deleted := st.session_state.get(DELETED)):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="explore_undo_row"):
        st.markdown(f":material/delete: {t('choices.deleted', name=plain(deleted[1]))}", width="content")
        st.button(t("home.undo"), icon=":material/undo:", key="explore_undo", on_click=_undo, args=deleted)


def _deletion(known: Dataset) -> None:
    runs = sum(row.request is not None and row.request.dataset == known.id for row in server().table.rows())
    st.markdown(t("choices.delete_what", days=KEPT_DAYS))
    if runs:
        st.markdown(t("choices.delete_runs", count=runs))
    if st.button(t("choices.delete_yes"), icon=":material/delete:", key="explore_delete_yes", type="primary"):
        with caught():
            _demand_idle(known.id)
            server().datasets.delete(known.id)
        st.session_state[DELETED] = known.id, known.name
        state.close_dialog()
        forget_choices()
        state.choose("dataset", None)
        st.rerun()


def _demand_idle(dataset_id: str) -> None:
    """Raises RunAtWork."""
    supervisor = server().supervisor
    for run in (supervisor.running(), *supervisor.queue()):
        if run and run.spec().data.dataset == dataset_id:
            raise RunAtWork(run=run.id)


def _undo(dataset_id: str, name: str) -> None:
    del st.session_state[DELETED]
    try:
        server().datasets.restore(dataset_id)
        look_at(dataset_id)
    except LivefitError as error:
        refuse(error)
