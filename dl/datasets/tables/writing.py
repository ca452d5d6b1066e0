"""From sources to `rows.parquet`: in one pass where the first rows say what all of them hold, else in two."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb

from dl.datasets.tables.database import identifier, literal, watched
from dl.datasets.tables.dialect import Dialect
from dl.datasets.tables.readings import MOST_ODD, SAMPLE, Reading, guess, is_known, is_plain_decimal, matches
from dl.datasets.tables.sources import RowSource
from dl.errors import TableUnreadable

ODD = "odd"
GROUP_ROWS, GROUP_CELLS = 122_880, 4_000_000  # of a row group; DuckDB's default, and less where there are many columns
Watch = Callable[[float], None]


def write_rows(
    connection: duckdb.DuckDBPyConnection, sources: Sequence[RowSource], path: Path, dialect: Dialect, watch: Watch
) -> list[Reading]:
    """The rows of each source into a file of its own, `part_of`; returns how each column is read.

    Raises TableUnreadable.
    """
    with _damage_said(sources[0].file):
        columns = sources[0].sample(connection)
        readings = first_readings(sources[0], columns, dialect)
        try:
            if not _copied_quickly(connection, sources, columns, readings, path, watch):
                _copy(connection, sources, readings, path, watch)
        except duckdb.InvalidInputException as error:
            if ODD not in str(error):
                raise
            readings = look_at_all(connection, sources, readings, dialect)
            _copy(connection, sources, readings, path, watch)
    return readings


def write_words(connection: duckdb.DuckDBPyConnection, source: RowSource, path: Path) -> None:
    """The rows as they stand, into `part_of(path, 0)`: words, but where the file itself says what they are.

    Raises TableUnreadable.
    """
    stored = source.stored or ("",) * len(source.names)
    readings = [_fixed(kind) if kind else Reading("words", is_sure=True) for kind in stored]
    with _damage_said(source.file):
        _copy(connection, [source], readings, path, lambda done: None)


@contextmanager
def _damage_said(file: str) -> Iterator[None]:
    try:
        yield
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        raise TableUnreadable(file=file, reason="damaged", detail=str(error)) from error


def first_readings(source: RowSource, columns: Sequence[Sequence[str | None]], dialect: Dialect) -> list[Reading]:
    """As far as the first rows tell, of which `columns` are the values."""
    stored = source.stored or ("",) * len(source.names)
    return [_fixed(kind) if kind else guess(values, dialect) for kind, values in zip(stored, columns, strict=True)]


def _copied_quickly(
    connection: duckdb.DuckDBPyConnection,
    sources: Sequence[RowSource],
    columns: Sequence[Sequence[str | None]],
    readings: Sequence[Reading],
    path: Path,
    watch: Watch,
) -> bool:
    """Of one file in which every row is as the first ones are; numbers with a point are never words then."""
    source = sources[0]
    if len(sources) > 1 or source.quick is None:
        return False
    pairs = zip(source.fields, columns, readings, strict=True)
    numbers = [field for field, values, reading in pairs if is_plain_decimal(values, reading)]
    quick = replace(source, relation=source.quick(numbers), stored=_stored_as_numbers(source, numbers))
    try:
        _copy(connection, [quick], readings, path, watch)
    except (duckdb.InvalidInputException, duckdb.ConversionException):
        return False
    return True


def _stored_as_numbers(source: RowSource, numbers: Collection[str]) -> tuple[str, ...]:
    return tuple("DOUBLE" if field in numbers else "" for field in source.fields)


def _fixed(stored: str) -> Reading:
    return Reading("number", is_sure=True) if stored == "DOUBLE" else Reading("date", dates="iso", is_sure=True)


def _copy(
    connection: duckdb.DuckDBPyConnection,
    sources: Sequence[RowSource],
    readings: Sequence[Reading],
    path: Path,
    watch: Watch,
) -> None:
    rows = max(2048, min(GROUP_ROWS, GROUP_CELLS // len(readings)))
    for number, source in enumerate(sources):
        target = literal(str(part_of(path, number)))
        query = f"COPY {_selected(source, readings)} TO {target} (FORMAT parquet, ROW_GROUP_SIZE {rows})"
        watched(connection, query, lambda done, number=number: watch((number + done) / len(sources)))  # type: ignore[misc]


def part_of(path: Path, number: int) -> Path:
    """Where the rows of one source are written."""
    return path.with_name(f"{path.stem}-{number}.parquet")


def _selected(source: RowSource, readings: Sequence[Reading]) -> str:
    """What is read of each value stands in an inner query, so that it is computed once."""
    stored = source.stored or ("",) * len(source.names)
    known = zip(source.fields, readings, stored, strict=True)
    fields = [(field, reading) for field, reading, kind in known if kind != reading.stored]
    inner = [f"{_parsed(field, reading)} AS {_name(field)}" for field, reading in fields if reading.holds != "words"]
    values = {field: reading.value(identifier(field), _name(field)) for field, reading in fields}
    outer = [f"{values.get(field, identifier(field))} AS {identifier(field)}" for field in source.fields]
    outer += ["line"] if source.lines is None else []
    return f"(SELECT {', '.join(outer)} FROM (SELECT {', '.join(['*', *inner])} FROM {source.relation}))"


def _parsed(field: str, reading: Reading) -> str:
    return reading.parsed(identifier(field))


def _name(field: str) -> str:
    return identifier(f"{field}_read")


def look_at_all(
    connection: duckdb.DuckDBPyConnection, sources: Sequence[RowSource], readings: list[Reading], dialect: Dialect
) -> list[Reading]:
    """How each column is read once every row has been seen."""
    for _ in range(2):  # a column that was empty at first is guessed anew, and then looked at
        readings = [
            guess(_some_values(connection, sources, number), dialect) if reading.is_guess else reading
            for number, reading in enumerate(readings)
        ]
        readings = [_turned(connection, sources, number, reading) for number, reading in enumerate(readings)]
        counted = _counts(connection, sources, readings)
        readings = [_settled(reading, *counts) for reading, counts in zip(readings, counted, strict=True)]
    return readings


def _some_values(
    connection: duckdb.DuckDBPyConnection, sources: Sequence[RowSource], number: int, condition: str = "true"
) -> list[str]:
    field = identifier(f"c{number}")
    values = []
    for source in sources:
        query = f"SELECT {field} FROM {source.relation} WHERE {is_known(field)} AND {condition} LIMIT {SAMPLE}"
        values += [value for (value,) in connection.execute(query).fetchall()]
    return values


def _turned(
    connection: duckdb.DuckDBPyConnection, sources: Sequence[RowSource], number: int, reading: Reading
) -> Reading:
    """Dates whose first rows were all before the 13th of a month may have the month first, or the day.

    Points in time whose first rows had no offset from UTC may have some.
    """
    others = {"day_first": "month_first", "month_first": "day_first", "iso": "zoned"}
    if reading.is_sure or reading.dates not in others:
        return reading
    field, other = identifier(f"c{number}"), replace(reading, dates=others[reading.dates])
    parsed = reading.parsed(field)
    odd = _some_values(connection, sources, number, f"({parsed} IS NULL OR {reading.is_other(field, parsed)})")
    return other if odd and sum(matches(value.strip(), other) for value in odd) > len(odd) / 2 else reading


def _counts(
    connection: duckdb.DuckDBPyConnection, sources: Sequence[RowSource], readings: Sequence[Reading]
) -> list[tuple[int, int, int]]:
    """Of each column: known values, those that its reading does not suit, those that are codes."""
    totals = [[0, 0, 0] for _ in readings]
    asked = [n for n, reading in enumerate(readings) if reading.holds != "words" and not reading.is_sure]
    for source in sources if asked else ():
        inner = ", ".join(f"{_parsed(f'c{n}', readings[n])} AS {_name(f'c{n}')}" for n in asked)
        counts = ", ".join(_count(f"c{n}", readings[n]) for n in asked)
        found = connection.execute(f"SELECT {counts} FROM (SELECT *, {inner} FROM {source.relation})").fetchone()
        assert found
        for place, number in enumerate(asked):
            totals[number] = [a + b for a, b in zip(totals[number], found[3 * place : 3 * place + 3], strict=True)]
    return [(known, odd, codes) for known, odd, codes in totals]


def _count(field: str, reading: Reading) -> str:
    word, parsed = identifier(field), _name(field)
    known = f"({word} IS NOT NULL AND {is_known(word)})"
    codes = reading.is_code_of_digits(word, parsed) if reading.holds == "number" else "false"
    return f"count_if({known}), count_if({known} AND {parsed} IS NULL), count_if({known} AND {codes})"


def _settled(reading: Reading, known: int, odd: int, codes: int) -> Reading:
    if reading.is_sure or reading.holds == "words":
        return replace(reading, is_sure=True)
    if codes or odd > MOST_ODD * known:
        return Reading("words", is_sure=True)
    return replace(reading, is_mixed=odd > 0, is_sure=True, is_guess=False)
