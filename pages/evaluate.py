"""Evaluate: where is it wrong?"""

import streamlit as st

from ui.evaluate.compare.choice import view_switch
from ui.evaluate.compare.view import compare_view
from ui.evaluate.downloads import predictions_button
from ui.evaluate.pictures import pictures_view
from ui.evaluate.scores import Evaluation, evaluation, matrix_controls, score_view, scores_view
from ui.evaluate.table.answers import Answers, is_of_a_table, table_answers
from ui.evaluate.table.downloads import answers_button
from ui.evaluate.table.head import head_view
from ui.evaluate.table.views import table_views
from ui.evaluate.takeaway.reproduction import reproduction_view
from ui.evaluate.takeaway.section import takeaway_view
from ui.frame import open_page, page_file, page_head
from ui.problems import caught
from ui.server import server
from ui.shared.live import watch_runs
from ui.shared.run_choice import no_answers_view, no_runs_view, run_controls
from ui.shared.run_menu import run_dialogs, run_menu
from ui.shared.time_machine import epoch_controls, recall_answers
from ui.text import t

open_page("evaluate")


def next_button() -> None:
    """To where the network is tried or, where there is none, to where one is built."""
    if server().runs.list():
        if st.button(f"{t('evaluate.try_it')} :material/arrow_forward:", type="primary", key="evaluate_try"):
            st.switch_page(page_file("predict"))
    elif st.button(f"{t('evaluate.train_first')} :material/arrow_forward:", type="primary", key="evaluate_train"):
        st.switch_page(page_file("configure"))


def pictures(result: Evaluation) -> None:
    matrix, gallery = st.columns([6, 5], gap="large")
    with matrix:
        cell = matrix_controls(result)
    with gallery:
        pictures_view(result, cell)
    st.header(t("evaluate.scores"), anchor=False, help=t("evaluate.scores_help"))
    scores_view(result)


page_head("evaluate", next_button, watch_runs)
if server().runs.list() and view_switch():
    compare_view()
    run_dialogs()
    st.stop()
head = st.container(horizontal=True, gap="medium", key="evaluate_head")
times = st.container(key="evaluate_times")
with head, st.container(horizontal=True, vertical_alignment="bottom", width="content"):
    wanted = run_controls("evaluate")
    menu = st.container(width="content")
if wanted is None:
    no_runs_view("evaluate")
    st.stop()
with caught():
    run = server().runs.get(wanted)
    status = run.status()
with menu:
    run_menu(run)
with times:
    epoch = epoch_controls(run)
with caught():
    called_back = recall_answers(run)
    result = table_answers(run, epoch) if is_of_a_table(run.dataset()) else evaluation(run, epoch)
if result is None:
    if epoch is None or called_back:
        no_answers_view(run, status)
    st.stop()
with head:
    if isinstance(result, Answers):
        head_view(result)
    else:
        score_view(result)
if not status.ended:
    st.info(t("evaluate.goes_on", run=run.id), icon=":material/info:")
with caught():
    reproduction_view(run)
    if isinstance(result, Answers):
        table_views(result)
    else:
        pictures(result)
with caught():
    takeaway_view(run, lambda: answers_button(result) if isinstance(result, Answers) else predictions_button(result))
run_dialogs()
