"""Files that lie on this computer already: who may name them."""

import os

import streamlit as st

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def places_are_open() -> bool:
    """Whether visitors may name what this machine then reads: only its own user, unless whoever runs it allows it."""
    return os.environ.get("LIVEFIT_PLACES") == "1" or st.get_option("server.address") in LOOPBACK
