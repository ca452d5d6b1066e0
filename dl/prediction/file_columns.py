"""How the columns of a file are read for a network: as what they are in its run, whatever the file alone would suggest.

Only how numbers and dates are written is found anew; where that is not plain, it is taken to be as in the run's file.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb

from dl.datasets.columns import AnyColumn, Column, Date, Number, Text
from dl.datasets.tables.database import literal, spelled_number
from dl.datasets.tables.dialect import Dialect
from dl.datasets.tables.readings import MISSING, Reading, date_readings, guess, is_known, number_pattern
from dl.datasets.tables.table import Table
from dl.errors import TableUnreadable
from dl.spreadsheet import is_float

POINT_IN_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?")  # as a date is spelled that is a level


@dataclass(frozen=True)
class FileColumn:
    """A `column` that the network takes in, under its field in the file's `table`; `levels` are those of a category.

    `values` are the first ones.
    """

    table: Table
    column: AnyColumn
    levels: Sequence[str]
    values: Sequence[str | None]

    def value(self, connection: duckdb.DuckDBPyConnection, dialect: Dialect, file: str) -> str:
        """SQL of what a preparation takes: a number, the seconds since 1970, or words; NULL where it is not known.

        Raises TableUnreadable (other_unit, added_unit, no_numbers, no_dates).
        """
        reading = self._first_reading(dialect, file)
        if isinstance(self.column, Number | Date):
            reading = self._settled(connection, reading, dialect, file)
        value = self._read(reading)
        return f"epoch({value})" if isinstance(self.column, Date) else value

    def _first_reading(self, dialect: Dialect, file: str) -> Reading:
        plain = Reading("number", dialect.decimal, dialect.thousands)
        if isinstance(self.column, Number):
            self._demand_unit(guess(self.values, dialect).unit, file)
            return replace(plain, unit=self.column.unit)
        if isinstance(self.column, Date) or (self.levels and all(map(POINT_IN_TIME.fullmatch, self.levels))):
            return _with_offsets(guess(self.values, dialect), dialect)
        return plain if _are_spelled(self.levels, dialect) else Reading("words")

    def _demand_unit(self, given: str, file: str) -> None:
        assert isinstance(self.column, Number)
        if given and given != self.column.unit:
            facts = {"column": self.column.name, "given": given, "unit": self.column.unit}
            raise TableUnreadable(file=file, reason="other_unit" if self.column.unit else "added_unit", **facts)

    def _settled(self, connection: duckdb.DuckDBPyConnection, reading: Reading, dialect: Dialect, file: str) -> Reading:
        """Of dates, the manner that most rows of the file suit, where the first rows did not tell."""
        known, read = self._counts(connection, reading)
        if isinstance(self.column, Date) and read < known:
            manners = [reading, *(_with_offsets(manner, dialect) for manner in date_readings(dialect))]
            reading = max(manners, key=lambda manner: self._counts(connection, manner)[1])  # the first of equals
            read = self._counts(connection, reading)[1]
        if known and not read:
            reason = "no_dates" if isinstance(self.column, Date) else "no_numbers"
            raise TableUnreadable(file=file, reason=reason, column=self.column.name, given=self._example())
        return reading

    def _counts(self, connection: duckdb.DuckDBPyConnection, reading: Reading) -> tuple[int, int]:
        """How many rows say something, and how many of these can be read."""
        known = f"coalesce({is_known(self._words())}, false)"
        counts = f"count_if({known}), count_if({known} AND {self._read(reading)} IS NOT NULL)"
        found = connection.execute(f"SELECT {counts} FROM read_parquet({literal(str(self.table.file))})").fetchone()
        assert found
        return found[0], found[1]

    def _example(self) -> str:
        """Of what says something, as far as the first rows have any."""
        unknown = ("", *MISSING, *self.column.missing)
        return next((value for value in self.values if value and value.lower() not in unknown), "")[:40]

    def _words(self) -> str:
        return self.table.value(as_it_stands(self.column, missing=self.column.missing))

    def _read(self, reading: Reading) -> str:
        words = self._words()
        if self.table.types[self.column.field] != "VARCHAR" or reading.holds == "words":
            return self.table.value(self.column)
        parsed = reading.parsed(words)
        if isinstance(self.column, Number):
            return f"CASE WHEN isfinite({parsed}) THEN {parsed} END"
        if isinstance(self.column, Date):
            return parsed
        spelled = spelled_number(parsed) if reading.holds == "number" else f"CAST({parsed} AS VARCHAR)"
        return f"coalesce({spelled}, {words})"


def as_it_stands(column: Column, missing: tuple[str, ...] = ()) -> Text:
    """The column as words, whatever they say."""
    return Text(name=column.name, role=column.role, field=column.field, missing=missing)


def _with_offsets(found: Reading, dialect: Dialect) -> Reading:
    """A date, which is then read with its offset from UTC where it has one."""
    reading = found if found.holds == "date" else date_readings(dialect)[0]
    return replace(reading, dates="zoned") if reading.dates == "iso" else reading


def _are_spelled(levels: Sequence[str], dialect: Dialect) -> bool:
    """Whether numbers among them all are as a table spells what it has read as a number: 1, not 1.0 or 01."""
    pattern = re.compile(number_pattern(dialect.decimal, dialect.thousands))
    return all(_spelled(level) == level for level in levels if is_float(level) or pattern.fullmatch(level))


def _spelled(text: str) -> str:
    """As `spelled_number` has it; nothing where it is none."""
    if not is_float(text):
        return ""
    number = float(text)
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
