"""Where a classifier is wrong, for a report: its confusion matrix, and the mistakes that it was surest of."""

from collections.abc import Iterator
from contextlib import suppress
from html import escape

import numpy as np

from dl.datasets import OpenDataset
from dl.errors import DatasetError
from dl.evaluation.classification import likeliest, most_confident_mistakes
from ui.evaluate.table.answers import Answers
from ui.evaluate.takeaway.figures import figure
from ui.format import confidence
from ui.server import server
from ui.shared.gallery import brightened, png_address
from ui.text import t

MOST_CLASSES = 20  # of a matrix that can be read; of more, the pairs are listed that are confused most
MOST_PAIRS = 20
MISTAKES = 24


def matrix_table(answers: Answers) -> Iterator[str]:
    matrix = answers.evaluation().matrix
    yield f"<h2>{escape(t('evaluate.matrix'))}</h2>"
    if len(matrix) > MOST_CLASSES:
        yield _pairs(matrix, answers.names)
        return
    heads = "".join(f"<th>{escape(name)}</th>" for name in answers.names)
    rows = "".join(_row(place, counts, answers.names[place]) for place, counts in enumerate(matrix))
    caption = t("report.matrix_caption")
    yield f'<p class="muted">{escape(caption)}</p><div class="wide"><table class="matrix">'
    yield f"<thead><tr><th></th>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"


def _row(true: int, counts: np.ndarray, name: str) -> str:
    cells = "".join(_cell(true == predicted, count, counts.sum()) for predicted, count in enumerate(counts))
    return f"<tr><th>{escape(name)}</th>{cells}</tr>"


def _cell(right: bool, count: int, total: int) -> str:
    if not count:
        return "<td></td>"
    return f'<td class="{"right" if right else "wrong"}" style="--share: {count / total:.3f}">{count:,}</td>'


def _pairs(matrix: np.ndarray, names: list[str]) -> str:
    wrong = matrix - np.diag(np.diag(matrix))
    places = np.argsort(-wrong, axis=None)[:MOST_PAIRS]
    pairs = [np.unravel_index(place, wrong.shape) for place in places]
    said = [
        t("evaluate.cell_wrong", true=names[a], predicted=names[b], count=wrong[a, b]) for a, b in pairs if wrong[a, b]
    ]
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in said)}</ul>"


def mistakes_gallery(answers: Answers) -> Iterator[str]:
    data = _pictures(answers)
    rows = most_confident_mistakes(answers.targets, *likeliest(answers.outputs), MISTAKES)
    if data is None or not len(rows):
        return
    yield f"<h2>{escape(t('evaluate.mistakes'))}</h2>"
    yield f'<p class="muted">{escape(t("evaluate.mistakes_caption"))}</p>'
    shown = [_mistake(answers, data, int(row)) for row in rows]
    yield f'<div class="gallery">{"".join(shown)}</div>'


def _mistake(answers: Answers, data: OpenDataset, row: int) -> str:
    true, predicted = (answers.names[int(values[row])] for values in (answers.targets, answers.predicted))
    sure = confidence(float(answers.outputs[row].max()))
    alt = t("evaluate.picture_alt", row=row, true=true, predicted=predicted, confidence=sure)
    source = png_address(brightened(data.x_test[row], data.description.value_range))
    return figure(f'<img src="{source}" alt="{escape(alt)}">', f"{true} → {predicted} · {sure}")


def _pictures(answers: Answers) -> OpenDataset | None:
    """The very ones, if they are here."""
    if answers.dataset.picture is None:
        return None
    with suppress(DatasetError):
        data = server().datasets.open(answers.dataset.id)
        return data if data.description.fingerprint == answers.dataset.fingerprint else None
    return None
