"""What `dataset.json` says about a data set on disk. Other kinds, columns and their roles are added here as fields."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, NonNegativeInt, PositiveInt


class Rows(BaseModel):
    """How many rows each split has; validation is cut from `train` by `split`."""

    model_config = ConfigDict(frozen=True)

    train: NonNegativeInt
    test: NonNegativeInt

    @property
    def total(self) -> int:
        return self.train + self.test


class Dataset(BaseModel):
    """`shape` is (height, width, channels) of one picture; `value_range` the least and greatest value of a pixel."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    kind: Literal["image"] = "image"
    shape: tuple[PositiveInt, PositiveInt, PositiveInt]
    dtype: Literal["uint8"] = "uint8"
    value_range: tuple[int, int]
    classes: tuple[str, ...]
    rows: Rows
    source: str
    licence: str  # empty where the authors state none
    fingerprint: str  # SHA-256 over the arrays' names, dtypes, shapes and bytes
