"""The epochs whose network was kept: what each reached, and what can be begun from it."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from dl.runs import Run
from dl.runs.checkpoints import Checkpoint
from dl.runs.log.steps import scores_of
from dl.tasks.metrics import LOSS, VALIDATION
from ui import state
from ui.format import loss_last, score, validation_name
from ui.shared.live import run_again_when
from ui.text import t
from ui.train.forks import evaluate_button


@dataclass(frozen=True)
class SavedEpoch:
    """Scores by metric are of the held-out pictures, or of the training set if none are held out."""

    checkpoint: Checkpoint
    scores: dict[str, float]
    best: bool = False

    @property
    def epoch(self) -> int:
        return self.checkpoint.epoch


def saved_epochs(run: Run) -> list[SavedEpoch]:
    """The first one first; the best is the one with the lowest loss of all epochs, if it was kept."""
    scores = {record["epoch"]: _scores(record) for record in run.epochs()}
    best = min(scores, key=lambda epoch: scores[epoch][LOSS.name], default=None)
    return [
        SavedEpoch(point, scores.get(point.epoch, {}), point.epoch == best)
        for point in run.checkpoints.list()
        if not point.within
    ]


def _scores(record: dict[str, Any]) -> dict[str, float]:
    names = [name for name in scores_of(record) if not name.startswith(VALIDATION)]
    return {name: record.get(f"{VALIDATION}{name}", record[name]) for name in loss_last(names)}


def saved_epochs_view(run: Run) -> None:
    saved = saved_epochs(run)
    seen = ",".join(str(point.epoch) for point in saved if point.scores)
    run_again_when(run, "saved", seen, key="live_saved", only_seen=True)
    if not saved:
        st.caption(t("train.saved_none"))
        return
    st.caption(t("train.saved_what"))
    st.dataframe(
        _table(saved, run.dataset().unit), hide_index=True, width="content", height="content", alt=t("train.saved")
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = _choice(run, saved)
        if st.button(t("train.fork"), icon=":material/call_split:", key="train_fork", help=t("train.fork_help")):
            state.open_dialog("fork", run.id, chosen.epoch)
        evaluate_button(run, chosen.epoch, "train_evaluate_epoch")


def _table(saved: list[SavedEpoch], unit: str) -> dict[str, list[str]]:
    metrics = next((point.scores for point in saved if point.scores), {})
    return {
        t("train.epoch"): [f"{point.epoch}" for point in saved],
        t("train.step"): [f"{point.checkpoint.step:,}" for point in saved],
        **{validation_name(name): [score(name, point.scores.get(name), unit) for point in saved] for name in metrics},
        t("train.saved_note"): [t("train.saved_best") if point.best else "" for point in saved],
    }


def _choice(run: Run, saved: list[SavedEpoch]) -> SavedEpoch:
    """The best one, else the last, until another is chosen: while the run goes on, that one may change."""
    by_epoch = {point.epoch: point for point in saved}
    key = f"train_saved_{run.id}"
    best = next((point.epoch for point in saved if point.best), saved[-1].epoch)
    if st.session_state.get(key) not in by_epoch or st.session_state[key] == st.session_state.get(f"{key}_best"):
        st.session_state[key] = best
    st.session_state[f"{key}_best"] = best
    epoch = st.selectbox(
        t("train.saved_choice"),
        list(by_epoch),
        format_func=lambda epoch: t("train.saved_epoch", epoch=epoch),
        key=key,
        width=200,
    )
    return by_epoch[epoch]
