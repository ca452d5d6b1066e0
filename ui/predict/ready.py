"""Whether the network can be asked in this process, and how near its light form is to Keras."""

from contextlib import suppress

import streamlit as st

from dl.errors import NoLightForm, NotKept
from dl.prediction.networks import Ready
from dl.runs import Run
from dl.runs.status import Fault
from ui.problems import sentence
from ui.server import server
from ui.text import t

POLL_SECONDS = 0.5


def not_ready_view(run: Run, error: NoLightForm) -> None:
    """It is being made, or why there is none."""
    status = server().jobs["light"].status(run)
    if error.facts["reason"] != "missing":
        st.warning(sentence(error), icon=":material/info:")
    elif status and status.state == "failed":
        st.error(sentence(Fault(code=status.code or "", facts=status.facts)), icon=":material/error:")
    else:
        st.fragment(lambda: _wait(run), run_every=POLL_SECONDS)()


def _wait(run: Run) -> None:
    status = server().jobs["light"].status(run)
    if status and not status.works:
        st.rerun()
    st.info(t("predict.getting_ready"), icon=":material/hourglass_top:")


def agreement_view(ready: Ready) -> None:
    """On some test rows at first; all are looked through meanwhile."""
    facts, jobs = ready.network.facts, server().jobs["epochs"]
    if not facts.whole and jobs.status(ready.network.run) is None:
        with suppress(NotKept):  # it matters only to this line
            jobs.start(ready.network.run)
    kind = "whole" if facts.whole else "some"
    st.caption(t(f"predict.agreement_{kind}", difference=f"{facts.difference:.1e}", rows=facts.rows))
