"""Metrics on the screen: what they are called, and how their scores are written."""

from collections.abc import Sequence

from dl.tasks.metrics import LOSS, metric
from ui.format import loss, percent
from ui.text import first_text


def metric_name(name: str) -> str:
    """Of one that nobody has a word for, Keras's."""
    return first_text(f"metric.{name}") or name


def validation_name(name: str) -> str:
    """The same metric on what is held out."""
    return first_text(f"metric.val_{name}") or f"val_{name}"


def validation_help(name: str) -> str:
    return first_text(f"metric.val_{name}_help") or ""


def is_share(name: str) -> bool:
    return metric(name).format == "percent"


def score(name: str, value: float | None) -> str:
    return percent(value) if is_share(name) else loss(value)


def loss_last(names: Sequence[str]) -> list[str]:
    """In the order in which people ask for them."""
    return sorted(names, key=lambda name: name == LOSS.name)
