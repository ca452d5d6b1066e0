"""The answer to the page's question in a few numbers, each with its interval and what guessing reaches."""

import streamlit as st

from dl.evaluation.intervals import Estimate
from ui.evaluate.scores import score_view
from ui.evaluate.table.answers import Answers
from ui.format import number
from ui.text import plain, t

SCORES = ("r_squared", "root_mean_squared_error", "mean_absolute_error")


def head_view(answers: Answers) -> None:
    if answers.of_classes:
        score_view(answers.evaluation(), words="answers")
        return
    for name in SCORES:
        _score(name, answers.scores[name], answers.mean_guess[name], "" if name == "r_squared" else answers.unit)


def _score(name: str, found: Estimate, guess: Estimate, unit: str) -> None:
    write = number if name != "r_squared" else lambda share: number(round(share, 3))
    low, high, guessed = (write(value) for value in (found.low, found.high, guess.value))
    value = f"{write(found.value)} {unit}".strip()
    detail = t("answers.score_detail", low=low, high=high, guess=guessed)
    st.metric(
        t(f"answers.{name}"),
        value,
        detail,
        delta_color="off",
        delta_arrow="off",
        help=t(f"answers.{name}_help", unit=plain(unit)),
        width="content",
    )
