"""Many whole steps as one TensorFlow program that returns every step's own scores."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext

import numpy as np
import tensorflow as tf

from dl.runs.engine import Compiler
from dl.training.fast import PATCHES
from dl.training.fast.compiled import forget_compiled, is_damage
from dl.training.fast.tracing import for_xla

StepFunction = Callable[[tf.Tensor, tf.Tensor], Sequence[tf.Tensor]]
Compiled = Callable[..., tuple[tf.Tensor, ...]]
INDICES_PER_CALL = 2**17
STEPS_PER_CALL = 4096


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
            run = function.get_concrete_function(*self._signature())
        self.trace_seconds = time.perf_counter() - began
        run(*self._arguments(np.zeros((0, self._batch_size)), np.zeros(0)))  # which compiles and does nothing else
        return run

    def _signature(self) -> list[tf.TensorSpec]:
        room, size = (self.limit, self._batch_size) if self.compiler == "xla" else (None, None)
        batches, learning_rates = tf.TensorSpec([room, size], tf.int32), tf.TensorSpec([room], tf.float32)
        return [batches, learning_rates, tf.TensorSpec([], tf.int32)]

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
