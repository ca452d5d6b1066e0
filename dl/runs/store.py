"""All runs of a workspace: numbered folders, made so that two writers never get the same number."""

import os
import re
import time
from collections.abc import Iterable
from pathlib import Path

from dl.datasets.description import Dataset
from dl.errors import UnknownRun
from dl.files import write_atomically
from dl.runs.checkpoints import Checkpoint
from dl.runs.run import Run
from dl.runs.status import Status
from dl.specs import RunSpec

_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


def runs_among(names: Iterable[str], folder: Path) -> list[Run]:
    """The newest first."""
    numbers = (int(name) for name in names if _NUMBER.fullmatch(name))
    return [Run(folder / str(number)) for number in sorted(numbers, reverse=True)]


class RunStore:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self, spec: RunSpec, dataset: Dataset, claimed: bool = False, origin: Checkpoint | None = None) -> Run:
        """A QUEUED run with the next free number, pinned to the fingerprint of its data. Raises RunDamaged.

        `claimed` by who makes it, so that no supervisor ever takes it from the queue; a fork begins at `origin`.
        """
        data = spec.data.model_copy(update={"fingerprint": dataset.fingerprint})
        start = origin.content() if origin else b""  # before there is a folder that would stay half made
        run = self._next()
        write_atomically(
            run.folder / "spec.json", spec.model_copy(update={"data": data}).model_dump_json(indent=1).encode()
        )
        write_atomically(run.folder / "dataset.json", dataset.model_dump_json(indent=1).encode())
        if origin:
            run.checkpoints.adopt(origin, start)
        if claimed:
            run.claim()
        run.write_status(Status(state="QUEUED", queued_at=time.time(), epochs=spec.training.epochs))
        return run

    def get(self, id: str) -> Run:
        """Raises UnknownRun; an id is a number, so nothing outside the folder can be named."""
        if not _NUMBER.fullmatch(id) or not (self.folder / id).is_dir():
            raise UnknownRun(run=id)
        return Run(self.folder / id)

    def list(self) -> list[Run]:
        """Newest first."""
        return runs_among(self.names(), self.folder)

    def names(self) -> set[str]:
        """Of all that lies in the folder, runs and others."""
        try:
            return set(os.listdir(self.folder))
        except (FileNotFoundError, NotADirectoryError):
            return set()

    def _next(self) -> Run:
        self.folder.mkdir(parents=True, exist_ok=True)
        newest = self.list()
        number = int(newest[0].id) + 1 if newest else 1
        while True:  # mkdir is the lock: whoever makes the folder has the number
            try:
                (self.folder / str(number)).mkdir()
                return Run(self.folder / str(number))
            except FileExistsError:
                number += 1
