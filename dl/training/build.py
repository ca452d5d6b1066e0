"""From a specification to all that a training needs before its first step: the network and its programs."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial, reduce

import keras

from dl.preparation import Preparation
from dl.runs.engine import Engine
from dl.specs import NetworkSpec, RunSpec
from dl.specs.layers import Layer, Shape
from dl.specs.summary import output_of_members
from dl.training.columns import entering, head
from dl.training.fast.choice import EngineMemory, Hurried, choose
from dl.training.fast.programs import Programs, wait_for
from dl.training.step import Step, TrainingData
from dl.workspace import Workspace


class Parts(dict[str, float]):
    """Seconds by part, as whoever waits for the training has them; what is in the background costs what it delays."""

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self[part] = self.get(part, 0.0) + time.perf_counter() - began


@dataclass
class Network:
    """`parts` says where the seconds went that somebody waited for it, and goes on with those of its training."""

    step: Step
    programs: Programs
    parts: Parts = field(default_factory=Parts)


def build_network(
    spec: RunSpec, data: TrainingData, workspace: Workspace, known: Engine | None = None, hurried: Hurried | None = None
) -> Network:
    """Its first weights follow from the seed, and its names from the layers alone.

    It gets the engine that is `known`, else the one that is best for it. `hurried` is given when nobody waits for it
    yet; then all that can be compiled is. Raises Abandoned.
    """
    parts = Parts()
    with parts.timed("build"):
        keras.utils.clear_session(free_memory=False)
        keras.utils.set_random_seed(spec.training.seed)
        step = Step(build_model(spec.model, data.shape, spec.training.precision, data.preparation), data, spec)
    with parts.timed("choose"):
        programs = Programs(step, known) if known else choose(step, EngineMemory(workspace.home), hurried)
    if hurried:
        wait_for(programs.compile, partial(hurried, True))
        wait_for(programs.compile_others, partial(hurried, True))
        return Network(step, programs)  # the training waits for none of it
    with parts.timed("compile"):
        programs.compile()
    parts["trace"] = min(programs.trace_seconds, parts["compile"])  # nothing, if a trial has done it
    parts["compile"] -= parts["trace"]
    programs.compile_others_in_background()
    return Network(step, programs, parts)


def build_model(
    network: NetworkSpec, input_shape: Shape, precision: str = "float32", preparation: Preparation | None = None
) -> keras.Model:
    """A built, uncompiled model; its first weights follow from the global random seed.

    It takes one array of this shape or, with the `preparation` of a table, a dictionary of arrays. An ensemble answers
    with (rows, members, outputs). Of a mixed precision the last layer is spared, for its probabilities and the loss
    need all digits.
    """
    if network.columns and preparation:
        inputs, first = entering(network.columns, preparation)
    else:
        inputs = first = keras.Input(input_shape)
    policies, output = [precision] * (len(network.layers) - 1) + ["float32"], output_of_members(network)
    layers = [
        _head(layer, network.members, policy) if place == output else _layer(layer, policy)
        for place, (layer, policy) in enumerate(zip(network.layers, policies, strict=True))
    ]
    return keras.Model(inputs, reduce(lambda outputs, layer: layer(outputs), layers, first))


def _layer(layer: Layer, policy: str) -> keras.layers.Layer:
    return getattr(keras.layers, layer.type)(**layer.arguments(), dtype=policy)


def _head(layer: Layer, members: int, policy: str) -> keras.layers.Layer:
    return head(**layer.arguments(), members=members, dtype=policy)
