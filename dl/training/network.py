"""A network with its data and its programs: all that a training needs before its first step."""

from dataclasses import dataclass
from functools import partial

import keras

from dl.datasets import DatasetStore, OpenDataset, split
from dl.errors import DatasetDamaged, SpecError
from dl.runs.engine import Engine
from dl.specs import RunSpec
from dl.specs.checks import check
from dl.tasks import task_of
from dl.training.aside import wait_for
from dl.training.build import build_model
from dl.training.engine import batch_size, steps_per_epoch
from dl.training.fast.choice import Hurried, choose
from dl.training.fast.programs import Programs
from dl.training.memory import EngineMemory
from dl.training.parts import Parts
from dl.training.step import Step, TrainingData
from dl.workspace import Workspace


@dataclass
class Network:
    spec: RunSpec
    data: TrainingData
    step: Step
    programs: Programs
    parts: Parts

    @property
    def model(self) -> keras.Model:
        return self.step.model


def open_data(spec: RunSpec, workspace: Workspace) -> OpenDataset:
    """Raises LivefitError where they are not the data of the specification, or it cannot be trained on them."""
    dataset = DatasetStore(workspace).open(spec.data.dataset)
    if problems := check(spec, dataset.description):
        raise SpecError(problems)
    if spec.data.fingerprint not in (None, dataset.description.fingerprint):
        raise DatasetDamaged(dataset=spec.data.dataset, file="dataset.json")
    return dataset


def training_data(spec: RunSpec, dataset: OpenDataset) -> TrainingData:
    train_rows, validation_rows = split(len(dataset.y_train), spec.data.validation_share, spec.training.seed)
    return TrainingData(dataset.x_train, dataset.y_train, train_rows, validation_rows, task_of(dataset.description))


def build_network(
    spec: RunSpec, data: TrainingData, workspace: Workspace, known: Engine | None = None, hurried: Hurried | None = None
) -> Network:
    """Its first weights follow from the seed, and its names from the layers alone.

    It gets the engine that is `known`, else one that proved best for it before, else a trial's winner. `hurried` is
    given when nobody waits for it yet; then all that can be compiled is. Raises Abandoned.
    """
    parts = Parts()
    with parts.timed("build"):
        keras.utils.clear_session(free_memory=False)
        keras.utils.set_random_seed(spec.training.seed)
        model = build_model(spec.model, data.x.shape[1:], spec.training.precision)
        step = Step(model, data, spec)
    with parts.timed("choose"):
        programs = _programs(step, data, spec, workspace, known, hurried)
    others = bool(len(data.train) % batch_size(len(data.train), spec)), bool(len(data.validation))
    if hurried:
        wait_for(programs.compile, partial(hurried, True))
        wait_for(partial(programs.compile_others, *others), partial(hurried, True))
        parts.clear()  # the training waits for none of it
    else:
        _compile(programs, parts)
        programs.compile_others_aside(*others)
    return Network(spec, data, step, programs, parts)


def _compile(programs: Programs, parts: Parts) -> None:
    with parts.timed("compile"):
        programs.compile()
    parts["trace"] = min(programs.trace_seconds, parts["compile"])  # nothing, if a trial has done it
    parts["compile"] -= parts["trace"]


def prepare(spec: RunSpec, workspace: Workspace, hurried: Hurried) -> Network:
    """For a run of exactly this specification, before there is one. Raises Abandoned, LivefitError."""
    dataset = open_data(spec, workspace)
    pinned = spec.data.model_copy(update={"fingerprint": dataset.description.fingerprint})
    spec = spec.model_copy(update={"data": pinned})
    return build_network(spec, training_data(spec, dataset), workspace, hurried=hurried)


def _programs(
    step: Step, data: TrainingData, spec: RunSpec, workspace: Workspace, known: Engine | None, hurried: Hurried | None
) -> Programs:
    memory, batch = EngineMemory(workspace.home / "engines.json"), batch_size(len(data.train), spec)
    if known := known or memory.recall(spec, data.x.shape[1:]):
        return Programs(step, batch, known)
    steps = spec.training.epochs * steps_per_epoch(len(data.train), spec)
    programs = choose(step, data.train, batch, steps, hurried)
    memory.note(spec, data.x.shape[1:], programs.engine)
    return programs
