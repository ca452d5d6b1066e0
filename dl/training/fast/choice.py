"""Which compiler runs the steps of this network fastest on this machine: known, or tried on a copy of the state."""

import logging
import time
from collections.abc import Callable
from functools import partial

import keras
import numpy as np
import tensorflow as tf

from dl.runs.engine import Compiler, Engine
from dl.training.aside import wait_for
from dl.training.fast.program import Program
from dl.training.fast.programs import Programs
from dl.training.step import Step
from dl.training.variables import captured, restore

TRIAL_SECONDS, TRIAL_CALLS = 0.025, 3
TRIAL_SHARE = 0.02  # of what all steps will take: so much at most goes into a compiler's trial
XLA_TIMES = 3.5  # as long as a graph takes to be compiled, XLA takes for the same network
PAYS_AT, SURELY_PAYS_AT = 1.5, 20.0  # so many times its compilation, steps as a graph take at least
LIKELY_PRODUCTS = 2**25  # multiplications a step; with fewer, what XLA saves is more than a second core gives
Hurried = Callable[[bool], bool]  # whether to stop waiting for XLA, given whether its compilation pays
logger = logging.getLogger(__name__)


def choose(step: Step, rows: np.ndarray, batch_size: int, steps: int, hurried: Hurried | None = None) -> Programs:
    """Take what is known of such networks, else try the plain graph on these rows and, where it may pay, XLA.

    Trying costs a share of the training at most, unless XLA is likely to earn it back. The model is left as it was.
    `hurried` is given when a training is prepared that nobody wants yet: then XLA is tried in any case. Raises
    Abandoned if that would keep somebody waiting.
    """
    if _has_convolutions(step.model) and not tf.config.list_logical_devices("GPU"):
        return Programs(step, batch_size, Engine(compiler="graph", reason="known"))
    began, before = time.perf_counter(), captured(step.model)
    trial = _Trial(step, rows, batch_size, steps)
    engine = trial.of_graph()
    if trial.pays or hurried:
        engine = trial.of_xla(engine, hurried)
    restore(step.model, before)
    engine = engine.model_copy(update={"choice_seconds": time.perf_counter() - began})
    return Programs(step, batch_size, engine, trial.programs)


def _has_convolutions(model: keras.Model) -> bool:
    return any(isinstance(layer, keras.layers.Conv2D) for layer in model.layers)


class _Trial:
    def __init__(self, step: Step, rows: np.ndarray, batch_size: int, steps: int) -> None:
        self.programs: dict[Compiler, Program] = {
            compiler: Program(step.train, compiler, batch_size, len(step.metrics), step.name)
            for compiler in ("graph", "xla")
        }
        self.pays = False
        self._products = step.model.count_params() * batch_size
        self._rows, self._batch_size, self._steps = rows, batch_size, steps

    def of_graph(self) -> Engine:
        before = time.perf_counter()
        self.programs["graph"].compile()  # needed anyway, for the last batches of epochs
        xla_costs = XLA_TIMES * (time.perf_counter() - before)
        seconds = self._seconds_per_step(self.programs["graph"])
        needed = PAYS_AT if self._products <= LIKELY_PRODUCTS else SURELY_PAYS_AT
        self.pays = seconds * self._steps >= needed * xla_costs
        return Engine(compiler="graph", reason="too_short", graph_seconds=seconds)

    def of_xla(self, engine: Engine, hurried: Hurried | None) -> Engine:
        """The engine to take, given that of the graph's trial."""
        assert engine.graph_seconds
        try:
            self._compile_xla(hurried)
            xla = self._seconds_per_step(self.programs["xla"])
        except tf.errors.OpError as error:
            logger.warning("XLA fails on this network: %s", error)
            return engine.model_copy(update={"reason": "not_compilable"})
        faster: Compiler = "xla" if xla < engine.graph_seconds else "graph"
        return engine.model_copy(update={"compiler": faster, "reason": "measured", "xla_seconds": xla})

    def _compile_xla(self, hurried: Hurried | None) -> None:
        if hurried:
            wait_for(self.programs["xla"].compile, partial(hurried, self.pays))
        else:
            self.programs["xla"].compile()

    def _seconds_per_step(self, program: Program) -> float:
        """The least of some calls, since other programs only ever add to it.

        Calls grow until they are long enough to be timed, and there are at least three of them.
        """
        count, fastest, calls, began = 1, float("inf"), 0, time.perf_counter()
        while True:
            before = time.perf_counter()
            program(self._batches(count), np.zeros(count))
            now = time.perf_counter()
            seconds, fastest, calls = now - before, min(fastest, (now - before) / count), calls + 1
            is_long = seconds >= TRIAL_SECONDS or count == program.limit
            if calls >= TRIAL_CALLS and (is_long or now - began > TRIAL_SHARE * fastest * self._steps):
                return fastest
            if seconds < TRIAL_SECONDS:
                count = min(program.limit, 4 * count)

    def _batches(self, count: int) -> np.ndarray:
        return np.resize(self._rows, (count, self._batch_size))
