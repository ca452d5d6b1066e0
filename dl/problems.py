"""A reason why a specification cannot work, as facts: the screen makes the sentence."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Problem:
    """`code` names the sentence, `facts` fill its gaps."""

    code: str
    facts: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.code} ({', '.join(f'{name}={value}' for name, value in self.facts.items())})"
