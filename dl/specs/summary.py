"""The table of layers with output shapes and parameter counts, worked out from the catalogue alone: no Keras needed."""

from collections.abc import Sequence
from dataclasses import dataclass

from dl.preparation import ColumnsInput, Preparation
from dl.specs.layers import Dense, Layer, LayerMisfit, Shape
from dl.specs.network import NetworkSpec

SIZES = ("units", "filters", "rate", "stddev")  # of which a layer has one or none
MOST_NAMED = 4


@dataclass(frozen=True)
class LayerRow:
    type: str
    output_shape: Shape
    parameters: int
    trainable_parameters: int


@dataclass(frozen=True)
class Summary:
    """`rows`, one a layer, go as far as the shapes fit; `misfit` is then the reason and stands at layer `len(rows)`.

    `inputs` are the parts of what stands before the layers: Numbers, Categories and Members of a table's columns.
    """

    rows: tuple[LayerRow, ...]
    misfit: LayerMisfit | None = None
    inputs: tuple[LayerRow, ...] = ()

    @property
    def columns(self) -> LayerRow | None:
        """All that stands before the layers of a table's network, as one."""
        if not self.inputs:
            return None
        counts = (sum(row.parameters for row in self.inputs), sum(row.trainable_parameters for row in self.inputs))
        members = next((row.output_shape for row in self.inputs if row.type == "Members"), None)
        return LayerRow("Columns", members or (_width(self.inputs),), *counts)

    @property
    def parameters(self) -> int:
        return sum(row.parameters for row in (*self.inputs, *self.rows))

    @property
    def trainable_parameters(self) -> int:
        return sum(row.trainable_parameters for row in (*self.inputs, *self.rows))


def summarize(model: NetworkSpec, input_shape: Shape, preparation: Preparation | None = None) -> Summary:
    """Of a table, `input_shape` is (columns,); before it is prepared, each of them is taken for one number.

    The layers of an ensemble are counted once, but the output layer, of which each member has its own.
    """
    inputs = _of_columns(model.columns, input_shape, preparation) if model.columns else ()
    rows: list[LayerRow] = []
    shape = (_width(inputs),) if inputs else input_shape
    output = output_of_members(model)
    for place, layer in enumerate(model.layers):
        try:
            counted, shape = layer.parameters(shape), layer.output_shape(shape)
        except LayerMisfit as misfit:
            return Summary(tuple(rows), misfit, inputs)
        times = model.members if place == output else 1
        rows.append(LayerRow(layer.type, shape, times * sum(counted), times * counted.trainable))
    return Summary(tuple(rows), inputs=inputs)


def output_of_members(model: NetworkSpec) -> int | None:
    """The place of the layer that each member of an ensemble has for itself: the last dense one."""
    dense = [place for place, layer in enumerate(model.layers) if isinstance(layer, Dense)]
    return dense[-1] if model.members > 1 and dense else None


def _of_columns(wanted: ColumnsInput, shape: Shape, preparation: Preparation | None) -> tuple[LayerRow, ...]:
    numbers = len(preparation.numbers) if preparation else shape[0]
    levels = [len(category.levels) for category in preparation.categories] if preparation else []
    rows = [_of_numbers(wanted, numbers, preparation)] if numbers else []
    if levels:
        units = [wanted.embedding_units(count) for count in levels]
        weights = sum((count + 1) * size for count, size in zip(levels, units, strict=True))
        width = sum(size or count + 1 for count, size in zip(levels, units, strict=True))
        rows.append(LayerRow("Categories", (width,), weights, weights))
    if wanted.members > 1:
        factors = wanted.members * _width(rows)
        rows.append(LayerRow("Members", (wanted.members, _width(rows)), factors, factors))
    return tuple(rows)


def _of_numbers(wanted: ColumnsInput, numbers: int, preparation: Preparation | None) -> LayerRow:
    if wanted.number_embedding == "none":
        return LayerRow("Numbers", (numbers,), 0, 0)
    bins = preparation.bins()[0].shape[1] if preparation else wanted.bins
    weights = numbers * (bins + 1) * wanted.number_units
    return LayerRow("Numbers", (numbers * (1 + wanted.number_units),), weights, weights)


def _width(rows: Sequence[LayerRow]) -> int:
    return sum(row.output_shape[-1] for row in rows if row.type != "Members")


def structure(model: NetworkSpec) -> str:
    """In a few words, as `Conv2D 32 → 64 → Dense 10`: what computes or steadies, and how large it is.

    Of a long network the beginning and the end.
    """
    named = [layer for layer in model.layers if layer.group in ("learn", "steady")]
    if len(named) > MOST_NAMED:
        return f"{_named(named[:2])} → … → {_named(named[-1:])}"
    return _named(named)


def _named(layers: Sequence[Layer]) -> str:
    """The type is not said again of a layer behind one like it."""
    words, before = [], None
    for layer in layers:
        size = next((f"{getattr(layer, name):g}" for name in SIZES if hasattr(layer, name)), "")
        words.append(size if size and layer.type == before else f"{layer.type} {size}".rstrip())
        before = layer.type
    return " → ".join(words)
