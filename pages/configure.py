"""What will I build? The network as blocks, how it is trained, and what that comes to."""

import streamlit as st

from dl.checks import cautions, check
from dl.datasets import builtin
from dl.errors import SpecError, UnknownDataset
from dl.specs import parse_spec
from dl.summary import summarize
from ui.charts.network import network_picture
from ui.controls.blocks import block_controls
from ui.controls.choice import dataset_choice, open_draft, preset_choice
from ui.controls.network import code_view, picture_labels, problems_view, summary_view
from ui.controls.number_fields import refusals
from ui.controls.pending import pending_view, prepare_run, want_run
from ui.controls.training import training_controls
from ui.controls.watch import watch_runs
from ui.frame import is_dark, open_page, page_head, primary_button
from ui.problems import sentence
from ui.text import t

open_page("configure")
head = st.container()
with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
    wanted = dataset_choice()
    try:
        dataset = builtin(wanted)
    except UnknownDataset as error:
        with head:
            page_head("configure")
        st.error(sentence(error), icon=":material/error:")
        st.stop()
    draft = open_draft(dataset)
    preset_choice(draft, dataset)

left, right = st.columns([3, 2], gap="large")
with left, refusals() as refused:
    st.subheader(t("configure.blocks"), anchor=False)
    block_controls(draft)
    st.subheader(t("configure.training"), anchor=False)
    training_controls(draft)
draft.keep()

with right:
    try:
        spec = parse_spec(draft.value)
        problems = (*refused, *check(spec, dataset))
        problems_view(problems, cautions(spec, dataset), draft)
        summary = summarize(spec.model, dataset.shape)
        st.subheader(t("configure.picture"), anchor=False)
        st.plotly_chart(
            network_picture(summary.rows, dataset.shape, labels=picture_labels(), dark=is_dark()),
            theme=None,
            alt=t("configure.picture_alt"),
        )
        summary_view(summary, dataset.shape)
        if not problems:
            code_view(spec, dataset)
            prepare_run(spec)
    except SpecError as error:
        spec, problems = None, error.problems
        st.error(sentence(error), icon=":material/error:")

with head:
    page_head(
        "configure", lambda: primary_button("configure_train", want_run, spec, disabled=bool(problems)), watch_runs
    )
    pending = st.container()
with pending:
    pending_view()
