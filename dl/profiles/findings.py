"""What is wrong with a table, or worth knowing, worst first; each with what can be done about it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from dl.datasets.columns import AnyColumn
from dl.datasets.tables.table import Table
from dl.profiles.finding import LEAVE, Action, Finding
from dl.profiles.profile import ColumnProfile, Profile
from dl.profiles.spellings import dates_in, is_numeric, missing_spellings, sentinels
from dl.profiles.target_findings import of_target

LEAKS = 0.99  # a relation from which on the column gives the answer away,
UNRELATED = 0.05  # and one that is nothing: its square is a share
SAME = 0.995
NEARLY_ALL = 0.99
GAPS, MOSTLY_GAPS = 0.05, 0.5
MANY_LEVELS, ROWS_PER_LEVEL = 50, 20
RARE_ROWS = 10
FAR_OUT = 0.05  # more than that is no outlier, but a long tail
SKEW = 10.0
ENOUGH_ROWS = 1000


@dataclass(frozen=True)
class Looked:
    """One column, and what it stands in."""

    profile: Profile
    column: ColumnProfile
    described: AnyColumn
    is_words: bool  # as it lies in the file

    def finding(self, code: str, severity: int, action: Action | None = None, **facts: Any) -> Finding:
        return Finding(code, severity, (self.column.field,), {"column": self.column.name, **facts}, action or LEAVE)

    def ignoring(self, code: str, severity: int, **facts: Any) -> Finding:
        features = sum(column.role == "feature" for column in self.profile.columns)
        action = Action("ignore", self.column.field) if features > 1 else LEAVE
        return self.finding(code, severity, action, **facts)

    @property
    def distinct(self) -> int:
        return self.column.distinct.count if self.column.distinct else 0

    @property
    def is_dull(self) -> bool:
        """Nothing further is worth saying of it."""
        return self.column.known == 0 or self.distinct == 1


def findings(profile: Profile, table: Table) -> tuple[Finding, ...]:
    """Of the rows that were read. What is ignored is not looked at."""
    found = [*of_target(profile), *_of_rows(profile), *_near_duplicates(profile)]
    for column, described in zip(profile.columns, table.description.columns, strict=True):
        if column.role == "feature":
            looked = Looked(profile, column, described, table.types[column.field] == "VARCHAR")
            found += _of_column(looked)
    return tuple(sorted(found, key=lambda finding: (-finding.severity, -finding.facts.get("share", 0.0))))


def _of_column(looked: Looked) -> list[Finding]:
    if looked.column.kind == "text" and looked.column.known:
        return list(_gaps(looked))
    if looked.is_dull:
        return list(_constant(looked))
    checks: list[Callable[[Looked], Iterator[Finding]]] = [_leak, _identifier, _gaps, _near_constant, _unrelated]
    checks += [_outliers, _skew, _sentinel] if looked.column.number else [_levels, _rare_levels, _words]
    found = [finding for check in checks for finding in check(looked)]
    if any(finding.code in ("leak", "identifier") for finding in found):
        return [finding for finding in found if finding.code in ("leak", "identifier", "missing")]
    return found


def _constant(looked: Looked) -> Iterator[Finding]:
    if not looked.column.known:
        yield looked.ignoring("empty", 2)
    elif looked.column.kind != "text" and looked.column.missing.value == 0:
        yield looked.ignoring("constant", 2)


def _leak(looked: Looked) -> Iterator[Finding]:
    relation = looked.column.relation_in_detail
    if relation >= LEAKS:
        yield looked.ignoring("leak", 3, share=relation**2)


def _identifier(looked: Looked) -> Iterator[Finding]:
    """Different in nearly every row, and words, or whole numbers without a gap."""
    column, distinct = looked.column, looked.distinct
    if column.kind == "date" or column.known < 20 or distinct < NEARLY_ALL * column.known:
        return
    number = column.number
    is_counted = number and number.is_whole and number.greatest - number.least < 2 * column.known
    if is_counted or not number:
        yield looked.ignoring("identifier", 2, distinct=distinct, share=distinct / column.known)


def _gaps(looked: Looked) -> Iterator[Finding]:
    share = looked.column.missing.value
    if share >= MOSTLY_GAPS:
        yield looked.ignoring("mostly_missing", 2, share=share)
    elif share >= GAPS:
        yield looked.finding("missing", 1, share=share)


def _near_constant(looked: Looked) -> Iterator[Finding]:
    column = looked.column
    tells = column.relation and column.relation.value >= 0.1
    if column.frequent and column.frequent[0].share.value >= NEARLY_ALL and not tells:
        most = column.frequent[0]
        yield looked.ignoring("near_constant", 1, value=most.value, share=most.share.value)


def _unrelated(looked: Looked) -> Iterator[Finding]:
    column = looked.column
    if column.relation and column.relation.value <= UNRELATED and column.known >= ENOUGH_ROWS:
        yield looked.ignoring(
            "unrelated", 1, distinct=looked.distinct, target=looked.profile.column(looked.profile.target.field).name
        )


def _outliers(looked: Looked) -> Iterator[Finding]:
    number, known = looked.column.number, looked.column.known
    if number and looked.column.kind == "number" and (count := sum(number.outside)):
        quartiles = number.quantiles[2].value, number.quantiles[4].value
        if quartiles[0] < quartiles[1] and count / known <= FAR_OUT:
            low, high = number.fences
            yield looked.finding(
                "outliers", 1, count=count, low=low, high=high, least=number.least, greatest=number.greatest
            )


def _skew(looked: Looked) -> Iterator[Finding]:
    number = looked.column.number
    if not number or looked.column.kind != "number":
        return
    low, middle, high = (number.quantiles[place].value for place in (0, 3, -1))
    short, long = sorted([middle - low, high - middle])
    if short > 0 and long > SKEW * short:
        yield looked.finding("skew", 1, median=middle, low=low, high=high)


def _sentinel(looked: Looked) -> Iterator[Finding]:
    for value, count in sentinels(looked.column):
        spelled = f"{value:.15g}"  # as the table spells it
        action = Action("missing", looked.column.field, (spelled,))
        yield looked.finding("sentinel", 2, action, value=spelled, count=count)


def _levels(looked: Looked) -> Iterator[Finding]:
    distinct, known = looked.distinct, looked.column.known
    if distinct > MANY_LEVELS and distinct * ROWS_PER_LEVEL > known:
        yield looked.ignoring("many_levels", 1, distinct=distinct, rows=known / distinct)


def _rare_levels(looked: Looked) -> Iterator[Finding]:
    rare = [level for level in looked.column.frequent if level.count < RARE_ROWS]
    if rare and looked.distinct <= MANY_LEVELS:
        names = tuple(str(level.value) for level in rare[-3:])
        yield looked.finding("rare_levels", 1, count=len(rare), rows=RARE_ROWS, examples=names)


def _words(looked: Looked) -> Iterator[Finding]:
    """Words that mean "not known", numbers and dates."""
    column, frequent = looked.column, looked.column.frequent
    if not looked.is_words:
        return
    unknown = missing_spellings(frequent)
    told = sum(level.count for level in frequent)
    known = max(1, told - sum(level.count for level in unknown))
    numbers = sum(level.count for level in frequent if is_numeric(str(level.value))) / known
    dates = dates_in(frequent)
    spellings = tuple(str(level.value) for level in unknown)
    if numbers >= NEARLY_ALL:
        yield looked.finding("numbers_as_words", 2, Action("number", column.field, spellings), share=numbers)
    elif numbers >= GAPS and numbers <= 1 - GAPS:
        yield looked.finding("mixed_types", 2, share=numbers)
    elif dates.count >= NEARLY_ALL * known:
        action = Action("date", column.field, spellings) if dates.are_read else LEAVE
        yield looked.finding("dates_as_words" if dates.are_read else "dates_not_read", 2, action, example=dates.example)
    if unknown and numbers < NEARLY_ALL:
        count = sum(level.count for level in unknown)
        action = Action("missing", column.field, spellings)
        yield looked.finding("missing_spelling", 2, action, value=spellings[0], count=count, share=count / max(1, told))


def _of_rows(profile: Profile) -> Iterator[Finding]:
    if profile.duplicates.count:
        share = profile.duplicates.value / profile.read
        yield Finding(
            "duplicates", 2 if share >= GAPS else 1, facts={"count": profile.duplicates.count, "share": share}
        )
    if profile.shared.count:
        share = profile.shared.value / max(1, sum(profile.target.test))
        yield Finding("shared_rows", 2, facts={"count": profile.shared.count, "share": share})


def _near_duplicates(profile: Profile) -> Iterator[Finding]:
    """Two features of which one can be had from the other: the one that tells less of the target can go."""
    fields = profile.associations.fields
    values = np.abs(np.array(profile.associations.values).reshape(len(fields), len(fields)))
    for one, other in zip(*np.nonzero(np.triu(values, 1) >= SAME), strict=True):
        pair = [profile.column(fields[place]) for place in (one, other)]
        if all(column.role == "feature" and column.known and _distinct(column) > 1 for column in pair) and _alike(
            *pair
        ):
            kept, left = sorted(pair, key=lambda column: -(column.relation.value if column.relation else 0))
            facts = {"column": left.name, "other": kept.name}
            yield Finding("near_duplicates", 2, (left.field, kept.field), facts, Action("ignore", left.field))


def _alike(one: ColumnProfile, other: ColumnProfile) -> bool:
    """A town tells its country, but not the other way round."""
    few, many = sorted([_distinct(one), _distinct(other)])
    return one.kind == other.kind == "number" or many <= 2 * few


def _distinct(column: ColumnProfile) -> int:
    return column.distinct.count if column.distinct else 0
