"""Which compiler runs the steps of this network fastest on this machine: tried on a copy of the state, remembered."""

import hashlib
import json
import logging
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import tensorflow as tf
from pydantic import ValidationError

from dl.files import write_atomically
from dl.layers import Shape
from dl.runs.engine import Compiler, Engine
from dl.specs import RunSpec
from dl.training.program import Program, Results
from dl.training.step import Step
from dl.training.variables import captured, restore

TRIAL_SECONDS, TRIAL_CALLS = 0.025, 3
COMPILE_SECONDS = 1.0  # what XLA takes for a small network on two cores
LARGEST_SHARE = 0.8  # of the time that the plain graph would take; a trial that may cost more is not made
Batches = Callable[[int], np.ndarray]
logger = logging.getLogger(__name__)


class Programs:
    """The programs of one network: training, its last, smaller batches, and scoring."""

    def __init__(
        self, step: Step, batch_size: int, engine: Engine, known: dict[Compiler, Program] | None = None
    ) -> None:
        self.engine, self._batch_size = engine, batch_size
        made = known or {}
        self._graph = made.get("graph") or Program(step.train, "graph", batch_size, step.name)
        self._whole = self._graph
        if engine.compiler == "xla":
            self._whole = made.get("xla") or Program(step.train, "xla", batch_size, step.name)
        self._score = Program(step.score, "graph", batch_size)  # a pass is too short for XLA to earn its compilation
        self._seconds = engine.xla_seconds if engine.compiler == "xla" else engine.graph_seconds

    def steps_in(self, seconds: float) -> int:
        """How many steps a call may make to take about that long."""
        return max(1, min(self._whole.limit, round(seconds / self._seconds))) if self._seconds else 1

    def train(self, batches: np.ndarray, learning_rates: np.ndarray) -> Results:
        """`batches` (steps, batch) row numbers: losses and metrics (steps,)."""
        if batches.shape[1] != self._batch_size:
            return self._graph(batches, learning_rates)
        before = time.perf_counter()
        results = self._whole(batches, learning_rates)
        per_step = (time.perf_counter() - before) / len(batches)
        self._seconds = min(per_step, 2 * self._seconds) if self._seconds else per_step
        return results

    def score(self, blocks: np.ndarray) -> Results:
        """`blocks` (blocks, rows) row numbers: mean losses and metrics (blocks,)."""
        return self._score(blocks, np.zeros(len(blocks)))


def choose(step: Step, rows: np.ndarray, batch_size: int, steps: int) -> Programs:
    """Try the plain graph on these rows and, where it may pay over `steps` steps, XLA. The model is left as it was."""
    began, before = time.perf_counter(), captured(step.model)
    programs: dict[Compiler, Program] = {"graph": Program(step.train, "graph", batch_size, step.name)}

    def batches(count: int) -> np.ndarray:
        return np.resize(rows, (count, batch_size))

    graph = _seconds_per_step(programs["graph"], batches)  # needed anyway, for the last batches of epochs
    engine = Engine(compiler="graph", reason="too_short", graph_seconds=graph)
    if LARGEST_SHARE * graph * steps >= COMPILE_SECONDS:
        programs["xla"] = Program(step.train, "xla", batch_size, step.name)
        engine = _with_xla(engine, programs["xla"], batches)
    restore(step.model, before)
    engine = engine.model_copy(update={"choice_seconds": time.perf_counter() - began})
    return Programs(step, batch_size, engine, programs)


def _with_xla(engine: Engine, program: Program, batches: Batches) -> Engine:
    try:
        xla = _seconds_per_step(program, batches)
    except (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError) as error:
        logger.info("XLA cannot compile this network: %s", error)
        return engine.model_copy(update={"reason": "not_compilable"})
    assert engine.graph_seconds
    faster: Compiler = "xla" if xla < engine.graph_seconds else "graph"
    return engine.model_copy(update={"compiler": faster, "reason": "measured", "xla_seconds": xla})


def _seconds_per_step(program: Program, batches: Batches) -> float:
    """The least of some calls, since other programs only ever add to it. The first call, which compiles, is not timed.

    Calls grow until they are long enough to be timed, and there are at least three of them.
    """
    program(batches(1), np.zeros(1))
    count, fastest, calls = 1, float("inf"), 0
    while True:
        before = time.perf_counter()
        program(batches(count), np.zeros(count))
        seconds = time.perf_counter() - before
        fastest, calls = min(fastest, seconds / count), calls + 1
        if calls >= TRIAL_CALLS and (seconds >= TRIAL_SECONDS or count == program.limit):
            return fastest
        if seconds < TRIAL_SECONDS:
            count = min(program.limit, 4 * count)


class EngineMemory:
    """What was chosen before, by network, batch size and machine, in one small file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def recall(self, spec: RunSpec, input_shape: Shape) -> Engine | None:
        try:
            engine = Engine.model_validate(self._all()[_key(spec, input_shape)])
        except (KeyError, ValidationError):
            return None
        return engine.model_copy(update={"reason": "remembered", "choice_seconds": 0.0})

    def note(self, spec: RunSpec, input_shape: Shape, engine: Engine) -> None:
        """A choice that depended on the length of the training is made again next time."""
        if engine.reason == "too_short":
            return
        known = self._all() | {_key(spec, input_shape): engine.model_dump()}
        write_atomically(self._path, json.dumps(known, indent=1).encode())

    def note_fit(self, spec: RunSpec, input_shape: Shape, seconds: float) -> None:
        """What a step of Keras's `fit` takes here; kept only beside a choice."""
        if engine := self.recall(spec, input_shape):
            self.note(spec, input_shape, engine.model_copy(update={"fit_seconds": seconds}))

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
