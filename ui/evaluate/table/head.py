"""The answer to the page's question in a few numbers, each with its interval and what guessing reaches."""

import math

import numpy as np
import streamlit as st

from dl.evaluation.intervals import Estimate
from dl.evaluation.regression import regression_estimates
from ui.evaluate.scores import score_view
from ui.evaluate.table.answers import Answers
from ui.format import number
from ui.text import plain, t

SCORES = ("r_squared", "root_mean_squared_error", "mean_absolute_error")


def head_view(answers: Answers) -> None:
    if answers.of_classes:
        score_view(answers.evaluation(), words="answers")
        return
    true = answers.targets
    found = regression_estimates(true, answers.predicted)
    guess = regression_estimates(true, np.full(len(true), mean_guess(answers)))
    for name in SCORES:
        _score(name, found[name], guess[name], "" if name == "r_squared" else answers.unit)


def mean_guess(answers: Answers) -> float:
    """The mean of the training rows where the run has kept it, else that of the test rows, which is harder to beat."""
    results = answers.run.results()
    mean = results.baseline.facts.get("mean", math.nan) if results and results.baseline else math.nan
    return mean if math.isfinite(mean) else float(np.mean(answers.targets, dtype=float))


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
