"""The checkpoints of a run: all that is needed to go on as if nothing had happened, one file each.

A file is an uncompressed `.npz` of arrays and of one JSON text of facts. Its name tells how far the run was: steps and
whole epochs done, and whether it stands within the next epoch.
"""

import io
import json
import os
import re
import zipfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dl.errors import RunDamaged
from dl.files import write_atomically

_NAME = re.compile(r"step-(\d{10})-epoch-(\d{6})(-within)?\.npz")
_FACTS = "facts"
KEPT = 12


@dataclass(frozen=True)
class Snapshot:
    """`arrays` by name (variables of model and optimiser), `facts` are plain JSON values (position, rules)."""

    arrays: dict[str, np.ndarray]
    facts: dict[str, Any]


@dataclass(frozen=True, order=True)
class Checkpoint:
    """`step` and `epoch` count what is done; `within`: the next epoch has begun."""

    step: int
    epoch: int
    within: bool
    path: Path

    def content(self) -> bytes:
        """Raises RunDamaged if the file is gone."""
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise self._damage() from error

    def read(self) -> Snapshot:
        """Raises RunDamaged if the file is torn or nonsense."""
        try:
            with np.load(self.path, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            facts = json.loads(bytes(arrays.pop(_FACTS)))
        except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile) as error:
            raise self._damage() from error
        return Snapshot(arrays, facts)

    def arrays(self, names: Sequence[str]) -> list[np.ndarray]:
        """Some of its arrays, and nothing else is read. Raises RunDamaged."""
        try:
            with np.load(self.path, allow_pickle=False) as file:
                return [file[name] for name in names]
        except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile) as error:
            raise self._damage() from error

    def _damage(self) -> RunDamaged:
        return RunDamaged(run=self.path.parents[1].name, file=f"checkpoints/{self.path.name}")


class Checkpoints:
    """Those of one run, in its folder `checkpoints`."""

    def __init__(self, run_folder: Path) -> None:
        self._folder = run_folder / "checkpoints"

    def list(self) -> list[Checkpoint]:
        """The first one first."""
        try:
            names = os.listdir(self._folder)
        except (FileNotFoundError, NotADirectoryError):
            return []
        matches = [match for name in names if (match := _NAME.fullmatch(name))]
        return sorted(Checkpoint(int(m[1]), int(m[2]), bool(m[3]), self._folder / m[0]) for m in matches)

    def at_epoch(self, epoch: int) -> Checkpoint | None:
        """The one made when this many epochs were done, if it was kept."""
        return next((point for point in self.list() if point.epoch == epoch and not point.within), None)

    def write(self, snapshot: Snapshot, step: int, epoch: int, within: bool) -> Checkpoint:
        """A reader, or a worker that takes over, sees the whole file or none."""
        content = io.BytesIO()
        facts = np.frombuffer(json.dumps(snapshot.facts).encode(), np.uint8)
        np.savez(content, allow_pickle=False, **{_FACTS: facts}, **snapshot.arrays)
        path = self._folder / f"step-{step:010d}-epoch-{epoch:06d}{'-within' if within else ''}.npz"
        self._folder.mkdir(exist_ok=True)
        write_atomically(path, content.getbuffer())
        return Checkpoint(step, epoch, within, path)

    def adopt(self, origin: Checkpoint, content: bytes) -> None:
        """Keep a copy of another run's checkpoint, so that it may be removed without harm."""
        self._folder.mkdir(exist_ok=True)
        write_atomically(self._folder / origin.path.name, content)

    def thin(self, keep_epochs: Collection[int]) -> None:
        """Remove all but a dozen, evenly spread; never the first and the last one, nor those of `keep_epochs`."""
        points = self.list()
        for point in points[:-1]:  # one within an epoch serves only until a later one is there
            if point.within:
                point.path.unlink(missing_ok=True)
        whole = [point for point in points if not point.within]
        while len(whole) > KEPT:
            removable = [i for i in range(1, len(whole) - 1) if whole[i].epoch not in keep_epochs]
            if not removable:
                return
            crowded = min(removable, key=lambda i: whole[i + 1].step - whole[i - 1].step)
            whole.pop(crowded).path.unlink(missing_ok=True)
