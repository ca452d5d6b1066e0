"""The network: what goes into it, and its layers in their order."""

from pydantic import Field

from dl.datasets.columns import Kind
from dl.fields import Spec
from dl.specs.layers import AnyLayer

MOST_LAYERS = 200


class InputSpec(Spec):
    """What enters together: the features of one kind, a picture or all columns of numbers side by side."""

    kind: Kind = "picture"


class NetworkSpec(Spec):
    inputs: tuple[InputSpec, ...] = Field((InputSpec(),), min_length=1, max_length=1)
    layers: tuple[AnyLayer, ...] = Field(min_length=1, max_length=MOST_LAYERS)
