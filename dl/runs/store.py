"""All runs of a workspace: numbered folders, made so that two writers never get the same number."""

import os
import re
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from dl.datasets.description import Dataset
from dl.errors import CheckpointMissing, RunDamaged, UnknownRun
from dl.files import held, write_model
from dl.runs.checkpoints import Checkpoint
from dl.runs.log.schema import schema_of, write_schema
from dl.runs.run import Run
from dl.runs.status import Status
from dl.specs import Fork, RunSpec

LAST = ".last"  # the file that holds the number given last
DELETED = ".deleted"  # the folder of the runs that were deleted and can still come back
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


def runs_among(names: Iterable[str], folder: Path) -> list[Run]:
    """The newest first."""
    numbers = (int(name) for name in names if _NUMBER.fullmatch(name))
    return [Run(folder / str(number)) for number in sorted(numbers, reverse=True)]


def names_in(folder: Path) -> set[str]:
    """Of all that lies there, runs and others."""
    try:
        return set(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return set()


class RunStore:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self, spec: RunSpec, dataset: Dataset, claimed: bool = False, origin: Checkpoint | None = None) -> Run:
        """A QUEUED run with the next free number, pinned to the fingerprint of its data.

        `claimed` by who makes it, so that no supervisor ever takes it from the queue; a fork begins at `origin`. Raises
        RunDamaged, and CheckpointMissing for a fork without its origin.
        """
        if spec.fork and not (origin and _is_at(origin, spec.fork)):
            raise CheckpointMissing(**spec.fork.model_dump())
        data = spec.data.model_copy(update={"fingerprint": dataset.fingerprint})
        start = origin.content() if origin else b""  # before there is a folder that would stay half made
        run = self._next()
        write_model(run.folder / "spec.json", spec.model_copy(update={"data": data}))
        write_model(run.folder / "dataset.json", dataset)
        write_schema(run.folder, schema_of(("loss", *spec.training.metrics)))
        if origin:
            run.checkpoints.adopt(origin, start)
        if claimed:
            run.claim()
        run.write_status(Status(state="QUEUED", queued_at=time.time(), epochs=spec.training.epochs))
        return run

    def origin(self, spec: RunSpec, earlier: Run | None = None) -> Checkpoint | None:
        """Where a fork begins: at the copy of an `earlier` run of the same specification, else in its parent.

        None for what is no fork. Raises CheckpointMissing.
        """
        if spec.fork is None:
            return None
        parent = Run(self.folder / spec.fork.run)
        for run in (earlier, parent if _is_parent(parent, spec) else None):
            point = run.checkpoints.at_epoch(spec.fork.epoch) if run else None
            if point and _is_at(point, spec.fork) and _is_whole(point):
                return point
        raise CheckpointMissing(**spec.fork.model_dump())

    def get(self, id: str) -> Run:
        """Raises UnknownRun; an id is a number, so nothing outside the folder can be named."""
        if not _NUMBER.fullmatch(id) or not (self.folder / id).is_dir():
            raise UnknownRun(run=id)
        return Run(self.folder / id)

    def list(self) -> list[Run]:
        """Newest first."""
        return runs_among(names_in(self.folder), self.folder)

    def _next(self) -> Run:
        """With a number that none ever had, removed ones included: it is noted before the folder is made."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with held(self.folder / LAST) as counter:
            number = max(_number_in(counter), self._newest())
            while True:  # where the disk knows no locks, whoever makes the folder has the number
                number += 1
                counter.seek(0)
                counter.write(str(number).encode())
                counter.truncate()
                with suppress(FileExistsError):
                    (self.folder / str(number)).mkdir()
                    return Run(self.folder / str(number))

    def _newest(self) -> int:
        """For a folder that has no counter yet, or into which runs were put by hand; deleted ones may come back."""
        runs = runs_among(names_in(self.folder) | names_in(self.folder / DELETED), self.folder)
        return int(runs[0].id) if runs else 0


def _number_in(counter: BinaryIO) -> int:
    """0 in a new one, or in nonsense."""
    try:
        return int(counter.read())
    except ValueError:
        return 0


def _is_at(point: Checkpoint, fork: Fork) -> bool:
    return (point.epoch, point.step) == (fork.epoch, fork.step)


def _is_whole(point: Checkpoint) -> bool:
    try:
        return bool(point.read())
    except RunDamaged:
        return False


def _is_parent(run: Run, spec: RunSpec) -> bool:
    """Whether that is what a fork leaves as it is: on another computer the same number is another run."""
    try:
        parent = run.spec()
    except RunDamaged:
        return False
    pinned = spec.data.model_copy(update={"fingerprint": spec.data.fingerprint or parent.data.fingerprint})
    ours, theirs = spec.training, parent.training
    return (pinned, spec.model, ours.seed, ours.batch_size) == (
        parent.data,
        parent.model,
        theirs.seed,
        theirs.batch_size,
    )
