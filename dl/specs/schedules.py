"""How the learning rate changes while training: the rate of every step, as the Keras class of the same name has it."""

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from dl.fields import Block, by_type

Steps = NDArray[np.int64]
Rates = NDArray[np.float64]


class Schedule(Block):
    """Its fields count in epochs, the arguments of the Keras class in steps."""

    def rate(self, initial: float, step: Steps, steps_per_epoch: int, steps: int) -> Rates:
        """The learning rate of each `step`, counted from 0; `initial` is the optimiser's, `steps` the planned total."""
        raise NotImplementedError


class CosineDecay(Schedule):
    """From the optimiser's rate along half a cosine to `alpha` of it, after `warmup_epochs` of rising from 0.

    I. Loshchilov, F. Hutter, "SGDR: Stochastic gradient descent with warm restarts", ICLR 2017, without restarts.
    """

    type: Literal["CosineDecay"] = "CosineDecay"
    alpha: float = Field(0.0, ge=0, le=1)
    warmup_epochs: int = Field(0, ge=0, le=100_000)

    def rate(self, initial: float, step: Steps, steps_per_epoch: int, steps: int) -> Rates:
        """initial * step / warmup, then initial * ((1 - alpha) * (1 + cos(pi * progress)) / 2 + alpha)."""
        warmup = self.warmup_epochs * steps_per_epoch
        progress = np.minimum((step - warmup) / (steps - warmup), 1)
        decayed = (1 - self.alpha) * (1 + np.cos(np.pi * progress)) / 2 + self.alpha
        return initial * np.where(step < warmup, step / max(warmup, 1), decayed)


class ExponentialDecay(Schedule):
    """Each step lowers the rate a little, an epoch of steps by the factor `decay_rate`."""

    type: Literal["ExponentialDecay"] = "ExponentialDecay"
    decay_rate: float = Field(0.9, gt=0, le=1)

    def rate(self, initial: float, step: Steps, steps_per_epoch: int, steps: int) -> Rates:
        """initial * decay_rate ** (step / steps_per_epoch)"""
        return initial * self.decay_rate ** (step / steps_per_epoch)


AnySchedule = Annotated[CosineDecay | ExponentialDecay, Field(discriminator="type")]
SCHEDULES: dict[str, type[Schedule]] = by_type(AnySchedule)
