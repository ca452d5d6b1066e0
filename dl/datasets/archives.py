"""A file that is downloaded, and how to tell that what is on disk is it."""

import gzip
import hashlib
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

BLOCK_BYTES = 1 << 20

Phase = Literal["download", "check", "convert", "read", "columns"]


@dataclass(frozen=True)
class Progress:
    """`done` of `total` bytes (rows while converting, columns at the end); `total` is None where it cannot be known."""

    phase: Phase
    done: int
    total: int | None


Report = Callable[[Progress], None]


def ignore(_: Progress) -> None:
    """The report of a caller who does not watch."""


@dataclass(frozen=True)
class Archive:
    """Known by the `sha256` of the file, or, where equal archives may differ in bytes, of each array in the .npz.

    `packed`: a gzipped copy that does as well, its name and the `sha256` of what it holds.
    """

    name: str
    url: str
    bytes: int
    sha256: str = ""
    array_sha256: tuple[tuple[str, str], ...] = ()
    packed: tuple[str, str] = ("", "")

    def place(self, folder: Path) -> Path:
        """Where it lies, or would."""
        packed = folder / self.packed[0]
        return packed if self.packed[0] and packed.is_file() else folder / self.name

    def is_sound(self, path: Path, report: Report = ignore) -> bool:
        """Whether `path` holds this archive, whole and unchanged."""
        if not path.is_file():
            return False
        if path.name == self.packed[0]:
            return self._holds_content(path)
        return self._has_file_hash(path, report) if self.sha256 else self._has_array_hashes(path, report)

    def _has_file_hash(self, path: Path, report: Report) -> bool:
        if path.stat().st_size != self.bytes:
            return False
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(BLOCK_BYTES):
                digest.update(block)
                report(Progress("check", file.tell(), self.bytes))
        return digest.hexdigest() == self.sha256

    def _holds_content(self, path: Path) -> bool:
        try:
            with gzip.open(path) as content:
                return hashlib.file_digest(content, "sha256").hexdigest() == self.packed[1]
        except (OSError, EOFError, zlib.error):
            return False

    def _has_array_hashes(self, path: Path, report: Report) -> bool:
        report(Progress("check", 0, self.bytes))
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as content:
                sound = all(_sha256(content[name]) == expected for name, expected in self.array_sha256)
        except (OSError, ValueError, TypeError, LookupError, EOFError, zipfile.BadZipFile, zlib.error):
            return False
        report(Progress("check", self.bytes, self.bytes))
        return sound


def _sha256(array: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(array).data).hexdigest()
