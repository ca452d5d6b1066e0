"""What the words of a column can be read as: numbers in the manner of the file, dates in five manners, or words."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from dl.datasets.tables.database import literal, spelled_number
from dl.datasets.tables.dialect import Dialect

Holds = Literal["number", "date", "words"]
MISSING = ("na", "n/a", "#n/a", "n.a.", "nan", "<na>", "null", "none", "nil", "-", "--", "?", ".")
BLANKS = " \t\r\n\v\f\u00a0\ufeff"
SAMPLE = 20_000
MOST_ODD = 0.1  # above this share of other words a column holds words
EXACT_WHOLE = 2**53  # above it a DOUBLE does not tell two whole numbers apart
# Found in this order when they suit equally many columns: decimal, thousands.
MANNERS = ((".", ""), (".", ","), (",", ""), (",", "."), (".", " "), (",", " "), (".", "'"), (",", "'"))
_MARKS = re.compile(r"\d\D*[.,'’ \u00a0\u202f]\D*\d|[.,]\d|\d[.,]")
_GAPS = {" ": "[ \u00a0\u202f]", "'": "['’]"}
_UNIT = r"(?:[^\W\d_]|[%°‰$€£¥₹])[^\W\d_%°/²³]*(?:/[^\W\d_]+)?[²³]?"
_CURRENCY = r"[$€£¥₹]"
_TIME = ("", " %H:%M", " %H:%M:%S", "T%H:%M:%S", " %H:%M:%S.%f", " %I:%M %p")
_ISO = r"\d{4}-\d{1,2}-\d{1,2}(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?"
_DATES: dict[str, tuple[tuple[str, ...], str]] = {
    "iso": ((), rf"{_ISO}Z?)?"),
    "zoned": ((), rf"{_ISO}(?:Z|[+-]\d{{2}}(?::?\d{{2}})?)?)?"),  # with what lies between it and UTC
    "year_first": (("%Y/%m/%d", "%Y.%m.%d"), r"\d{4}[/.]\d{1,2}[/.]\d{1,2}{time}"),
    "day_first": (
        ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"),
        r"(?:0?[1-9]|[12]\d|3[01])([/.-])(?:0?[1-9]|1[0-2])\1\d{4}{time}",
    ),
    "month_first": (
        ("%m/%d/%Y", "%m.%d.%Y", "%m-%d-%Y"),
        r"(?:0?[1-9]|1[0-2])([/.-])(?:0?[1-9]|[12]\d|3[01])\1\d{4}{time}",
    ),
    "month_name": (
        ("%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d. %B %Y", "%b %d, %Y", "%B %d, %Y"),
        r"(?:\d{1,2}[. -]{1,2}[A-Za-z]{3,9}[ -]\d{4}|[A-Za-z]{3,9} \d{1,2}, \d{4}){time}",
    ),
}
_TIME_PATTERN = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: [AaPp][Mm])?)?"


@dataclass(frozen=True)
class Reading:
    """`is_mixed`: other words stand between; what can be read is then kept in one spelling, as words.

    `is_sure` once every row has been looked at; `is_guess` where the rows that were looked at say nothing.
    """

    holds: Holds
    decimal: str = "."
    thousands: str = ""
    unit: str = ""
    dates: str = ""
    is_mixed: bool = False
    is_sure: bool = False
    is_guess: bool = False

    @property
    def stored(self) -> str:
        if self.is_mixed or self.holds == "words":
            return "VARCHAR"
        return "DOUBLE" if self.holds == "number" else "TIMESTAMP"

    def parsed(self, field: str) -> str:
        """SQL of the number or the point in time, NULL where it is none."""
        if self.holds == "date":
            return self._parsed_date(field)
        if (self.decimal, self.thousands, self.unit) == (".", "", ""):
            return f"TRY_CAST({field} AS DOUBLE)"
        bare = self._without_unit(field)
        digits = f"regexp_replace({bare}, {literal(_GAPS.get(self.thousands, ''))}, '', 'g')"
        if self.thousands in (",", "."):
            digits = f"replace({bare}, {literal(self.thousands)}, '')"
        if not self.thousands:
            digits = bare
        matches = f"regexp_full_match({bare}, {literal(number_pattern(self.decimal, self.thousands))})"
        return f"CASE WHEN {matches} THEN TRY_CAST(replace({digits}, {literal(self.decimal)}, '.') AS DOUBLE) END"

    def _without_unit(self, field: str) -> str:
        if not self.unit:
            return f"trim({field}, {literal(BLANKS)})"
        return f"trim(replace({field}, {literal(self.unit)}, ''), {literal(BLANKS)})"

    def _parsed_date(self, field: str) -> str:
        if self.dates == "iso":
            return f"TRY_CAST({field} AS TIMESTAMP)"
        if self.dates == "zoned":
            return f"make_timestamp(epoch_us(TRY_CAST({field} AS TIMESTAMPTZ)))"
        formats = ", ".join(literal(date + time) for date in _DATES[self.dates][0] for time in _TIME)
        return f"try_strptime(trim({field}, {literal(BLANKS)}), [{formats}])"

    def value(self, field: str, parsed: str) -> str:
        """SQL of what is stored; as long as it is not sure, what does not suit is an error named `odd`."""
        if self.holds == "words":
            return words(field)
        if self.is_mixed:
            spelled = spelled_number(parsed) if self.holds == "number" else f"CAST({parsed} AS VARCHAR)"
            return f"CASE WHEN {parsed} IS NULL THEN {words(field)} ELSE {spelled} END"
        if self.is_sure:
            return parsed
        unread = f"CASE WHEN {is_known(field)} THEN error('odd') END"
        suits = f"WHEN {self.is_other(field, parsed)} THEN error('odd')"
        return f"CASE WHEN {parsed} IS NULL THEN {unread} {suits} ELSE {parsed} END"

    def is_other(self, field: str, parsed: str) -> str:
        """SQL: what can be read so, and says more than that."""
        if self.holds == "number":
            return self.is_code(field, parsed)
        # An offset from UTC, which a point in time without one would silently lose.
        return f"(contains({field}, '+') OR {field} LIKE '%:%-%')" if self.dates == "iso" else "false"

    def is_code(self, field: str, parsed: str) -> str:
        """SQL: digits that would not be the same again once they were a number, as 007 or 20 digits."""
        zero = " OR ".join(f"({field} >= '{blank}00' AND {field} < '{blank}0:')" for blank in ("", " "))
        # Most numbers begin with another digit, which one comparison tells.
        is_long = f"(abs({parsed}) >= {EXACT_WHOLE} AND isfinite({parsed}))"
        return f"(({field} < '1' AND ({zero})) OR {is_long})"

    def is_code_of_digits(self, field: str, parsed: str) -> str:
        """The same, looked at closely: 1e300 is large and no code."""
        digits = f"regexp_full_match(trim({field}, {literal(BLANKS)}), '[-+]?\\d{{16,}}')"
        digits = f"{digits} AND abs({parsed}) >= {EXACT_WHOLE}"
        return f"(({digits}) OR regexp_matches({field}, '^\\s*0\\d'))" if not self.unit else "false"


def words(field: str) -> str:
    """SQL of words without spaces around them; other blanks are rare, and to look for them takes as long as reading."""
    return f"CASE WHEN {field} < '!' OR suffix({field}, ' ') THEN nullif(trim({field}), '') ELSE {field} END"


def is_known(field: str) -> str:
    spellings = ", ".join(map(literal, ("", *MISSING)))
    return f"lower(trim({field}, {literal(BLANKS)})) NOT IN ({spellings})"


def number_pattern(decimal: str, thousands: str) -> str:
    """Of Python and of RE2: groups of three where there are any."""
    gap = _GAPS.get(thousands, re.escape(thousands))
    whole = rf"(?:\d{{1,3}}(?:{gap}\d{{3}})+|\d+)" if thousands else r"\d+"
    point = re.escape(decimal)
    return rf"[-+]?(?:{whole}(?:{point}\d*)?|{point}\d+)(?:[eE][-+]?\d+)?"


def guess(values: Iterable[str | None], dialect: Dialect) -> Reading:
    """Of some values of a column."""
    counts = Counter(value.strip(BLANKS) for value in values if value is not None)
    known = {value: count for value, count in counts.items() if value and value.lower() not in MISSING}
    if not known:
        return Reading("number", dialect.decimal, dialect.thousands, is_guess=True)
    for reading in _candidates(known, dialect):
        odd = _odd(known, reading)
        if odd <= MOST_ODD and not _has_codes(known, reading):
            return replace(reading, is_mixed=odd > 0)
    return Reading("words")


def _odd(known: Mapping[str, int], reading: Reading) -> float:
    """The share of values that it does not suit; 1 as soon as that is too many."""
    odd, total = 0, sum(known.values())
    for value, count in known.items():
        odd += 0 if matches(value, reading) else count
        if odd > MOST_ODD * total:
            return 1.0
    return odd / total


def _candidates(known: Mapping[str, int], dialect: Dialect) -> Iterable[Reading]:
    plain = Reading("number", dialect.decimal, dialect.thousands)
    yield plain
    if unit := _unit(next(iter(known)), plain):
        yield replace(plain, unit=unit)
    # That one which all suit before one which most do.
    yield from sorted(date_readings(dialect), key=lambda date: _odd(known, date))


def date_readings(dialect: Dialect) -> list[Reading]:
    """The likelier ones first, where several suit."""
    numeric = ["day_first", "month_first"] if dialect.day_first else ["month_first", "day_first"]
    return [Reading("date", dates=name) for name in ("iso", "zoned", "year_first", *numeric, "month_name")]


def day_is_first(readings: Iterable[Reading], dialect: Dialect) -> bool:
    """In dates such as 3/4/2020: as the columns were read that have any."""
    found = {reading.dates for reading in readings} & {"day_first", "month_first"}
    return "day_first" in found if found else dialect.day_first


def _unit(value: str, plain: Reading) -> str:
    number = number_pattern(plain.decimal, plain.thousands)
    if found := re.fullmatch(rf"{number}\s*({_UNIT})", value):
        return found[1]
    found = re.fullmatch(rf"[-+]?({_CURRENCY})\s*{number}", value)
    return found[1] if found else ""


def matches(value: str, reading: Reading) -> bool:
    """Of a value without blanks around it."""
    if reading.unit:
        if reading.unit not in value:
            return False
        value = value.replace(reading.unit, "").strip(BLANKS)
    return _pattern(reading).fullmatch(value) is not None


@lru_cache(maxsize=256)
def _pattern(reading: Reading) -> re.Pattern[str]:
    if reading.holds == "date":
        return re.compile(_DATES[reading.dates][1].replace("{time}", _TIME_PATTERN))
    number = number_pattern(reading.decimal, reading.thousands)
    return re.compile(number if reading.unit else rf"{number}|[-+]?(?i:inf|infinity)")


def is_plain_decimal(values: Iterable[str | None], reading: Reading) -> bool:
    """Whether all of these values of a column are numbers, most of them with a point: none of them names something."""
    known = [value.strip(BLANKS) for value in values if value]
    if reading != Reading("number") or any(value.lower() in MISSING for value in known):
        return False
    return sum("." in value for value in known) > len(known) / 2


def _has_codes(known: Iterable[str], reading: Reading) -> bool:
    if reading.holds != "number" or reading.unit:
        return False
    return any(re.match(r"0\d", value) or _is_too_long(value) for value in known)


def _is_too_long(value: str) -> bool:
    return re.fullmatch(r"[-+]?\d{16,}", value) is not None and abs(float(value)) >= EXACT_WHOLE


def manner_of_numbers(columns: Sequence[Sequence[str | None]], dialect: Dialect) -> Dialect:
    """The decimal and thousands marks with which most columns are numbers; of equals, those of the `dialect`."""
    telling = [values for values in columns if any(value and _MARKS.search(value) for value in values)]

    def suits(manner: tuple[str, str]) -> int:
        written = dialect.changed({"decimal": manner[0], "thousands": manner[1]})
        readings = [guess(values, written) for values in telling]
        return sum(reading.holds == "number" and not reading.is_guess for reading in readings)

    decimal, thousands = max(((dialect.decimal, dialect.thousands), *MANNERS), key=suits)  # the first of equals
    return dialect.changed({"decimal": decimal, "thousands": thousands})
