"""The table of layers with output shapes and parameter counts, worked out from the catalogue alone: no Keras needed."""

from collections.abc import Sequence
from dataclasses import dataclass

from dl.specs.layers import Layer, LayerMisfit, Shape
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
    """`rows` go as far as the shapes fit; `misfit` is then the reason and stands at layer `len(rows)`."""

    rows: tuple[LayerRow, ...]
    misfit: LayerMisfit | None = None

    @property
    def parameters(self) -> int:
        return sum(row.parameters for row in self.rows)

    @property
    def trainable_parameters(self) -> int:
        return sum(row.trainable_parameters for row in self.rows)


def summarize(model: NetworkSpec, input_shape: Shape) -> Summary:
    rows: list[LayerRow] = []
    shape = input_shape
    for layer in model.layers:
        try:
            counted, shape = layer.parameters(shape), layer.output_shape(shape)
        except LayerMisfit as misfit:
            return Summary(tuple(rows), misfit)
        rows.append(LayerRow(layer.type, shape, sum(counted), counted.trainable))
    return Summary(tuple(rows))


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
