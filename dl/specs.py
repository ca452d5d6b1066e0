"""What the user asked for, frozen and validated: `RunSpec` = data + model + training. It round-trips through JSON."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from dl.errors import SpecError
from dl.layers import AnyLayer
from dl.optimizers import Adam, AnyOptimizer
from dl.problems import Problem
from dl.schedules import AnySchedule

Loss = Literal[
    "sparse_categorical_crossentropy", "categorical_crossentropy", "binary_crossentropy", "mean_squared_error"
]
TargetEncoding = Literal["integer", "one_hot"]
Monitor = Literal["val_loss", "val_accuracy"]
MOST_LAYERS = 200


class Spec(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class DataSpec(Spec):
    """Which data, and how it is used; `fingerprint` pins the exact arrays once the run exists."""

    dataset: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")
    fingerprint: str | None = None
    validation_share: float = Field(0.1, ge=0, le=0.9)
    target_encoding: TargetEncoding = "integer"


class ModelSpec(Spec):
    layers: tuple[AnyLayer, ...] = Field(min_length=1, max_length=MOST_LAYERS)


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
    loss: Loss = "sparse_categorical_crossentropy"
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


def parse_spec(value: Any) -> RunSpec:
    """The specification in JSON text, bytes or a mapping. Raises SpecError that lists every problem."""
    try:
        if isinstance(value, str | bytes):
            return RunSpec.model_validate_json(value)
        return RunSpec.model_validate(value)
    except ValidationError as error:
        raise SpecError(tuple(_problem(detail) for detail in error.errors(include_url=False))) from None


_CODES = {
    "missing": "field_missing",
    "extra_forbidden": "field_unknown",
    "json_invalid": "not_json",
    "greater_than": "not_above",
    "greater_than_equal": "too_small",
    "less_than": "not_below",
    "less_than_equal": "too_large",
    "literal_error": "not_a_choice",
    "union_tag_invalid": "not_a_choice",
    "union_tag_not_found": "field_missing",
    "too_short": "no_layers",
    "finite_number": "not_a_number",
}


def _problem(detail: ErrorDetails) -> Problem:
    kind, context = detail["type"], detail.get("ctx", {})
    code = _CODES.get(kind, "not_a_number" if kind.startswith(("int", "float")) else "not_allowed")
    place = ".".join(str(part) for part in detail["loc"])
    facts: dict[str, Any] = {"where": _shown(place), "given": _shown(detail["input"])}
    limit = next((context[name] for name in ("gt", "ge", "lt", "le") if name in context), None)
    if limit is not None:
        facts["limit"] = limit
    if allowed := context.get("expected") or context.get("expected_tags"):
        facts["allowed"] = str(allowed).replace("'", "")
    if "tag" in context:
        facts["given"] = _shown(context["tag"])
    return Problem(code, facts)


def _shown(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 60 else text[:57] + "..."
