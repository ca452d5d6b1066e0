"""The network: what goes into it, and its layers in their order."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from dl.fields import Spec
from dl.preparation.columns_input import ColumnsInput
from dl.specs.layers import AnyLayer

MOST_LAYERS = 200


class PictureInput(Spec):
    """One picture, as it is stored."""

    kind: Literal["picture"] = "picture"


AnyInput = Annotated[PictureInput | ColumnsInput, Field(discriminator="kind")]


class NetworkSpec(Spec):
    inputs: tuple[AnyInput, ...] = Field((PictureInput(),), min_length=1, max_length=1)
    layers: tuple[AnyLayer, ...] = Field(min_length=1, max_length=MOST_LAYERS)

    @model_validator(mode="before")
    @classmethod
    def _of_numbers(cls, value: Any) -> Any:
        """Before there were tables, columns of numbers entered side by side, just as they were."""
        if isinstance(value, dict) and value.get("inputs") in ([{"kind": "number"}], ({"kind": "number"},)):
            return value | {"inputs": (ColumnsInput(),)}
        return value

    @property
    def columns(self) -> ColumnsInput | None:
        """How the columns of a table enter; None of a network for pictures."""
        return next((entering for entering in self.inputs if isinstance(entering, ColumnsInput)), None)

    @property
    def members(self) -> int:
        """How many networks it is in one."""
        return self.columns.members if self.columns else 1
