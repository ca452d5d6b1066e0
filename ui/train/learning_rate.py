"""The learning rate while a run trains: set by hand, and when it was changed."""

import time
from typing import Any

import streamlit as st

from dl.errors import SpecError
from dl.runs import Run, Status
from dl.specs import RunSpec, parse_spec
from dl.specs.optimizers import Optimizer
from ui import state
from ui.problems import caught, sentence
from ui.shared.fields import field_control
from ui.text import t

POPOVER_WIDTH = 300
FIELD = next(field for field in Optimizer.fields() if field.name == "learning_rate")


def learning_rate_controls(run: Run, status: Status) -> None:
    """A new learning rate for a run that is on its way."""
    if status.state not in ("RUNNING", "PAUSED"):
        return
    with caught():
        spec = run.spec()
    key = f"train_learning_rate_open_{run.id}"
    if st.session_state.pop(f"{key}_done", False):
        st.session_state[key] = False
    with (
        st.popover(t("train.change_learning_rate"), icon=":material/speed:", key=key, on_change="rerun"),
        st.container(width=POPOVER_WIDTH),
    ):
        st.markdown(t("train.change_learning_rate_what"))
        if spec.training.learning_rate_schedule:
            st.caption(t("train.change_learning_rate_schedule"))
        rate, applied = _form(run, tidy(status.learning_rate or spec.training.optimizer.learning_rate))
        if applied and _apply(run, spec, status, rate):
            st.session_state[f"{key}_done"] = True
            st.rerun()


def _form(run: Run, now: float) -> tuple[float, bool]:
    """What was typed, and whether it shall hold; in a form, where Enter says so too."""
    with st.form(f"train_learning_rate_form_{run.id}", border=False):
        rate = field_control(FIELD, now, f"train_learning_rate_{run.id}")
        return rate, st.form_submit_button(t("train.apply"), key="train_learning_rate_apply", type="primary")


def _apply(run: Run, spec: RunSpec, status: Status, rate: float) -> bool:
    """Whether it could be asked for; what is in force or asked for already is not asked for again."""
    try:
        with_learning_rate(spec, rate)
    except SpecError as error:
        st.error(sentence(error), icon=":material/error:")
        return False
    begun, what, wished = state.session().begun, f"learning rate of {run.id}", run.learning_rate_requested()
    before, at = begun.get(what, ("", 0.0))
    is_again = before == f"{rate}" and time.time() - at < state.BEGUN_SECONDS  # Enter and a click on Apply
    if not is_again and rate != (tidy(status.learning_rate or 0.0) if wished is None else wished):
        run.request_learning_rate(rate)
        begun[what] = f"{rate}", time.time()
    return True


def with_learning_rate(spec: RunSpec, rate: float, **training: Any) -> RunSpec:
    """The specification with this learning rate and other changes of its training. Raises SpecError."""
    value = spec.model_dump()
    value["training"] |= training
    value["training"]["optimizer"] |= {"learning_rate": rate}
    return parse_spec(value)


def tidy(rate: float) -> float:
    """Without the digits that come from single precision."""
    return float(f"{rate:.6g}")
