"""Which compiler runs the steps of a network fastest on this machine: known, remembered, or tried."""

import hashlib
import json
import logging
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from pydantic import ValidationError

from dl.files import write_atomically
from dl.runs.engine import Engine
from dl.specs import RunSpec
from dl.specs.layers import Shape
from dl.training.fast.programs import Program, Programs, wait_for
from dl.training.step import Step

LASTING = ("measured", "known")  # other choices follow from the length of a training, or from what may be mended
TRIAL_SECONDS, TRIAL_CALLS = 0.025, 3
TRIAL_SHARE = 0.02  # of what all steps will take: so much at most goes into a compiler's trial
XLA_TIMES = 3.5  # as long as a graph takes to be compiled, XLA takes for the same network
PAYS_AT, SURELY_PAYS_AT = 1.5, 20.0  # so many times its compilation, steps as a graph take at least
LIKELY_PRODUCTS = 2**25  # multiplications a step; with fewer, what XLA saves is more than a second core gives
Hurried = Callable[[bool], bool]  # whether to stop waiting for XLA, given whether its compilation pays
logger = logging.getLogger(__name__)


def choose(step: Step, memory: "EngineMemory", hurried: Hurried | None = None) -> Programs:
    """Take what was best for this network before, or is known of such networks, else a trial's winner.

    `hurried` is given when a training is prepared that nobody wants yet: then XLA is tried in any case. Raises
    Abandoned if that would keep somebody waiting.
    """
    shape = step.data.shape
    if known := memory.recall(step.spec, shape):
        return Programs(step, known)
    programs = Programs(step, Engine(compiler="graph", reason="known"))
    convolutions = any(isinstance(layer, keras.layers.Conv2D) for layer in step.layers)
    if not convolutions or tf.config.list_logical_devices("GPU"):
        programs.take(_tried(step, programs, hurried))
    memory.note(step.spec, shape, programs.engine)
    return programs


class EngineMemory:
    """What was chosen before, by network, batch size and machine: one small file."""

    def __init__(self, home: Path) -> None:
        self._path = home / "engines.json"

    def recall(self, spec: RunSpec, input_shape: Shape) -> Engine | None:
        try:
            engine = Engine.model_validate(self._all()[_key(spec, input_shape)])
        except (KeyError, ValidationError):
            return None
        reason = "remembered" if engine.reason == "measured" else engine.reason
        return engine.model_copy(update={"reason": reason, "choice_seconds": 0.0})

    def note(self, spec: RunSpec, input_shape: Shape, engine: Engine) -> None:
        if engine.reason in LASTING:
            known = self._all() | {_key(spec, input_shape): engine.model_dump()}
            write_atomically(self._path, json.dumps(known, indent=1).encode())

    def note_fit(self, spec: RunSpec, input_shape: Shape, seconds: float) -> None:
        """What a step of Keras's `fit` takes here; kept only beside a choice."""
        if engine := self.recall(spec, input_shape):
            reason = "measured" if engine.reason == "remembered" else engine.reason
            self.note(spec, input_shape, engine.model_copy(update={"reason": reason, "fit_seconds": seconds}))

    def _all(self) -> dict[str, object]:
        try:
            return dict(json.loads(self._path.read_bytes()))
        except (OSError, ValueError):
            return {}


def _key(spec: RunSpec, input_shape: Shape) -> str:
    training = spec.training
    devices = [device.device_type for device in tf.config.list_logical_devices()]
    decisive = [spec.model.model_dump(), input_shape, training.batch_size, training.optimizer.type, training.loss]
    decisive += [training.precision, training.class_weight, tf.__version__, devices]
    return hashlib.sha256(json.dumps(decisive).encode()).hexdigest()[:16]


def _tried(step: Step, programs: Programs, hurried: Hurried | None) -> Engine:
    """The winner on these rows: the plain graph or, where it may pay, XLA. The model is left as it was.

    Trying costs a share of the training at most, unless XLA is likely to earn it back.
    """
    began, before, compiling = time.perf_counter(), step.captured(), time.perf_counter()
    programs.by["graph"].compile()  # needed anyway, for the last batches of epochs
    xla_costs = XLA_TIMES * (time.perf_counter() - compiling)
    seconds = _seconds_per_step(step, programs.by["graph"])
    is_likely = step.model.count_params() * step.batch_size <= LIKELY_PRODUCTS
    pays = seconds * step.steps >= (PAYS_AT if is_likely else SURELY_PAYS_AT) * xla_costs
    engine = Engine(compiler="graph", reason="too_short", graph_seconds=seconds)
    if pays or hurried:
        wait = partial(hurried, pays) if hurried else None
        engine = engine.model_copy(update=_of_xla(step, programs.by["xla"], seconds, wait))
    step.restore(before)
    return engine.model_copy(update={"choice_seconds": time.perf_counter() - began})


def _of_xla(
    step: Step, program: Program, graph_seconds: float, is_hurried: Callable[[], bool] | None
) -> dict[str, Any]:
    """What its trial finds out about the engine."""
    try:
        if is_hurried:
            wait_for(program.compile, is_hurried)
        seconds = _seconds_per_step(step, program)
    except tf.errors.OpError as error:
        logger.warning("XLA fails on this network: %s", error)
        return {"reason": "not_compilable"}
    faster = "xla" if seconds < graph_seconds else "graph"
    return {"compiler": faster, "reason": "measured", "xla_seconds": seconds}


def _seconds_per_step(step: Step, program: Program) -> float:
    """The least of some calls, since other programs only ever add to it.

    Calls grow until they are long enough to be timed, and there are at least three of them.
    """
    program.compile()
    count, fastest, calls, began = 1, float("inf"), 0, time.perf_counter()
    while True:
        before = time.perf_counter()
        program(np.resize(step.data.train, (count, step.batch_size)), np.zeros(count))
        now = time.perf_counter()
        seconds, fastest, calls = now - before, min(fastest, (now - before) / count), calls + 1
        is_long = seconds >= TRIAL_SECONDS or count == program.limit
        if calls >= TRIAL_CALLS and (is_long or now - began > TRIAL_SHARE * fastest * step.steps):
            return fastest
        if seconds < TRIAL_SECONDS:
            count = min(program.limit, 4 * count)
