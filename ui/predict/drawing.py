"""The big canvas and what the network says to it; of a picture that is given, or of an empty paper."""

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dl.errors import LivefitError
from dl.prediction.answers import answer_of
from dl.prediction.drawing import STEPS
from dl.prediction.networks import Ready
from dl.prediction.pictures import FORMATS, encoded_steps, is_of_digits
from ui.components.try_it import Asked, Kept, handed_in, try_it
from ui.shared.datasets import class_names
from ui.shared.live import is_pushed
from ui.text import t

REASONS = ("missing", "starting", "taken", "ended", "epoch")
PROBLEMS = ("bad_picture_empty", "bad_picture_unreadable", *(f"no_light_form_{reason}" for reason in REASONS))
CHANGES = (("across", -40, 40), ("down", -40, 40), ("turn", -180, 180), ("noise", 0, 100))


def drawing_view(
    ready: Ready,
    epoch: int | None,
    place: str,
    picture: str | None = None,
    *,
    exact: bool = False,
    pasting: bool = False,
    keeping: bool = False,
) -> Kept | None:
    """`picture` is a data URL; if it is `exact`, it is one of the data set and is sent in its own size.

    `pasting`: one may be pasted too; `keeping`: what is drawn may be kept, and comes back when it is.

    What is drawn is kept in the browser's tab under the name of the `place`.
    """
    run, dataset = ready.network.run, ready.dataset
    key = f"predict_try_{run.id}_{place}"
    answered = None if is_pushed() else _answered(ready, handed_in(key), epoch)
    return try_it(
        {
            "url": f"api/runs/{run.id}/predict",
            "pushed": is_pushed(),
            "answered": answered,
            "place": f"livefit-{dataset.id}-{place}",
            "epoch": epoch,
            "classes": dict(zip(dataset.classes, class_names(dataset), strict=True)),
            "side": max(dataset.shape[:2]),
            "picture": picture,
            "exact": exact,
            "percent": t("format.percent"),
            "pasting": pasting,
            "keeping": keeping,
            "steps": _steps(is_of_digits(dataset) and not exact),
            "changes": [
                {"name": name, "label": t(f"predict.{name}"), "low": low, "high": high} for name, low, high in CHANGES
            ],
            "labels": _labels(run.id, epoch, "paste" if pasting else "hint"),
        },
        key=key,
    )


def _labels(run: str, epoch: int | None, hint: str) -> dict[str, Any]:
    names = ("undo", "clear", "thickness", "seen", "alike", "keep", "sure", "canvas", "unreachable")
    facts = {"among": "{among}", "share": "{share}"}  # filled in the browser
    texts = {name: t(f"predict.{name}", **facts) for name in names}
    problems = {name: t(f"problem.{name}", formats=", ".join(FORMATS), run=run, epoch=epoch) for name in PROBLEMS}
    return {**texts, "hint": t(f"predict.{hint}"), "problems": problems}


def _steps(of_digit: bool) -> Sequence[dict[str, str]]:
    """What is shown, and which of them can be left out."""
    if not of_digit:
        return [{"picture": "picture", "label": t("predict.step_picture")}]
    shown = {"drawn": "", "cut": "cut", "fitted": "fit", "picture": "centre"}
    return [
        {"picture": picture, "name": name, "label": t(f"predict.step_{name or picture}")}
        for picture, name in shown.items()
    ]


def _answered(ready: Ready, asked: Asked | None, epoch: int | None) -> dict[str, Any] | None:
    """What the route would have said."""
    if asked is None:
        return None
    try:
        content = base64.b64decode(asked.picture.partition(",")[2])
        steps = [step for step in STEPS if step not in asked.left]
        picture, outputs = ready.picture(content, steps, epoch)
    except LivefitError as error:
        return {"error": error.code, **error.facts}
    return answer_of(outputs.answers[0], ready.dataset) | {"seen": encoded_steps(picture)}


def data_url(pixels: NDArray[np.uint8]) -> str:
    """Of (height, width, channels)."""
    file = io.BytesIO()
    Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels).save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
