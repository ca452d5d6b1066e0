"""The models from others that are here: each in a folder that networks, and jobs, take for that of a run."""

import re
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from dl.aside import Aside
from dl.datasets import Dataset
from dl.datasets.download import storage_failure
from dl.errors import UnknownRun
from dl.files import discard, read_model, write_model
from dl.prediction.light import read_facts
from dl.runs.deleted import told
from dl.runs.run import Run
from dl.workspace import Workspace

FACTS, REQUEST = "model.json", "request.json"
PREFIX = "model-"  # begins the ids, so that none is that of a run
REMOVED = "removed"
WAITING_SECONDS = 86_400.0  # of a file that was not let in
Pixels = Literal["as_stored", "0_to_1"]


class ModelRequest(BaseModel):
    """`pixels`: in which range the model wants them."""

    model_config = ConfigDict(frozen=True)

    name: str
    pixels: Pixels = "as_stored"


class ForeignModel(BaseModel):
    """What was found when it was loaded: the shape of one input without the batch, and how many numbers it answers."""

    model_config = ConfigDict(frozen=True)

    name: str
    input_shape: tuple[int, ...]
    outputs: int
    parameters: int
    layers: tuple[str, ...]
    added_at: float


@dataclass(frozen=True)
class ModelStore:
    workspace: Workspace

    @property
    def folder(self) -> Path:
        return self.workspace.home / "models"

    @property
    def _removed(self) -> Aside:
        return Aside(self.folder, self.folder / REMOVED)

    def begin(self, name: str, content: Any, pixels: Pixels) -> Run:
        """A folder for the file, for a job to look into. Raises DownloadFailed where the disk does not take it."""
        self._sweep()
        folder = self.folder / f"{PREFIX}{secrets.token_hex(6)}"
        try:
            folder.mkdir(parents=True)
            with (folder / "model.keras").open("wb") as file:
                shutil.copyfileobj(content, file, 1 << 20)
            write_model(folder / REQUEST, ModelRequest(name=name[:80], pixels=pixels))
        except OSError as error:
            discard(folder)
            raise storage_failure(error, dataset=name, url=name) from error
        return Run(folder)

    def get(self, id: str) -> Run:
        """One that can be asked. Raises UnknownRun.

        It was let in, and its light form was made in that process: made later it would be loaded without any limits.
        """
        run = self.begun(id)
        if not (run.folder / FACTS).is_file() or read_facts(run) is None:
            raise UnknownRun(run=id)
        return run

    def begun(self, id: str) -> Run:
        """Whatever became of it, and be it that nobody has looked at the file yet. Raises UnknownRun.

        Ids come from URLs too, so they may not lead out of the workspace.
        """
        folder = self.folder / id
        if not re.fullmatch(rf"{PREFIX}[0-9a-f]{{12}}", id) or not folder.is_dir():
            raise UnknownRun(run=id)
        return Run(folder)

    def known(self) -> dict[str, ForeignModel]:
        """Those that were let in, by their ids, the newest first."""
        folders = self.folder.glob(f"{PREFIX}*")
        found = {folder.name: read_model(folder / FACTS, ForeignModel) for folder in folders}
        let_in = [(id, facts) for id, facts in found.items() if facts]
        return dict(sorted(let_in, key=lambda each: -each[1].added_at))

    def discard(self, id: str) -> None:
        """For good. Raises UnknownRun."""
        discard(self.begun(id).folder)

    def remove(self, id: str) -> None:
        """It can come back for a week. Raises UnknownRun, NotKept."""
        with told(self.begun(id).id):
            self._removed.put(id)

    def restore(self, id: str) -> None:
        """Raises UnknownRun for one that was not removed, or too long ago; NotKept."""
        with told(id):
            self._removed.back(id)

    def suit(self, run: Run, dataset: Dataset) -> None:
        """It may be asked about the pictures of this data set."""
        write_model(run.folder / "dataset.json", dataset)

    def let_in(self, run: Run, facts: ForeignModel) -> None:
        """From now on it is known."""
        write_model(run.folder / FACTS, facts)

    def _sweep(self) -> None:
        """What was removed long ago, and what nobody has let in."""
        self._removed.sweep()
        for folder in self.folder.glob(f"{PREFIX}*"):
            if not (folder / FACTS).is_file() and time.time() - folder.stat().st_mtime > WAITING_SECONDS:
                discard(folder)


def request_of(run: Run) -> ModelRequest:
    return read_model(run.folder / REQUEST, ModelRequest) or ModelRequest(name=run.id)
