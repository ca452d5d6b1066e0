"""Explore: what do I have?"""

import streamlit as st

from dl.errors import DatasetDamaged, DatasetMissing
from ui import state
from ui.explore.contents import charts_view, pictures_view, selection_controls, split_view
from ui.frame import open_page, page_head
from ui.problems import caught, sentence
from ui.server import server
from ui.shared.datasets import dataset_controls, dataset_name, facts_view, shown_dataset, use_button, wanted_dataset
from ui.shared.fetching import import_view
from ui.shared.live import watch_runs
from ui.text import t

open_page("explore")
store = server().datasets
unasked = state.chosen("dataset") is None
wanted = wanted_dataset()

page_head("explore", lambda: use_button(wanted), watch_runs)
dataset_controls(wanted)
with caught():
    known = shown_dataset(wanted)
facts_view(known)
if unasked and wanted != "mnist":
    st.info(t("explore.not_mnist", name=dataset_name(wanted)), icon=":material/info:")

try:
    data = store.open(wanted)
except DatasetMissing:
    import_view(known)
    st.stop()
except DatasetDamaged as error:
    st.error(sentence(error), icon=":material/error:")
    import_view(known, damaged=True)
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
