"""Rows come out of a source as they were put in, wherever they lie."""

from pathlib import Path
from types import ModuleType

import numpy as np


def test_rows_are_taken_by_number_from_every_input(keras: ModuleType, tmp_path: Path) -> None:
    from dl.training.source import Resident

    pictures, numbers = np.arange(96, dtype=np.uint8).reshape(6, 4, 4, 1), np.arange(12, dtype=np.float32).reshape(6, 2)
    np.save(tmp_path / "x.npy", pictures)
    source = Resident({"picture": np.load(tmp_path / "x.npy", mmap_mode="r"), "number": numbers})
    taken = source.take(np.array([4, 0, 4]))
    assert list(taken) == ["picture", "number"]
    np.testing.assert_array_equal(taken["picture"], pictures[[4, 0, 4]])
    np.testing.assert_array_equal(taken["number"], numbers[[4, 0, 4]])
