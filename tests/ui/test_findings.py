"""Every finding has a sentence and, where something can be done, a button, in both languages."""

import re
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

import pytest
import streamlit as st

from dl.profiles.finding import Action, Finding
from ui.explore.findings import button, done, said
from ui.frame import PROJECT
from ui.text import LANGUAGES, catalogue

FACTS: dict[str, Any] = {
    "column": "age",
    "other": "years",
    "target": "income",
    "value": "-999",
    "share": 0.2468,
    "count": 1234,
    "distinct": 21648,
    "low": -0.5,
    "high": 594723.00000001,
    "least": 12285.0,
    "greatest": 1484705.0,
    "median": 3.0,
    "rows": 10,
    "examples": ("a", "b"),
    "example": "31.12.2024",
    "least_share": 0.01,
    "most": "no",
    "most_share": 0.99,
    "train_share": 0.5,
    "test_share": 0.4,
}


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    st.session_state["lang"] = request.param
    yield request.param
    del st.session_state["lang"]


def codes() -> set[str]:
    """All that the library can find."""
    files = [PROJECT / "dl" / "profiles" / f"{name}.py" for name in ("findings", "target_findings")]
    source = "\n".join(file.read_text("utf-8") for file in files)
    found = set(re.findall(r'(?:ignoring|finding|Finding)\(\s*"(\w+)"', source))
    return found | {"dates_as_words", "dates_not_read"}  # one call says either


def test_every_finding_has_a_sentence_without_a_hole(language: str) -> None:
    known = {key.removeprefix("finding.") for key in catalogue("en") if key.startswith("finding.")}
    assert codes() == {key for key in known if not key.startswith(("do_", "done_"))}
    for code in codes():
        sentence = said(Finding(code, 1, facts=FACTS))
        assert "{" not in sentence and "None" not in sentence


def test_every_action_has_a_button_but_leaving_it(language: str) -> None:
    for kind in get_args(get_type_hints(Action)["kind"]):
        words = button(Action(kind, "c0", ("-999", "?")))
        assert (words is None) == (kind == "leave")
        assert words is None or "{" not in done(Action(kind, "c0", ("-999", "?")), "a")
    assert "“?”" in str(button(Action("missing", "c0", ("-999", "?"))))


def test_numbers_are_said_as_people_say_them() -> None:
    sentence = said(Finding("outliers", 1, facts=FACTS))
    assert "1,234" in sentence and "594,723" in sentence and "1,484,705" in sentence
    assert "24.7 %" in said(Finding("missing", 1, facts=FACTS))


def test_words_from_the_data_are_not_markdown_and_not_endless(language: str) -> None:
    facts = FACTS | {"column": "![x](http://evil)", "value": "=cmd|" * 1000}
    sentence = said(Finding("near_constant", 1, facts=facts))
    assert "![" not in sentence and len(sentence) < 300
