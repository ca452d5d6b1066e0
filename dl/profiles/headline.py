"""What a person would say of a table first."""

from dataclasses import dataclass

from dl.datasets.columns import Kind
from dl.profiles.profile import Estimate, Profile


@dataclass(frozen=True)
class Headline:
    """`features` columns, of which `gaps` are not known in every row.

    Of classes: how many, and the share of one `level`, the rarer of two, else the most frequent. Of a number: half of
    the rows lie within `middle`.
    """

    rows: int
    features: int
    gaps: int
    target: str
    kind: Kind
    classes: int = 0
    level: str = ""
    share: Estimate | None = None
    middle: tuple[float, float] | None = None


def headline(profile: Profile) -> Headline:
    target = profile.column(profile.target.field)
    features = [column for column in profile.columns if column.role == "feature"]
    gaps = sum(column.missing.value > 0 for column in features)
    said = Headline(profile.rows, len(features), gaps, target.name, target.kind)
    if target.number:
        middle = target.number.quantiles[2].value, target.number.quantiles[4].value
        return Headline(**vars(said) | {"middle": middle})
    classes = target.distinct.count if target.distinct else 0
    if not target.frequent:
        return said
    level = target.frequent[1 if classes == 2 else 0]
    return Headline(**vars(said) | {"classes": classes, "level": str(level.value), "share": level.share})
