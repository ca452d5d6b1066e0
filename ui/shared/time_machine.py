"""Turn back time: which epoch's network a page is about, chosen at its head, played, and kept in its URL."""

import math
from collections.abc import Callable
from itertools import count

import streamlit as st

from dl.errors import LivefitError
from dl.jobs.run_jobs import JobStatus
from dl.prediction.light import read_facts
from dl.runs import Run
from dl.runs.epoch_predictions import kept_epochs, missing_epochs
from dl.tasks.metrics import LOSS, VALIDATION, metric
from ui import state
from ui.charts.epoch_curve import epoch_curve
from ui.format import metric_name, score
from ui.frame import is_dark
from ui.problems import sentence
from ui.server import server
from ui.shared.jobs import job_progress, watch_job
from ui.text import t

PLAY_SECONDS = 0.8
END = "end"
PLAYING = "time_machine_playing"


def epoch_controls(run: Run) -> int | None:
    """The slider; the epoch it stands at, None at the end. A run that kept one epoch or none has no slider."""
    epochs = kept_epochs(run)
    if len(epochs) < 2 or not run.results():
        return None
    options: list[int | str] = [*epochs, END]
    chosen = state.number_in_url("epoch", 1, 10**6)
    key = f"time_machine_{run.id}"
    st.session_state[key] = chosen if chosen in epochs else END
    with st.container(horizontal=True, vertical_alignment="bottom", key="time_machine", gap="small"):
        st.select_slider(
            t("epoch.slider"),
            options,
            format_func=_spoken,
            key=key,
            on_change=_turn,
            args=(key,),
            help=t("epoch.help"),
        )
        _play_button(run, epochs)
        _curve(run, epochs, chosen if chosen in epochs else None)
    if st.session_state.get(PLAYING) == run.id:
        st.fragment(_player(epochs), run_every=PLAY_SECONDS)()
    return chosen if chosen in epochs else None


def _spoken(option: int | str) -> str:
    return t("epoch.end") if option == END else t("epoch.number", epoch=option)


def _turn(key: str) -> None:
    chosen = st.session_state[key]
    st.session_state.pop(PLAYING, None)
    state.put_in_url("epoch", None if chosen == END else chosen)


def _play_button(run: Run, epochs: list[int]) -> None:
    playing = st.session_state.get(PLAYING) == run.id
    icon = ":material/pause:" if playing else ":material/play_arrow:"
    label = t("epoch.pause" if playing else "epoch.play")
    if st.button(label, icon=icon, key="time_machine_play"):
        if playing:
            st.session_state.pop(PLAYING)
        else:
            st.session_state[PLAYING] = run.id
            state.put_in_url("epoch", epochs[0])
        st.rerun()


def _player(epochs: list[int]) -> Callable[[], None]:
    """One position further at each tick but the first, which comes with the page itself."""
    ticks = count()

    def play() -> None:
        if not next(ticks):
            return
        later = [epoch for epoch in epochs if epoch > (state.number_in_url("epoch", 1, 10**6) or math.inf)]
        state.put_in_url("epoch", next(iter(later), None))
        if not later:
            st.session_state.pop(PLAYING, None)
        st.rerun()

    return play


def _curve(run: Run, epochs: list[int], chosen: int | None) -> None:
    """Of what was measured on held-out rows or, without any, of the loss in training."""
    records = {record["epoch"]: record for record in run.epochs()}
    name = next((name for name in _measured(records) if all(name in record for record in records.values())), LOSS.name)
    sign = metric(name).sign
    values = {epoch: sign * record[name] for epoch, record in records.items() if math.isfinite(record[name])}
    marked = chosen or max(epochs)
    if marked not in values:
        return
    text = t("epoch.curve", metric=metric_name(name), value=score(name, sign * values[marked]), epoch=marked)
    with st.container(width=270, gap="xxsmall", key="time_machine_curve"):
        st.image(epoch_curve(values, marked, is_dark()), width=260, alt=text)
        st.caption(text)


def _measured(records: dict[int, dict[str, float]]) -> list[str]:
    last = records[max(records)] if records else {}
    held_out = [name for name in last if name.startswith(VALIDATION)]
    return sorted(held_out, key=lambda name: name == f"{VALIDATION}{LOSS.name}")


def recall_answers(run: Run) -> bool:
    """Whether what each epoch answered is there; if not, it is found, and the page says how far that is."""
    if not run.results() or not missing_epochs(run):
        return True
    jobs = server().jobs["epochs"]
    try:
        if read_facts(run) is None:
            server().networks.of(run)
        status = jobs.status(run)
        if status is None:
            jobs.start(run)
    except LivefitError as error:
        st.caption(sentence(error))
        return False
    if status and status.state == "failed":
        st.caption(sentence(status))
    else:
        watch_job("epochs", run, _progress_view)
    return False


def _progress_view(status: JobStatus) -> None:
    job_progress(status, t("epoch.progress"))
