"""How the steps of a run are computed, in words: with which compiler, why, and how fast."""

import streamlit as st

from dl.runs import Run, Status
from dl.runs.engine import Engine
from ui.format import speed
from ui.problems import caught
from ui.shared.live import run_again_when
from ui.text import paragraph, t


def engine_view(run: Run) -> None:
    """One paragraph; always one, so that it keeps its place."""
    with caught():
        status, engine = run.status(), run.engine()
    run_again_when(run, "compiler", engine.compiler if engine else "", key="live_compiler", only_seen=True)
    st.markdown(_told(engine, status))


def _told(engine: Engine | None, status: Status) -> str:
    parts = [t(f"train.engine_{engine.compiler}"), _why(engine)] if engine else [t("train.engine_unknown")]
    if engine and status.steps_per_call and status.steps_per_second:
        pace = {"speed": speed(status.steps_per_second), "microseconds": 1e6 / status.steps_per_second}
        parts.append(t("train.engine_pace", steps=status.steps_per_call, **pace))
    if engine and engine.fit_seconds and status.steps_per_second:
        times = engine.fit_seconds * status.steps_per_second
        parts.append(t("train.engine_fit", times=_rounded(times)))
    return paragraph(*parts)


def _why(engine: Engine) -> str:
    times = _times_faster(engine)
    if engine.reason in ("measured", "remembered") and times is None:
        return t("train.engine_not_compilable")
    return t(f"train.engine_{engine.reason}", times=_rounded(times) if times else "")


def _times_faster(engine: Engine) -> float | None:
    """How many times faster the chosen way is than the other; None if not both were tried."""
    if not engine.graph_seconds or not engine.xla_seconds:
        return None
    times = engine.graph_seconds / engine.xla_seconds
    return times if engine.compiler == "xla" else 1 / times


def _rounded(times: float) -> str:
    return f"{times:.1f}" if times < 10 else f"{times:,.0f}"
