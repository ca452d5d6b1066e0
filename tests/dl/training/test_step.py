"""What a step reads: pictures that stay where they are, or are copied where they cannot."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest


@pytest.mark.parametrize("kind", ["file", "part of a file", "memory"])
def test_training_is_the_same_wherever_the_pictures_lie(bench: Callable[..., Any], tmp_path: Path, kind: str) -> None:
    ours, expected = bench(epochs=1), bench(epochs=1)
    pictures = np.array(ours.data.x)
    np.save(tmp_path / "all.npy", np.concatenate([pictures[:7], pictures]) if kind == "part of a file" else pictures)
    mapped = np.load(tmp_path / "all.npy", mmap_mode="r")
    found = {"file": mapped, "part of a file": mapped[7:], "memory": pictures}[kind]
    ours.data = replace(ours.data, x=found)
    notes, other = ours.train()[0], expected.train()[0]
    np.testing.assert_array_equal(notes.values("loss"), other.values("loss"))
    np.testing.assert_array_equal(np.load(tmp_path / "all.npy", mmap_mode="r")[-len(pictures) :], pictures)
