"""A run that lasts some seconds in small steps, with all that is random, and what shows that two ended the same."""

import time
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import h5py
from numpy.lib.recfunctions import repack_fields

from dl.datasets import Dataset
from dl.files import write_atomically
from dl.runs import Run
from dl.runs.engine import Engine
from dl.specs import NetworkSpec, RunSpec
from dl.specs.layers import BatchNormalization, Dense, Dropout, Flatten, Rescaling
from dl.specs.presets import default_spec

EPOCHS, EPOCH_STEPS = 200, 1293
SCORES = ("epoch", "steps", "loss", "accuracy", "val_loss", "val_accuracy")
NETWORK = NetworkSpec(
    layers=(
        Rescaling(scale=1 / 16),
        Flatten(),
        Dense(units=16),
        BatchNormalization(momentum=0.9),
        Dropout(rate=0.3),
        Dense(units=10, activation="softmax"),
    )
)


def lasting_spec(digits: Dataset, **training: Any) -> RunSpec:
    spec = default_spec(digits).model_dump() | {"model": NETWORK.model_dump()}
    settings = {"epochs": EPOCHS, "batch_size": 1, "optimizer": {"type": "Adam"}}
    return RunSpec.model_validate(spec | {"training": spec["training"] | settings | training})


def use_xla(run: Run) -> Run:
    """As if that had been chosen in an earlier attempt: two runs are only equal when they are computed alike."""
    engine = Engine(compiler="xla", reason="measured", graph_seconds=1e-4, xla_seconds=2e-5)
    write_atomically(run.folder / "engine.json", engine.model_dump_json().encode())
    return run


def recorded(run: Run) -> bytes:
    """What the steps gave, without the time."""
    return repack_fields(run.steps()[["epoch", "loss", "accuracy"]]).tobytes()


def scores(run: Run) -> list[dict[str, Any]]:
    return [{name: record[name] for name in SCORES} for record in run.epochs()]


def weights(run: Run) -> dict[str, bytes]:
    """Every array in the saved model."""
    arrays: dict[str, bytes] = {}
    with zipfile.ZipFile(run.model_file) as file, h5py.File(BytesIO(file.read("model.weights.h5"))) as content:

        def note(name: str, item: Any) -> None:
            if isinstance(item, h5py.Dataset):
                arrays[name] = item[()].tobytes()

        content.visititems(note)
    return arrays


def assert_identical(run: Run, other: Run) -> None:
    assert (run.status().state, other.status().state) == ("FINISHED", "FINISHED")
    assert recorded(run) == recorded(other)
    assert scores(run) == scores(other)
    assert run.results() == other.results() is not None
    predictions, expected = run.predictions(), other.predictions()
    assert predictions is not None and expected is not None
    assert predictions.outputs.tobytes() == expected.outputs.tobytes()
    assert weights(run) == weights(other) != {}


def assert_nothing_torn(run: Run) -> None:
    """No file that was only begun is left, and every line is whole."""
    assert [path.name for path in run.folder.rglob("*.tmp")] == []
    assert not (run.folder / "reserve").exists()
    assert len(run.epochs()) == len((run.folder / "epochs.jsonl").read_text().splitlines())


def promptly(condition: Callable[[], object], seconds: float = 240) -> None:
    """Waits for a moment that may be short."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} seconds in vain"
        time.sleep(0.001)
