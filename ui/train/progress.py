"""How far a run is: its state, the bar, the numbers of this moment, what came out, and who waits behind it; and how its
steps are computed.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from dl.runs import Run, Status
from dl.runs.engine import Engine
from dl.runs.live import LiveRun
from dl.runs.results import Results
from dl.specs.checks import cautions
from dl.tasks.metrics import ACCURACY, MEAN_ABSOLUTE_ERROR, ROOT_MEAN_SQUARED_ERROR, metric
from ui import state
from ui.components.live import live_board
from ui.format import duration, how_written, loss_last, percent, score, speed, validation_help, validation_name
from ui.problems import caught, sentence
from ui.server import server
from ui.shared.live import events_of, run_again_when, source_of
from ui.shared.runs import STATE_COLORS, is_no_better_than_guessing, readable_status, run_label, running_title
from ui.shared.start import steady_button
from ui.text import paragraph, plain, t, unescaped
from ui.train.lineage import fork_of

WIDTHS = {
    "epoch": 72,
    "step": 140,
    "speed": 92,
    "elapsed": 56,
    "left": 56,
    "learning_rate": 80,
}
SCORE_WIDTHS = {"percent": 104, "number": 84}
LETTER_WIDTH = 8
WORDS = (
    *("phase_starting", "phase_choosing", "phase_training", "phase_evaluating", "phase_saving"),
    *("ended_FINISHED", "ended_cancelled", "ended_STOPPED", "ended_FAILED", "ended_INTERRUPTED", "ended_early"),
    *("asked_stop", "asked_pause", "waiting", "waiting_again", "paused"),
    *("learning_rate_waits", "learning_rate_changes", "learning_rate_earlier"),
    *("learning_rate_by_user", "learning_rate_by_plateau"),
)


def progress_view(run: Run, smoothing: float) -> None:
    """State, bar and the numbers of this moment."""
    live = LiveRun(run)
    live.refresh()
    source = source_of(run, smoothing, others=True)
    events = events_of([source], metrics=())
    texts = _texts(run, live.status) | _numbers(loss_last(live.metrics), run.dataset().unit)
    live_board(source, live.position(), texts, key=f"train_board_{run.id}", events=events)


def _numbers(metrics: Sequence[str], unit: str) -> dict[str, Any]:
    """What the numbers are called, and how they look; of the metrics those on what is held out are shown."""
    labels = {f"{name}{part}": t(f"train.{name}{part}") for name in WIDTHS for part in ("", "_help")}
    labels |= {f"val_{name}": validation_name(name) for name in metrics}
    labels |= {f"val_{name}_help": validation_help(name) for name in metrics}
    return {
        "labels": labels,
        "widths": WIDTHS | {f"val_{name}": _width(name, unit) for name in metrics},
        "scores": [{"name": f"val_{name}", **how_written(name, unit)} for name in metrics],
    }


def _width(name: str, unit: str) -> int:
    known = metric(name)
    return SCORE_WIDTHS[known.format] + (20 + LETTER_WIDTH * len(unit) if known.in_unit else 0)


def _texts(run: Run, status: Status) -> dict[str, Any]:
    """The board's words, whose gaps are filled in the browser."""
    result = _result(run, status)
    return {
        "words": {name: t(f"train.{name}") for name in WORDS},
        "states": {state: t(f"state.{state}") for state in STATE_COLORS},
        "colors": STATE_COLORS | ({"FINISHED": "orange"} if result["tone"] == "caution" else {}),
        "result": result,
        "notice": unescaped(state.session().notices.get(run.id) or ""),
        "passing": t("train.too_soon") if state.was_deaf() else "",
        "percent": t("format.percent"),
        "queue": server().waiting(),
        "title": running_title(run),
    }


def _result(run: Run, status: Status) -> dict[str, str]:
    """What came out, beside what guessing would have got; or why nothing did."""
    if status.fault:
        return {"text": unescaped(sentence(status.fault)), "tone": "wrong"}
    results = run.results()
    if not status.ended or results is None:
        return {"text": "", "tone": ""}
    has_classes = ACCURACY.name in results.scores
    told = _told_of_classes(run, results, status) if has_classes else _told_of_numbers(run, results, status)
    if status.stopped_early:
        told.append(t("train.result_stopped_early"))
    if is_no_better_than_guessing(results):
        return {"text": paragraph(*told, *_what_to_try(run)), "tone": "caution"}
    return {"text": paragraph(*told), "tone": "right"}


def _told_of_classes(run: Run, results: Results, status: Status) -> list[str]:
    facts = {"accuracy": percent(results.scores["accuracy"]), "seconds": duration(status.fit_seconds)}
    told = [t("train.result_fork" if fork_of(run) else "train.result", **facts)]
    if results.baseline:
        told.append(t("train.result_guess", accuracy=percent(results.baseline.score)))
    return told


def _told_of_numbers(run: Run, results: Results, status: Status) -> list[str]:
    """As far off as the answers are on average; of a run of before, which may not have measured that, the RMSE."""
    baseline, unit = results.baseline, run.dataset().unit
    name = next(
        (each.name for each in (MEAN_ABSOLUTE_ERROR, ROOT_MEAN_SQUARED_ERROR) if each.name in results.scores), ""
    )
    if not name:
        return [t("train.result_none", seconds=duration(status.fit_seconds))]
    error = score(name, results.scores[name], unit)
    told = [t(f"train.result_{name}", error=error, seconds=duration(status.fit_seconds))]
    if baseline and name in baseline.scores:
        told.append(t("train.result_average", error=score(name, baseline.scores[name], unit)))
    return told


def _what_to_try(run: Run) -> list[str]:
    """What was risky about it or, if nothing was, what usually helps."""
    found = [unescaped(sentence(caution)) for caution in cautions(run.spec(), run.dataset())]
    return [t("train.result_no_better"), *(found or [t("train.result_try")])]


def queue_view() -> None:
    """Runs that wait, the next one first; each can be cancelled."""
    shared = server()
    waiting = shared.supervisor.queue()
    if watched := shared.current_run():
        status = readable_status(watched)
        seen = [f"{watched.id}/{status.state if status else ''}", *(run.id for run in waiting)]
        run_again_when(watched, "queue", ",".join(seen), key="live_queue")
    if not waiting:
        return
    st.markdown(f"**{t('train.queue')}**")
    if state.was_deaf():
        st.caption(t("train.too_soon"))
    for place, queued in enumerate(waiting, 1):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{place}. {plain(run_label(queued))}", width="content")
            steady_button(
                t("train.cancel"),
                key=f"train_cancel_{queued.id}",
                place=f"train_queue_{place}",
                came=queued.id,
                act=partial(shared.supervisor.stop, queued),
                icon=":material/close:",
                type="tertiary",
            )


def engine_view(run: Run) -> None:
    """One paragraph; always one, so that it keeps its place."""
    with caught():
        status, engine = run.status(), run.engine()
    run_again_when(run, "compiler", engine.compiler if engine else "", key="live_compiler", only_seen=True)
    st.markdown(_told_of_engine(engine, status))


def _told_of_engine(engine: Engine | None, status: Status) -> str:
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
