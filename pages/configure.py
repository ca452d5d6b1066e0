"""What will I build? The network as layers, how it is trained, and what that comes to."""

import streamlit as st

from dl.errors import DatasetError
from dl.specs import parse_spec
from dl.specs.checks import cautions, check
from dl.specs.summary import summarize
from ui.charts.network import network_picture
from ui.configure.blocks import block_controls, mark_layers
from ui.configure.drafts import (
    configured_dataset,
    dataset_choice,
    open_draft,
    open_named_draft,
    preset_choice,
    save_draft,
    undo_and_redo,
)
from ui.configure.network import (
    code_button,
    code_dialog,
    input_shape,
    picture_labels,
    problems_view,
    rows_of,
    size_view,
    summary_view,
)
from ui.configure.preparing import Prepared, prepared, told_view
from ui.configure.training import training_controls
from ui.frame import is_dark, open_page, page_head, primary_button
from ui.problems import sentence
from ui.shared.fetching import pending_view, prepare_run, want_run
from ui.shared.live import watch_runs
from ui.shared.number_fields import refusals
from ui.text import t

open_page("configure")
page_head("configure", unseen=watch_runs)
pending = st.container()
open_named_draft()
with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
    wanted = dataset_choice()
    try:
        dataset = configured_dataset(wanted)
    except DatasetError as error:
        st.error(sentence(error), icon=":material/error:")
        st.stop()
    draft = open_draft(dataset)
    preset_choice(draft, dataset)

left, right = st.columns([2, 1], gap="medium")
with left, refusals() as refused:
    layers, training = st.tabs([t("configure.blocks"), t("configure.training")], key="configure_tab")
    with layers:
        marks = block_controls(draft, dataset)
    with training:
        training_controls(draft, dataset)
draft.keep()
spec = parse_spec(draft.value)
save_draft(draft, spec)

misfits = check(spec, dataset)
found = prepared(spec, dataset) if not misfits else Prepared()
problems = (*refused, *found.problems, *(check(spec, dataset, found.preparation) if found.preparation else misfits))
mark_layers(problems, marks)
with left:
    problems_view(problems, cautions(spec, dataset), draft)

summary = summarize(spec.model, dataset.shape, found.preparation)
with right:
    st.header(t("configure.picture"), anchor=False)
    st.plotly_chart(
        network_picture(rows_of(summary), input_shape(spec, dataset), labels=picture_labels(), dark=is_dark()),
        theme=None,
        alt=t("configure.picture_alt"),
    )
    told_view(found, spec, dataset)
    summary_view(summary, input_shape(spec, dataset))
    code_button(disabled=bool(problems or found.told))

# Beside the title it would be out of sight as soon as one scrolls to the layer that one changes.
with st.bottom, st.container(horizontal=True, wrap=False, vertical_alignment="center", gap="xxsmall"):
    undo_and_redo(draft)
    with st.container(width="stretch"):
        size_view(summary, spec, len(problems))
    primary_button("configure_train", want_run, spec, disabled=bool(problems))
if not problems:
    prepare_run(spec)
    code_dialog(spec, dataset, found.preparation)
with pending:
    pending_view()
