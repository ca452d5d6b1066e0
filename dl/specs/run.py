"""What the user asked for: `RunSpec` = data + model + training. It round-trips through JSON."""

from typing import Any, Literal

from pydantic import Field, model_validator

from dl.fields import Spec
from dl.specs.network import NetworkSpec
from dl.specs.training import TrainSpec
from dl.tasks.task import TargetEncoding


class DataSpec(Spec):
    """Which data, and how it is used; `fingerprint` pins the exact arrays once the run exists."""

    dataset: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")
    fingerprint: str | None = None
    validation_share: float = Field(0.1, ge=0, le=0.9)
    target_encoding: TargetEncoding = "integer"


class Fork(Spec):
    """Where a run begins that goes on from a saved epoch of another one."""

    run: str = Field(pattern=r"^[1-9][0-9]{0,8}$")
    epoch: int = Field(ge=1)
    step: int = Field(ge=1)


class RunSpec(Spec):
    """Everything that decides a run: the same specification gives the same training."""

    version: Literal[2] = 2
    data: DataSpec
    model: NetworkSpec
    training: TrainSpec = TrainSpec()
    fork: Fork | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_version_1(cls, value: Any) -> Any:
        """What a network took in was not said then: it was always one picture, which is what is taken by itself."""
        is_old = isinstance(value, dict) and value.get("version") == 1
        return value | {"version": 2} if is_old else value
