"""The programs of one network: training, its last, smaller batches, and scoring."""

import logging
import time
from concurrent.futures import Future
from functools import partial

import numpy as np
import tensorflow as tf

from dl.runs.engine import Compiler, Engine
from dl.training.aside import aside
from dl.training.fast.program import Program
from dl.training.step import Step

logger = logging.getLogger(__name__)


class Programs:
    def __init__(
        self, step: Step, batch_size: int, engine: Engine, known: dict[Compiler, Program] | None = None
    ) -> None:
        self.engine, self._batch_size = engine, batch_size
        made, scores = known or {}, len(step.metrics)
        self._graph = made.get("graph") or Program(step.train, "graph", batch_size, scores)
        self._whole = self._graph
        if engine.compiler == "xla":
            self._whole = made.get("xla") or Program(step.train, "xla", batch_size, scores, step.name)
        # a pass is too short for XLA to earn its compilation
        self._score = Program(step.score, "graph", batch_size, scores)
        self._others: Future[object] | None = None
        self._seconds = engine.xla_seconds if engine.compiler == "xla" else engine.graph_seconds

    def compile(self) -> None:
        """The program of the steps. A network on which XLA fails, though it was chosen, is trained as a graph."""
        try:
            self._whole.compile()
        except tf.errors.OpError as error:
            if self._whole is self._graph:
                raise
            logger.warning("XLA fails on this network: %s", error)
            self.engine = self.engine.model_copy(update={"compiler": "graph", "reason": "not_compilable"})
            self._whole, self._seconds = self._graph, self.engine.graph_seconds
            self._graph.compile()

    @property
    def trace_seconds(self) -> float:
        return self._whole.trace_seconds

    def compile_others(self, smaller_batches: bool, scores: bool) -> None:
        if smaller_batches:
            self._graph.compile()
        if scores:
            self._score.compile()

    def compile_others_aside(self, smaller_batches: bool, scores: bool) -> None:
        """While the first steps are made, which need neither Python nor, if XLA makes them, the second processor."""
        self._others = aside(partial(self.compile_others, smaller_batches, scores))

    def settle(self) -> None:
        """Nothing is traced any more; what went wrong with it is said where it is needed."""
        if self._others:
            self._others.exception()

    def steps_in(self, seconds: float) -> int:
        """How many steps a call may make to take about that long."""
        return max(1, min(self._whole.limit, round(seconds / self._seconds))) if self._seconds else 1

    def train(self, batches: np.ndarray, learning_rates: np.ndarray) -> np.ndarray:
        """`batches` (steps, batch) row numbers: (metrics, steps)."""
        if batches.shape[1] != self._batch_size:
            return self._graph(batches, learning_rates)
        before = time.perf_counter()
        scores = self._whole(batches, learning_rates)
        per_step = (time.perf_counter() - before) / len(batches)
        self._seconds = min(per_step, 2 * self._seconds) if self._seconds else per_step
        return scores

    def score(self, blocks: np.ndarray) -> np.ndarray:
        """`blocks` (blocks, rows) row numbers: their means, (metrics, blocks)."""
        return self._score(blocks, np.zeros(len(blocks)))
