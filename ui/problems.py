"""From exceptions, faults and problems, which carry facts, to sentences: what was found and what to do about it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import streamlit as st

from dl.errors import LivefitError, Problem
from dl.runs.status import Fault
from ui.format import metric_name, shape, size
from ui.shared.datasets import dataset_name
from ui.text import first_text, has_text, paragraph, plain, t


class Reason(Protocol):
    """An exception, a fault on disk, a problem of a specification or a failed import: a code and its facts."""

    @property
    def code(self) -> str | None: ...
    @property
    def facts(self) -> dict[str, Any]: ...


def sentence(problem: Reason) -> str:
    """One or two sentences in the session's language."""
    code, facts = str(problem.code), dict(problem.facts)
    if str(facts.get("where", "")).endswith(".scale") and code != "not_a_number":  # the form asks for its inverse
        facts["given"] = _inverse(facts["given"])
    if code == "spec":
        return paragraph(*(sentence(part) for part in _parts(problem)))
    for narrower in (facts.get("reason"), str(facts.get("where", "")).rpartition(".")[2]):
        if narrower and has_text(f"problem.{code}_{narrower}"):
            code = f"{code}_{narrower}"
    if not has_text(f"problem.{code}"):
        code, facts = "unexpected", {"type": code, "text": str(problem.facts)}
    return t(f"problem.{code}", **{name: _shown(name, value) for name, value in facts.items()})


def _parts(problem: Any) -> list[Problem]:
    """The problems inside a SpecError, or inside the fault that a worker made of one."""
    if isinstance(problem, Fault):
        return [Problem(part["code"], part["facts"]) for part in problem.facts["problems"]]
    return list(problem.problems)


def _shown(name: str, value: Any) -> Any:
    """A fact as it stands in a sentence."""
    if name == "shape":
        return shape(value)
    if name in ("needed", "memory", "bytes", "most_bytes"):
        return size(value)
    if name == "where":
        return _place(value)
    if name == "field" and has_text(f"bring.{value}"):
        return t(f"bring.{value}")
    if name == "metric":
        return metric_name(value)
    if name in ("loss", "optimizer"):
        return t(f"configure.{name}_{value}")
    if name == "type" and has_text(f"layer.{value}"):
        return t(f"layer.{value}")
    if name == "known":
        return t("format.list").join(plain(dataset_name(part)) for part in value)
    if isinstance(value, list | tuple):
        return t("format.or").join(_shown("", part) for part in value)
    if isinstance(value, str):
        known = f"configure.target_encoding_{value}"
        return t(known) if has_text(known) else plain(value)
    return f"{value:g}" if isinstance(value, float) else value


def _inverse(value: str) -> str:
    return f"{1 / float(value):g}" if float(value) else "0"


def _place(where: str) -> str:
    """`model.layers.1.Dense.units` as people name it: Units (layer 2)."""
    parts = where.split(".")
    label = first_text(f"field.{'_'.join(parts[-2:])}", f"field.{parts[-1]}") or plain(where)
    in_layer = parts[:2] == ["model", "layers"] and len(parts) > 2
    return t("problem.place_in_layer", field=label, layer=int(parts[2]) + 1) if in_layer else label


@contextmanager
def caught() -> Iterator[None]:
    """Around what may meet an expected fault: it becomes one sentence on the screen, and the page ends there, alive."""
    try:
        yield
    except LivefitError as error:
        st.error(sentence(error), icon=":material/error:")
        st.stop()
