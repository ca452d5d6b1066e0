"""Which compiler is taken, what is tried for it, and that trying costs the model nothing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pytest

from dl.runs.engine import Engine
from dl.specs.layers import BatchNormalization, Conv2D, Dense, Dropout, Flatten, RandomTranslation, Rescaling

Make = Callable[..., Any]
LAYERS = (Rescaling(scale=1 / 16), Flatten(), Dense(units=16), BatchNormalization(), Dropout(rate=0.3))
EVER = 10**9


def chosen(ours: Any, steps: int, **how: Any) -> Engine:
    from dl.training.fast.choice import EngineMemory, choose
    from dl.training.step import Step

    step = Step(ours.model, ours.data, ours.spec)
    step.steps = steps
    return choose(step, EngineMemory(Path(mkdtemp())), **how).engine


def everything(model: Any) -> list[bytes]:
    return [variable.value.numpy().tobytes() for variable in (*model.variables, *model.optimizer.variables)]


def test_trial_of_a_long_training_takes_the_faster_one_and_leaves_no_trace(bench: Make) -> None:
    from dl.training.step import Step

    tried, untouched = bench(*LAYERS), bench(*LAYERS)
    Step(untouched.model, untouched.data, untouched.spec)
    engine = chosen(tried, EVER)
    assert everything(tried.model) == everything(untouched.model)
    assert engine.reason == "measured" and engine.graph_seconds and engine.xla_seconds
    assert (engine.compiler == "xla") == (engine.xla_seconds < engine.graph_seconds)
    assert 0 < engine.xla_seconds < 0.1 and engine.choice_seconds > 0


def test_training_that_ends_before_xla_has_compiled_stays_a_graph(bench: Make) -> None:
    engine = chosen(bench(*LAYERS), 10)
    assert (engine.compiler, engine.reason, engine.xla_seconds) == ("graph", "too_short", None)


def test_network_that_xla_cannot_compile_is_trained_as_a_graph(bench: Make) -> None:
    import tensorflow as tf

    ours = bench(*LAYERS)

    def through_python(x: Any) -> Any:
        return tf.ensure_shape(tf.py_function(tf.identity, [x], tf.float32), x.shape)

    outputs = ours.keras.layers.Lambda(through_python)(ours.model.outputs[0])
    engine = chosen(replace(ours, model=ours.keras.Model(ours.model.inputs, outputs)), EVER)
    assert (engine.compiler, engine.reason) == ("graph", "not_compilable") and engine.graph_seconds


def test_convolutions_on_a_processor_are_a_graph_without_any_trial(bench: Make) -> None:
    import tensorflow as tf

    if tf.config.list_logical_devices("GPU"):
        pytest.skip("a graphics card runs convolutions of XLA as fast")
    ours = bench(Rescaling(scale=1 / 16), Conv2D(filters=4), Flatten())
    assert chosen(ours, EVER) == Engine(compiler="graph", reason="known")


def test_xla_has_to_be_worth_more_where_it_is_not_likely_to_win(bench: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    from dl.training.fast import choice

    likely = chosen(bench(*LAYERS), EVER)
    assert likely.graph_seconds
    steps = int(choice.PAYS_AT * 3 * choice.XLA_TIMES / likely.graph_seconds)  # compiling a graph takes below 3 s
    assert chosen(bench(*LAYERS), steps).reason == "measured"
    monkeypatch.setattr(choice, "LIKELY_PRODUCTS", 0)
    monkeypatch.setattr(choice, "SURELY_PAYS_AT", 1000.0)
    assert chosen(bench(*LAYERS), steps).reason == "too_short"


def test_xla_is_tried_for_any_length_while_nobody_waits_and_given_up_when_somebody_does(bench: Make) -> None:
    from dl.training.fast.programs import Abandoned

    asked: list[bool] = []

    def nobody_waits(pays: bool) -> bool:
        asked.append(pays)
        return False

    assert chosen(bench(*LAYERS), 10, hurried=nobody_waits).reason == "measured"
    assert asked and not any(asked)
    with pytest.raises(Abandoned):
        chosen(bench(*LAYERS), 10, hurried=lambda pays: not pays)
    assert chosen(bench(*LAYERS), EVER, hurried=lambda pays: not pays).reason == "measured"


@pytest.mark.parametrize("compiler", ["graph", "xla"])
def test_random_layers_keep_their_statistics(bench: Make, compiler: str) -> None:
    """Share dropped, scale of what is kept, mean and deviation of the noise, and no draw like the one before."""
    import tensorflow as tf

    from dl.training.fast.programs import Program

    keras = bench().keras
    dropout, noise = keras.layers.Dropout(0.3), keras.layers.GaussianNoise(0.5)
    seen = tf.Variable(tf.zeros([4, 2, 20_000]))

    def draw(rows: Any, _: Any) -> tuple[Any, Any]:
        ones = tf.ones([20_000])
        values = tf.stack([dropout(ones, training=True), noise(0 * ones, training=True)])
        seen.scatter_nd_update([[rows[0]]], [values])
        return tf.constant(0.0), tf.constant(0.0)

    Program(draw, compiler, 1, 2)(np.arange(4)[:, np.newaxis], np.zeros(4))
    dropped, noisy = seen.numpy()[:, 0], seen.numpy()[:, 1]
    assert (dropped == 0).mean() == pytest.approx(0.3, abs=0.01)
    assert set(np.unique(dropped.round(5))) == {0.0, np.float32(1 / 0.7).round(5)}
    assert noisy.mean() == pytest.approx(0, abs=0.01) and noisy.std() == pytest.approx(0.5, rel=0.02)
    for draws in (dropped, noisy):
        assert np.abs(np.corrcoef(draws) - np.eye(4)).max() < 0.05


def test_answer_is_remembered_for_the_same_network_alone(bench: Make, tmp_path: Path) -> None:
    from dl.training.fast.choice import EngineMemory

    memory, spec, shape = EngineMemory(tmp_path), bench(*LAYERS).spec, (8, 8, 1)
    assert memory.recall(spec, shape) is None
    memory.note(spec, shape, Engine(compiler="xla", reason="measured", xla_seconds=0.1, choice_seconds=2))
    assert memory.recall(spec, shape) == Engine(compiler="xla", reason="remembered", xla_seconds=0.1)
    longer = spec.model_copy(update={"training": spec.training.model_copy(update={"epochs": 99, "seed": 1})})
    assert memory.recall(longer, shape) is not None, "length and seed do not matter"
    assert memory.recall(bench(*LAYERS, batch_size=64).spec, shape) is None
    assert memory.recall(bench(RandomTranslation(), *LAYERS).spec, shape) is None
    assert memory.recall(spec, (28, 28, 1)) is None
    memory.note_fit(spec, shape, 0.5)
    found = memory.recall(spec, shape)
    assert found is not None and (found.compiler, found.fit_seconds) == ("xla", 0.5)
    (tmp_path / "engines.json").write_text("[1, 2")
    assert memory.recall(spec, shape) is None


@pytest.mark.parametrize("reason", ["too_short", "not_compilable"])
def test_choice_that_another_day_may_change_is_not_remembered(bench: Make, tmp_path: Path, reason: Any) -> None:
    from dl.training.fast.choice import EngineMemory

    memory, spec = EngineMemory(tmp_path), bench().spec
    memory.note(spec, (8, 8, 1), Engine(compiler="graph", reason=reason, graph_seconds=0.1))
    assert memory.recall(spec, (8, 8, 1)) is None


def test_what_needed_no_trial_is_not_said_to_be_remembered(bench: Make, tmp_path: Path) -> None:
    from dl.training.fast.choice import EngineMemory

    memory, spec = EngineMemory(tmp_path), bench().spec
    memory.note(spec, (8, 8, 1), Engine(compiler="graph", reason="known"))
    memory.note_fit(spec, (8, 8, 1), 0.5)
    assert memory.recall(spec, (8, 8, 1)) == Engine(compiler="graph", reason="known", fit_seconds=0.5)
