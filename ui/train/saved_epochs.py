"""The epochs whose network was kept: what each reached, and what can be begun from it."""

from dataclasses import dataclass

import streamlit as st

from dl.runs import Run
from dl.runs.checkpoints import Checkpoint
from ui.format import loss as loss_text
from ui.format import percent
from ui.shared.dialogs import open_dialog_now
from ui.shared.live import run_again_when
from ui.text import t
from ui.train.forks import evaluate_button


@dataclass(frozen=True)
class SavedEpoch:
    """Scores are of the held-out pictures, or of the training set if none are held out."""

    checkpoint: Checkpoint
    loss: float | None
    accuracy: float | None
    best: bool = False

    @property
    def epoch(self) -> int:
        return self.checkpoint.epoch


def saved_epochs(run: Run) -> list[SavedEpoch]:
    """The first one first; the best is the one with the lowest loss of all epochs, if it was kept."""
    records = {record["epoch"]: record for record in run.epochs()}
    losses = {epoch: record.get("val_loss", record["loss"]) for epoch, record in records.items()}
    accuracies = {epoch: record.get("val_accuracy", record.get("accuracy")) for epoch, record in records.items()}
    best = min(losses, key=losses.__getitem__, default=None)
    return [
        SavedEpoch(point, losses.get(point.epoch), accuracies.get(point.epoch), point.epoch == best)
        for point in run.checkpoints.list()
        if not point.within
    ]


def saved_epochs_view(run: Run) -> None:
    saved = saved_epochs(run)
    seen = ",".join(str(point.epoch) for point in saved if point.loss is not None)
    run_again_when(run, "saved", seen, key="live_saved", only_seen=True)
    if not saved:
        st.caption(t("train.saved_none"))
        return
    st.caption(t("train.saved_what"))
    st.dataframe(_table(saved), hide_index=True, width=560, height="content", alt=t("train.saved"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = _choice(run, saved)
        if st.button(t("train.fork"), icon=":material/call_split:", key="train_fork", help=t("train.fork_help")):
            open_dialog_now("fork", run.id, chosen.epoch)
        evaluate_button(run, chosen.epoch, "train_evaluate_epoch")


def _table(saved: list[SavedEpoch]) -> dict[str, list[str]]:
    return {
        t("train.epoch"): [f"{point.epoch}" for point in saved],
        t("train.step"): [f"{point.checkpoint.step:,}" for point in saved],
        t("train.val_accuracy"): [percent(point.accuracy) for point in saved],
        t("train.val_loss"): [loss_text(point.loss) for point in saved],
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
