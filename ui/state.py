"""The one owner of what a session remembers: the chosen data set and run (in the URL too), the draft of a network."""

import streamlit as st

from dl.specs import RunSpec
from ui.draft import Draft


def chosen(name: str) -> str | None:
    """What the URL names, else what this session chose last on any page."""
    value = st.query_params.get(name) or st.session_state.get(f"chosen_{name}")
    return str(value) if value else None


def choose(name: str, value: str) -> None:
    """Remember it for all pages of the session, and in the URL of this one."""
    st.session_state[f"chosen_{name}"] = value
    if st.query_params.get(name) != value:
        st.query_params[name] = value


def draft() -> Draft | None:
    """The network that is being configured; None before the first visit."""
    return st.session_state.get("draft")


def keep_draft(draft: Draft) -> None:
    st.session_state["draft"] = draft


def say(notice: str) -> None:
    """Something the Train page has to tell, such as why a run uses other data than was asked for."""
    st.session_state["notice"] = notice


def take_notice() -> str | None:
    return st.session_state.pop("notice", None)


def want(spec: RunSpec | None) -> None:
    """The run that shall start as soon as its data are here."""
    st.session_state["wanted_run"] = spec


def wanted() -> RunSpec | None:
    return st.session_state.get("wanted_run")


def fail(sentence: str) -> None:
    """Why the wanted run cannot start."""
    st.session_state["failure"] = sentence


def take_failure() -> str | None:
    return st.session_state.pop("failure", None)


def watch_run(run_id: str | None) -> None:
    """The run in training when this session last looked; its end is worth a word."""
    st.session_state["watched_run"] = run_id


def watched_run() -> str | None:
    return st.session_state.get("watched_run")
