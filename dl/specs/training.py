"""How a network is trained."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from dl.fields import Spec
from dl.specs.optimizers import Adam, AnyOptimizer
from dl.specs.schedules import AnySchedule
from dl.tasks.metrics import CHOICES

Loss = Literal[
    "sparse_categorical_crossentropy",
    "categorical_crossentropy",
    "binary_crossentropy",
    "mean_squared_error",
    "mean_absolute_error",
    "huber",
]
Monitor = Literal["val_loss", "val_accuracy", "val_root_mean_squared_error", "val_mean_absolute_error", "val_r2_score"]


def _known(metric: str) -> str:
    if metric not in CHOICES:
        raise PydanticCustomError("literal_error", "{expected} are known", {"expected": " or ".join(CHOICES)})
    return metric


def _different(metrics: tuple[str, ...]) -> tuple[str, ...]:
    if not metrics or len(set(metrics)) < len(metrics):
        raise ValueError("one metric at least, and each once")
    return metrics


class EarlyStopping(Spec):
    """Stop when `monitor` has not improved for `patience` epochs, and go back to the best weights."""

    monitor: Monitor = "val_loss"
    patience: int = Field(3, ge=1, le=1000)


class ReduceOnPlateau(Spec):
    """Multiply the learning rate by `factor` when `monitor` has not improved for `patience` epochs."""

    monitor: Monitor = "val_loss"
    factor: float = Field(0.5, gt=0, lt=1)
    patience: int = Field(2, ge=1, le=1000)
    min_learning_rate: float = Field(0.0, ge=0, le=100)


class GradientClipping(Spec):
    """`by` is the argument of the Keras optimiser: the norm of all gradients together, of each, or each number."""

    by: Literal["global_clipnorm", "clipnorm", "clipvalue"] = "global_clipnorm"
    value: float = Field(1.0, gt=0, le=1_000_000)


class TrainSpec(Spec):
    """`metrics` are what is measured beside the loss."""

    loss: Loss = "sparse_categorical_crossentropy"
    metrics: Annotated[tuple[Annotated[str, AfterValidator(_known)], ...], AfterValidator(_different)] = ("accuracy",)
    optimizer: AnyOptimizer = Adam()
    epochs: int = Field(5, ge=1, le=100_000)
    batch_size: int = Field(32, ge=1, le=1_000_000)
    seed: int = Field(0, ge=0, le=2**31 - 1)
    early_stopping: EarlyStopping | None = None
    learning_rate_schedule: AnySchedule | None = None
    reduce_on_plateau: ReduceOnPlateau | None = None
    gradient_clipping: GradientClipping | None = None
    class_weight: Literal["none", "balanced"] = "none"
    precision: Literal["float32", "mixed_float16"] = "float32"
