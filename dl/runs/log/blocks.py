"""Blocks of steps: what a chart that is narrower than the run has steps needs of every `BLOCK_STEPS` steps."""

from collections.abc import Iterable

import numpy as np

BLOCK_STEPS = 256
_SUMMARY = [
    ("minimum", "<f4"),
    ("maximum", "<f4"),
    ("mean", "<f4"),
    ("minimum_at", "u1"),  # counted from the block's first step
    ("maximum_at", "u1"),
]


def block_of(metrics: Iterable[str]) -> np.dtype:
    """The record of a block, with a summary of each metric."""
    return np.dtype([(metric, _SUMMARY) for metric in metrics])


def summarise(steps: np.ndarray, block: np.dtype, size: int = BLOCK_STEPS) -> np.ndarray:
    """A `block` for every `size` (at most BLOCK_STEPS) records; what is over at the end is left out."""
    count = len(steps) // size
    blocks = np.empty(count, block)
    for metric in block.names or ():
        _summarise(steps[metric][: count * size].reshape(count, size), blocks[metric])
    return blocks


def _summarise(values: np.ndarray, blocks: np.ndarray) -> None:
    """Fill `blocks` (count,) from `values` (count, size): numbers count, NaN and infinities are as if not there."""
    finite = np.isfinite(values)
    every, numbers = np.arange(len(values)), finite.sum(axis=1)
    blocks["minimum_at"] = np.where(finite, values, np.inf).argmin(axis=1)
    blocks["maximum_at"] = np.where(finite, values, -np.inf).argmax(axis=1)
    blocks["mean"] = np.where(finite, values, 0).sum(axis=1, dtype=float) / np.maximum(numbers, 1)
    for name in ("minimum", "maximum"):
        blocks[name] = values[every, blocks[f"{name}_at"]]
    for name in ("minimum", "maximum", "mean"):
        blocks[name][numbers == 0] = np.nan
