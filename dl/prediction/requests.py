"""Files of rows that a network shall answer, each in a folder of its own with the request and what came of it."""

import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from dl.datasets.download import storage_failure
from dl.datasets.tables.files import at_home
from dl.errors import DownloadFailed, UnknownRun
from dl.files import discard, read_model, write_model
from dl.runs.run import Run
from dl.workspace import Workspace

REQUEST, ANSWERS, LEFT_OUT = "request.json", "answers.csv", "left_out.csv"
KEPT_SECONDS = 7 * 86_400.0
BLOCK_BYTES = 1 << 20


class AnswerRequest(BaseModel):
    """`source` is a path; `epoch` a saved one, or none for the end. `left_out` rows could not be read."""

    model_config = ConfigDict(frozen=True)

    run: str
    name: str
    source: str
    epoch: int | None = None
    left_out: int = 0


def begin_upload(workspace: Workspace, run: Run, name: str, content: Any, epoch: int | None) -> Run:
    """A folder for what was uploaded, for `RunJobs` to look after as they do after a run's. Raises DownloadFailed."""
    with _folder(workspace, name) as folder:
        source = folder / f"source{Path(name).suffix.lower()[:10]}"
        with source.open("wb") as file:
            shutil.copyfileobj(content, file, BLOCK_BYTES)
        write_model(folder / REQUEST, AnswerRequest(run=run.id, name=name, source=str(source), epoch=epoch))
    return Run(folder)


def begin_place(workspace: Workspace, run: Run, place: str, epoch: int | None) -> Run:
    """The same for a file that lies on this computer already."""
    with _folder(workspace, place) as folder:
        path = at_home(place)
        write_model(folder / REQUEST, AnswerRequest(run=run.id, name=path.name, source=str(path), epoch=epoch))
    return Run(folder)


@contextmanager
def _folder(workspace: Workspace, name: str) -> Iterator[Path]:
    """Those of last week are cleared away."""
    _sweep(workspace)
    folder = workspace.home / "answers" / secrets.token_hex(8)
    try:
        folder.mkdir(parents=True)
        yield folder
    except OSError as error:
        discard(folder)
        raise storage_failure(error, dataset=name, url=name) from error


def _sweep(workspace: Workspace) -> None:
    for folder in (workspace.home / "answers").glob("*"):
        if time.time() - folder.stat().st_mtime > KEPT_SECONDS:
            discard(folder)


def request_folder(workspace: Workspace, token: str) -> Path:
    """Tokens come from URLs too, so they may not lead out of the workspace. Raises UnknownRun."""
    folder = workspace.home / "answers" / token
    if not re.fullmatch(r"[0-9a-f]{16}", token) or not folder.is_dir():
        raise UnknownRun(run=token)
    return folder


def read_request(folder: Path) -> AnswerRequest:
    """Raises DownloadFailed if it is gone or torn."""
    if (found := read_model(folder / REQUEST, AnswerRequest)) is None:
        raise DownloadFailed(dataset=folder.name, url=folder.name, reason="cut_off", detail="")
    return found
