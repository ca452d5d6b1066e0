"""From findings, which carry facts, to a sentence and the words of the button that acts."""

from typing import Any

from dl.profiles.finding import Action, Finding
from ui.format import percent
from ui.text import plain, t

LONGEST = 40  # characters of a value from the data


def said(finding: Finding) -> str:
    """One or two sentences in the session's language; nothing in them from the data is Markdown."""
    return t(f"finding.{finding.code}", **{name: _shown(name, value) for name, value in finding.facts.items()})


def button(action: Action) -> str | None:
    """None where there is nothing to do."""
    if action.kind == "leave":
        return None
    if action.kind == "missing":
        return t("finding.do_missing", values=_listed(action.values))
    return t(f"finding.do_{action.kind}")


def done(action: Action, column: str) -> str:
    """What the button has done to the column of that name."""
    return t(f"finding.done_{action.kind}", column=plain(_short(column)), values=_listed(action.values))


def _shown(name: str, value: Any) -> Any:
    if name == "share" or name.endswith("_share"):
        return percent(value)
    if isinstance(value, tuple):
        return _listed(value)
    if isinstance(value, float) and name != "rows":
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return plain(_short(value)) if isinstance(value, str) else value


def _listed(values: tuple[str, ...]) -> str:
    return t("format.list").join(f"“{plain(_short(value))}”" for value in values)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
