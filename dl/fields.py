"""What the parts of a specification are, and what a form must know of their fields, read from the class."""

from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo

from dl.errors import Problem

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


class Spec(BaseModel):
    """A part of a specification: frozen, complete and finite."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @classmethod
    def fields(cls) -> tuple[Field, ...]:
        return tuple(_field(name, info) for name, info in cls.model_fields.items() if name != "type")


class Block(Spec):
    """A part whose fields are named as the arguments of the Keras class `type`."""

    type: str

    def arguments(self) -> dict[str, Any]:
        """The keyword arguments of the Keras class."""
        return self.model_dump(exclude={"type"})


def by_type(kinds: Any) -> dict[str, Any]:
    """The classes of a union of blocks, by the types that tell them apart."""
    union, _ = get_args(kinds)
    return {kind.model_fields["type"].default: kind for kind in get_args(union)}


def _field(name: str, info: FieldInfo) -> Field:
    if get_origin(info.annotation) is Literal:
        return Field(name, "choice", info.default, choices=get_args(info.annotation))
    if info.annotation is bool:
        return Field(name, "switch", info.default)
    least, above, most, below = (_bound(info, rule) for rule in ("ge", "gt", "le", "lt"))
    return Field(
        name,
        "integer" if info.annotation is int else "number",
        info.default,
        minimum=above if least is None else least,
        maximum=below if most is None else most,
        exclusive=above is not None,
        below=below is not None,
    )


def _bound(info: FieldInfo, name: str) -> float | None:
    return next((getattr(rule, name) for rule in info.metadata if hasattr(rule, name)), None)
