"""Which program makes which steps, each step's own results, and what is done in the background."""

import threading
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

Make = Callable[..., Any]
BATCH = 4


def counting(compiler: str) -> Any:
    """A program whose steps count themselves, and report that and the sum of their rows times the learning rate."""
    import tensorflow as tf

    from dl.training.fast.programs import Program

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
    from dl.training.fast.programs import INDICES_PER_CALL, STEPS_PER_CALL

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

    from dl.training.fast import programs as module

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


def programs_of(ours: Any, compiler: str, **facts: Any) -> Any:
    from dl.runs.engine import Engine
    from dl.training.fast.programs import Programs
    from dl.training.step import Step

    engine = Engine(compiler=compiler, reason="measured", **facts)  # type: ignore[arg-type]
    return Programs(Step(ours.model, ours.data, ours.spec), engine)


def test_smaller_batches_and_scores_are_compiled_in_the_background(
    bench: Make,
) -> None:
    programs = programs_of(bench(), "xla")
    programs.compile_others_in_background()
    programs.join()
    assert programs.by["graph"].trace_seconds > 0 and programs._score.trace_seconds > 0
    assert programs.trace_seconds == 0, "the program of whole batches is not among the others"
    losses, _ = programs.train(np.arange(10).reshape(2, 5), np.zeros(2))
    scores, _ = programs.score(np.arange(10).reshape(2, 5))
    np.testing.assert_allclose(losses, scores, rtol=1e-5, err_msg="with a learning rate of 0 nothing is learnt")
    assert programs.trace_seconds == 0
    programs.train(np.arange(64).reshape(2, 32), np.zeros(2))
    assert programs.trace_seconds > 0


def test_network_on_which_xla_fails_is_trained_as_a_graph(bench: Make) -> None:
    import tensorflow as tf

    programs = programs_of(bench(), "xla", graph_seconds=0.01, xla_seconds=0.001)

    def fail() -> None:
        raise tf.errors.InvalidArgumentError(None, None, "no kernel")

    programs._whole.compile = fail
    assert programs.steps_in(0.1) == 100
    programs.compile()
    assert (programs.engine.compiler, programs.engine.reason) == ("graph", "not_compilable")
    assert programs.steps_in(0.1) == 10
    losses, _ = programs.train(np.arange(64).reshape(2, 32), np.zeros(2))
    assert np.isfinite(losses).all() and len(losses) == 2
    programs._whole.compile = fail
    with pytest.raises(tf.errors.InvalidArgumentError):
        programs.compile()


def test_calls_make_a_single_step_until_it_is_known_how_long_one_takes(bench: Make) -> None:
    programs = programs_of(bench(), "graph")
    assert programs.steps_in(60.0) == 1
    programs.train(np.arange(64).reshape(2, 32), np.zeros(2))
    assert programs.steps_in(0.0) == 1 and programs.steps_in(1e9) == programs._whole.limit


def test_work_is_done_in_the_background_and_its_fault_is_kept_for_whoever_asks(keras: ModuleType) -> None:
    from dl.training.fast.programs import in_background

    assert in_background(threading.get_ident).result(10) != threading.get_ident()
    with pytest.raises(ZeroDivisionError):
        in_background(lambda: 1 / 0).result(10)


def test_waiting_ends_with_the_work_or_with_its_fault(keras: ModuleType) -> None:
    from dl.training.fast.programs import wait_for

    done: list[int] = []
    wait_for(lambda: (time.sleep(0.05), done.append(1)), lambda: False)
    assert done == [1]
    with pytest.raises(ZeroDivisionError):
        wait_for(lambda: 1 / 0, lambda: False)


def test_work_is_left_to_itself_as_soon_as_somebody_is_in_a_hurry(keras: ModuleType) -> None:
    from dl.training.fast.programs import Abandoned, wait_for

    go_on, done, asked = threading.Event(), threading.Event(), iter([False, False, True])
    with pytest.raises(Abandoned):
        wait_for(lambda: go_on.wait(10) and done.set(), lambda: next(asked))
    assert not done.is_set()
    go_on.set()
    assert done.wait(10)
