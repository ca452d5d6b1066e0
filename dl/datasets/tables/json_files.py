"""JSON lines: one object a line; its keys are the columns, and what is nested stays JSON."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dl.datasets.archives import Progress, Report, ignore
from dl.datasets.tables.dialect import Dialect, clean_names
from dl.datasets.tables.left_out import MOST_CHARACTERS, LeftOut
from dl.datasets.tables.sources import MOST_COLUMNS, RowSource
from dl.datasets.tables.staging import Row, stage
from dl.datasets.tables.text_files import UTF8
from dl.errors import TableUnreadable

MOST_REJECTED = 100_000  # lines, if they are more than the others
LONGEST_LINE = 16_000_000  # bytes; a longer one is left out
REPORTED = 1000  # lines


def open_json_lines(path: Path, dialect: Dialect, staging: Path, report: Report = ignore) -> RowSource:
    """Reads the file twice: for the keys, and for the values. Raises TableUnreadable."""
    keys: dict[str, None] = {}
    for _, content in _lines(path, report):
        if isinstance(content, dict):
            keys |= dict.fromkeys(content)
        if len(keys) > MOST_COLUMNS:
            raise TableUnreadable(file=path.name, reason="too_many_columns", columns=len(keys), limit=MOST_COLUMNS)
    if not keys:
        raise TableUnreadable(file=path.name, reason="not_json_lines")
    left_out: list[LeftOut] = []
    rows = _rows(path, list(keys), left_out, report)
    return stage(rows, clean_names(list(keys), len(keys)), staging, path.name, left_out)


def _rows(path: Path, keys: list[str], left_out: list[LeftOut], report: Report) -> Iterator[Row]:
    good = 0
    for line, content in _lines(path, report):
        if isinstance(content, dict):
            good += 1
            yield line, [_words(content.get(key)) for key in keys]
        else:
            left_out.append(LeftOut(line, "not_json", str(content)))
            if len(left_out) >= MOST_REJECTED and len(left_out) > good:
                raise TableUnreadable(file=path.name, reason="mostly_left_out", left_out=len(left_out), rows=good)


def _lines(path: Path, report: Report) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Numbers from 1, and what stands there: an object, or text that is none."""
    total, number = path.stat().st_size, 0
    with path.open("rb") as file:
        while line := file.readline(LONGEST_LINE):
            number += 1
            if number % REPORTED == 0:
                report(Progress("check", file.tell(), total))
            if len(line) == LONGEST_LINE:
                while not line.endswith(b"\n") and (rest := file.readline(LONGEST_LINE)):
                    line = line[:MOST_CHARACTERS] + rest[-1:]
            if line.strip():
                yield number, _object(line)


def _object(line: bytes) -> dict[str, Any] | str:
    try:
        content = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        content = None
    return content if isinstance(content, dict) else line.decode(UTF8, "replace").strip()[:MOST_CHARACTERS]


def _words(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value if value is None else value.encode(UTF8, "replace").decode()
    if isinstance(value, bool | dict | list):
        return json.dumps(value, ensure_ascii=False).encode(UTF8, "replace").decode()
    return repr(value)
