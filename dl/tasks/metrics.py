"""What is measured of a network, and in which direction it gets better."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

ERRORS = ("loss", "error", "crossentropy", "divergence", "hinge", "poisson", "log_cosh")  # what Keras minimises
VALIDATION = "val_"
Means = NDArray[Any]


@dataclass(frozen=True)
class Metric:
    """`name` is Keras's, and stands in `steps.json`, `epochs.jsonl`, `results.json` and on the command line.

    What can be chosen beside the loss is the mean of Keras's `function` over the examples, with these `arguments`; of
    labels that are classes there is a `sparse_` one too. It says something of more outputs than `trivial_outputs`.

    Numbers are learnt standardised. `finish` makes the metric in the target's own unit of such a mean, of the variance
    of these rows' standardised targets, and of that unit: means can be averaged over batches, roots cannot. `short` is
    what it is called on the command line; `in_unit`: it is told in the unit of the target.
    """

    name: str
    better: Literal["higher", "lower"]
    format: Literal["percent", "number"]
    function: str = ""
    arguments: dict[str, Any] = field(default_factory=dict, hash=False)
    trivial_outputs: int = 1
    finish: Callable[[Means, float, float], Means] = lambda means, variance, unit: means
    short: str = ""
    in_unit: bool = False

    def keras_class(self, sparse: bool) -> str:
        """Of `keras.metrics`; the `sparse` one takes labels as integers."""
        return f"{'Sparse' if sparse else ''}{self.function.title().replace('_', '')}"

    @property
    def told(self) -> str:
        """Its name where there is little room."""
        return self.short or self.name

    @property
    def sign(self) -> int:
        """What a score is to be multiplied by so that more is better."""
        return 1 if self.better == "higher" else -1


LOSS = Metric("loss", "lower", "number")
ACCURACY = Metric("accuracy", "higher", "percent", "categorical_accuracy")
TOP_5_ACCURACY = Metric("top_5_accuracy", "higher", "percent", "top_k_categorical_accuracy", {"k": 5}, 5)
ROOT_MEAN_SQUARED_ERROR = Metric(
    "root_mean_squared_error",
    "lower",
    "number",
    "mean_squared_error",
    trivial_outputs=0,
    finish=lambda means, variance, unit: np.sqrt(means) * unit,
    short="rmse",
    in_unit=True,
)
MEAN_ABSOLUTE_ERROR = Metric(
    "mean_absolute_error",
    "lower",
    "number",
    "mean_absolute_error",
    trivial_outputs=0,
    finish=lambda means, variance, unit: means * unit,
    short="mae",
    in_unit=True,
)
R2_SCORE = Metric(
    "r2_score",
    "higher",
    "number",
    "mean_squared_error",
    trivial_outputs=0,
    finish=lambda means, variance, unit: 1 - means / variance if variance else np.full_like(means, np.nan),
    short="r2",
)
KNOWN = {
    metric.name: metric
    for metric in (LOSS, ACCURACY, TOP_5_ACCURACY, ROOT_MEAN_SQUARED_ERROR, MEAN_ABSOLUTE_ERROR, R2_SCORE)
}
CHOICES = tuple(name for name in KNOWN if name != LOSS.name)


def metric(name: str) -> Metric:
    """The metric of this name, `val_` in front of it or not; one that is not known goes by what it is called."""
    name = name.removeprefix(VALIDATION)
    return KNOWN.get(name) or Metric(name, "lower" if any(word in name for word in ERRORS) else "higher", "number")
