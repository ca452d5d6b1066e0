"""The optimisers that Livefit offers, with the fields and defaults of their Keras classes."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from dl.fields import Block, by_type


class Optimizer(Block):
    """`keras_class` is the class in `keras.optimizers`; a full-batch one sees the whole training set at each step."""

    keras_class: ClassVar[str]
    full_batch: ClassVar[bool] = False
    learning_rate: float = Field(0.001, gt=0, le=100)

    @property
    def largest_usual_rate(self) -> float:
        """Above it training mostly diverges or stands still, and below it one may well search.

        Those that divide by the size of past gradients move every parameter by about the learning rate at each step:
        0.1 is more than most weights are at first.
        """
        return 0.1


class _Gradient(Optimizer):
    """Steps as long as the gradient: at 1, what the gradient says is done in full."""

    @property
    def largest_usual_rate(self) -> float:
        return 1.0


class GradientDescent(_Gradient):
    """The textbook's gradient descent: one step an epoch, on the mean gradient of all training rows."""

    type: Literal["GradientDescent"] = "GradientDescent"
    keras_class = "SGD"
    full_batch = True
    learning_rate: float = Field(0.5, gt=0, le=100)


class SGD(_Gradient):
    type: Literal["SGD"] = "SGD"
    keras_class = "SGD"
    learning_rate: float = Field(0.01, gt=0, le=100)


class Momentum(Optimizer):
    type: Literal["Momentum"] = "Momentum"
    keras_class = "SGD"
    learning_rate: float = Field(0.01, gt=0, le=100)
    momentum: float = Field(0.9, ge=0, lt=1)
    nesterov: bool = False

    @property
    def largest_usual_rate(self) -> float:
        """In the long run its steps are 1 / (1 - momentum) as long as those of plain descent."""
        return round(1 - self.momentum, 6)


class RMSprop(Optimizer):
    type: Literal["RMSprop"] = "RMSprop"
    keras_class = "RMSprop"
    rho: float = Field(0.9, ge=0, lt=1)


class Adam(Optimizer):
    type: Literal["Adam"] = "Adam"
    keras_class = "Adam"
    beta_1: float = Field(0.9, ge=0, lt=1)
    beta_2: float = Field(0.999, ge=0, lt=1)


class AdamW(Optimizer):
    type: Literal["AdamW"] = "AdamW"
    keras_class = "AdamW"
    weight_decay: float = Field(0.004, ge=0, le=1)
    beta_1: float = Field(0.9, ge=0, lt=1)
    beta_2: float = Field(0.999, ge=0, lt=1)


AnyOptimizer = Annotated[GradientDescent | SGD | Momentum | RMSprop | Adam | AdamW, Field(discriminator="type")]
OPTIMIZERS: dict[str, type[Optimizer]] = by_type(AnyOptimizer)
