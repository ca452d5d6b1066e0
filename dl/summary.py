"""The table of layers with output shapes and parameter counts, worked out from the catalogue alone: no Keras needed."""

from dataclasses import dataclass

from dl.layers import LayerMisfit, Shape
from dl.specs import ModelSpec


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


def summarize(model: ModelSpec, input_shape: Shape) -> Summary:
    rows: list[LayerRow] = []
    shape = input_shape
    for layer in model.layers:
        try:
            counted, shape = layer.parameters(shape), layer.output_shape(shape)
        except LayerMisfit as misfit:
            return Summary(tuple(rows), misfit)
        rows.append(LayerRow(layer.type, shape, sum(counted), counted.trainable))
    return Summary(tuple(rows))
