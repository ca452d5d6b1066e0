"""What was asked for in a callback and could not be done: said once, when the page is drawn again."""

import streamlit as st

from dl.errors import LivefitError
from ui.problems import sentence

REFUSED = "explore_refused"


def refuse(error: LivefitError) -> None:
    st.session_state[REFUSED] = sentence(error)


def refusal_view() -> None:
    if refused := st.session_state.pop(REFUSED, None):
        st.error(refused, icon=":material/error:")
