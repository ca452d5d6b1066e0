"""A run that disappears in the very moment in which it is read."""

import os
import threading
from collections.abc import Callable
from contextlib import suppress

import pytest

from dl.errors import RunDamaged
from dl.runs import Run
from dl.runs.log.history import count_steps, read_range, read_smoothed
from dl.runs.log.schema import BLOCK_STEPS

FakeRun = Callable[..., Run]
READERS: dict[str, Callable[[Run], object]] = {
    "status": Run.status,
    "epochs": Run.epochs,
    "steps": Run.steps,
    "changes": Run.changes,
    "predictions": Run.predictions,
    "checkpoints": lambda run: run.checkpoints.list(),
    "count": lambda run: count_steps(run.folder),
    "range": lambda run: read_range(run.folder, "loss", 1, 10 * BLOCK_STEPS, 3),
    "smoothed": lambda run: read_smoothed(run.folder, "loss", 1, 10 * BLOCK_STEPS, 3, 0.9),
}


@pytest.mark.skipif(os.name == "nt", reason="there a folder whose files are read cannot be moved")
@pytest.mark.parametrize("reader", READERS)
def test_reader_finds_all_nothing_or_damage_when_the_folder_goes_at_any_moment(reader: str, fake_run: FakeRun) -> None:
    run, done = fake_run(epochs=5, steps_per_epoch=2 * BLOCK_STEPS, checkpoints=[1]), threading.Event()
    aside = run.folder.with_name("aside")

    def go_and_come() -> None:
        while not done.is_set():
            run.folder.rename(aside)
            aside.rename(run.folder)

    moving = threading.Thread(target=go_and_come)
    moving.start()
    try:
        for _ in range(300):
            with suppress(RunDamaged):
                READERS[reader](run)
    finally:
        done.set()
        moving.join()
