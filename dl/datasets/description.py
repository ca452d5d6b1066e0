"""What `dataset.json` says about a data set on disk, and the catalogue about one that is not here yet."""

from typing import Any

from pydantic import BaseModel, ConfigDict, NonNegativeInt, PositiveInt, model_validator

from dl.datasets.columns import AnyColumn, Category, Kind, Number, Picture
from dl.datasets.tables.dialect import Dialect
from dl.datasets.tables.splits import Split


class Rows(BaseModel):
    """How many rows each split has; validation is cut from `train` by `split`."""

    model_config = ConfigDict(frozen=True)

    train: NonNegativeInt
    test: NonNegativeInt

    @property
    def total(self) -> int:
        return self.train + self.test


class Origin(BaseModel):
    """The files that a table was read from, by name or address, and how they are written.

    The last `test_rows` rows are those of the test file. In it the words of the columns `pointed` all ended in a point,
    which was taken away.
    """

    model_config = ConfigDict(frozen=True)

    file: str
    test_file: str = ""
    dialect: Dialect = Dialect()
    test_rows: NonNegativeInt = 0
    pointed: tuple[str, ...] = ()


class Dataset(BaseModel):
    """Its features are one picture, or the columns of a table; one column is the target.

    Of a table: `left_out` says how many rows of the file could not be read, and `first_line` where the first one stood;
    `split` how the test rows were chosen.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    columns: tuple[AnyColumn, ...]
    rows: Rows
    source: str
    licence: str  # empty where the authors state none
    left_out: NonNegativeInt = 0
    first_line: PositiveInt = 2
    split: Split | None = None
    origin: Origin | None = None
    fingerprint: str = ""  # SHA-256 over the arrays' names, dtypes, shapes and bytes; empty before there are any

    @model_validator(mode="before")
    @classmethod
    def _read_version_1(cls, value: Any) -> Any:
        """Of pictures in classes, as they were described before there were columns."""
        if not isinstance(value, dict) or "columns" in value or not {"shape", "classes"} <= value.keys():
            return value
        return value | {"columns": pictures_in_classes(value["shape"], value["classes"], value["value_range"])}

    @model_validator(mode="after")
    def _has_one_target(self) -> "Dataset":
        if not self.features or [column.role for column in self.columns].count("target") != 1:
            raise ValueError("columns are features and one target")
        return self

    @property
    def features(self) -> tuple[AnyColumn, ...]:
        return tuple(column for column in self.columns if column.role == "feature")

    @property
    def used(self) -> tuple[AnyColumn, ...]:
        """Features and the target: by these, rows are the same or not."""
        return tuple(column for column in self.columns if column.role != "ignored")

    @property
    def target(self) -> AnyColumn:
        return next(column for column in self.columns if column.role == "target")

    @property
    def unit(self) -> str:
        """Of the target, empty where it has none."""
        return self.target.unit if isinstance(self.target, Number) else ""

    @property
    def is_table(self) -> bool:
        """Its columns lie in fields of `rows.parquet`."""
        return bool(self.target.field)

    @property
    def picture(self) -> Picture | None:
        return next((column for column in self.features if isinstance(column, Picture)), None)

    @property
    def kind(self) -> Kind:
        """Of all its features."""
        return self.features[0].kind

    @property
    def shape(self) -> tuple[int, ...]:
        """Of one row of the features, as they lie in one array."""
        return self.picture.shape if self.picture else (len(self.features),)

    @property
    def dtype(self) -> str:
        return self.features[0].dtype

    @property
    def value_range(self) -> tuple[int, int]:
        """Of a pixel; nothing else has one."""
        return self.picture.value_range if self.picture else (0, 1)

    @property
    def classes(self) -> tuple[str, ...]:
        """Empty where the target is not one of some categories."""
        return self.target.levels if isinstance(self.target, Category) else ()


def pictures_in_classes(
    shape: tuple[int, int, int], classes: tuple[str, ...], value_range: tuple[int, int] = (0, 255)
) -> tuple[AnyColumn, ...]:
    height, width, channels = shape
    picture = Picture(name="picture", height=height, width=width, channels=channels, value_range=value_range)
    return picture, Category(name="class", role="target", levels=classes)
