"""Many steps in one call: each step's own results, the same however the steps are divided into calls."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest

BATCH = 4


def counting(compiler: str) -> Any:
    """A program whose steps count themselves, and report that and the sum of their rows times the learning rate."""
    import tensorflow as tf

    from dl.training.fast.program import Program

    count = tf.Variable(0.0)

    def step(rows: tf.Tensor, learning_rate: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        return count.assign_add(1.0), learning_rate * tf.cast(tf.reduce_sum(rows), tf.float32)

    return Program(step, compiler, BATCH, 2)  # type: ignore[arg-type]


@pytest.mark.parametrize("compiler", ["graph", "xla"])
@pytest.mark.parametrize("calls", [[12], [1] * 12, [5, 7]], ids=len)
def test_every_step_tells_its_own_results(keras: ModuleType, compiler: str, calls: list[int]) -> None:
    program, found, done = counting(compiler), [], 0
    batches, rates = np.arange(12 * BATCH).reshape(12, BATCH), np.linspace(0.5, 1, 12)
    for steps in calls:
        part = slice(done, done + steps)
        found.append(program(batches[part], rates[part]))
        done += steps
    counts, sums = np.concatenate(found, axis=1)
    assert counts.tolist() == list(range(1, 13)), "compiling has made no step"
    np.testing.assert_allclose(sums, rates * batches.sum(axis=1), rtol=1e-6)


def test_graph_takes_batches_of_any_size_and_xla_as_many_steps_as_its_room(keras: ModuleType) -> None:
    from dl.training.fast.program import INDICES_PER_CALL, STEPS_PER_CALL

    losses, sums = counting("graph")(np.ones((2, 7)), np.ones(2))
    assert losses.tolist() == [1, 2] and sums.tolist() == [7, 7]
    xla = counting("xla")
    assert xla.limit == min(STEPS_PER_CALL, INDICES_PER_CALL // BATCH)
    losses, _ = xla(np.zeros((xla.limit, BATCH)), np.ones(xla.limit))
    assert losses.tolist() == list(range(1, xla.limit + 1))


def test_it_is_compiled_once_and_its_tracing_timed(keras: ModuleType) -> None:
    program = counting("graph")
    assert program.trace_seconds == 0
    compiled = program.compile()
    assert program.compile() is compiled and program.trace_seconds > 0


@pytest.mark.parametrize("kept", [True, False])
def test_damaged_file_of_xla_is_compiled_anew_where_one_was_kept(
    keras: ModuleType, monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    import tensorflow as tf

    from dl.training.fast import program as module

    program, compiled = counting("xla"), module.Program._compiled
    damage = [tf.errors.DataLossError(None, None, "torn")]
    monkeypatch.setattr(module, "forget_compiled", lambda: kept)
    monkeypatch.setattr(module.Program, "_compiled", lambda self: compiled(self) if not damage else fail(damage))
    if kept:
        assert program(np.zeros((1, BATCH)), np.ones(1))[0].tolist() == [1]
    else:
        with pytest.raises(tf.errors.DataLossError):
            program.compile()


def fail(errors: list[Exception]) -> None:
    raise errors.pop()
