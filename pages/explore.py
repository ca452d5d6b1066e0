"""Explore: what do I have?"""

import streamlit as st

from dl.datasets.tables.left_out import FILE as LEFT_OUT
from dl.errors import DatasetDamaged, DatasetMissing
from ui import state
from ui.explore.bring.screen import bring_screen
from ui.explore.contents import charts_view, pictures_view, selection_controls, split_view
from ui.explore.deletion import delete_button, deletion_dialog, undo_view
from ui.explore.refusals import refusal_view
from ui.explore.table.choices import column_controls, head_controls
from ui.explore.table.contents import table_view
from ui.frame import open_page, page_head
from ui.problems import caught, sentence
from ui.server import server
from ui.shared.datasets import dataset_controls, dataset_name, facts_view, shown_dataset, use_button, wanted_dataset
from ui.shared.fetching import import_view
from ui.shared.left_out import left_out_view
from ui.shared.live import watch_runs
from ui.text import plain, t

open_page("explore")
if asked := st.query_params.get("bring"):
    bring_screen(asked)
    st.stop()

store = server().datasets
unasked = state.chosen("dataset") is None
wanted = wanted_dataset()

page_head("explore", lambda: use_button(wanted), watch_runs)
dataset_controls(wanted)
undo_view()
refusal_view()
with caught():
    known = shown_dataset(wanted)
with st.container(horizontal=True, vertical_alignment="center"):
    facts_view(known)
    delete_button(known)
deletion_dialog(known)
if unasked and wanted != "mnist":
    st.info(t("explore.not_mnist", name=plain(dataset_name(wanted))), icon=":material/info:")

try:
    data = store.table(wanted) if known.is_table else store.open(wanted)
except DatasetMissing:
    import_view(known)
    st.stop()
except DatasetDamaged as error:
    st.error(sentence(error), icon=":material/error:")
    import_view(known, damaged=True)
    st.stop()

if known.is_table:
    known = data.description
    left_out_view(data.folder / LEFT_OUT, known.left_out, known.rows.total + known.left_out, known.id)
    head_controls(data)
    table_view(wanted, column_controls)
    st.stop()

with st.spinner(t("explore.counting")):
    numbers = store.profile(wanted)
selection = selection_controls(data)
charts, pictures = st.columns([3, 4], gap="large")
with charts:
    charts_view(data, numbers, selection)
with pictures:
    pictures_view(data, selection)
st.header(t("explore.shares"), anchor=False)
split_view(data)
