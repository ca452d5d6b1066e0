"""A field for a number, as people type it: with a decimal point or comma, in groups of three, or on a Chinese keyboard.

The browser's own number fields make 1 of "0,01", and come back empty when they are cleared.
"""

import math
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st

from dl.errors import Problem
from dl.fields import Field

_OTHER_SIGNS = str.maketrans(
    {"。": ".", "、": ",", "\N{MINUS SIGN}": "-", "'": None, "\N{RIGHT SINGLE QUOTATION MARK}": None}
)
_GROUPS_OF_THREE = re.compile(r"[+-]?\d{1,3}(,\d{3})+")
_refused: ContextVar[list[Problem] | None] = ContextVar("refused", default=None)


@contextmanager
def refusals() -> Iterator[list[Problem]]:
    """Fields that are drawn meanwhile hand on valid numbers only: why the others do not count, one problem a field.

    What does not count stays in its field, marked, and the last valid number counts in its place.
    """
    found: list[Problem] = []
    token = _refused.set(found)
    try:
        yield found
    finally:
        _refused.reset(token)


def read_number(field: Field, value: float, key: str, where: str) -> tuple[float, Problem | None]:
    """What the field `key`, which begins with `value`, holds now, and what its mark says.

    To be called before the field is drawn: one that was cleared gets its last valid number back, and a number that
    was typed in another way is written as it was understood. Outside `refusals` somebody else checks the number; what
    is none is NaN then.
    """
    last_valid = f"{key}_valid"
    if key not in st.session_state:
        st.session_state[key] = _text(field, value)
        st.session_state.pop(last_valid, None)
    value = st.session_state.get(last_valid, value)
    typed = str(st.session_state[key])
    number = _number(field, typed) if _is_new(field, typed, value) else value
    problem = _problem(field, number, typed, where)
    if problem is None:
        if number != value:
            st.session_state[last_valid] = number
        if typed != (text := _text(field, number)):
            st.session_state[key] = text
        return number, None
    if (refused := _refused.get()) is None:
        return number, problem if math.isnan(number) else None
    refused.append(problem)
    return value, problem


def _is_new(field: Field, typed: str, value: float) -> bool:
    """The text of a number may have fewer digits than the number itself: left alone, it is still that number."""
    return bool(typed.strip()) and typed != _text(field, value)


def _number(field: Field, typed: str) -> float:
    number = whole_number(typed) if field.kind == "integer" else decimal_number(typed)
    return math.nan if number is None else _turned(field, number)


def _problem(field: Field, number: float, typed: str, where: str) -> Problem | None:
    if not math.isnan(number):
        return field.refusal(number, where)
    code = "not_a_whole_number" if field.kind == "integer" else "not_a_number"
    return Problem(code, {"where": where, "given": typed})


def _text(field: Field, value: float) -> str:
    return shown_number(_turned(field, value))


def _turned(field: Field, value: float) -> float:
    """Nobody thinks of a scale of 0.0039; "divide by 255" is what the textbook says."""
    if field.name != "scale":
        return value
    return 1 / value if value else 0.0


def whole_number(text: str) -> int | None:
    """1122, 1,122 and 1 122 are the same; what has a decimal point is no whole number, for 1.122 may mean either."""
    plain = _plain(text)
    if _GROUPS_OF_THREE.fullmatch(plain):
        plain = plain.replace(",", "")
    return int(plain) if re.fullmatch(r"[+-]?\d{1,18}", plain) else None


def decimal_number(text: str) -> float | None:
    """0.01 and 0,01 are the same; of two different signs the last one is the decimal one: 1,234.5 and 1.234,5."""
    plain = _plain(text)
    decimal, group = (",", ".") if plain.rfind(",") > plain.rfind(".") else (".", ",")
    try:
        number = float(plain.replace(group, "").replace(decimal, "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def shown_number(value: float) -> str:
    """As it stands in a field: without the digits that come from binary fractions, such as those of 1 / (1 / 255)."""
    return f"{value:.12g}"


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).translate(_OTHER_SIGNS).split())
