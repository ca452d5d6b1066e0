"""One of a few, chosen in a row of buttons whose words say enough."""

from collections.abc import Callable, Sequence

import streamlit as st


def switch(
    label: str,
    names: Sequence[str],
    wanted: str,
    says: Callable[[str], str],
    *,
    key: str,
    on_change: Callable[[], None],
) -> str:
    """The name that is chosen: `wanted`, or the first where that is none of them; `label` is for screen readers."""
    st.session_state[key] = wanted if wanted in names else names[0]
    st.segmented_control(
        label,
        names,
        required=True,
        format_func=says,
        key=key,
        on_change=on_change,
        label_visibility="collapsed",
    )
    return str(st.session_state[key])
