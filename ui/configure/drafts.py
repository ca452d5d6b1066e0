"""The network that is being configured, between the session, the disk and its URL.

A session writes only drafts that it began itself. One that was opened by its URL, after a reload or by somebody who
got the link, is copied under an id of its own when it is changed there for the first time: whoever opens which link
how often, nobody's work is overwritten, and nobody has to be asked who they are.
"""

import streamlit as st

from dl.drafts import DraftStore
from dl.errors import UnknownDraft
from dl.specs import RunSpec
from ui import state
from ui.draft import Draft
from ui.problems import sentence
from ui.server import server
from ui.text import spoken, t


def open_named_draft() -> None:
    """Make what the URL names the session's draft; a sentence says if it is not here.

    A click right after the first change still comes with the name of the draft that was copied: it means the copy.
    """
    wanted, draft = st.query_params.get("draft"), state.session().draft
    if wanted is None or (draft and draft.is_called(wanted)):
        return
    try:
        spec = _store().read(wanted)
    except UnknownDraft as error:
        st.warning(sentence(error), icon=":material/link_off:")
        state.put_in_url("draft", None)
        return
    revision = draft.revision + 1 if draft else 0  # the widgets hold what the draft before it says
    state.session().draft = Draft(spec, wanted, revision)
    state.choose("dataset", spec.data.dataset)


def save_draft(draft: Draft, spec: RunSpec) -> None:
    """Once it has been changed. A disk that is full takes away the link, but not the work."""
    if not draft.is_saved:
        try:
            draft.saved_as(_write(draft, spec))
        except OSError:
            st.warning(t("configure.not_saved"), icon=":material/save:")
            return
    state.put_in_url("draft", draft.id)


def _write(draft: Draft, spec: RunSpec) -> str:
    if draft.id is None or not draft.is_own:
        return _store().create(spec)
    _store().write(draft.id, spec)
    return draft.id


def undo_and_redo(draft: Draft) -> None:
    """To be drawn after the fields: a callback would come before what was typed just before the click."""
    for name, action, possible in (("undo", draft.undo, draft.can_undo), ("redo", draft.redo, draft.can_redo)):
        if st.button(
            spoken(t(f"configure.{name}")),
            icon=f":material/{name}:",
            key=f"configure_{name}",
            help=t(f"configure.{name}"),
            type="tertiary",
            disabled=not possible,
            width=32,
        ):
            action()
            state.choose("dataset", draft.value["data"]["dataset"])
            st.rerun()


def _store() -> DraftStore:
    return DraftStore(server().workspace.drafts)
