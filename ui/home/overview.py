"""Home: the way from data to prediction with where the user is, and the runs so far."""

import time
from collections.abc import Sequence

import streamlit as st

from dl.runs import Status
from dl.runs.table import RunRow, best_of_each
from dl.tasks.metrics import VALIDATION
from ui import state
from ui.components.live import live_spark
from ui.format import ago, duration, exact_time, how_written, is_share, metric_name, score, validation_name
from ui.frame import ICONS, page_file
from ui.home.deleted_runs import deleted_view, undo_view
from ui.home.run_filter import filtered_view
from ui.home.run_table import run_table_view
from ui.server import server
from ui.shared.datasets import dataset_name
from ui.shared.live import events_of, run_again_when_state_changes, source_of
from ui.shared.run_menu import run_menu
from ui.shared.runs import row_label, state_badge
from ui.shared.switches import switch
from ui.text import plain, t

STEPS = ("explore", "configure", "train", "evaluate", "predict")
CARD_WIDTH = 208
RUN_WIDTH = 362
RECENT = 6
VIEWS = ("recent", "all")
CARD_HEIGHT = 128
BEST_SHOWN = 2
NAME_SHOWN, NOTE_SHOWN = 16, 90


def path_view(rows: Sequence[RunRow]) -> None:
    """Data, network, training, evaluation, prediction: each with what there is already."""
    best = best_of_each(rows)
    facts = {
        "explore": _data(rows),
        "configure": _network(rows),
        "train": t("home.trained", count=len(rows)) if best else None,
        "evaluate": _best(best),
        "predict": None,  # nobody is ever done with that
    }
    here = next((name for name in STEPS if not facts[name]), None)
    with st.container(horizontal=True, gap="small"):
        for number, name in enumerate(STEPS, 1):
            with st.container(border=True, width=CARD_WIDTH, gap=None, height=CARD_HEIGHT):
                label = f"**{number} · {t(f'home.step_{name}')}**"
                help = _all_best(best) if name == "evaluate" else None
                st.page_link(page_file(name), label=label, icon=ICONS[name], help=help)
                st.caption(facts[name] or t(f"home.todo_{name}"))
                if facts[name]:
                    st.badge(t("home.done"), icon=":material/check:", color="green")
                elif name == here:
                    st.badge(t("home.next"), icon=":material/arrow_forward:", color="violet")


def _data(rows: Sequence[RunRow]) -> str | None:
    chosen = state.chosen("dataset") or next((row.request.dataset for row in rows if row.request), None)
    return plain(dataset_name(chosen)) if chosen else None


def _network(rows: Sequence[RunRow]) -> str | None:
    draft = state.session().draft
    count = len(draft.layers) if draft else next((row.request.layers for row in rows if row.request), None)
    return t("home.layers", count=count) if count else None


def _best(best: dict[str, RunRow]) -> str | None:
    """A line a data set, as many as the card has room for."""
    if not best:
        return None
    lines = [
        t("home.best", dataset=plain(_beginning(dataset_name(dataset), NAME_SHOWN)), score=_test_score(row))
        for dataset, row in [*best.items()][:BEST_SHOWN]
    ]
    return "  \n".join(lines)


def _all_best(best: dict[str, RunRow]) -> str | None:
    """With the runs that reached it, where one points."""
    lines = [f"- {_test_score(row)} · {plain(row_label(row))}" for row in best.values()]
    return "\n".join([t("home.best_of_each"), "", *lines]) if best else None


def _test_score(row: RunRow) -> str:
    """A share, and what is measured in something, says by itself what it is."""
    value = plain(score(row.metric, row.test_score, row.unit))
    return value if is_share(row.metric) or row.unit else f"{metric_name(row.metric)} {value}"


def runs_view(rows: Sequence[RunRow]) -> None:
    """The newest as cards, or all in a table; the URL says which."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.header(t("home.runs"), anchor=False, width="content")
        shown = _view_switch(len(rows)) if rows else None
    undo_view()
    if shown == "all":
        if left := filtered_view(rows):
            run_table_view(left)
    elif rows:
        _recent(rows)
    else:
        st.info(t("home.no_runs"), icon=":material/history:")
    deleted_view()
    run_again_when_state_changes(server().current_run(), key="home_state")


def _view_switch(count: int) -> str:
    wanted = st.query_params.get("runs", "")
    return switch(
        t("home.view"),
        VIEWS,
        wanted,
        lambda name: t(f"home.view_{name}", count=count),
        key="home_view",
        on_change=_changed,
    )


def _changed() -> None:
    state.put_in_url("runs", "all" if st.session_state["home_view"] == "all" else None)


def _recent(rows: Sequence[RunRow]) -> None:
    """A card a run: how its validation accuracy went, what it reached, and the way back to it."""
    with st.container(horizontal=True, gap="small"):
        for row in rows[:RECENT]:
            with st.container(border=True, width=RUN_WIDTH, gap="small"):
                _card(row)


def _card(row: RunRow) -> None:
    run, status = row.run, row.status
    st.markdown(f"**{'★ ' if row.label.star else ''}{plain(row_label(row))}**")
    if row.label.note:
        st.caption(plain(_beginning(row.label.note)))
    if status is None:
        st.caption(t("problem.run_damaged", run=run.id, file="status.json"))
        run_menu(run)
        return
    _score(row, status)
    with st.container(horizontal=True, vertical_alignment="center"):
        state_badge(status, row.results)
        st.caption(
            f"{duration(status.fit_seconds or status.seconds(time.time()))} · {ago(status.queued_at)}",
            help=exact_time(status.queued_at),
            width="stretch",
        )
    page = "evaluate" if row.results is not None else "train"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.page_link(page_file(page), label=t(f"home.open_{page}"), icon=ICONS[page], query_params={"run": run.id})
        run_menu(run)


def _beginning(text: str, most: int = NOTE_SHOWN) -> str:
    """In one line, cut anywhere: Chinese has no spaces."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most]}…"


def _score(row: RunRow, status: Status) -> None:
    """Growing while one looks on, in a run that trains."""
    name = row.metric
    if status.state == "RUNNING":
        source = source_of(row.run)
        words = validation_name(name), t("format.percent")
        how, key = how_written(name, row.unit), f"home_spark_{row.run.id}"
        live_spark(source, name, how, *words, key=key, events=events_of([source]))
        return
    curve = [record.get(f"{VALIDATION}{name}", record.get(name)) for record in row.run.epochs()]
    label = t(f"home.test_{name}") if row.test_score is not None else validation_name(name)
    value = row.test_score if row.test_score is not None else (curve or [None])[-1]
    chart = curve if len(curve) > 1 else None
    st.metric(label, score(name, value, row.unit), chart_data=chart, chart_type="line")
