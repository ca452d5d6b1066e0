"""Predict: does it work on mine?"""

import streamlit as st

from dl.errors import NoLightForm
from ui.frame import is_alone, language_switch, open_page, page_file, page_head
from ui.predict.pictures import picture_views
from ui.predict.program import program_view
from ui.predict.ready import agreement_view, not_ready_view
from ui.predict.tables import table_views
from ui.problems import caught
from ui.server import server
from ui.shared.live import watch_runs
from ui.shared.run_choice import no_answers_view, no_runs_view, run_controls
from ui.shared.time_machine import epoch_controls
from ui.text import t

open_page("predict")


def evaluate_button() -> None:
    if st.button(t("predict.evaluate"), icon=":material/grid_on:", key="predict_evaluate"):
        st.switch_page(page_file("evaluate"))


alone = is_alone()
if alone:
    with st.container(horizontal=True, horizontal_alignment="right"):
        language_switch()
else:
    page_head("predict", evaluate_button, watch_runs)
head = st.container(horizontal=True, gap="medium", vertical_alignment="bottom", key="predict_head")
wanted = st.query_params.get("run")
if not alone:
    with head:
        wanted = run_controls("predict")
if wanted is None:
    no_runs_view("predict")
    st.stop()
with caught():
    run = server().runs.get(wanted)
    status = run.status()
if not status.ended or not run.model_file.exists():
    no_answers_view(run, status)
    st.stop()
epoch = None
if not alone:
    with head:
        epoch = epoch_controls(run)
try:
    ready = server().networks.of(run)
except NoLightForm as error:
    not_ready_view(run, error)
    st.stop()
with caught():
    if ready.dataset.picture:
        picture_views(ready, epoch)
    else:
        table_views(ready, epoch, alone)
if not alone:
    agreement_view(ready)
    with st.expander(t("predict.program"), icon=":material/terminal:"):
        program_view(ready)
