"""CSV and its relatives: DuckDB's sniffer says how they are written, its reject tables which rows cannot be read."""

import csv
import io
from collections.abc import Collection, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from types import MappingProxyType
from typing import Any

import duckdb

from dl.datasets.archives import Report, ignore
from dl.datasets.tables.database import ask, literal
from dl.datasets.tables.dialect import Dialect, clean_names
from dl.datasets.tables.left_out import LeftOut, Reason
from dl.datasets.tables.lines import LineRules
from dl.datasets.tables.sources import MOST_COLUMNS, RowSource
from dl.datasets.tables.text_files import Examined, copy_as_utf8, examine, guess_encoding
from dl.errors import TableUnreadable

HEAD_BYTES = 1 << 20
LONGEST_LINE = 4_000_000  # characters; a longer row is left out
BUFFER_BYTES = 16_000_000  # DuckDB's own choice is far above the longest line: too large for two threads within MEMORY
MOST_REJECTED = 1_000_000
TOLERANT = {"store_rejects": "true", "rejects_limit": MOST_REJECTED, "rejects_line_size_limit": 20_000}
DELIMITERS = ",;\t|"
_GIVEN = {"delimiter": "delim", "quote": "quote", "skip": "skip"}  # field of a dialect, option of the sniffer
_REASONS: dict[str, Reason] = {
    "MISSING COLUMNS": "too_few_fields",
    "TOO MANY COLUMNS": "too_many_fields",
    "UNQUOTED VALUE": "quotes",
    "INVALID ENCODING": "encoding",
    "INVALID STATE": "quotes",
    "LINE SIZE OVER MAXIMUM": "too_long",
}


def find_csv_dialect(path: Path, wishes: Mapping[str, Any] = MappingProxyType({})) -> Dialect:
    """From the head of the file, given what is known of it already. Raises TableUnreadable."""
    encoding = str(wishes.get("encoding") or guess_encoding(path))
    return sniff(read_head(path, encoding), Dialect(encoding=encoding), path.name, wishes)


def read_head(path: Path, encoding: str) -> str:
    """Whole lines, in which a byte that does not belong is a question mark."""
    with path.open("rb") as file:
        content = file.read(HEAD_BYTES)
        is_all = not file.read(1)
    try:
        text = content.decode(encoding, errors="replace")
    except (LookupError, UnicodeError):
        raise TableUnreadable(file=path.name, reason="encoding", encoding=encoding) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").removeprefix("\ufeff")
    return text if is_all or "\n" not in text else text[: text.rindex("\n") + 1]


def sniff(head: str, dialect: Dialect, file: str, wishes: Mapping[str, Any] = MappingProxyType({})) -> Dialect:
    """Separator, quotes, header and where the rows begin."""
    if not head.strip():
        raise TableUnreadable(file=file, reason="empty")
    found = _sniffed(head, wishes)
    delimiter, quote, escape, skip, header = found or (_delimiter(head), '"', "", 0, True)
    if not quote and '"' not in head:
        quote = '"'  # there may be some further down
    return dialect.changed({"delimiter": delimiter, "quote": quote, "escape": escape, "skip": skip, "header": header})


def _sniffed(head: str, wishes: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """None where DuckDB's sniffer does not find a way to read it."""
    given = "".join(f", {name} = {literal(str(wishes[known]))}" for known, name in _GIVEN.items() if known in wishes)
    columns = "Delimiter, Quote, Escape, SkipRows, HasHeader"
    place = Path(gettempdir())
    with TemporaryDirectory(prefix="livefit-", dir=place) as folder:
        sample = Path(folder) / "head.csv"
        sample.write_text(head, encoding="utf-8", newline="")
        # With the second, titles above the header are taken for bad rows; with the first, a bad last row for the table.
        for options in ("", ", ignore_errors = true"):
            query = f"SELECT {columns} FROM sniff_csv({literal(str(sample))}{given}{options})"
            with suppress(duckdb.Error):
                found = ask(place).execute(query).fetchone()
                assert found
                known = ["" if value == "(empty)" else value for value in found[:3]]
                if given or (_is_likely(known[0], head) and 2 * found[3] <= head.count("\n")):
                    return (*known, *found[3:])
    return None


def _is_likely(delimiter: str, head: str) -> bool:
    return delimiter in DELIMITERS and (delimiter in head or _delimiter(head) not in head)


def _delimiter(head: str) -> str:
    """The one that stands equally often, and most often, in the first lines."""
    lines = head.splitlines()[:100]

    def agreement(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in lines]
        usual = max(set(counts), key=lambda count: (count > 0, counts.count(count)))
        return (counts.count(usual) if usual else 0), usual

    return max(DELIMITERS, key=agreement)


def open_csv(path: Path, dialect: Dialect, staging: Path, report: Report = ignore) -> RowSource:
    """Looks at every byte once, and copies the file where DuckDB cannot read it as it is. Raises TableUnreadable."""
    examined = examine(path, dialect.encoding, report)
    readable, examined = _readable(path, examined, staging, report)
    head = read_head(readable, "utf-8")
    names, begin = _names(head, dialect, path.name)
    options = _reading(dialect, begin, examined.ending)

    def rejected(connection: duckdb.DuckDBPyConnection) -> list[LeftOut]:
        return _rejected(connection, readable, dialect, len(names))

    def quick(numbers: Collection[str]) -> str:
        return _relation(readable, options, len(names), numbers)

    rules = LineRules(begin + 1, examined.lines, examined.blank)
    return RowSource(path.name, names, _relation(readable, options | TOLERANT, len(names)), rules, rejected, quick)


def _readable(path: Path, examined: Examined, staging: Path, report: Report) -> tuple[Path, Examined]:
    """Under a name in which DuckDB sees no pattern and no compression."""
    readable = staging / f"source-{len(list(staging.iterdir()))}.csv"
    if examined.needs_copy:
        copy_as_utf8(path, readable, examined.encoding, report)
        return readable, examine(readable, "utf-8")
    try:
        readable.hardlink_to(path)
    except OSError:  # another disk
        readable.symlink_to(path.absolute())
    return readable, examined


def _names(head: str, dialect: Dialect, file: str) -> tuple[tuple[str, ...], int]:
    """The columns, and how many lines stand before the first row."""
    lines = iter(head.splitlines(keepends=True)[dialect.skip :])
    csv.field_size_limit(2 * HEAD_BYTES)
    reader = csv.reader(lines, **_options(dialect))
    try:
        begun = list(islice((row for row in _with_line(reader) if row[0]), 200))
    except csv.Error:
        begun = []
    if not begun:
        raise TableUnreadable(file=file, reason="no_rows")
    header = begun[0] if dialect.header else ([], 0)
    widths = [len(row) for row, _ in (begun[1:] if dialect.header else begun)] or [len(header[0])]
    columns = max(set(widths), key=lambda width: (widths.count(width), width))
    if columns > MOST_COLUMNS:
        raise TableUnreadable(file=file, reason="too_many_columns", columns=columns, limit=MOST_COLUMNS)
    return clean_names(header[0], columns), dialect.skip + header[1]


def _options(dialect: Dialect) -> dict[str, Any]:
    """Of Python's reader."""
    options: dict[str, Any] = {"delimiter": dialect.delimiter, "quotechar": dialect.quote or None}
    options |= {} if dialect.quote else {"quoting": csv.QUOTE_NONE}
    return options | ({"escapechar": "\\"} if dialect.escape == "\\" else {})


def _with_line(reader: Any) -> Any:
    for row in reader:
        yield row, reader.line_num


def _reading(dialect: Dialect, begin: int, ending: str) -> dict[str, Any]:
    """Options of DuckDB's reader."""
    return {
        "auto_detect": "false",
        "header": "false",
        "skip": begin,
        "delim": literal(dialect.delimiter),
        "quote": literal(dialect.quote),
        "escape": literal(dialect.escape),
        "new_line": "'\\r\\n'" if ending == "\r\n" else "'\\n'",
        "max_line_size": LONGEST_LINE,
        "buffer_size": BUFFER_BYTES,
    }


def _relation(path: Path, options: Mapping[str, Any], columns: int, numbers: Collection[str] = ()) -> str:
    fields = [f"c{number}" for number in range(columns)]
    shape = ", ".join(f"'{field}': '{'DOUBLE' if field in numbers else 'VARCHAR'}'" for field in fields)
    written = ", ".join(f"{name} = {value}" for name, value in options.items())
    return f"read_csv({literal(str(path))}, {written}, columns = {{{shape}}})"


def _rejected(connection: duckdb.DuckDBPyConnection, path: Path, dialect: Dialect, columns: int) -> list[LeftOut]:
    """One for each row, whatever is wrong with it."""
    query = (
        "SELECT line, arg_min(CAST(error_type AS VARCHAR), coalesce(column_idx, 0)), first(csv_line) "
        "FROM reject_errors "
        f"JOIN reject_scans USING (scan_id, file_id) WHERE file_path = {literal(str(path))} GROUP BY line ORDER BY line"
    )
    try:
        rows = connection.execute(query).fetchall()
    except duckdb.CatalogException:  # nothing was read with this connection
        return []
    if len(rows) >= MOST_REJECTED:
        raise TableUnreadable(file=path.name, reason="mostly_left_out")
    return [_left_out(line, kind, (row or "").strip("\r\n"), dialect, columns) for line, kind, row in rows]


def _left_out(line: int, kind: str, row: str, dialect: Dialect, columns: int) -> LeftOut:
    reader = csv.reader(io.StringIO(row), **_options(dialect))
    try:
        found = len(next(reader, []))
    except csv.Error:
        found = 0
    return LeftOut(line, _REASONS.get(kind, "quotes"), row, found, columns, 1 + row.count("\n"))
