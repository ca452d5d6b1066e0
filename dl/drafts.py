"""Networks that are being configured, kept on disk so that a reload loses nothing and a link can be sent to somebody.

Who knows the id of a draft may read it, so ids cannot be guessed; the oldest drafts go when there are too many.
"""

import re
import secrets
from pathlib import Path

from dl.errors import SpecError, UnknownDraft
from dl.files import write_atomically
from dl.specs import RunSpec, parse_spec

DRAFTS = 1000
MAX_BYTES = 200_000  # 200 layers, the most that there can be, take half of that
_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")  # names come from URLs, so they may not lead out of the folder


class DraftStore:
    """`<folder>/<id>.json`, one specification each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self, spec: RunSpec) -> str:
        """Keep it under a new id. Raises OSError if the disk does not take it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._make_room()
        draft_id = secrets.token_urlsafe(12)
        self.write(draft_id, spec)
        return draft_id

    def write(self, draft_id: str, spec: RunSpec) -> None:
        write_atomically(self._path(draft_id), spec.model_dump_json().encode())

    def read(self, draft_id: str) -> RunSpec:
        """Raises UnknownDraft, whatever stands in the URL or in the file."""
        try:
            with self._path(draft_id).open("rb") as file:
                return parse_spec(file.read(MAX_BYTES))
        except (OSError, SpecError) as error:
            raise UnknownDraft(draft=draft_id) from error

    def _path(self, draft_id: str) -> Path:
        if not _ID.fullmatch(draft_id):
            raise UnknownDraft(draft=draft_id)
        return self.folder / f"{draft_id}.json"

    def _make_room(self) -> None:
        files = sorted(self.folder.glob("*.json"), key=lambda file: file.stat().st_mtime)
        for file in files[: max(0, len(files) + 1 - DRAFTS)]:
            file.unlink(missing_ok=True)
