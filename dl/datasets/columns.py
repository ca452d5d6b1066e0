"""The columns of a data set: what each holds, and what it is for. A further kind is a class more in `AnyColumn`."""

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveInt

Kind = Literal["picture", "number", "category", "date", "text", "identifier"]
Role = Literal["feature", "target", "ignored"]


class Column(BaseModel):
    """`shape` and `dtype` are those of one row of its array.

    In a table, `field` is what it is called in `rows.parquet`, and `missing` are further spellings of "not known".
    """

    model_config = ConfigDict(frozen=True)
    dtype: ClassVar[str]

    name: str
    role: Role = "feature"
    field: str = ""
    missing: tuple[str, ...] = ()

    @property
    def shape(self) -> tuple[int, ...]:
        return ()


class Picture(Column):
    """`value_range` is the least and the greatest value of a pixel."""

    dtype = "uint8"
    kind: Literal["picture"] = "picture"
    height: PositiveInt
    width: PositiveInt
    channels: PositiveInt
    value_range: tuple[int, int] = (0, 255)

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.height, self.width, self.channels)


class Number(Column):
    """`unit` is what stood behind every value."""

    dtype = "float32"
    kind: Literal["number"] = "number"
    unit: str = ""


class Category(Column):
    """`levels` are the names of the values 0, 1, …; of a feature of a table, the training rows say which there are."""

    dtype = "int64"
    kind: Literal["category"] = "category"
    levels: tuple[str, ...] = ()


class Date(Column):
    """A date, with or without a time of day; in `zone` where the file said how far from UTC its times were."""

    dtype = "float32"
    kind: Literal["date"] = "date"
    zone: Literal["", "UTC"] = ""


class Text(Column):
    """Many different long values: kept, and no feature yet."""

    dtype = "str"
    kind: Literal["text"] = "text"


class Identifier(Column):
    """Names a row, and says nothing of it."""

    dtype = "str"
    kind: Literal["identifier"] = "identifier"


AnyColumn = Annotated[Picture | Number | Category | Date | Text | Identifier, Field(discriminator="kind")]
