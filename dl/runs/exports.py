"""The forms in which a run's network was exported, beside its results: made once somebody asks.

They go with the results when the run goes on.
"""

import shutil
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, NonNegativeInt

from dl.files import read_model, write_model

Format = Literal["keras", "saved_model", "onnx", "litert"]
PREPARED: frozenset[Format] = frozenset({"onnx", "litert"})  # know no strings: a table enters as it was encoded
FOLDER, LIST = "exports", "exports.json"
FILES: dict[Format, str] = {
    "saved_model": "saved_model.zip",
    "onnx": "model.onnx",
    "litert": "model.tflite",
}  # the first form is the run's own file


class Export(BaseModel):
    """`difference` is the greatest one between its answers and the run's to so many test `rows`.

    Without a file, `reason` says why: "precision" (the format has only float32), "failed" (it could not be made or
    read), "wrong" (its answers were others).
    """

    model_config = ConfigDict(frozen=True)

    format: Format
    bytes: NonNegativeInt = 0
    rows: NonNegativeInt = 0
    difference: float | None = None
    reason: Literal["precision", "failed", "wrong"] | None = None


class Exports(BaseModel):
    model_config = ConfigDict(frozen=True)

    exports: tuple[Export, ...]


def export_file(run: Path, format: Format) -> Path:
    """Of the run in this folder."""
    return run / FOLDER / FILES[format]


def write_exports(run: Path, exports: Exports) -> None:
    write_model(run / LIST, exports)


def read_exports(run: Path) -> Exports | None:
    """None before there are any, and for a file that is damaged."""
    return read_model(run / LIST, Exports)


def forget_exports(run: Path) -> None:
    (run / LIST).unlink(missing_ok=True)
    shutil.rmtree(run / FOLDER, ignore_errors=True)
