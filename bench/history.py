"""Does a long run cost more to look at? `python bench/history.py` prints a table and, last, one JSON object.

A run of ten million steps and one of ten thousand are written to a temporary folder (200 MB). Measured: the time to
read what a chart draws of a range, both lines of it; that of the first event that a viewer gets, with both curves as
JSON, and of one that brings a thousand new steps; and by how much the resident memory of the process grew meanwhile.
"raw" is the longest range that is read step by step.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dl.runs.log.curve import COLUMNS, new_steps, whole_curve
from dl.runs.log.history import read_range, read_smoothed
from dl.runs.log.schema import BLOCK_STEPS, USUAL
from dl.runs.log.steps import StepLog

MANY, FEW = 10_000_000, 10_000
CHUNK = 250_000
SMOOTHING, REPEATS = 0.9, 30
RAW = BLOCK_STEPS * COLUMNS
RANGES = {
    "whole": (1, MANY),
    "middle": (2_345_678, 7_654_321),
    "raw": (4_000_001, 4_000_000 + RAW),
    "small": (5_000_000, 5_002_000),
}
AIMS = {f"{name}_range_s": 0.05 for name in RANGES}


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        long, short = (_run(Path(name) / str(steps), steps) for steps in (MANY, FEW))
        _first(short, FEW)  # imports and caches
        before = _resident_mb()
        reads = [lambda ends=ends: _read(long, "loss", *ends) for ends in RANGES.values()]
        found = dict(zip(AIMS, _seconds(*reads), strict=True))
        found["first_event_10k_s"], found["first_event_10m_s"], found["new_steps_10m_s"] = _seconds(
            lambda: _first(short, FEW), lambda: _first(long, MANY), lambda: _new(long, MANY)
        )
        found["memory_growth_mb"] = _resident_mb() - before
    for name, value in found.items():
        aim = f"   aim {AIMS[name]:g}" if name in AIMS else ""
        print(f"{name:<20} {value:10.4f}{aim}")
    print(json.dumps({name: round(value, 5) for name, value in found.items()}))


def _run(folder: Path, steps: int) -> Path:
    folder.mkdir()
    random = np.random.default_rng(0)
    with StepLog(folder) as log:
        for start in range(0, steps, CHUNK):
            step = np.arange(start, min(start + CHUNK, steps))
            loss = 2.3 / (1 + 20 * step / steps) * random.uniform(0.5, 1.5, len(step))
            log.append(step / 1000, 1 + start // CHUNK, loss, 1 - loss / 4)
    return folder


def _read(folder: Path, metric: str, first: int, last: int) -> None:
    read_range(folder, metric, first, last, COLUMNS)
    read_smoothed(folder, metric, first, last, COLUMNS, SMOOTHING)


def _first(folder: Path, steps: int) -> None:
    json.dumps({metric: whole_curve(folder, steps, 0, metric, SMOOTHING) for metric in USUAL.metrics})


def _new(folder: Path, steps: int) -> None:
    json.dumps(new_steps(folder, steps - 999, steps, 0, steps))


def _seconds(*actions: Callable[[], object]) -> list[float]:
    """The median of some times of each action; they take turns, so that a busy machine is so for all of them."""
    times: list[list[float]] = [[] for _ in actions]
    for _ in range(REPEATS):
        for action, own in zip(actions, times, strict=True):
            start = time.perf_counter()
            action()
            own.append(time.perf_counter() - start)
    return [statistics.median(own) for own in times]


def _resident_mb() -> float:
    return float(psutil.Process().memory_info().rss) / 2**20


if __name__ == "__main__":
    main()
