"""How the columns of a table enter a network."""

from typing import Literal

from pydantic import Field

from dl.fields import Field as FormField
from dl.fields import Spec

LEARNT_WITH = ("columns", "number_scaling", "number_embedding", "bins", "minimum_count", "missing")


class ColumnsInput(Spec):
    """Numbers, dates and categories side by side, as one row of numbers.

    `columns` are names of features, all of them if None. Numbers are scaled: "standard" is (x - mean) / standard
    deviation; "robust" is (x - median) / interquartile range, half the range where that is 0, and then x / sqrt(1 +
    (x / 3)²), which keeps far values near (D. Holzmüller et al., "Better by default", NeurIPS 2024). An embedding
    "piecewise_linear" says beside it how far x has come through each of its `bins`, and brings that linearly to
    `number_units` numbers a column (Y. Gorishniy et al., "On embeddings for numerical features", NeurIPS 2022).

    A category of at most `one_hot_levels` levels is one number a level; others are embedded in min(category_units,
    round(1.6 levels^0.56)) numbers (the rule of fastai). Levels with fewer than `minimum_count` training rows count as
    unknown, as missing ones do. A missing number gets the middle; "indicator" says in a further number that it was.

    `members` are so many networks in one, which share all weights but a factor for each number that enters and the
    output layer; they learn each by itself and answer with their average (Y. Gorishniy, A. Kotelnikov, A. Babenko,
    "TabM", ICLR 2025, there TabM-mini).
    """

    kind: Literal["columns"] = "columns"
    columns: tuple[str, ...] | None = None
    number_scaling: Literal["standard", "robust"] = "standard"
    number_embedding: Literal["none", "piecewise_linear"] = "none"
    bins: int = Field(64, ge=2, le=512)
    number_units: int = Field(8, ge=1, le=128)
    one_hot_levels: int = Field(8, ge=0, le=1000)
    category_units: int = Field(8, ge=1, le=512)
    minimum_count: int = Field(2, ge=1, le=1_000_000)
    missing: Literal["indicator", "fill"] = "indicator"
    members: int = Field(1, ge=1, le=64)

    @classmethod
    def fields(cls) -> tuple[FormField, ...]:
        """Those of a form; which columns enter is chosen in another way."""
        return tuple(field for field in super().fields() if field.name not in ("kind", "columns"))

    def embedding_units(self, levels: int) -> int:
        """0 for a category that enters as one number a level."""
        if levels <= self.one_hot_levels:
            return 0
        return min(self.category_units, round(1.6 * levels**0.56))

    def decisive(self) -> dict[str, object]:
        """What a preparation follows from, apart from the data."""
        return self.model_dump(mode="json", include=set(LEARNT_WITH))
