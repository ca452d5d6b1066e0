"""The columns of a data set: what each holds, and what it is for. A further kind is a class more in `AnyColumn`."""

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveInt

Kind = Literal["picture", "number", "category"]


class Column(BaseModel):
    """`shape` and `dtype` are those of one row of its array."""

    model_config = ConfigDict(frozen=True)
    dtype: ClassVar[str]

    name: str
    role: Literal["feature", "target", "ignored"] = "feature"

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
    dtype = "float32"
    kind: Literal["number"] = "number"


class Category(Column):
    """`levels` are the names of the values 0, 1, …"""

    dtype = "int64"
    kind: Literal["category"] = "category"
    levels: tuple[str, ...]


AnyColumn = Annotated[Picture | Number | Category, Field(discriminator="kind")]
