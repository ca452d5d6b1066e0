"""Readers of a run's log obey the `steps.json` beside it, and nobody mixes two kinds of records."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dl.errors import RunDamaged
from dl.runs import Run
from dl.runs.log.history import count_steps, read_range, read_smoothed
from dl.runs.log.schema import BLOCK_STEPS, read_schema, schema_of, write_schema
from dl.runs.log.steps import StepLog, read_steps

FakeRun = Callable[..., Run]
OTHER = [["accuracy", "<f8"], ["time", "<f8"], ["perplexity", "<f4"], ["loss", "<f8"]]
COUNT = 3 * BLOCK_STEPS + 7


def write_other(folder: Path, **changes: Any) -> np.ndarray:
    """A log with other columns in another order, and blocks that mean nothing here."""
    steps = np.zeros(COUNT, [(name, kind) for name, kind in OTHER])
    steps["loss"], steps["accuracy"] = np.linspace(2, 1, COUNT), np.linspace(0, 1, COUNT)
    (folder / "steps.bin").write_bytes(steps.tobytes())
    (folder / "blocks.bin").write_bytes(b"\xff" * 4096)
    schema = {"dtype": OTHER, "block_steps": 64, "block_dtype": [["loss", "<f4"]]}
    (folder / "steps.json").write_text(json.dumps(schema | changes))
    return steps


def test_columns_are_found_by_name_when_the_log_has_others_too(fake_run: FakeRun) -> None:
    run = fake_run()
    steps = write_other(run.folder)
    assert count_steps(run.folder) == len(read_steps(run.folder)) == COUNT
    assert read_schema(run.folder).metrics == ("accuracy", "perplexity", "loss")
    for metric in ("loss", "accuracy"):
        few, many = (read_range(run.folder, metric, 1, COUNT, columns) for columns in (COUNT, 3))
        np.testing.assert_allclose(few.value, steps[metric], rtol=1e-6)
        assert {many.value.min(), many.value.max()} == {few.value.min(), few.value.max()}
        assert np.isfinite(read_smoothed(run.folder, metric, 1, COUNT, 3, 0.9).value).all()


def test_log_of_any_number_of_metrics_is_read_from_its_steps_and_its_blocks(tmp_path: Path) -> None:
    schema = schema_of(("loss", "accuracy", "top_5_accuracy"))
    scores = np.random.default_rng(0).random((3, COUNT)).astype("f4")
    with StepLog(tmp_path, schema) as log:
        log.append(np.zeros(COUNT), 1, *scores)
    with StepLog(tmp_path, schema) as log:
        assert log.recorded == COUNT
    assert read_schema(tmp_path) == schema
    for metric, values in zip(schema.metrics, scores, strict=True):
        np.testing.assert_array_equal(read_range(tmp_path, metric, 1, COUNT, COUNT).value, values)
        many = read_range(tmp_path, metric, 1, COUNT, 2).value
        assert (many.min(), many.max()) == (values.min(), values.max())


def test_schema_is_another_one_only_as_long_as_there_are_no_steps(tmp_path: Path) -> None:
    write_schema(tmp_path, schema_of(("loss", "accuracy")))
    with StepLog(tmp_path, schema_of(("loss", "mean_absolute_error"))) as log:
        log.append(np.zeros(1), 1, np.ones(1), np.ones(1))
    with pytest.raises(RunDamaged):
        StepLog(tmp_path)


def test_log_without_a_schema_is_read_as_it_always_was(fake_run: FakeRun) -> None:
    run = fake_run(epochs=2, steps_per_epoch=12)
    before = read_range(run.folder, "loss", 1, 24, 100)
    (run.folder / "steps.json").unlink()
    np.testing.assert_array_equal(read_range(run.folder, "loss", 1, 24, 100).value, before.value)


@pytest.mark.parametrize(
    "schema",
    [
        b"",
        b"[]",
        b"{}",
        b'{"dtype": [["accuracy", "<f4"]]}',
        b'{"dtype": [["loss", "S8"], ["accuracy", "<f4"]]}',
        b'{"dtype": [["loss", "O"], ["accuracy", "<f4"]]}',
        b'{"dtype": "<f4"}',
        b'{"dtype": [["loss", "nonsense"], ["accuracy", "<f4"]]}',
    ],
)
def test_schema_that_lacks_the_loss_or_is_nonsense_is_damage(schema: bytes, fake_run: FakeRun) -> None:
    run = fake_run()
    (run.folder / "steps.json").write_bytes(schema)
    for read in (count_steps, read_steps, StepLog):
        with pytest.raises(RunDamaged) as raised:
            read(run.folder)
        assert raised.value.facts == {"run": run.id, "file": "steps.json"}


def test_nothing_is_appended_to_a_log_of_another_schema(fake_run: FakeRun) -> None:
    run = fake_run()
    write_other(run.folder)
    before = (run.folder / "steps.bin").read_bytes()
    with pytest.raises(RunDamaged):
        StepLog(run.folder)
    assert (run.folder / "steps.bin").read_bytes() == before


def test_blocks_of_another_kind_are_made_anew_when_the_log_goes_on(fake_run: FakeRun) -> None:
    run = fake_run(epochs=0)
    with StepLog(run.folder) as log:
        log.append(np.zeros(COUNT), 1, np.linspace(2, 1, COUNT), np.zeros(COUNT))
    right = (run.folder / "blocks.bin").read_bytes()
    schema = json.loads((run.folder / "steps.json").read_bytes())
    (run.folder / "steps.json").write_text(json.dumps(schema | {"block_dtype": [["loss", "<f4"]]}))
    (run.folder / "blocks.bin").write_bytes(b"\xff" * len(right))
    assert read_range(run.folder, "loss", 1, COUNT, 2).value.max() == 2
    with StepLog(run.folder):
        pass
    assert (run.folder / "blocks.bin").read_bytes() == right
