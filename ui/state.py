"""What a session remembers beyond its widgets, and all that is written into the URL: the chosen data set and run, the
draft of a network, what was begun. A widget's key, and what hangs on one, belongs to who draws the widget."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import streamlit as st

from dl.errors import LivefitError
from dl.specs import RunSpec
from ui.draft import Draft

TOLD_SECONDS = 4.0
BEGUN_SECONDS = 3.0  # after the first click was answered: a second one was sent before that could be seen


def chosen(name: str) -> str | None:
    """What the URL names, else what this session chose last on any page."""
    value = st.query_params.get(name) or st.session_state.get(f"chosen_{name}")
    return str(value) if value else None


def choose(name: str, value: str | None) -> None:
    """Remember it for all pages of the session, and in the URL of this one; None forgets it."""
    st.session_state[f"chosen_{name}"] = value
    put_in_url(name, value)


def put_in_url(name: str, value: str | int | None) -> None:
    """None takes it out."""
    if value is None:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != str(value):
        st.query_params[name] = str(value)


def number_in_url(name: str, low: int, high: int) -> int | None:
    """A URL may hold anything: what is not a number from `low` to `high` counts as not there."""
    text = st.query_params.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 and low <= int(text) <= high else None


def draft() -> Draft | None:
    """The network that is being configured; None before the first visit."""
    return st.session_state.get("draft")


def keep_draft(draft: Draft) -> None:
    st.session_state["draft"] = draft


def say(notice: str) -> None:
    """Something to tell beside the run that starts next, such as why it uses other data than was asked for."""
    st.session_state["next_notice"] = notice


def attach_notice(run_id: str) -> None:
    """This is the run that the last notice is about."""
    if notice := st.session_state.pop("next_notice", None):
        st.session_state["notices"] = st.session_state.get("notices", {}) | {run_id: notice}


def notice(run_id: str) -> str | None:
    return st.session_state.get("notices", {}).get(run_id)


def page() -> str | None:
    """The one that was opened last."""
    return st.session_state.get("page")


def enter(page: str) -> None:
    """A wish to train is forgotten when its page is left: nothing may start behind the user's back."""
    if st.session_state.get("page") != page:
        st.session_state["page"] = page
        st.session_state["came"] = {}
        want(None)
        close_dialog()
        st.session_state.pop("numbers", None)
        if page != "home":
            remember_deleted([])


def came(key: str, what: str) -> float:
    """When the button of this key came to the page, in unix seconds: it is a new one when `what` it is has changed."""
    buttons = st.session_state["came"]
    if key not in buttons or buttons[key][0] != what:
        buttons[key] = (what, time.time())
    return float(buttons[key][1])


def be_deaf() -> None:
    """A click came so early that it was meant for what stood there before."""
    st.session_state["deaf_at"] = time.time()


def was_deaf() -> bool:
    """A moment ago."""
    return time.time() - st.session_state.get("deaf_at", 0.0) < TOLD_SECONDS


def begun() -> dict[str, tuple[str, float]]:
    """Of what was asked for, what was begun for it (a run's id, a learning rate), and when in unix seconds.

    To be held before it begins: each look at the session may be where a newer click ends this run of the page.
    """
    if "begun" not in st.session_state:
        st.session_state["begun"] = {}
    return st.session_state["begun"]


def want(spec: RunSpec | None) -> None:
    """The run that shall start as soon as its data are here."""
    st.session_state["wanted_run"] = spec


@contextmanager
def no_wish_after_an_error() -> Iterator[None]:
    """What cannot be fulfilled is not tried again at every run of the page."""
    try:
        yield
    except LivefitError:
        want(None)
        raise


def wanted() -> RunSpec | None:
    return st.session_state.get("wanted_run")


def fail(sentence: str) -> None:
    """Why the wanted run cannot start."""
    st.session_state["failure"] = sentence


def take_failure() -> str | None:
    return st.session_state.pop("failure", None)


def remember_deleted(runs: list[str]) -> None:
    """The ids of those that Home offers to bring back, until it is left."""
    st.session_state["deleted_runs"] = runs


def deleted_runs() -> list[str]:
    return st.session_state.get("deleted_runs", [])


def close_menus() -> None:
    """Whatever menu is open would cover the dialog that follows; another key makes it another one, which is closed."""
    st.session_state["menus_closed"] = menus_closed() + 1


def menus_closed() -> int:
    """How often; part of a menu's key."""
    return st.session_state.get("menus_closed", 0)


def watch_run(run_id: str | None) -> None:
    """The run in training when this session last looked; its end is worth a word."""
    st.session_state["watched_run"] = run_id


def watched_run() -> str | None:
    return st.session_state.get("watched_run")


def give_up_stream() -> None:
    """The browser of this session cannot reach the server's streams: its pages ask again and again."""
    st.session_state["stream_unreachable"] = True


def stream_is_reachable() -> bool:
    """As far as it is known."""
    return not st.session_state.get("stream_unreachable", False)


def offer_numbers(run_id: str, metric: str) -> None:
    """The button that gives all numbers of this chart stays until the page is left."""
    st.session_state["numbers"] = (run_id, metric)


def are_numbers_offered(run_id: str, metric: str) -> bool:
    return st.session_state.get("numbers") == (run_id, metric)


def open_dialog(name: str, *about: Any) -> None:
    """Until it is closed or the page is left; for a button of the page, which then is drawn with it."""
    st.session_state["dialog"] = (name, about)
    st.rerun()


def opened_dialog(name: str) -> tuple[Any, ...] | None:
    """What the dialog of this name is about, if it is the one that is open."""
    opened, about = st.session_state.get("dialog", ("", ()))
    return about if opened == name else None


def close_dialog() -> None:
    st.session_state.pop("dialog", None)
