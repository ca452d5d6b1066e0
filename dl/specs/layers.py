"""The layer catalogue: fields and bounds, shape rule and parameter count of every layer that Livefit offers.

The form, the summary, the builder and the generated script all read it. A class is named as its Keras layer and its
fields as that layer's arguments; shapes are without the batch axis, pictures are (height, width, channels).
"""

from math import prod
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import Field

from dl.fields import Block, by_type

Shape = tuple[int, ...]
Activation = Literal[
    "linear", "relu", "sigmoid", "tanh", "softmax", "gelu", "elu", "leaky_relu", "selu", "silu", "softplus"
]
Padding = Literal["valid", "same"]
Penalty = Annotated[float, Field(ge=0, le=1)]


class Parameters(NamedTuple):
    """Numbers that the optimiser changes, and numbers that are kept but not trained (moving averages)."""

    trainable: int = 0
    fixed: int = 0


class LayerMisfit(ValueError):
    """The layer cannot stand behind this shape: `code` names why, `facts` carry the numbers."""

    def __init__(self, code: str, **facts: Any) -> None:
        self.code, self.facts = code, facts
        super().__init__(f"{code}: {facts}")


class Layer(Block):
    """A layer that leaves the shape as it is and has nothing to learn; the others override what differs."""

    group: ClassVar[str] = "shape"

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def parameters(self, shape: Shape) -> Parameters:
        return Parameters()


def _picture(shape: Shape) -> Shape:
    if len(shape) != 3:
        raise LayerMisfit("needs_picture", shape=shape)
    return shape


def _slide(size: int, window: int, stride: int, padding: str) -> int:
    """Positions of a window along one axis (Keras, `compute_conv_output_shape`)."""
    if padding == "same":
        return -(-size // stride)
    if window > size:
        raise LayerMisfit("window_too_large", window=window, size=size)
    return (size - window) // stride + 1


class Rescaling(Layer):
    """inputs * scale + offset"""

    type: Literal["Rescaling"] = "Rescaling"
    scale: float = Field(1 / 255, gt=0, le=1000)
    offset: float = Field(0.0, ge=-1000, le=1000)
    group = "input"


class _Augmentation(Layer):
    group = "input"

    def output_shape(self, shape: Shape) -> Shape:
        return _picture(shape)


class RandomTranslation(_Augmentation):
    """Shifts each training picture at random; the factors are shares of its height and width."""

    type: Literal["RandomTranslation"] = "RandomTranslation"
    height_factor: float = Field(0.1, ge=0, le=1)
    width_factor: float = Field(0.1, ge=0, le=1)


class RandomRotation(_Augmentation):
    """Turns each training picture at random; the factor is a share of a full turn."""

    type: Literal["RandomRotation"] = "RandomRotation"
    factor: float = Field(0.05, ge=0, le=1)


class RandomFlip(_Augmentation):
    """Mirrors each training picture at random."""

    type: Literal["RandomFlip"] = "RandomFlip"
    mode: Literal["horizontal", "vertical", "horizontal_and_vertical"] = "horizontal"


class Flatten(Layer):
    type: Literal["Flatten"] = "Flatten"

    def output_shape(self, shape: Shape) -> Shape:
        return (prod(shape),)


class _Kernel(Layer):
    """Adds a penalty on the sizes (`kernel_l1`) and the squares (`kernel_l2`) of its weights to the loss."""

    group = "learn"

    def arguments(self) -> dict[str, Any]:
        arguments = super().arguments()
        penalty = {name: arguments.pop(f"kernel_{name}") for name in ("l1", "l2")}
        if any(penalty.values()):
            arguments["kernel_regularizer"] = {"class_name": "L1L2", "config": penalty}
        return arguments


class Dense(_Kernel):
    type: Literal["Dense"] = "Dense"
    units: int = Field(128, ge=1, le=65_536)
    activation: Activation = "relu"
    kernel_l1: Penalty = 0.0
    kernel_l2: Penalty = 0.0

    def output_shape(self, shape: Shape) -> Shape:
        return (*shape[:-1], self.units)

    def parameters(self, shape: Shape) -> Parameters:
        return Parameters((shape[-1] + 1) * self.units)


class Conv2D(_Kernel):
    type: Literal["Conv2D"] = "Conv2D"
    filters: int = Field(32, ge=1, le=4096)
    kernel_size: int = Field(3, ge=1, le=64)
    activation: Activation = "relu"
    padding: Padding = "same"
    strides: int = Field(1, ge=1, le=64)
    kernel_l1: Penalty = 0.0
    kernel_l2: Penalty = 0.0

    def output_shape(self, shape: Shape) -> Shape:
        height, width, _ = _picture(shape)
        rows = _slide(height, self.kernel_size, self.strides, self.padding)
        return rows, _slide(width, self.kernel_size, self.strides, self.padding), self.filters

    def parameters(self, shape: Shape) -> Parameters:
        return Parameters((self.kernel_size**2 * _picture(shape)[2] + 1) * self.filters)


class _Pooling(Layer):
    pool_size: int = Field(2, ge=1, le=64)
    padding: Padding = "valid"

    def output_shape(self, shape: Shape) -> Shape:
        height, width, channels = _picture(shape)
        rows = _slide(height, self.pool_size, self.pool_size, self.padding)
        return rows, _slide(width, self.pool_size, self.pool_size, self.padding), channels


class MaxPooling2D(_Pooling):
    type: Literal["MaxPooling2D"] = "MaxPooling2D"


class AveragePooling2D(_Pooling):
    type: Literal["AveragePooling2D"] = "AveragePooling2D"


class GlobalAveragePooling2D(Layer):
    type: Literal["GlobalAveragePooling2D"] = "GlobalAveragePooling2D"

    def output_shape(self, shape: Shape) -> Shape:
        return _picture(shape)[2:]


class Activation_(Layer):
    """Keras's `Activation`; the underscore keeps the name free for the type of the field."""

    type: Literal["Activation"] = "Activation"
    activation: Activation = "relu"
    group = "learn"


class BatchNormalization(Layer):
    type: Literal["BatchNormalization"] = "BatchNormalization"
    momentum: float = Field(0.99, ge=0, lt=1)
    group = "steady"

    def parameters(self, shape: Shape) -> Parameters:
        return Parameters(2 * shape[-1], 2 * shape[-1])


class LayerNormalization(Layer):
    type: Literal["LayerNormalization"] = "LayerNormalization"
    group = "steady"

    def parameters(self, shape: Shape) -> Parameters:
        return Parameters(2 * shape[-1])


class Dropout(Layer):
    type: Literal["Dropout"] = "Dropout"
    rate: float = Field(0.2, ge=0, lt=1)
    group = "steady"


class GaussianNoise(Layer):
    """Adds normal noise of this standard deviation while training."""

    type: Literal["GaussianNoise"] = "GaussianNoise"
    stddev: float = Field(0.1, ge=0, le=100)
    group = "steady"


AnyLayer = Annotated[
    Rescaling
    | RandomTranslation
    | RandomRotation
    | RandomFlip
    | Flatten
    | Dense
    | Conv2D
    | MaxPooling2D
    | AveragePooling2D
    | GlobalAveragePooling2D
    | Activation_
    | BatchNormalization
    | LayerNormalization
    | Dropout
    | GaussianNoise,
    Field(discriminator="type"),
]
LAYERS: dict[str, type[Layer]] = by_type(AnyLayer)
