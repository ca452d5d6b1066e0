"""How the columns of a table enter a Keras model, and the model that takes them raw.

Both are made of Keras's own layers and operations alone, so that a saved model is read by Keras and needs no Livefit.
"""

import re
from collections.abc import Collection, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from dl.preparation import ColumnsInput, Preparation, PreparedNumber
from dl.preparation.dates import date_parts
from dl.preparation.preparation import FARTHEST

NO_DATE = -(2**53)  # seconds; what lies before is no date
OTHER_KINDS = ("functional", "get_item", "string_lookup")  # of what stands in front of a network, beside `keras.ops`
OWN = "entering_"  # begins the names of layers that are none of the specification's list
Tensor = Any  # keras.KerasTensor
Tensors = dict[str, Tensor]


def entering(wanted: ColumnsInput, preparation: Preparation) -> tuple[Tensors, Tensor]:
    """The inputs "numbers" (n,) float32 and "categories" (m,) int32, and what the first layer gets of them.

    That is (width,), or (members, width) of an ensemble.
    """
    inputs: Tensors = {}
    parts: list[Tensor] = []
    if count := len(preparation.numbers):
        inputs["numbers"] = keras.Input((count,), name="numbers")
        parts += _numbers(inputs["numbers"], wanted, preparation)
    if count := len(preparation.categories):
        inputs["categories"] = keras.Input((count,), dtype="int32", name="categories")
        parts += _categories(inputs["categories"], wanted, preparation)
    joined = keras.layers.Concatenate(name=f"{OWN}joined")(parts) if len(parts) > 1 else parts[0]
    return inputs, _members(joined, wanted.members) if wanted.members > 1 else joined


def _numbers(numbers: Tensor, wanted: ColumnsInput, preparation: Preparation) -> list[Tensor]:
    parts = [numbers / ops.sqrt(1 + ops.square(numbers / 3)) if wanted.number_scaling == "robust" else numbers]
    if wanted.number_embedding == "piecewise_linear":
        begins, widths = preparation.bins()
        count, bins = begins.shape
        share = ops.clip((ops.expand_dims(numbers, -1) - begins) / widths, 0.0, 1.0)  # of each bin that lies below
        embedded = keras.layers.EinsumDense(
            "bni,nij->bnj",
            output_shape=(count, wanted.number_units),
            bias_axes="nj",
            kernel_initializer=keras.initializers.RandomUniform(-(bins**-0.5), bins**-0.5),
            name=f"{OWN}numbers",
        )(share)
        parts.append(keras.layers.Reshape((count * wanted.number_units,), name=f"{OWN}embedded")(embedded))
    return parts


def _categories(categories: Tensor, wanted: ColumnsInput, preparation: Preparation) -> list[Tensor]:
    parts = []
    for place, category in enumerate(preparation.categories):
        known = len(category.levels) + 1
        if units := wanted.embedding_units(len(category.levels)):
            embedding = keras.layers.Embedding(known, units, name=f"{OWN}category_{place}")
            parts.append(embedding(categories[:, place]))
        else:
            parts.append(ops.one_hot(categories[:, place], known))
    return parts


def _members(joined: Tensor, members: int) -> Tensor:
    """Each member multiplies every number by a factor of its own."""
    return keras.layers.EinsumDense(
        "bd,kd->bkd",
        output_shape=(members, joined.shape[-1]),
        kernel_initializer=keras.initializers.RandomNormal(1.0, 0.5),
        name=f"{OWN}members",
    )(joined)


def head(units: int, members: int, activation: str, **options: Any) -> keras.layers.Layer:
    """The output layer of which each member has its own, on (members, width)."""
    return keras.layers.EinsumDense(
        "bkd,kdo->bko", output_shape=(members, units), bias_axes="ko", activation=activation, **options
    )


def answering(model: keras.Model, preparation: Preparation) -> keras.Model:
    """The trained `model` with its preparation in front: it takes a dictionary of columns by their names.

    Numbers are float64, NaN where missing; dates whole seconds since 1970 in int64, the least one (pandas's NaT) where
    missing; categories strings, empty where missing. Each is (rows,). It answers with (rows, classes), or (rows, 1) in
    the target's own unit. Keras's `predict` rounds numbers to float32 before the model sees them, a call does not:
    dates would lose their hours by that.
    """
    taken = {layer.name for layer in model.layers} | {model.name}
    raw = {
        name: keras.Input((), dtype=kind, name=name if _is_free(name, taken) else f"column_{place}")
        for place, (name, kind) in enumerate(_kinds(preparation))
    }
    inputs = {}
    if preparation.numbers:
        inputs["numbers"] = _scaled(raw, preparation.numbers)
    if preparation.categories:
        places = [
            keras.layers.StringLookup(vocabulary=list(category.levels), num_oov_indices=1)(raw[category.name])
            for category in preparation.categories
        ]
        inputs["categories"] = ops.cast(ops.stack(places, axis=1), "int32")
    answers = averaged(model(inputs))
    if not preparation.target.levels:
        answers = answers * preparation.target.scale + preparation.target.mean
    return keras.Model(raw, answers)


def _is_free(name: str, taken: Collection[str]) -> bool:
    """Whether an input may be called so: Keras allows no slash, and calls its operations and layers by their kind."""
    kind = re.sub(r"_\d+$", "", name)
    return "/" not in name and name not in taken and kind not in OTHER_KINDS and not hasattr(ops, kind)


def _kinds(preparation: Preparation) -> list[tuple[str, str]]:
    numbers = [(number.name, "int64" if number.kind == "date" else "float64") for number in preparation.numbers]
    return list(dict.fromkeys([*numbers, *((category.name, "string") for category in preparation.categories)]))


def _scaled(raw: Tensors, numbers: Sequence[PreparedNumber]) -> Tensor:
    """(rows, numbers) float32, as `dl.preparation.encoding.number_values` computes them."""
    values, is_known = (
        ops.stack([part(raw[number.name], number) for number in numbers], axis=1) for part in (_value, _is_known)
    )
    centres, scales = ([getattr(number, name) for number in numbers] for name in ("centre", "scale"))
    scaled = ops.clip((values - np.array(centres)) / np.array(scales), -FARTHEST, FARTHEST)
    return ops.cast(ops.where(is_known, scaled, np.zeros(len(numbers))), "float32")


def _is_known(raw: Tensor, number: PreparedNumber) -> Tensor:
    """Whether it is missing is always known."""
    known = _is_there(raw, number)
    return ops.logical_or(known, True) if number.part == "missing" else known


def _is_there(raw: Tensor, number: PreparedNumber) -> Tensor:
    if number.kind == "date":
        return ops.greater(raw, NO_DATE)
    there = ops.isfinite(raw)
    for value in number.missing:
        there = ops.logical_and(there, ops.not_equal(raw, value))
    return there


def _value(raw: Tensor, number: PreparedNumber) -> Tensor:
    if number.part == "missing":
        return ops.cast(ops.logical_not(_is_there(raw, number)), "float64")
    if number.kind == "date":
        return date_parts(ops.cast(raw, "float64"), ops.floor, ops.where)[number.part]
    return raw


def averaged(outputs: Tensor) -> Tensor:
    """What the members of an ensemble answer together; of one network, what it answers."""
    return ops.mean(outputs, axis=1) if len(outputs.shape) == 3 else outputs
