"""Where in a network a layer belongs: what fits behind what, and which layer is the output."""

from dl.datasets import Dataset
from dl.specs.layers import Dense, Layer
from dl.specs.network import NetworkSpec
from dl.specs.run import RunSpec
from dl.specs.summary import summarize
from dl.tasks import task_of


def output_place(spec: RunSpec, dataset: Dataset) -> int | None:
    """The layer that gives what the task asks for, or is meant to; None if it is still to come.

    It is the last one that changes the shape: a dense one, with the units of an output or the activation of one.
    """
    layers = spec.model.layers
    place = max((i for i, layer in enumerate(layers) if changes_shape(layer)), default=None)
    if place is None or not isinstance(last := layers[place], Dense):
        return None
    output = output_layer(spec, dataset)
    usual = None if output.activation == "linear" else output.activation  # which many a hidden layer has too
    meant = any(getattr(layer, "activation", None) == usual for layer in layers[place:]) if usual else False
    return place if meant or last.units == output.units else None


def output_layer(spec: RunSpec, dataset: Dataset) -> Dense:
    task = task_of(dataset)
    return Dense.model_validate(
        {"units": max(1, task.outputs), "activation": task.fit(spec.training.loss).activations[0]}
    )


def fitting_place(layer: Layer, spec: RunSpec, dataset: Dataset) -> int:
    """Before the output, or as near to that as the layer fits; what prepares the input goes to the front instead."""
    layers, output = spec.model.layers, output_place(spec, dataset)
    last = len(layers) if output is None else output
    wanted = _behind_the_input(layers) if layer.group == "input" else last
    places = sorted(range(last + 1), key=lambda place: abs(place - wanted))
    return next((place for place in places if _fits(layer, place, layers, dataset)), wanted)


def changes_shape(layer: Layer) -> bool:
    return type(layer).output_shape is not Layer.output_shape


def _behind_the_input(layers: tuple[Layer, ...]) -> int:
    return next((place for place, layer in enumerate(layers) if layer.group != "input"), len(layers))


def _fits(layer: Layer, place: int, layers: tuple[Layer, ...], dataset: Dataset) -> bool:
    with_it = NetworkSpec.model_validate({"layers": (*layers[:place], layer, *layers[place:])})  # of flat columns too
    return summarize(with_it, dataset.shape).misfit is None
