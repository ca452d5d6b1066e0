"""See a network learn: what this is, the way through it, the runs so far, and one button that starts at once."""

import streamlit as st

from ui.frame import open_page, page_head
from ui.home.first_steps import first_steps
from ui.home.overview import path_view, runs_view
from ui.home.passport import passport_dialog
from ui.server import server
from ui.shared.fetching import pending_view, prepare_textbook
from ui.shared.live import watch_runs
from ui.shared.run_menu import run_dialogs
from ui.text import t

open_page("home")
page_head("home", first_steps, watch_runs)
prepare_textbook()
pending = st.container()
st.markdown(t("home.about"))

rows = server().table.rows()
st.header(t("home.path"), anchor=False)
path_view(rows)
runs_view(rows)
with pending:
    pending_view()
run_dialogs()
passport_dialog()
