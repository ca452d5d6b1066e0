"""Many whole steps as one TensorFlow program that returns every step's own loss and metric."""

from collections.abc import Callable
from contextlib import nullcontext

import numpy as np
import tensorflow as tf

from dl.runs.engine import Compiler
from dl.training.compiled import forget_compiled, is_damage
from dl.training.tracing import for_xla

StepFunction = Callable[[tf.Tensor, tf.Tensor], tuple[tf.Tensor, tf.Tensor]]
Results = tuple[np.ndarray, np.ndarray]
INDICES_PER_CALL = 2**17
STEPS_PER_CALL = 4096


class Program:
    """Runs a step function over batches of row numbers, as a plain graph or compiled by XLA.

    A graph takes batches of any size. XLA compiles for one size of batch and a fixed room of steps (`limit`), of which
    a call uses as many as it needs: the results do not depend on how the steps are divided into calls.
    """

    def __init__(self, step: StepFunction, compiler: Compiler, batch_size: int) -> None:
        self._step, self.compiler = step, compiler
        self.limit = max(1, min(STEPS_PER_CALL, INDICES_PER_CALL // batch_size))
        room, size = (self.limit, batch_size) if compiler == "xla" else (None, None)
        self._signature = [
            tf.TensorSpec([room, size], tf.int32),
            tf.TensorSpec([room], tf.float32),
            tf.TensorSpec([], tf.int32),
        ]
        self._run = self._new_function()

    def __call__(self, batches: np.ndarray, learning_rates: np.ndarray) -> Results:
        """`batches` (steps, batch) row numbers, `learning_rates` (steps,): losses and metrics (steps,), float32."""
        count = len(batches)
        batches, learning_rates = batches.astype(np.int32), learning_rates.astype(np.float32)
        if self.compiler == "xla" and count < self.limit:
            batches = np.pad(batches, ((0, self.limit - count), (0, 0)))
            learning_rates = np.pad(learning_rates, (0, self.limit - count))
        arguments = tf.constant(batches), tf.constant(learning_rates), tf.constant(count)
        losses, metrics = self._traced(arguments) if self._is_new else self._run(*arguments)
        return losses.numpy()[:count], metrics.numpy()[:count]

    def _traced(self, arguments: tuple[tf.Tensor, ...]) -> tuple[tf.Tensor, tf.Tensor]:
        """The first call; once more, from nothing, if what was compiled before cannot be read."""
        with for_xla() if self.compiler == "xla" else nullcontext():
            try:
                results = self._run(*arguments)
            except tf.errors.OpError as error:
                if not is_damage(error) or not forget_compiled():
                    raise
                self._run = self._new_function()
                results = self._run(*arguments)
        self._is_new = False
        return results

    def _new_function(self) -> Callable[..., tuple[tf.Tensor, tf.Tensor]]:
        self._is_new = True
        return tf.function(self._steps, input_signature=self._signature, jit_compile=self.compiler == "xla")

    def _steps(self, batches: tf.Tensor, learning_rates: tf.Tensor, count: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        room = tf.shape(batches)[0] if self.compiler == "graph" else self.limit
        losses, metrics = tf.TensorArray(tf.float32, room), tf.TensorArray(tf.float32, room)
        step = tf.constant(0)
        while step < count:  # of a `for` over `tf.range(count)` XLA would compile another program for every count
            loss, metric = self._step(batches[step], learning_rates[step])
            losses, metrics, step = losses.write(step, loss), metrics.write(step, metric), step + 1
        return losses.stack(), metrics.stack()
