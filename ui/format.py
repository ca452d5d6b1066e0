"""Numbers as people read them: per cent, durations, sizes, times that have passed; metrics and their scores."""

import math
import time
from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from dl.tasks.metrics import LOSS, metric
from ui.text import first_text, t

SURE = 0.9995  # from here on one decimal would say 100 %


def percent(share: float | None, digits: int = 1) -> str:
    """Rounded as at school: 0.1135 is 11.4 %, whatever its nearest binary fraction."""
    if share is None or not math.isfinite(share):
        return "–"
    number = Decimal(f"{share * 100:.9f}").quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return t("format.percent", number=number)


def percent_pattern(number: str) -> str:
    """The same for Streamlit's own widgets, which want a pattern as printf has it: `%d` becomes `%d %%`."""
    return number + t("format.percent", number="").replace("%", "%%")


def confidence(probability: float) -> str:
    """Never 100 %: a network is not certain, even where its probability is rounded to 1."""
    return f">{percent(0.999)}" if probability >= SURE else percent(probability)


def loss(value: float | None) -> str:
    return "–" if value is None or math.isnan(value) else f"{value:.3g}" if value < 1000 else f"{value:.2e}"


def number(value: float | None, digits: int = 3) -> str:
    """Of any size, with so many significant digits at least; thousands are told apart."""
    if value is None or not math.isfinite(value):
        return "–"
    if 10**digits <= abs(value) < 1e15:
        return f"{value:,.0f}"
    text = f"{value + 0.0:.{digits}g}"  # which makes 0 of -0
    return f"{float(text):.{digits + 4}f}".rstrip("0").rstrip(".") if "e-" in text and abs(value) >= 1e-6 else text


def speed(per_second: float | None) -> str:
    if not per_second:
        return "–"
    return f"{per_second:,.0f}" if per_second >= 10 else f"{per_second:.2g}"


def duration(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    if seconds < 10:
        return t("format.seconds_short", seconds=seconds)
    if seconds < 60:
        return t("format.seconds", seconds=round(seconds))
    if seconds < 3600:
        return t("format.minutes", minutes=int(seconds // 60), seconds=int(seconds % 60))
    return t("format.hours", hours=int(seconds // 3600), minutes=int(seconds % 3600 // 60))


def size(count: float) -> str:
    for unit, limit in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= limit:
            return f"{count / limit:.3g} {unit}"
    return f"{count:.0f} B"


def ago(moment: float) -> str:
    """How long ago, as people say it."""
    passed = max(0.0, time.time() - moment)
    for unit, seconds in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if passed >= seconds:
            return t(f"format.{unit}_ago", count=int(passed // seconds))
    return t("format.just_now")


def exact_time(moment: float) -> str:
    return datetime.fromtimestamp(moment).strftime("%Y-%m-%d %H:%M:%S")


def shape(sizes: Sequence[int]) -> str:
    return "×".join(f"{size:,}" for size in sizes)


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


def score(name: str, value: float | None, unit: str = "") -> str:
    """With the `unit` of the target where the metric is told in it; not yet safe for Markdown."""
    if is_share(name):
        return percent(value)
    if metric(name) == LOSS or not metric(name).in_unit:
        return loss(value)
    return f"{number(value)} {unit}".rstrip()


def how_written(name: str, unit: str) -> dict[str, object]:
    """The same, for numbers that are written in the browser."""
    return {"is_share": is_share(name), "unit": unit if metric(name).in_unit else None}


def metric_in_unit(name: str, unit: str) -> str:
    """For an axis."""
    return f"{metric_name(name)} ({unit})" if unit and metric(name).in_unit else metric_name(name)


def loss_last(names: Sequence[str]) -> list[str]:
    """In the order in which people ask for them."""
    return sorted(names, key=lambda name: name == LOSS.name)
