"""What a run does not do well, and what nobody has looked at: sentences that follow from its answers."""

from collections.abc import Iterator

import numpy as np

from dl.evaluation.calibration import calibration
from dl.evaluation.classification import per_class_scores
from dl.evaluation.slices import class_probability
from ui.evaluate.table.answers import Answers
from ui.format import number, percent
from ui.text import t

FEW = 30  # test rows of a class; fewer say little about it
MOST_NAMED = 8


def limits(answers: Answers) -> list[str]:
    """The gravest first."""
    of_task = _of_classes(answers) if answers.of_classes else _of_numbers(answers)
    return [*_beaten(answers), *of_task, *_of_data(answers), t("report.limit_unseen"), t("report.limit_people")]


def _beaten(answers: Answers) -> Iterator[str]:
    """Where guessing is as good, as far as the test rows say."""
    results = answers.run.results()
    guess = results.baseline if results else None
    if guess is None or guess.metric not in answers.scores:
        return
    found = answers.scores[guess.metric]
    if found.low <= guess.score if answers.of_classes else found.high >= guess.score:
        yield t("report.limit_guess")


def _of_classes(answers: Answers) -> Iterator[str]:
    matrix = answers.evaluation().matrix
    scores, names = per_class_scores(matrix), answers.names
    if scores["recall"].notna().any():
        weakest = int(np.nanargmin(scores["recall"]))
        facts = {"recall": percent(scores["recall"][weakest]), "rows": int(scores["support"][weakest])}
        yield t("report.limit_weakest", name=names[weakest], **facts)
    wrong = matrix - np.diag(np.diag(matrix))
    if wrong.any():
        true, predicted = np.unravel_index(wrong.argmax(), wrong.shape)
        yield t("report.limit_confused", true=names[true], predicted=names[predicted], count=int(wrong.max()))
    few = [name for name, rows in zip(names, scores["support"], strict=True) if rows < FEW]
    if few:
        listed = t("format.list").join(few[:MOST_NAMED])
        yield t("report.limit_few", few=FEW, count=len(few), names=listed)
    confidence = class_probability(answers.outputs, answers.predicted)
    right = answers.predicted == answers.targets
    gap = float(confidence.mean() - right.mean())
    said = "report.limit_overconfident" if gap > 0 else "report.limit_underconfident"
    error = calibration(right, confidence).error
    yield t(
        said, confidence=percent(float(confidence.mean())), right=percent(float(right.mean())), error=percent(error)
    )
    yield t("report.limit_any_class")


def _of_numbers(answers: Answers) -> Iterator[str]:
    errors = answers.predicted.astype(float) - answers.targets
    worst, unit = int(np.abs(errors).argmax()), answers.unit
    facts = {"true": answers.targets[worst], "predicted": answers.predicted[worst]}
    yield t("report.limit_worst", **{name: f"{number(float(value))} {unit}".rstrip() for name, value in facts.items()})
    mean = answers.scores["mean_error"]
    if mean.low > 0 or mean.high < 0:
        said = "report.limit_too_high" if mean.value > 0 else "report.limit_too_low"
        yield t(said, error=f"{number(abs(mean.value))} {unit}".rstrip())
    low, high = (f"{number(float(value))} {unit}".rstrip() for value in (answers.targets.min(), answers.targets.max()))
    yield t("report.limit_range", low=low, high=high)


def _of_data(answers: Answers) -> Iterator[str]:
    known = answers.dataset
    if known.left_out:
        yield t("report.limit_left_out", count=known.left_out)
    if known.split and known.split.shared:
        yield t("report.limit_shared", count=known.split.shared)
