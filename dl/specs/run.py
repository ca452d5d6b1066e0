"""What the user asked for: `RunSpec` = data + model + training. It round-trips through JSON."""

from typing import Literal

from pydantic import Field

from dl.specs.base import Spec
from dl.specs.data import DataSpec
from dl.specs.network import ModelSpec
from dl.specs.training import TrainSpec


class Fork(Spec):
    """Where a run begins that goes on from a saved epoch of another one."""

    run: str = Field(pattern=r"^[1-9][0-9]{0,8}$")
    epoch: int = Field(ge=1)
    step: int = Field(ge=1)


class RunSpec(Spec):
    """Everything that decides a run: the same specification gives the same training."""

    version: Literal[1] = 1
    data: DataSpec
    model: ModelSpec
    training: TrainSpec = TrainSpec()
    fork: Fork | None = None
