"""The two ways in: a network that trains at once, and data of one's own."""

import streamlit as st

from ui.frame import page_file, primary_button
from ui.shared.datasets import NEW
from ui.shared.fetching import want_textbook
from ui.text import t


def first_steps() -> None:
    primary_button("home_train", want_textbook)
    if st.button(t("home.bring"), icon=":material/upload_file:", type="tertiary", key="home_bring"):
        st.switch_page(page_file("explore"), query_params={"bring": NEW})
