"""The network: its layers in their order."""

from pydantic import Field

from dl.specs.base import Spec
from dl.specs.layers import AnyLayer

MOST_LAYERS = 200


class ModelSpec(Spec):
    layers: tuple[AnyLayer, ...] = Field(min_length=1, max_length=MOST_LAYERS)
