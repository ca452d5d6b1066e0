"""Going on from a saved epoch with other settings, as a new run."""

from typing import Any

import streamlit as st

from dl.errors import SpecError
from dl.fields import Field
from dl.runs import Run
from dl.runs.checkpoints import Checkpoint
from dl.specs import RunSpec, TrainSpec
from dl.specs.checks import check
from dl.specs.optimizers import OPTIMIZERS
from ui import state
from ui.frame import dialog, primary_button
from ui.problems import caught, sentence
from ui.server import server
from ui.shared.fields import field_control, word_choice
from ui.shared.start import begin_once
from ui.text import t
from ui.train.learning_rate import FIELD, tidy, with_learning_rate

EPOCHS_MORE = 5


def fork_dialog(run: Run) -> None:
    """That of a saved epoch of this run, if it is open."""
    of_run, epoch = state.opened_dialog("fork") or ("", 0)
    if of_run == run.id:
        title = t("train.fork_title", run=run.id, epoch=epoch)
        dialog(title, "call_split", lambda: _fork_form(run, epoch))


def _fork_form(run: Run, epoch: int) -> None:
    point = run.checkpoints.at_epoch(epoch)
    if point is None:
        st.error(t("train.fork_gone"), icon=":material/error:")
        return
    with caught():
        spec, dataset = run.spec(), run.dataset()
    st.markdown(t("train.fork_what", step=point.step))
    optimizer, rate, epochs = _settings(run, spec, point)
    if spec.training.learning_rate_schedule:
        st.caption(t("train.fork_schedule"))
    problems: list[str] = []
    forked = spec
    try:
        forked = with_learning_rate(spec, rate, epochs=epochs, optimizer=optimizer)
        problems = [sentence(problem) for problem in check(forked, dataset)]
    except SpecError as error:
        problems = [sentence(problem) for problem in error.problems]
    if epochs <= point.epoch:
        problems = [t("train.fork_epochs_too_few", epoch=point.epoch)]
    for problem in problems:
        st.error(problem, icon=":material/error:")
    with st.container(horizontal=True):
        primary_button("train_fork_start", _start, run, point.epoch, forked.training, disabled=bool(problems))
        evaluate_button(run, point.epoch, "train_fork_evaluate")


def _settings(run: Run, spec: RunSpec, point: Checkpoint) -> tuple[dict[str, Any], float, int]:
    """The optimiser's settings, its learning rate and the epochs in all, as the user set them."""
    key, own = f"train_fork_{run.id}_{point.epoch}", spec.training.optimizer
    # Of the others steps have no common count.
    names = [name for name, kind in OPTIMIZERS.items() if kind.full_batch == own.full_batch]
    name = word_choice("optimizer", names, own.type, f"{key}_optimizer")
    settings = own if name == own.type else OPTIMIZERS[name].model_validate({})
    rate = _rate_at(run, spec, point.step) if name == own.type else settings.learning_rate
    with st.container(horizontal=True, gap="small"):
        rate = field_control(FIELD, rate, f"{key}_{name}_learning_rate")
        more = spec.training.epochs if spec.training.epochs > point.epoch else point.epoch + EPOCHS_MORE
        epochs = field_control(Field("epochs", "integer", more), more, f"{key}_epochs", "fork")
    return settings.model_dump(), rate, epochs


def _rate_at(run: Run, spec: RunSpec, step: int) -> float:
    """The learning rate in force when this many steps were done; with a schedule, the one that it began with."""
    changed = [change.learning_rate for change in run.changes() if change.step <= step]
    if changed and not spec.training.learning_rate_schedule:
        return tidy(changed[-1])
    return spec.training.optimizer.learning_rate


def _start(run: Run, epoch: int, training: TrainSpec) -> None:
    """Queue the fork and go and watch it."""
    point = run.checkpoints.at_epoch(epoch)
    if point is None:
        st.error(t("train.fork_gone"), icon=":material/error:")
        return
    with caught():
        server().datasets.imported(run.spec().data.dataset)
    state.close_dialog()
    what = f"{run.id}/{epoch}/{training.model_dump_json()}"
    begin_once(what, lambda: server().supervisor.fork(run, point, training))


def evaluate_button(run: Run, epoch: int, key: str) -> None:
    """A fork that ends where it begins: nothing is trained, the network is tried on the test set and saved."""
    help = t("train.evaluate_epoch_help")
    if not st.button(t("train.evaluate_epoch"), icon=":material/grid_on:", key=key, help=help):
        return
    with caught():
        training = run.spec().training
    nothing_more = {"epochs": epoch, "learning_rate_schedule": None}  # a warm-up may be longer than that
    _start(run, epoch, training.model_copy(update=nothing_more))
