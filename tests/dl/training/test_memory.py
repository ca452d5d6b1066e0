"""What was found out about a network is known the next time."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dl.runs.engine import Engine
from dl.specs.layers import BatchNormalization, Dense, Dropout, Flatten, RandomTranslation, Rescaling

Make = Callable[..., Any]
LAYERS = (Rescaling(scale=1 / 16), Flatten(), Dense(units=16), BatchNormalization(), Dropout(rate=0.3))


def test_answer_is_remembered_for_the_same_network_alone(bench: Make, tmp_path: Path) -> None:
    from dl.training.memory import EngineMemory

    memory, spec, shape = EngineMemory(tmp_path / "engines.json"), bench(*LAYERS).spec, (8, 8, 1)
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
    from dl.training.memory import EngineMemory

    memory, spec = EngineMemory(tmp_path / "engines.json"), bench().spec
    memory.note(spec, (8, 8, 1), Engine(compiler="graph", reason=reason, graph_seconds=0.1))
    assert memory.recall(spec, (8, 8, 1)) is None


def test_what_needed_no_trial_is_not_said_to_be_remembered(bench: Make, tmp_path: Path) -> None:
    from dl.training.memory import EngineMemory

    memory, spec = EngineMemory(tmp_path / "engines.json"), bench().spec
    memory.note(spec, (8, 8, 1), Engine(compiler="graph", reason="known"))
    memory.note_fit(spec, (8, 8, 1), 0.5)
    assert memory.recall(spec, (8, 8, 1)) == Engine(compiler="graph", reason="known", fit_seconds=0.5)
