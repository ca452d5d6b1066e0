"""A data set in numbers: class counts, mean picture and spread, and how often each pixel value occurs."""

import contextlib
import io
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dl.datasets.opening import OpenDataset, open_folder
from dl.files import write_atomically

BLOCK_ROWS = 4096
CACHE = "profile.npz"


@dataclass(frozen=True)
class Profile:
    """Counts are of both splits, all else of the training set alone. An empty class has NaN pictures."""

    train_class_counts: NDArray[np.int64]  # (classes,)
    test_class_counts: NDArray[np.int64]  # (classes,)
    mean: NDArray[np.float32]  # (height, width, channels)
    standard_deviation: NDArray[np.float32]  # (height, width, channels)
    class_means: NDArray[np.float32]  # (classes, height, width, channels)
    class_standard_deviations: NDArray[np.float32]  # (classes, height, width, channels)
    pixel_values: NDArray[np.int64]  # each value in the range, ascending
    pixel_counts: NDArray[np.int64]  # how many pixels have it

    @property
    def class_counts(self) -> dict[str, NDArray[np.int64]]:
        return {"train": self.train_class_counts, "test": self.test_class_counts}


def profile(folder: Path) -> Profile:
    """Computed once and kept beside the data."""
    data, cache = open_folder(folder), folder / CACHE
    if kept := _read_cache(cache, data.description.fingerprint):
        return kept
    result = compute_profile(data)
    with contextlib.suppress(OSError):  # a full disk or a read-only folder costs only the time to compute it again
        _write_cache(cache, result, data.description.fingerprint)
    return result


def compute_profile(data: OpenDataset) -> Profile:
    """Exact, from sums of whole numbers, in blocks of rows so that memory does not grow with the data."""
    known = data.description
    low, high = known.value_range
    counts = np.bincount(data.y_train, minlength=len(known.classes))
    sums = np.zeros((len(known.classes), *known.shape), np.int64)
    squares = np.zeros_like(sums)
    values = np.zeros(high + 1, np.int64)
    for start in range(0, known.rows.train, BLOCK_ROWS):
        block, labels = data.x_train[start : start + BLOCK_ROWS], data.y_train[start : start + BLOCK_ROWS]
        for label in np.unique(labels):
            pictures = block[labels == label]
            sums[label] += pictures.sum(axis=0, dtype=np.int64)
            squares[label] += np.square(pictures, dtype=np.uint32).sum(axis=0, dtype=np.int64)
            values += np.bincount(pictures.ravel(), minlength=len(values))
    mean, deviation = _moments(counts.sum(), sums.sum(axis=0), squares.sum(axis=0))
    class_means, class_deviations = _moments(counts[:, np.newaxis, np.newaxis, np.newaxis], sums, squares)
    return Profile(
        train_class_counts=counts,
        test_class_counts=np.bincount(data.y_test, minlength=len(known.classes)),
        mean=mean,
        standard_deviation=deviation,
        class_means=class_means,
        class_standard_deviations=class_deviations,
        pixel_values=np.arange(low, high + 1),
        pixel_counts=values[low:],
    )


def _moments(
    counts: NDArray[np.int64], sums: NDArray[np.int64], squares: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    with np.errstate(invalid="ignore"):
        mean = sums / counts
        variance = squares / counts - mean**2
    return mean.astype(np.float32), np.sqrt(np.maximum(variance, 0)).astype(np.float32)


def _read_cache(path: Path, fingerprint: str) -> Profile | None:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as content:
            arrays = dict(content)
    except Exception:  # whatever a torn file makes numpy or zipfile raise, the answer is to compute it again
        return None
    if str(arrays.pop("fingerprint", "")) != fingerprint or set(arrays) != set(Profile.__dataclass_fields__):
        return None
    return Profile(**arrays)


def _write_cache(path: Path, result: Profile, fingerprint: str) -> None:
    content = io.BytesIO()
    np.savez_compressed(content, fingerprint=np.array(fingerprint), **asdict(result))
    write_atomically(path, content.getvalue())
