"""A file of text before it is a table: its encoding, its lines, and a copy in UTF-8 where it needs one."""

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dl.datasets.archives import Progress, Report, ignore
from dl.errors import TableUnreadable

BLOCK_BYTES = 1 << 22
FEED, RETURN, TWO_FEEDS = 0x0A, 0x0D, 0x0A0A
HEAD_BYTES = 1 << 18  # of which an encoding is guessed
UTF8 = "utf-8"
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Of the hundred that there are, those in which tables are met; the others make short texts ambiguous.
GUESSED = ("cp1252", "cp1250", "cp1251", "cp1253", "gb18030", "big5", "shift_jis", "euc_kr")
WIDE = ("utf_16_le", "utf_16_be", "utf_32_le", "utf_32_be")


@dataclass(frozen=True)
class Examined:
    """`blank` are the numbers of lines in which nothing stands; `ending` is "" where lines end in different ways."""

    encoding: str
    lines: int
    blank: NDArray[np.int64]
    ending: str
    has_nulls: bool

    @property
    def needs_copy(self) -> bool:
        return self.encoding not in (UTF8, "utf-8-sig") or self.ending in ("", "\r") or self.has_nulls


def examine(path: Path, encoding: str = "", report: Report = ignore) -> Examined:
    """Reads all of it once. Raises TableUnreadable (empty, binary)."""
    found = _Scan()
    for block in _blocks(path, report):
        found.add(block)
    if not found.bytes:
        raise TableUnreadable(file=path.name, reason="empty")
    encoding = encoding or guess_encoding(path, found)
    is_wide = encoding in WIDE or encoding in ("utf-16", "utf-32")
    if found.nulls and not is_wide and (found.nulls > found.bytes / 100 or not found.is_utf8):
        raise TableUnreadable(file=path.name, reason="binary")
    return Examined(encoding, found.lines, found.blank_lines(), found.ending, found.nulls > 0)


def guess_encoding(path: Path, scan: "_Scan | None" = None) -> str:
    """By its mark, else UTF-8 where it is sound or mostly so, else what its first part looks like."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
        if marked := next((name for mark, name in MARKS if head.startswith(mark)), ""):
            return marked
        if scan is None:
            scan = _Scan()
            scan.add(head)
        if scan.is_utf8 and scan.nulls <= scan.bytes / 10:
            return UTF8
        file.seek(max(0, scan.first_fault - HEAD_BYTES // 2))
        return _likeliest(file.read(HEAD_BYTES))


def _likeliest(part: bytes) -> str:
    from charset_normalizer import from_bytes

    allowed = WIDE if b"\0" in part else GUESSED
    found = [match for match in from_bytes(part, cp_isolation=list(allowed)) if match.encoding in allowed]
    # Of equals the more usual one: in a short text there is little to tell them apart by.
    best = min(found, key=lambda match: (match.chaos, -match.coherence, allowed.index(match.encoding)), default=None)
    return str(best.encoding) if best else "cp1252"


def copy_as_utf8(source: Path, target: Path, encoding: str, report: Report = ignore) -> None:
    """In blocks; lines end with a line feed, and null characters are gone. Raises TableUnreadable (encoding)."""
    try:
        # A byte that is no UTF-8 stays what it is, so that its row is left out, and no more than that row.
        errors = "surrogateescape" if encoding in (UTF8, "utf-8-sig") else "replace"
        decoder = codecs.getincrementaldecoder(encoding)(errors)
    except LookupError:
        raise TableUnreadable(file=source.name, reason="encoding", encoding=encoding) from None
    lines = io.IncrementalNewlineDecoder(None, translate=True)
    with target.open("wb") as file:
        for block in _blocks(source, report):
            file.write(_encoded(lines.decode(decoder.decode(block))))
        file.write(_encoded(lines.decode(decoder.decode(b"", final=True), final=True)))


def _encoded(text: object) -> bytes:
    return str(text).replace("\0", "").encode(UTF8, "surrogateescape")


def _blocks(path: Path, report: Report) -> Iterator[bytes]:
    total = path.stat().st_size
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            yield block
            report(Progress("check", file.tell(), total))


def _has_blank_line(text: bytes, is_returned: bool) -> bool:
    """Two bytes at once, from the first and from the second on: six times as quick as to look for them by `in`."""
    counts = ((len(text) - start) // 2 for start in (0, 1))
    pairs = (np.frombuffer(text, np.uint16, count, start) for start, count in enumerate(counts) if count > 0)
    return any((pair == TWO_FEEDS).any() for pair in pairs) or (is_returned and b"\n\r\n" in text)


class _Scan:
    def __init__(self) -> None:
        self.bytes = self.nulls = self.valid = self.invalid = 0
        self.feeds = self.returns = self.pairs = 0
        self.first_fault = 0
        self._blank: list[NDArray[np.int64]] = []
        self._decoder = codecs.getincrementaldecoder(UTF8)("replace")
        self._last = b"\n"

    def add(self, block: bytes) -> None:
        self._check_encoding(block)
        self.nulls += block.count(b"\0") if b"\0" in block else 0  # to look for what is not there is quick
        if b"\r" in block or self._last.endswith(b"\r"):
            self.returns += block.count(b"\r")
            self.pairs += (self._last[-1:] + block).count(b"\r\n")
        self._note_blank_lines(block)
        self.feeds += int(np.count_nonzero(np.frombuffer(block, np.uint8) == FEED))  # a quarter of what `count` takes
        self._last = (self._last + block[-2:])[-2:]
        self.bytes += len(block)

    def _check_encoding(self, block: bytes) -> None:
        if block.isascii():
            return
        text = self._decoder.decode(block)
        faults = text.count("\ufffd")
        if faults and not self.invalid:
            self.first_fault = self.bytes
        self.invalid += faults
        self.valid += len(text) - len(text.encode("ascii", "ignore")) - faults

    def _note_blank_lines(self, block: bytes) -> None:
        before = self._last
        edge, is_returned = before + block[:2], self.returns > 0
        if not any(_has_blank_line(part, is_returned) for part in (edge, block)):
            return
        seen = before + block
        values = np.frombuffer(seen, np.uint8)
        feeds = np.flatnonzero(values == FEED)
        own = feeds[feeds >= len(before)]
        previous = values[own - 1]
        two_before = values[np.maximum(own - 2, 0)]
        is_blank = (previous == FEED) | ((previous == RETURN) & (two_before == FEED))
        self._blank.append(np.flatnonzero(is_blank) + self.feeds + 1)

    @property
    def is_utf8(self) -> bool:
        """Also where a few bytes are not: as anything else all other letters would be wrong."""
        return not self.invalid or self.valid > 2 * self.invalid

    @property
    def ending(self) -> str:
        if not self.returns:
            return "\n"
        if self.pairs == self.feeds == self.returns:
            return "\r\n"
        return "\r" if not self.feeds else ""

    @property
    def lines(self) -> int:
        return self.feeds + (not self._last.endswith(b"\n"))

    def blank_lines(self) -> NDArray[np.int64]:
        return np.concatenate(self._blank) if self._blank else np.empty(0, np.int64)
