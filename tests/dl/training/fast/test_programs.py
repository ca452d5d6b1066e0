"""Which program makes which steps: whole batches, smaller ones and scores, also where XLA fails."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

Make = Callable[..., Any]


def programs_of(ours: Any, compiler: str, **facts: Any) -> Any:
    from dl.runs.engine import Engine
    from dl.training.fast.programs import Programs
    from dl.training.step import Step

    engine = Engine(compiler=compiler, reason="measured", **facts)  # type: ignore[arg-type]
    return Programs(Step(ours.model, ours.data, ours.spec), 32, engine)


def test_smaller_batches_and_scores_need_no_compilation_of_their_own_once_it_is_done_aside(bench: Make) -> None:
    programs = programs_of(bench(), "xla")
    programs.compile_others_aside(smaller_batches=True, scores=True)
    programs.settle()
    assert programs._graph.trace_seconds > 0 and programs._score.trace_seconds > 0
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
