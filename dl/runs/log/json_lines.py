"""Text files that grow by one JSON object a line: what is torn by a crash is ignored and never glued to the next."""

import json
import os
from pathlib import Path
from typing import Any

LAST_BYTES = 4096  # far more than a record has


def append_line(path: Path, record: dict[str, Any]) -> None:
    with open(path, "ab+") as file:
        line = json.dumps(record).encode() + b"\n"
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            line = line if file.read(1) == b"\n" else b"\n" + line
        file.write(line)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The records of whole lines; no file reads as none."""
    try:
        return _records(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return []


def read_lines_from(path: Path, start: int) -> tuple[list[dict[str, Any]], int]:
    """The records of whole lines from byte `start` on, and the byte at which the next line begins."""
    try:
        with open(path, "rb") as file:
            file.seek(start)
            content = file.read()
    except (FileNotFoundError, NotADirectoryError):
        return [], start
    whole = content[: content.rfind(b"\n") + 1]
    return _records(whole), start + len(whole)


def read_last(path: Path) -> dict[str, Any]:
    """The last record, however long the file has grown; empty if there is none."""
    try:
        records, _ = read_lines_from(path, max(0, path.stat().st_size - LAST_BYTES))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    return records[-1] if records else {}


def _records(content: bytes) -> list[dict[str, Any]]:
    records = []
    for line in content.decode("utf-8", errors="replace").splitlines():
        try:
            record = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(record, dict):
            records.append(record)
    return records
