"""What is measured of a network, and in which direction it gets better."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Metric:
    """`name` is Keras's, and stands in `steps.json`, `epochs.jsonl`, `results.json` and on the command line."""

    name: str
    better: Literal["higher", "lower"]
    format: Literal["percent", "number"]


LOSS = Metric("loss", "lower", "number")
ACCURACY = Metric("accuracy", "higher", "percent")
MEAN_ABSOLUTE_ERROR = Metric("mean_absolute_error", "lower", "number")
