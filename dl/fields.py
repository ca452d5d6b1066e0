"""What a form must know of a specification: each field's kind, bounds, choices and default, read from its class."""

from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo

from dl.problems import Problem

FieldKind = Literal["integer", "number", "choice", "switch"]


@dataclass(frozen=True)
class Field:
    """One editable field; `exclusive` says that the minimum itself is not allowed, `below` that the maximum is not."""

    name: str
    kind: FieldKind
    default: Any
    minimum: float | None = None
    maximum: float | None = None
    exclusive: bool = False
    choices: tuple[str, ...] = ()
    below: bool = False

    def refusal(self, value: float, where: str) -> Problem | None:
        """Why this number cannot stand here, as `parse_spec` would say it; None if it can."""
        facts: dict[str, Any] = {"where": where, "given": f"{value:.12g}"}
        low, high = self.minimum, self.maximum
        if low is not None and (value < low or (self.exclusive and value == low)):
            return Problem("not_above" if self.exclusive else "too_small", facts | {"limit": low})
        if high is not None and (value > high or (self.below and value == high)):
            return Problem("not_below" if self.below else "too_large", facts | {"limit": high})
        return None


class Block(BaseModel):
    """A frozen, strict piece of a specification whose fields are named as the arguments of the Keras class `type`."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants", allow_inf_nan=False)
    type: str

    def arguments(self) -> dict[str, Any]:
        """The keyword arguments of the Keras class."""
        return self.model_dump(exclude={"type"})

    @classmethod
    def fields(cls) -> tuple[Field, ...]:
        return fields_of(cls)


def fields_of(model: type[BaseModel]) -> tuple[Field, ...]:
    return tuple(_field(name, info) for name, info in model.model_fields.items() if name != "type")


def _field(name: str, info: FieldInfo) -> Field:
    if get_origin(info.annotation) is Literal:
        return Field(name, "choice", info.default, choices=get_args(info.annotation))
    if info.annotation is bool:
        return Field(name, "switch", info.default)
    minimum, exclusive = _bound(info, "ge"), False
    if minimum is None:
        minimum = _bound(info, "gt")
        exclusive = minimum is not None
    maximum, below = _bound(info, "le"), False
    if maximum is None:
        maximum = _bound(info, "lt")
        below = maximum is not None
    kind: FieldKind = "integer" if info.annotation is int else "number"
    return Field(name, kind, info.default, minimum, maximum, exclusive, below=below)


def _bound(info: FieldInfo, name: str) -> float | None:
    return next((getattr(rule, name) for rule in info.metadata if hasattr(rule, name)), None)
