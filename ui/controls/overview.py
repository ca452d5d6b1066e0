"""Home: the way from data to prediction with where the user is, and the runs so far."""

import contextlib
import time
from collections.abc import Iterator, Sequence

import streamlit as st

from dl.errors import LivefitError
from dl.runs import Run, Status
from dl.specs import RunSpec
from ui import state
from ui.components.live_spark import live_spark
from ui.controls.datasets import dataset_name
from ui.controls.live import events_of, run_again_when_state_changes, source_of
from ui.controls.runs import RUNS_IN_LIST, readable_status, run_label, state_badge
from ui.format import ago, duration, exact_time, percent
from ui.frame import ICONS, page_file
from ui.server import server
from ui.text import t

STEPS = ("explore", "configure", "train", "evaluate")
CARD_WIDTH = 208
RUN_WIDTH = 362
RECENT = 6


def path_view(runs: Sequence[Run]) -> None:
    """Data, network, training, evaluation, prediction: each with what there is already."""
    scores = _scores(runs)
    facts = {
        "explore": _data(runs),
        "configure": _network(runs),
        "train": t("home.runs", count=len(runs)) if scores else None,
        "evaluate": t("home.best", accuracy=percent(max(scores))) if scores else None,
    }
    here = next((name for name in STEPS if not facts[name]), None)
    with st.container(horizontal=True, gap="small"):
        for number, name in enumerate(STEPS, 1):
            with st.container(border=True, width=CARD_WIDTH, gap=None, height=128):
                st.page_link(page_file(name), label=f"**{number} · {t(f'home.step_{name}')}**", icon=ICONS[name])
                st.caption(facts[name] or t(f"home.todo_{name}"))
                if facts[name]:
                    st.badge(t("home.done"), icon=":material/check:", color="green")
                elif name == here:
                    st.badge(t("home.next"), icon=":material/arrow_forward:", color="violet")
        with st.container(border=True, width=CARD_WIDTH, gap=None, height=128):
            st.markdown(f":material/draw: **{len(STEPS) + 1} · {t('home.step_predict')}**")
            st.caption(t("home.todo_predict"))


def _data(runs: Sequence[Run]) -> str | None:
    chosen = state.chosen("dataset") or next((spec.data.dataset for spec in _specs(runs)), None)
    return dataset_name(chosen) if chosen else None


def _network(runs: Sequence[Run]) -> str | None:
    draft = state.draft()
    count = len(draft.layers) if draft else next((len(spec.model.layers) for spec in _specs(runs)), None)
    return t("home.layers", count=count) if count else None


def _specs(runs: Sequence[Run]) -> Iterator[RunSpec]:
    """What was asked for, the newest first, as far as it can be read."""
    for run in runs:
        with contextlib.suppress(LivefitError):
            yield run.spec()


def _scores(runs: Sequence[Run]) -> list[float]:
    statuses = (readable_status(run) for run in runs[:RUNS_IN_LIST])
    return [status.test_accuracy for status in statuses if status and status.test_accuracy is not None]


def recent_view(runs: Sequence[Run]) -> None:
    """A card a run: how its validation accuracy went, what it reached, and the way back to it."""
    if not runs:
        st.info(t("home.no_runs"), icon=":material/history:")
        return
    with st.container(horizontal=True, gap="small"):
        for run in runs[:RECENT]:
            with st.container(border=True, width=RUN_WIDTH, gap="small"):
                _card(run)
    supervisor = server().supervisor
    moving = supervisor.running() or next(iter(supervisor.queue()), None)
    run_again_when_state_changes(moving, key="home_state")


def _card(run: Run) -> None:
    st.markdown(f"**{run_label(run)}**")
    status = readable_status(run)
    if status is None:
        st.caption(t("problem.run_damaged", run=run.id, file="status.json"))
        return
    _score(run, status)
    with st.container(horizontal=True, vertical_alignment="center"):
        state_badge(status)
        st.caption(
            f"{duration(status.fit_seconds or status.seconds(time.time()))} · {ago(status.queued_at)}",
            help=exact_time(status.queued_at),
            width="stretch",
        )
    page = "evaluate" if status.test_accuracy is not None else "train"
    st.page_link(page_file(page), label=t(f"home.open_{page}"), icon=ICONS[page], query_params={"run": run.id})


def _score(run: Run, status: Status) -> None:
    """Growing while one looks on, in a run that trains."""
    if status.state == "RUNNING":
        source = source_of(run)
        live_spark(
            source,
            t("home.validation_accuracy"),
            t("format.percent"),
            key=f"home_spark_{run.id}",
            events=events_of([source]),
        )
        return
    curve = [record.get("val_accuracy", record.get("accuracy")) for record in run.epochs()]
    label = t("home.test_accuracy") if status.test_accuracy is not None else t("home.validation_accuracy")
    value = status.test_accuracy if status.test_accuracy is not None else (curve or [None])[-1]
    st.metric(label, percent(value), chart_data=curve if len(curve) > 1 else None, chart_type="line")
