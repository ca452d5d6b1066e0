"""The run that is looked at: chosen from the list or named in the URL, and what to say when it has no answers."""

import streamlit as st

from dl.runs import Run, Status
from dl.runs.table import RunRow
from dl.tasks.metrics import LOSS
from ui import state
from ui.format import is_share, metric_name, score
from ui.frame import page_file
from ui.problems import sentence
from ui.server import server
from ui.shared.runs import remembered_run, row_label
from ui.text import first_text, t

OF_ONE_RUN = ("cell", "page", "column", "group", "positive", "score", "threshold", "epoch", "row")  # in the URL


def run_controls(page: str) -> str | None:
    """The id of the run to look at, which may be unknown; None if there is no run yet."""
    ended = {row.run.id: row for row in server().table.rows() if row.status and row.status.ended}  # the newest first
    answered = (id for id, row in ended.items() if row.results is not None)
    wanted = remembered_run() or next(answered, next(iter(ended), None))
    if not ended:
        return wanted
    key = f"{page}_run"
    st.session_state[key] = wanted if wanted in ended else None
    st.selectbox(
        t("evaluate.run"),
        list(ended),
        format_func=lambda run: with_result(ended[run]),
        key=key,
        on_change=_choose,
        args=(key,),
        placeholder=t("evaluate.choose_run"),
        width=280,
    )
    return wanted


def no_runs_view(page: str) -> None:
    """Nothing was ever trained here."""
    with st.container(border=True, gap="medium", key=f"{page}_empty"):
        st.markdown(f"## {t('evaluate.no_runs')}")
        st.markdown(t(f"{page}.no_runs_what"))
        st.page_link(page_file("configure"), label=t("evaluate.to_configure"), icon=":material/account_tree:")


def no_answers_view(run: Run, status: Status) -> None:
    """Why this run cannot be evaluated, and where to go on."""
    if status.fault:
        st.error(sentence(status.fault), icon=":material/error:")
    elif status.state == "PAUSED":
        st.info(t("evaluate.paused", run=run.id), icon=":material/pause:")
    elif status.ended:
        st.info(t("evaluate.stopped", run=run.id), icon=":material/info:")
    else:
        st.info(t("evaluate.not_ended", run=run.id), icon=":material/hourglass_top:")
    label = t("evaluate.to_train", run=run.id)
    st.page_link(page_file("train"), label=label, icon=":material/show_chart:", query_params={"run": run.id})


def with_result(row: RunRow) -> str:
    ended = t(f"state.{row.status.state}") if row.status else ""
    return f"{row_label(row)} · {_score(row) or ended}"


def _score(row: RunRow) -> str:
    """What it is known by: of classes the accuracy, of numbers the first score beside the loss."""
    if row.test_score is not None:
        name = "" if is_share(row.metric) else f"{metric_name(row.metric)} "
        return f"{name}{score(row.metric, row.test_score, row.unit)}"
    scores = {name: value for name, value in (row.results.scores if row.results else {}).items() if name != LOSS.name}
    named = ((first_text(f"answers.{name}") or metric_name(name), score(name, value)) for name, value in scores.items())
    return " ".join(next(named, ()))


def _choose(key: str) -> None:
    if run := st.session_state[key]:
        state.choose("run", run)
        for name in OF_ONE_RUN:
            state.put_in_url(name, None)
