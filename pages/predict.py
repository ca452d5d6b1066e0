"""Predict: does it work on mine?"""

import streamlit as st

from dl.errors import NoLightForm
from dl.runs import Run
from ui import state
from ui.frame import is_alone, language_switch, open_page, page_file, page_head
from ui.predict.foreign import MODEL, foreign_view, model_store
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


def foreign_head(id: str) -> Run:
    """A model from elsewhere has no epochs, and nothing but itself to be chosen."""
    with caught():
        asked = model_store().get(id)
    if not alone and st.button(t("models.back"), icon=":material/arrow_back:", key="predict_back"):
        state.put_in_url(MODEL, None)
        st.rerun()
    return asked


def own_head() -> tuple[Run, int | None]:
    """Of a run: which, and of which epoch."""
    wanted = st.query_params.get("run")
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom", key="predict_head"):
        if not alone:
            wanted = run_controls("predict")
        if wanted is None:
            no_runs_view("predict")
            foreign_view()
            st.stop()
        with caught():
            run = server().runs.get(wanted)
            status = run.status()
        if not status.ended or not run.model_file.exists():
            no_answers_view(run, status)
            st.stop()
        return run, None if alone else epoch_controls(run)


alone = is_alone()
if alone:
    with st.container(horizontal=True, horizontal_alignment="right"):
        language_switch()
else:
    page_head("predict", evaluate_button, watch_runs)
foreign = st.query_params.get(MODEL)
asked, epoch = (foreign_head(foreign), None) if foreign else own_head()
with caught():
    try:
        ready = server().networks.of(asked)
    except NoLightForm as error:
        not_ready_view(asked, error)
        st.stop()
    if ready.dataset.picture:
        picture_views(ready, epoch, alone)
    else:
        table_views(ready, epoch, alone)
if not alone:
    if not foreign:
        agreement_view(ready)
    with st.expander(t("predict.program"), icon=":material/terminal:"):
        program_view(ready)
    foreign_view()
