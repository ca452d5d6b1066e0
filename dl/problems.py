"""A reason why a specification cannot work, as facts: the screen makes the sentence and may offer the cure."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dl.specs import RunSpec


@dataclass(frozen=True)
class Problem:
    """`code` names the sentence, `facts` fill its gaps; `cure` is the repaired specification, if there is just one."""

    code: str
    facts: dict[str, Any] = field(default_factory=dict)
    cure: "RunSpec | None" = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.code} ({', '.join(f'{name}={value}' for name, value in self.facts.items())})"
