"""The state of a page in its URL."""

import streamlit as st


def number_in_url(name: str, low: int, high: int) -> int | None:
    """A URL may hold anything: what is not a number from `low` to `high` counts as not there."""
    text = st.query_params.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 and low <= int(text) <= high else None


def put_in_url(name: str, value: str | int | None) -> None:
    if value is None:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != str(value):
        st.query_params[name] = str(value)
