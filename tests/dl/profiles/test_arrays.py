"""Columns of Arrow become arrays, whatever slices and gaps they have, and pandas is not imported for it."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa

from dl.profiles.arrays import hashes_of_column, numbers_of, words_of


def test_numbers_have_nan_for_null_in_chunks_and_slices() -> None:
    column = pa.chunked_array([pa.array([9.0, None, 1.5]).slice(1), pa.array([2.0]), pa.array([], pa.float64())])
    np.testing.assert_array_equal(numbers_of(column), [np.nan, 1.5, 2.0])
    np.testing.assert_array_equal(numbers_of(column.slice(1)), [1.5, 2.0])
    assert len(numbers_of(pa.chunked_array([pa.array([], pa.float64())]))) == 0


def test_words_are_places_in_names() -> None:
    words = words_of(pa.chunked_array([pa.array(["b", None, "a", "b"]), pa.array([None], pa.string())]))
    assert [words.names[place] if place >= 0 else None for place in words.places] == ["b", None, "a", "b", None]
    assert sorted(words.names) == ["a", "b"]


def test_words_may_all_be_missing() -> None:
    words = words_of(pa.chunked_array([pa.array([None, None], pa.string())]))
    assert words.places.tolist() == [-1, -1] and words.names == []


def test_hashes_keep_all_their_bits() -> None:
    assert hashes_of_column(pa.chunked_array([pa.array([2**64 - 1, 0], pa.uint64())])).tolist() == [2**64 - 1, 0]


def test_pandas_stays_out_of_the_job() -> None:
    program = "import sys; import dl.jobs.profiler; print('pandas' in sys.modules)"
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
