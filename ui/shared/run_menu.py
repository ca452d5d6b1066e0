"""What a person can say of a run or do with it on any page: name, note, star, and deleting it."""

from collections.abc import Sequence

import streamlit as st

from dl.aside import KEPT_DAYS
from dl.runs import Run
from dl.runs.labels import LABEL, NAME_LENGTH, NOTE_LENGTH
from ui import state
from ui.frame import dialog, page_file
from ui.problems import caught
from ui.server import server
from ui.shared.runs import changed_at, run_label
from ui.shared.seeds import seeds_button
from ui.text import plain, t

MENU_WIDTH = 300
NAMED_WHEN_DELETING = 8


def run_menu(run: Run) -> None:
    """One narrow button that holds it all."""
    name = f"run_menu_{run.id}_{changed_at(run, LABEL)}"  # so that it closes when something was changed
    key = f"{name}_{state.session().menus_closed}"
    with (
        st.popover(t("run.more"), help=t("run.more_help", run=run.id), key=key),
        st.container(width=MENU_WIDTH),
    ):
        name_form(run, name)
        with st.container(horizontal=True):
            star_button([run], f"{name}_star")
            seeds_button(run, f"{name}_seeds")
            delete_button([run], f"{name}_delete")


def name_form(run: Run, key: str) -> None:
    """Name and note, kept together when Save or Enter says so."""
    label = run.label()
    with st.form(f"{key}_form", border=False):
        name = st.text_input(t("run.name"), label.name, NAME_LENGTH, f"{key}_name", placeholder=t("run.name_none"))
        note = st.text_area(t("run.note"), label.note, max_chars=NOTE_LENGTH, key=f"{key}_note")
        saved = st.form_submit_button(t("run.save"), key=f"{key}_save", type="primary")
    if saved:
        with caught():
            run.relabel(name=name, note=note)
        state.close_dialog()
        st.rerun()


def star_button(runs: Sequence[Run], key: str) -> None:
    """Takes the star from them where all have one."""
    starred = bool(runs) and all(run.label().star for run in runs)
    label = t("run.unstar" if starred else "run.star")
    if st.button(label, icon=":material/star:", key=key, disabled=not runs):
        with caught():
            for run in runs:
                run.relabel(star=not starred)
        st.rerun()


def delete_button(runs: Sequence[Run], key: str) -> None:
    """Asks first."""
    if st.button(t("run.delete"), icon=":material/delete:", key=key, on_click=state.close_menus, disabled=not runs):
        state.open_dialog("delete", *(run.id for run in runs))


def run_dialogs() -> None:
    """The one that is open."""
    if ids := state.opened_dialog("name"):
        (run,) = _runs(ids)
        dialog(plain(run_label(run)), "edit", lambda: name_form(run, f"run_name_{run.id}"))
    elif ids := state.opened_dialog("delete"):
        runs = _runs(ids)
        title = t("run.delete_title", run=runs[0].id) if len(runs) == 1 else t("run.delete_several", count=len(runs))
        dialog(title, "delete", lambda: _deletion(runs))


def _runs(ids: Sequence[str]) -> list[Run]:
    """Which may be gone by now."""
    return [Run(server().runs.folder / id) for id in ids]


def _deletion(runs: Sequence[Run]) -> None:
    names = [f"- {plain(run_label(run))}" for run in runs[:NAMED_WHEN_DELETING]]
    st.markdown("\n".join(names))
    if len(runs) > NAMED_WHEN_DELETING:
        st.caption(t("run.delete_more", count=len(runs) - NAMED_WHEN_DELETING))
    st.markdown(t("run.delete_what", days=KEPT_DAYS))
    if st.button(t("run.delete_yes"), icon=":material/delete:", key="run_delete_yes", type="primary"):
        with caught():
            deleted = [run.id for run in server().supervisor.delete(runs)]
        state.close_dialog()
        _leave(deleted)


def _leave(deleted: list[str]) -> None:
    """To Home, which says what was deleted and brings it back."""
    state.session().deleted = deleted
    if state.chosen("run") in deleted:
        state.choose("run", None)
    if state.session().page == "home":
        st.rerun()
    st.switch_page(page_file("home"))
