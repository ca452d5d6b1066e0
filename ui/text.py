"""The words on the screen: `t("page.element", ...)` in the session's language, from the catalogues in `ui/strings`."""

import functools
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import streamlit as st

Language = Literal["en", "zh"]
LANGUAGES: dict[Language, str] = {"en": "English", "zh": "中文"}
LANGUAGE_KEY = "lang"
_FOLDER = Path(__file__).parent / "strings"
_MARKDOWN = re.compile(r"([\\\[\]!*_`:$<>#~|])")
_LINK = re.compile(r"(?=://|@)|(?<=www)(?=\.)", re.IGNORECASE)  # what becomes one by itself, escaped or not
_JOINER = "\u2060"  # has no width, and breaks no line
_NOTHING = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"  # one transparent pixel
_ESCAPED = re.compile(rf"{_JOINER}|\\{_MARKDOWN.pattern}")


def language() -> Language:
    """What was chosen in this session, else what the URL says, else the browser's language."""
    for chosen in (st.session_state.get(LANGUAGE_KEY), st.query_params.get(LANGUAGE_KEY)):
        if chosen in LANGUAGES:
            return chosen
    return browser_language()


def browser_language() -> Language:
    return "zh" if (st.context.locale or "").lower().startswith("zh") else "en"


def t(key: str, **facts: Any) -> str:
    """The sentence `key` in the session's language, its gaps filled with `facts`."""
    return translate(language(), key, facts)


def translate(language: Language, key: str, facts: Mapping[str, Any]) -> str:
    """English stands in for a sentence that the other catalogue lacks. Raises KeyError if both lack it."""
    template = catalogue(language).get(key) or catalogue("en")[key]
    return template.format(**facts) if facts else template


def paragraph(*sentences: str) -> str:
    """Sentences after each other; Chinese ones have no space between them."""
    return ("" if language() == "zh" else " ").join(sentences)


def has_text(key: str) -> bool:
    return key in catalogue("en")


def first_text(*keys: str) -> str | None:
    """The first of these sentences that there is."""
    return next((t(key) for key in keys if has_text(key)), None)


@functools.cache
def catalogue(language: Language) -> dict[str, str]:
    """All sentences of a language by dotted key: `strings/en/home.toml` holds the keys `home.*`."""
    sentences: dict[str, str] = {}
    for file in sorted((_FOLDER / language).glob("*.toml")):
        sentences |= {f"{file.stem}.{name}": text for name, text in tomllib.loads(file.read_text("utf-8")).items()}
    return sentences


def unescaped(text: str) -> str:
    """A sentence with such text in it, for places that do not read Markdown."""
    return _ESCAPED.sub(lambda found: found[1] or "", text)


def plain(text: str) -> str:
    """Text from data, made safe for places that read Markdown: nothing in it is a link, a picture or a style."""
    return _MARKDOWN.sub(r"\\\1", _LINK.sub(_JOINER, text))


def spoken(words: str) -> str:
    """The label of a button that shows only an icon: screen readers read it, and nobody sees it.

    It is the description of a picture; without words Streamlit calls such a button by its icon, "arrow_upward icon".
    """
    return f"![{plain(words)}]({_NOTHING})"
