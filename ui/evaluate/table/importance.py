"""What the network takes from each column: looked for in a job when somebody asks, and kept with the run."""

from functools import partial

import streamlit as st

from dl.evaluation.importance import ColumnImportance, Importance
from dl.evaluation.slices import LOWER_IS_BETTER
from dl.jobs.run_jobs import JobStatus
from dl.runs import Run
from dl.runs.importance import read_importance
from ui.charts.groups import importance_bars
from ui.evaluate.table.answers import Answers, kept_table, missing_table_view
from ui.evaluate.table.slices import SHARES, score_title
from ui.format import number, percent
from ui.frame import is_dark
from ui.server import server
from ui.shared.jobs import cancel_button, failure_view, job_progress, start_job, watch_job
from ui.text import paragraph, plain, t

MOST_BARS = 30
MOST_NAMES = 6


def has_importance(answers: Answers) -> bool:
    """Of columns that its network can be asked for, or was."""
    run = answers.run
    can_be_asked = answers.rows is not None and run.preparation_file.exists() and run.model_file.exists()
    return can_be_asked or read_importance(run.folder) is not None


def importance_view(answers: Answers) -> None:
    st.header(t("answers.importance"), anchor=False, help=t("answers.importance_help"))
    status = server().jobs["importance"].status(answers.run)
    if status and status.works:
        watch_job("importance", answers.run, partial(_progress_view, answers.run))
    elif found := read_importance(answers.run.folder):
        _found_view(answers, found)
    else:
        _offer(answers, status)


def _offer(answers: Answers, status: JobStatus | None) -> None:
    st.markdown(t("answers.importance_what"))
    failure_view(status)
    if kept_table(answers) is None:
        missing_table_view(answers)
    elif answers.run.results():  # a run that goes on has none, and another network in the end
        label, work = t("answers.importance_start"), ("importance", answers.run)
        st.button(label, icon=":material/shuffle:", key="evaluate_importance_start", on_click=start_job, args=work)


def _progress_view(run: Run, status: JobStatus) -> None:
    with st.container(border=True, key="evaluate_importance_progress"):
        job_progress(status, _progress_text(status))
        if cancel_button("importance", run, t("answers.importance_cancel"), "evaluate_importance_cancel"):
            st.rerun()


def _progress_text(status: JobStatus) -> str:
    if status.state == "waiting":
        return t("answers.importance_waiting")
    if not status.total:
        return t("answers.importance_loading")
    return t("answers.importance_progress", done=status.done, total=status.total)


def _found_view(answers: Answers, found: Importance) -> None:
    names = {column.field: column.name for column in answers.dataset.columns}
    shown, others = found.columns[:MOST_BARS], found.columns[MOST_BARS:]
    metric = score_title(found.metric, answers.unit)
    st.markdown(_meaning(found, names))
    figure = importance_bars(
        [names[column.column] for column in shown],
        [column.drop for column in shown],
        [column.low for column in shown],
        [column.high for column in shown],
        title=t("answers.importance_drop", metric=metric),
        hover=t("answers.importance_hover"),
        percent=found.metric in SHARES,
        dark=is_dark(),
    )
    alt = t("answers.importance_alt", column=names[shown[0].column])
    st.plotly_chart(figure, theme=None, key="evaluate_importance", config={"displayModeBar": False}, alt=alt)
    more = [t("answers.importance_others", count=len(others))] if others else []
    st.caption(paragraph(*more, _how(answers, found)))


def _how(answers: Answers, found: Importance) -> str:
    """On which rows, and how often."""
    total = len(answers.targets)
    facts = {"rows": found.rows, "total": total, "repeats": found.repeats}
    return t("answers.importance_sampled" if found.rows < total else "answers.importance_caption", **facts)


def _meaning(found: Importance, names: dict[str, str]) -> str:
    """From which column most comes, and from which nothing does that chance could not do as well."""
    idle = [column for column in found.columns if column.low <= 0]
    if len(idle) == len(found.columns):
        return t("answers.importance_nothing")
    most = found.columns[0]
    facts = {"metric": t(f"answers.{found.metric}"), "column": plain(names[most.column])}
    values = {"before": _shown(found, found.score), "after": _shown(found, _after(found, most))}
    told = [t("answers.importance_most", **facts, **values)]
    if idle:
        listed = t("format.list").join(plain(names[column.column]) for column in idle[:MOST_NAMES])
        text = "answers.importance_idle" if len(idle) <= MOST_NAMES else "answers.importance_idle_many"
        told.append(t(text, columns=listed, count=len(idle) - MOST_NAMES))
    return paragraph(*told)


def _after(found: Importance, column: ColumnImportance) -> float:
    sign = 1 if found.metric in LOWER_IS_BETTER else -1
    return found.score + sign * column.drop


def _shown(found: Importance, value: float) -> str:
    return percent(value) if found.metric in SHARES else number(value)
