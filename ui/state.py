"""What a session remembers beyond its widgets, and all that is written into the URL.

A widget's key, and what hangs on one, belongs to who draws the widget.
"""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from dl.errors import LivefitError
from dl.specs import RunSpec
from ui.draft import Draft

TOLD_SECONDS = 4.0
BEGUN_SECONDS = 3.0  # after the first click was answered: a second one was sent before that could be seen


@dataclass
class Session:
    page: str | None = None  # the one that was opened last
    choices: dict[str, str | None] = field(default_factory=dict)  # on any page, such as the data set or the run
    draft: Draft | None = None  # the network that is being configured
    wanted: RunSpec | None = None  # the run that shall start as soon as its data are here,
    failure: str | None = None  # or why it cannot
    notice: str | None = None  # to tell beside the run that starts next, such as why it uses other data,
    notices: dict[str, str] = field(default_factory=dict)  # and what was to tell, by run
    begun: dict[str, tuple[str, float]] = field(default_factory=dict)  # for what was asked: a run or a rate, and when
    watched: str | None = None  # the run in training when one last looked; its end is worth a word
    deleted: list[str] = field(default_factory=list)  # the runs that Home offers to bring back, until it is left
    numbers: tuple[str, str] | None = None  # run and metric of which all numbers are offered, until the page is left
    dialog: tuple[str, tuple[Any, ...]] | None = None  # the one that is open, and what it is about
    menus_closed: int = 0  # how often; part of a menu's key
    stream_is_reachable: bool = True  # as far as it is known; else the pages ask again and again
    came: dict[str, tuple[str, float]] = field(default_factory=dict)  # by place: the button that stands there
    deaf_at: float = 0.0  # when a click came so early that it was meant for what stood there before


def session() -> Session:
    """To be held where something is begun: each look at it may be where a newer click ends this run of the page."""
    return st.session_state.setdefault("session", Session())


def chosen(name: str) -> str | None:
    """What the URL names, else what this session chose last on any page."""
    return st.query_params.get(name) or session().choices.get(name)


def choose(name: str, value: str | None) -> None:
    """Remember it for all pages of the session, and in the URL of this one; None forgets it."""
    session().choices[name] = value
    put_in_url(name, value)


def put_in_url(name: str, value: str | int | None) -> None:
    """None takes it out."""
    if value is None:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != str(value):
        st.query_params[name] = str(value)


def list_in_url(name: str) -> list[str]:
    """All values of what may stand there more than once."""
    return st.query_params.get_all(name)


def put_list_in_url(name: str, values: Sequence[str]) -> None:
    """None of them takes it out."""
    if values:
        st.query_params[name] = list(values)
    else:
        put_in_url(name, None)


def number_in_url(name: str, low: int, high: int) -> int | None:
    """A URL may hold anything: what is not a number from `low` to `high` counts as not there."""
    text = st.query_params.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 and low <= int(text) <= high else None


def decimal_in_url(name: str, low: float, high: float, usual: float) -> float:
    """The same of a number with a point; what is none from `low` to `high` counts as the `usual` one."""
    text = st.query_params.get(name, "")
    value = float(text) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text) else usual
    return value if low <= value <= high else usual


def enter(page: str) -> None:
    """A wish to train is forgotten when its page is left: nothing may start behind the user's back."""
    now = session()
    if now.page == page:
        return
    now.page, now.came, now.wanted, now.dialog, now.numbers = page, {}, None, None, None
    if page != "home":
        now.deleted = []


def want(spec: RunSpec | None) -> None:
    session().wanted = spec


@contextmanager
def no_wish_after_an_error() -> Iterator[None]:
    """What cannot be fulfilled is not tried again at every run of the page."""
    try:
        yield
    except LivefitError:
        want(None)
        raise


def attach_notice(run_id: str) -> None:
    """This is the run that the last notice is about."""
    now = session()
    if now.notice:
        now.notices[run_id], now.notice = now.notice, None


def came(place: str, what: str) -> float:
    """When the button at this place came, in unix seconds: it is a new one when `what` it is has changed."""
    buttons = session().came
    if place not in buttons or buttons[place][0] != what:
        buttons[place] = (what, time.time())
    return buttons[place][1]


def was_deaf() -> bool:
    """A moment ago."""
    return time.time() - session().deaf_at < TOLD_SECONDS


def close_menus() -> None:
    """Whatever menu is open would cover the dialog that follows; another key makes it another one, which is closed."""
    session().menus_closed += 1


def open_dialog(name: str, *about: Any) -> None:
    """Until it is closed or the page is left; for a button of the page, which then is drawn with it."""
    session().dialog = (name, about)
    st.rerun()


def opened_dialog(name: str) -> tuple[Any, ...] | None:
    """What the dialog of this name is about, if it is the one that is open."""
    opened, about = session().dialog or ("", ())
    return about if opened == name else None


def close_dialog() -> None:
    session().dialog = None
