"""Warming up is for time alone."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dl.runs import Run, Status
from dl.specs import RunSpec


def test_run_is_the_same_and_nothing_is_left_behind_when_the_worker_was_warmed_up(
    execute: Callable[[RunSpec], tuple[Run, Status]],
    digits_spec: Callable[..., RunSpec],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from dl.training.warmup import warm_up

    cold, _ = execute(digits_spec(epochs=1))
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    warm_up()
    assert list((tmp_path / "empty").iterdir()) == []
    warm, _ = execute(digits_spec(epochs=1))
    np.testing.assert_allclose(warm.steps()["loss"], cold.steps()["loss"], rtol=1e-4)
