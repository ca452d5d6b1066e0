"""Networks for tables to start from, with the training that belongs to them.

*plain* is what a textbook does. *strong* is what careful work on neural networks for tables found to matter (see
`ColumnsInput`), with AdamW, a learning rate that rises for a twentieth of the epochs and falls along a cosine, and the
best epoch kept. How large it is follows from how many rows there are and what is predicted, by the two rules below.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from dl.datasets import Category, Dataset
from dl.preparation import ColumnsInput
from dl.specs.layers import Dense, Dropout, Layer

MANY_ROWS = 10_000
MANY_ROWS_OF_STRONG = 5_000  # it sees each of them through several members


class TablePreset(NamedTuple):
    """`layers` without the output, `training` as fields of a TrainSpec."""

    columns: ColumnsInput
    layers: list[Layer]
    training: dict[str, Any]


def plain(dataset: Dataset) -> TablePreset:
    batch = 256 if dataset.rows.train >= MANY_ROWS else 32
    training = {"epochs": 30, "batch_size": batch, "optimizer": {"type": "Adam", "learning_rate": 0.001}}
    return TablePreset(ColumnsInput(), [Dense(units=64), Dense(units=64)], training)


def strong(dataset: Dataset) -> TablePreset:
    """Of few rows every one is seen more often, by a wider network at a higher rate."""
    many = dataset.rows.train >= MANY_ROWS_OF_STRONG
    columns = ColumnsInput(
        number_scaling="robust",
        number_embedding="piecewise_linear",
        bins=128 if many else 64,
        one_hot_levels=9,
        members=8,
    )
    width, depth, dropout = _body(dataset)
    body: list[Layer] = [layer for _ in range(depth) for layer in (Dense(units=width), Dropout(rate=dropout))]
    epochs = 60 if many else 100
    training = {
        "epochs": epochs,
        "batch_size": 256 if many else 64,
        "optimizer": {"type": "AdamW", "learning_rate": 0.001 if many else 0.002, "beta_2": 0.95},
        "learning_rate_schedule": {"type": "CosineDecay", "warmup_epochs": epochs // 20},
        "early_stopping": {"monitor": "val_loss", "patience": 16},
    }
    return TablePreset(columns, body, training)


def _body(dataset: Dataset) -> tuple[int, int, float]:
    """Width, depth and dropout."""
    if dataset.rows.train < MANY_ROWS_OF_STRONG:
        return 256, 3, 0.15
    return 128, 2, 0.2 if isinstance(dataset.target, Category) else 0.1


TABLE_PRESETS: dict[str, Callable[[Dataset], TablePreset]] = {"plain": plain, "strong": strong}
