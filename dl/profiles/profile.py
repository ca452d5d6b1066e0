"""What is known of a table, as plain numbers: kept as JSON beside its rows, and looked at by pages and findings."""

from pydantic import BaseModel, ConfigDict

from dl.datasets.columns import Kind, Role

SHARES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)  # of the quantiles


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, ser_json_inf_nan="constants")


class Estimate(Frozen):
    """A figure with its 95 % interval, which is a point where the figure is exact."""

    value: float
    low: float
    high: float

    @property
    def is_exact(self) -> bool:
        return self.low == self.high

    @property
    def count(self) -> int:
        return round(self.value)


class Histogram(Frozen):
    """`counts` (bars + 2, targets): of what lies below the first of the ascending `edges`, of each bar, of the rest.

    A bar holds `edges[i] <= value < edges[i + 1]`; dates are microseconds since 1970, texts their number of characters.
    `target_means` (bars + 2,) are of a target that is a number, None for a bar without rows.
    """

    edges: tuple[float, ...]
    counts: tuple[tuple[int, ...], ...]
    target_means: tuple[float | None, ...] = ()


class Level(Frozen):
    """A value, how many rows have it by target, and its share of all rows where the column is known."""

    value: str | float
    counts: tuple[int, ...]
    share: Estimate
    target_mean: float | None = None

    @property
    def count(self) -> int:
        return sum(self.counts)


class NumberProfile(Frozen):
    """Of a number, of a date in microseconds since 1970, or of a text's length in characters.

    `end_counts` rows have the `least` and the `greatest` value, 0 where these are not counted one by one; `inner` are
    the ends without those that are. `quantiles` stand at SHARES. `fences` lie three times the distance of the quartiles
    beyond them, `outside` counts the rows there.
    """

    mean: Estimate
    standard_deviation: float
    least: float
    greatest: float
    inner: tuple[float, float]
    end_counts: tuple[int, int]
    is_whole: bool
    quantiles: tuple[Estimate, ...]
    histogram: Histogram
    fences: tuple[float, float]
    outside: tuple[int, int]

    @property
    def median(self) -> Estimate:
        return self.quantiles[SHARES.index(0.5)]


class ColumnProfile(Frozen):
    """`missing` is a share of rows, `relation` to the target goes from 0 to 1 and its square is a share explained;
    `relation_in_detail` is that of many small bins, which finds what gives the target away.

    `frequent` are the most frequent levels; of a number only what is counted one by one. `other` (targets,) counts
    what is known and not in `frequent`. `distinct` leaves what is missing out.
    """

    name: str
    field: str
    kind: Kind
    role: Role
    missing: Estimate
    missing_counts: tuple[int, ...]
    distinct: Estimate | None
    relation: Estimate | None
    relation_in_detail: float
    frequent: tuple[Level, ...]
    other: tuple[int, ...]
    number: NumberProfile | None = None

    @property
    def known(self) -> int:
        """How many of the rows that were read are not missing."""
        return sum(level.count for level in self.frequent) + sum(self.other)


class TargetProfile(Frozen):
    """What the counts by target stand for, in their order: `levels` or `ranges`, then all other levels, then missing.

    `ranges` (from, to) are about equally frequent. `train` and `test` count the rows of each split.
    """

    field: str
    levels: tuple[str, ...] = ()
    ranges: tuple[tuple[float, float], ...] = ()
    train: tuple[int, ...]
    test: tuple[int, ...]

    @property
    def counts(self) -> tuple[int, ...]:
        return tuple(train + test for train, test in zip(self.train, self.test, strict=True))


class Associations(Frozen):
    """Of pairs of columns, from `rows` rows that are spread over all.

    Two numbers or dates: Spearman's rank correlation, -1 to 1. Else Cramér's V of levels or ten ranges, 0 to 1.
    """

    fields: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    rows: int


class Profile(Frozen):
    """Of the first `read` of all `rows`, exact when they are equal.

    `duplicates` counts rows that repeat an earlier one, `shared` rows of the test set that are in the training set too;
    ignored columns do not make rows different.
    """

    rows: int
    read: int
    columns: tuple[ColumnProfile, ...]
    target: TargetProfile
    duplicates: Estimate
    shared: Estimate
    associations: Associations

    @property
    def is_exact(self) -> bool:
        return self.read == self.rows

    @property
    def by_relation(self) -> tuple[ColumnProfile, ...]:
        """The target first, then what tells most of it, then what is ignored."""
        return tuple(sorted(self.columns, key=_place))

    def column(self, field: str) -> ColumnProfile:
        return next(column for column in self.columns if column.field == field)


def _place(column: ColumnProfile) -> tuple[bool, bool, float]:
    return column.role != "target", column.role == "ignored", -(column.relation.value if column.relation else 0.0)
