"""The run that is looked at: chosen from the list or named in the URL, and what to say when it has no answers."""

from typing import NamedTuple

import streamlit as st

from dl.runs import Run, Status
from ui import state
from ui.format import percent
from ui.frame import page_file
from ui.problems import sentence
from ui.server import server
from ui.shared.runs import remembered_run, row_label
from ui.text import t


class RunLine(NamedTuple):
    """What the list says about an ended run."""

    label: str
    state: str
    accuracy: float | None


def run_controls() -> str | None:
    """The id of the run to look at, which may be unknown; None if there is no run yet."""
    lines = ended_runs()
    wanted = remembered_run() or _newest_answered(lines)
    if not lines:
        return wanted
    st.session_state["evaluate_run"] = wanted if wanted in lines else None
    st.selectbox(
        t("evaluate.run"),
        list(lines),
        format_func=lambda run: _with_result(lines[run]),
        key="evaluate_run",
        on_change=_choose,
        placeholder=t("evaluate.choose_run"),
        width=280,
    )
    return wanted


def ended_runs() -> dict[str, RunLine]:
    """By id, newest first; what cannot be read or has not ended is left out."""
    rows = server().table.rows()
    ended = ((row, row.status) for row in rows if row.status and row.status.ended)
    return {row.run.id: RunLine(row_label(row), status.state, row.test_accuracy) for row, status in ended}


def no_runs_view() -> None:
    """Nothing was ever trained here."""
    with st.container(border=True, gap="medium", key="evaluate_empty"):
        st.markdown(f"## {t('evaluate.no_runs')}")
        st.markdown(t("evaluate.no_runs_what"))
        st.page_link(page_file("configure"), label=t("evaluate.to_configure"), icon=":material/account_tree:")


def no_answers_view(run: Run, status: Status) -> None:
    """Why this run cannot be evaluated, and where to go on."""
    if run.predictions():
        st.info(t("evaluate.no_classes", run=run.id), icon=":material/info:")
    elif status.fault:
        st.error(sentence(status.fault), icon=":material/error:")
    elif status.state == "PAUSED":
        st.info(t("evaluate.paused", run=run.id), icon=":material/pause:")
    elif status.ended:
        st.info(t("evaluate.stopped", run=run.id), icon=":material/info:")
    else:
        st.info(t("evaluate.not_ended", run=run.id), icon=":material/hourglass_top:")
    label = t("evaluate.to_train", run=run.id)
    st.page_link(page_file("train"), label=label, icon=":material/show_chart:", query_params={"run": run.id})


def _newest_answered(lines: dict[str, RunLine]) -> str | None:
    answered = (run for run, line in lines.items() if line.accuracy is not None)
    return next(answered, next(iter(lines), None))


def _with_result(line: RunLine) -> str:
    result = t(f"state.{line.state}") if line.accuracy is None else percent(line.accuracy)
    return f"{line.label} · {result}"


def _choose() -> None:
    if run := st.session_state["evaluate_run"]:
        state.choose("run", run)
        for name in ("cell", "page"):
            state.put_in_url(name, None)
