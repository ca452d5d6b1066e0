"""The append-only logs of a run: `steps.bin`, one fixed-width record a step; `epochs.jsonl`, one line an epoch."""

import json
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from dl.files import write_json

STEP = np.dtype([("time", "<f8"), ("epoch", "<i4"), ("loss", "<f4"), ("accuracy", "<f4")])


class StepLog:
    """Appends steps; `time` is when the step's result was known, in unix seconds; `epoch` counts from 1."""

    def __init__(self, folder: Path) -> None:
        write_json(folder / "steps.json", {"dtype": STEP.descr})
        self._file = open(folder / "steps.bin", "ab", buffering=0)  # noqa: SIM115 (closed by __exit__)

    def append(self, time: np.ndarray, epoch: int, loss: np.ndarray, accuracy: np.ndarray) -> None:
        records = np.empty(len(loss), STEP)
        records["time"], records["epoch"], records["loss"], records["accuracy"] = time, epoch, loss, accuracy
        self._file.write(records.tobytes())

    def __enter__(self) -> "StepLog":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def read_steps(folder: Path) -> np.ndarray:
    """All whole records as a read-only array over the file; a torn tail is ignored; no file reads as no steps."""
    path = folder / "steps.bin"
    count = path.stat().st_size // STEP.itemsize if path.exists() else 0
    return np.memmap(path, STEP, "r", shape=(count,)) if count else np.empty(0, STEP)


def append_epoch(folder: Path, record: dict[str, Any]) -> None:
    with open(folder / "epochs.jsonl", "a", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")


def read_epochs(folder: Path) -> list[dict[str, Any]]:
    """Whole lines only: the last one may still be on its way, and a torn one is ignored."""
    path = folder / "epochs.jsonl"
    if not path.exists():
        return []
    records = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            record = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(record, dict) and "epoch" in record:
            records.append(record)
    return records
