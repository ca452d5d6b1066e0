"""The programs of one network, each of which makes many whole steps and returns every step's own scores."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import nullcontext, suppress

import numpy as np
import tensorflow as tf

from dl.runs.engine import Compiler, Engine
from dl.training.fast import PATCHES
from dl.training.fast.compiled import forget_compiled, is_damage
from dl.training.fast.tracing import for_xla
from dl.training.step import Step

StepFunction = Callable[[tf.Tensor, tf.Tensor], Sequence[tf.Tensor]]
Compiled = Callable[..., tuple[tf.Tensor, ...]]
INDICES_PER_CALL = 2**17
STEPS_PER_CALL = 4096
COMPILERS: tuple[Compiler, ...] = ("graph", "xla")
LOOK_SECONDS = 0.02
logger = logging.getLogger(__name__)


class Program:
    """Runs a step function over batches of row numbers, as a plain graph or compiled by XLA.

    A graph takes batches of any size. XLA compiles for one size of batch and a fixed room of steps (`limit`), of which
    a call uses as many as it needs: the results do not depend on how the steps are divided into calls. A step gives as
    many `scores`. `name` is that of what is computed: under it XLA's code is found on disk again.
    """

    def __init__(self, step: StepFunction, compiler: Compiler, batch_size: int, scores: int, name: str = "") -> None:
        self._step, self.compiler, self._name, self._batch_size = step, compiler, name, batch_size
        self._scores = scores
        self.limit = max(1, min(STEPS_PER_CALL, INDICES_PER_CALL // batch_size))
        self._run: Compiled | None = None
        self._compiling = threading.Lock()
        self.trace_seconds = 0.0

    def __call__(self, batches: np.ndarray, learning_rates: np.ndarray) -> np.ndarray:
        """`batches` (steps, batch) row numbers, `learning_rates` (steps,): (scores, steps) float32."""
        scores = self.compile()(*self._arguments(batches, learning_rates))
        return np.stack([values.numpy()[: len(batches)] for values in scores])

    def compile(self) -> Compiled:
        """What can be done before the first step; once more, from nothing, if what XLA compiled cannot be read."""
        with self._compiling:
            if not self._run:
                try:
                    self._run = self._compiled()
                except tf.errors.OpError as error:
                    if not is_damage(error) or not forget_compiled():
                        raise
                    self._run = self._compiled()
            return self._run

    def _compiled(self) -> Compiled:
        function, began = tf.function(self._steps, jit_compile=self.compiler == "xla"), time.perf_counter()
        with for_xla(self._name) if PATCHES and self.compiler == "xla" else nullcontext():
            room, size = (self.limit, self._batch_size) if self.compiler == "xla" else (None, None)
            batches, rates = tf.TensorSpec([room, size], tf.int32), tf.TensorSpec([room], tf.float32)
            run = function.get_concrete_function(batches, rates, tf.TensorSpec([], tf.int32))
        self.trace_seconds = time.perf_counter() - began
        run(*self._arguments(np.zeros((0, self._batch_size)), np.zeros(0)))  # which compiles and does nothing else
        return run

    def _arguments(self, batches: np.ndarray, learning_rates: np.ndarray) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        count = len(batches)
        batches, learning_rates = batches.astype(np.int32), learning_rates.astype(np.float32)
        if self.compiler == "xla" and count < self.limit:
            batches = np.pad(batches, ((0, self.limit - count), (0, 0)))
            learning_rates = np.pad(learning_rates, (0, self.limit - count))
        return tf.constant(batches), tf.constant(learning_rates), tf.constant(count)

    def _steps(self, batches: tf.Tensor, learning_rates: tf.Tensor, count: tf.Tensor) -> tuple[tf.Tensor, ...]:
        room = tf.shape(batches)[0] if self.compiler == "graph" else self.limit
        scores = [tf.TensorArray(tf.float32, room) for _ in range(self._scores)]
        step = tf.constant(0)
        while step < count:  # of a `for` over `tf.range(count)` XLA would compile another program for every count
            values = self._step(batches[step], learning_rates[step])
            scores = [array.write(step, value) for array, value in zip(scores, values, strict=True)]
            step += 1
        return tuple(array.stack() for array in scores)


class Programs:
    """One trains whole batches, by the compiler of the `engine`; others the smaller ones, and score."""

    def __init__(self, step: Step, engine: Engine) -> None:
        self._batch_size, scores = step.batch_size, len(step.metrics)
        self.by = {name: Program(step.train, name, step.batch_size, scores, step.name) for name in COMPILERS}
        # a pass is too short for XLA to earn its compilation
        self._score = Program(step.score, "graph", step.batch_size, scores)
        needed = {self.by["graph"]: len(step.data.train) % step.batch_size, self._score: len(step.data.validation)}
        self._others = [program for program, rows in needed.items() if rows]
        self._compiling: Future[object] | None = None
        self.take(engine)

    def take(self, engine: Engine) -> None:
        self.engine, self._whole = engine, self.by[engine.compiler]
        self._seconds = engine.xla_seconds if engine.compiler == "xla" else engine.graph_seconds

    def compile(self) -> None:
        """The program of the steps. A network on which XLA fails, though it was chosen, is trained as a graph."""
        try:
            self._whole.compile()
        except tf.errors.OpError as error:
            if self.engine.compiler == "graph":
                raise
            logger.warning("XLA fails on this network: %s", error)
            self.take(self.engine.model_copy(update={"compiler": "graph", "reason": "not_compilable"}))
            self._whole.compile()

    @property
    def trace_seconds(self) -> float:
        return self._whole.trace_seconds

    def compile_others(self) -> None:
        for program in self._others:
            program.compile()

    def compile_others_in_background(self) -> None:
        """While the first steps are made, which need neither Python nor, if XLA makes them, the second processor."""
        self._compiling = in_background(self.compile_others)

    def join(self) -> None:
        """Wait until nothing is traced any more; what went wrong with it is said where it is needed."""
        if self._compiling:
            self._compiling.exception()

    def steps_in(self, seconds: float) -> int:
        """How many steps a call may make to take about that long."""
        return max(1, min(self._whole.limit, round(seconds / self._seconds))) if self._seconds else 1

    def train(self, batches: np.ndarray, learning_rates: np.ndarray) -> np.ndarray:
        """`batches` (steps, batch) row numbers: (metrics, steps)."""
        if batches.shape[1] != self._batch_size:
            return self.by["graph"](batches, learning_rates)
        before = time.perf_counter()
        scores = self._whole(batches, learning_rates)
        per_step = (time.perf_counter() - before) / len(batches)
        self._seconds = min(per_step, 2 * self._seconds) if self._seconds else per_step
        return scores

    def score(self, blocks: np.ndarray) -> np.ndarray:
        """`blocks` (blocks, rows) row numbers: their means, (metrics, blocks)."""
        return self._score(blocks, np.zeros(len(blocks)))


class Abandoned(Exception):
    """What was being prepared is not worth waiting for: somebody wants to train."""


def in_background(work: Callable[[], object]) -> "Future[object]":
    """Unlike those of an executor, the thread does not keep the process from ending."""
    future: Future[object] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


def wait_for(work: Callable[[], object], is_hurried: Callable[[], bool]) -> None:
    """Raises Abandoned, and leaves the work to itself, as soon as somebody is in a hurry."""
    future = in_background(work)
    while not future.done():
        if is_hurried():
            raise Abandoned
        with suppress(TimeoutError):
            future.exception(LOOK_SECONDS)
    future.result()
