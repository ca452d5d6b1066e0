"""Whether the network can be asked, who answers for it, and how near its light form is to Keras."""

from contextlib import suppress

import streamlit as st

from dl.errors import NoLightForm, NotKept
from dl.jobs.run_jobs import JobStatus
from dl.prediction.networks import Ready
from dl.runs import Run
from ui.problems import sentence
from ui.server import server
from ui.shared.jobs import POLL_SECONDS, failure_view, watch_job
from ui.text import t


def not_ready_view(run: Run, error: NoLightForm) -> None:
    """Its light form is being made, or a process started in its place; or why there is none."""
    status = server().jobs["light"].status(run)
    if error.facts["reason"] in ("starting", "taken"):
        st.fragment(lambda: _process_view(run), run_every=POLL_SECONDS)()
    elif error.facts["reason"] != "missing":
        st.warning(sentence(error), icon=":material/info:")
    elif status and status.state == "failed":
        failure_view(status)
    else:
        watch_job("light", run, _wait_view)


def _process_view(run: Run) -> None:
    try:
        server().networks.of(run)
    except NoLightForm as error:
        st.info(sentence(error), icon=":material/hourglass_top:")
    else:
        st.rerun()


def _wait_view(_: JobStatus) -> None:
    st.info(t("predict.getting_ready"), icon=":material/hourglass_top:")


def agreement_view(ready: Ready) -> None:
    """On some test rows at first; all are looked through meanwhile."""
    facts, jobs = ready.network.facts, server().jobs["epochs"]
    if not facts.serves:
        st.caption(t(f"predict.by_process_{facts.refusal}", difference=f"{facts.difference:.1e}"))
        return
    if not facts.whole and jobs.status(ready.network.run) is None:
        with suppress(NotKept):  # it matters only to this line
            jobs.start(ready.network.run)
    kind = "whole" if facts.whole else "some"
    st.caption(t(f"predict.agreement_{kind}", difference=f"{facts.difference:.1e}", rows=facts.rows))
