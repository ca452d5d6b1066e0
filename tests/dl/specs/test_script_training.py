"""The generated script with all that is rarely changed: it trains, and does what the specification says."""

import re
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from dl.datasets.catalogue import BUILTINS
from dl.specs import Fork, RunSpec, parse_spec
from dl.specs.presets import default_spec
from dl.specs.schedules import CosineDecay
from dl.specs.script import keras_script
from dl.tasks.classification import balanced_class_weights

ALL_ON = {
    "epochs": 2,
    "early_stopping": {"patience": 5},
    "learning_rate_schedule": {"type": "CosineDecay", "alpha": 0.1, "warmup_epochs": 1},
    "gradient_clipping": {"by": "global_clipnorm", "value": 1.0},
    "class_weight": "balanced",
    "precision": "mixed_float16",
}
ONE_HOT = {"target_encoding": "one_hot"}


def whole_script(training: dict[str, Any], data: dict[str, Any] | None = None) -> str:
    return keras_script(digits_spec(training, data or {}), BUILTINS["digits"])


def digits_spec(training: dict[str, Any], data: dict[str, Any], preset: str = "textbook") -> RunSpec:
    whole = default_spec(BUILTINS["digits"], preset).model_dump()
    return parse_spec(whole | {"data": whole["data"] | data, "training": whole["training"] | training})


@pytest.fixture
def names_of(keras: ModuleType) -> Iterator[Callable[[str], dict[str, Any]]]:
    """What a whole script has made, run in this process; the policy that it may set ends with the test."""
    policy = keras.config.dtype_policy()

    def run(script: str) -> dict[str, Any]:
        names: dict[str, Any] = {}
        exec(script.replace('model.save("model.keras")', ""), names)
        return names

    yield run
    keras.config.set_dtype_policy(policy)


@pytest.mark.parametrize("data", [{}, ONE_HOT], ids=["integers", "one-hot"])
def test_script_with_everything_on_trains(names_of: Callable[[str], dict[str, Any]], data: dict[str, Any]) -> None:
    loss = {"loss": "categorical_crossentropy"} if data else {}
    names = names_of(whole_script(ALL_ON | loss, data))
    labels = names["y_train"].argmax(axis=1) if data else names["y_train"]
    weights = balanced_class_weights(labels, 10)
    assert list(names["class_weight"].values()) == pytest.approx(weights.tolist(), rel=1e-6)
    model, steps = names["model"], -(-len(labels) // 32)
    assert [layer.compute_dtype for layer in model.layers] == ["float16"] * 3 + ["float32"]
    optimizer = model.optimizer.inner_optimizer
    assert (optimizer.global_clipnorm, int(optimizer.iterations)) == (1.0, 2 * steps)
    rate = CosineDecay(alpha=0.1, warmup_epochs=1).rate(0.001, np.arange(2 * steps), steps, 2 * steps)
    assert [float(names["learning_rate"](step)) for step in range(2 * steps)] == pytest.approx(rate, abs=1e-8)


def test_script_lowers_the_learning_rate_when_progress_stops(names_of: Callable[[str], dict[str, Any]]) -> None:
    """Steps so small that no epoch improves the one before."""
    plateau = {"factor": 0.25, "patience": 1}
    optimizer = {"type": "Adam", "learning_rate": 1e-9}
    names = names_of(whole_script({"epochs": 2, "reduce_on_plateau": plateau, "optimizer": optimizer}))
    assert float(names["model"].optimizer.learning_rate) == pytest.approx(2.5e-10)


@pytest.mark.parametrize(
    ("schedule", "first", "steps"),
    [
        ({"type": "CosineDecay"}, 0.001, {"decay_steps": "5 * steps_per_epoch"}),
        (
            {"type": "CosineDecay", "warmup_epochs": 2},
            0.0,
            {"decay_steps": "3 * steps_per_epoch", "warmup_steps": "2 * steps_per_epoch"},
        ),
        ({"type": "ExponentialDecay"}, 0.001, {"decay_steps": "steps_per_epoch"}),
    ],
)
def test_script_counts_the_schedule_in_steps(schedule: dict[str, Any], first: float, steps: dict[str, str]) -> None:
    script = whole_script({"learning_rate_schedule": schedule})
    assert f"schedules.{schedule['type']}(\n    initial_learning_rate={first},\n" in script
    assert dict(re.findall(r"    (\w+_steps)=(.*),\n", script)) == steps
    assert "optimizer=keras.optimizers.Adam(learning_rate=learning_rate, " in script


def test_script_names_nothing_that_is_off() -> None:
    script = whole_script({})
    for word in ("schedules", "callbacks", "clip", "class_weight", "dtype", "regularizer"):
        assert word not in script


def test_script_computes_with_the_same_precision(names_of: Callable[[str], dict[str, Any]], keras: ModuleType) -> None:
    from dl.training.build import build_model
    from dl.training.step import layers_of

    spec = digits_spec({"precision": "mixed_float16"}, {}, "convolutional_regularised")
    script = keras_script(spec, BUILTINS["digits"])
    theirs = names_of(script[: script.index("# Training")])["model"]
    keras.config.set_dtype_policy("float32")
    ours = build_model(spec.model, (8, 8, 1), spec.training.precision)
    assert [layer.dtype_policy for layer in layers_of(ours)] == [layer.dtype_policy for layer in theirs.layers]
    assert ours.layers[-1].dtype_policy.name == "float32"


def test_script_changes_the_learning_rate_at_the_step_where_it_was_changed_by_hand(
    names_of: Callable[[str], dict[str, Any]],
) -> None:
    spec = digits_spec({"epochs": 2, "optimizer": {"type": "SGD", "learning_rate": 0.1}}, {})
    script = keras_script(spec, BUILTINS["digits"], {30: 0.02, 60: 0.5})
    script = script.replace("    callbacks=[\n", "    callbacks=[\n        Seen(),\n")
    watch = (
        "class Seen(keras.callbacks.Callback):\n    rates = []\n    def on_train_batch_begin(self, batch, logs=None):\n"
        "        self.rates.append(float(self.model.optimizer.learning_rate))\n"
    )
    names = names_of(script.replace("# Training\n", watch))
    expected = [0.1] * 30 + [0.02] * 30 + [0.5] * 22
    assert names["Seen"].rates == pytest.approx(expected)


def test_script_says_what_it_cannot_do() -> None:
    fork = digits_spec(ALL_ON, {}).model_copy(update={"fork": Fork(run="3", epoch=2, step=82)})
    script = keras_script(fork, BUILTINS["digits"], {30: 0.02})
    assert "from run 3 after epoch 2; this script begins anew" in script
    assert "changed by hand too" in script and "ChangeLearningRate" not in script
