"""How a run is computed comes back from its file, and from that of a run made before the parts were told."""

import pytest
from pydantic import ValidationError

from dl.runs.engine import Engine


def test_engine_comes_back_equal_from_json() -> None:
    engine = Engine(compiler="xla", reason="measured", graph_seconds=0.2, xla_seconds=0.1, parts={"steps": 3.0})
    assert Engine.model_validate_json(engine.model_dump_json()) == engine


def test_engine_of_a_run_that_tells_less_is_read_and_of_an_unknown_compiler_refused() -> None:
    old = Engine.model_validate({"compiler": "graph", "reason": "known"})
    assert (old.parts, old.choice_seconds, old.fit_seconds) == ({}, 0.0, None)
    with pytest.raises(ValidationError):
        Engine.model_validate({"compiler": "magic", "reason": "known"})
