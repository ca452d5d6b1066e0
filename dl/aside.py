"""Folders that were moved aside within their own, so that it can be undone, and are removed for good a week later."""

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dl.files import discard, patiently

KEPT_DAYS, DAY = 7, 86_400  # a day in seconds


@dataclass(frozen=True)
class Aside:
    """Those of `folder` lie in `place`. A rename is whole or has not happened; what the disk refuses is an OSError."""

    folder: Path
    place: Path

    def put(self, name: str) -> None:
        """The time of its folder says from then on when that was."""
        self.place.mkdir(exist_ok=True)
        os.utime(self.folder / name)
        patiently(lambda: os.rename(self.folder / name, self.place / name))

    def back(self, name: str) -> None:
        patiently(lambda: os.rename(self.place / name, self.folder / name))

    def put_at(self, name: str) -> float:
        """Long ago for one that somebody else has just taken away."""
        with suppress(FileNotFoundError):
            return (self.place / name).stat().st_mtime
        return 0.0

    def sweep(self) -> None:
        for path in self.place.glob("*"):
            if time.time() - self.put_at(path.name) > KEPT_DAYS * DAY:
                discard(path)
