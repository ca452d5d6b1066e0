"""The complete Keras script of a run: it needs nothing of Livefit and does the same training.

It takes the data that Livefit keeps, if they are on the computer that it runs on, and gets them itself if not.
"""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from dl.datasets import Dataset, loading_script
from dl.preparation import ColumnsInput, Preparation
from dl.specs import table_script as tables
from dl.specs.layers import Layer
from dl.specs.run import RunSpec
from dl.specs.schedules import AnySchedule, CosineDecay
from dl.specs.summary import output_of_members
from dl.specs.table_reading import further_imports, imports, reading
from dl.specs.training import TrainSpec
from dl.tasks import task_of
from dl.tasks.metrics import ACCURACY, Metric, metric

_IMPORTS = """\
import os
from pathlib import Path

import keras
import numpy as np
"""
_KEPT = """\
home = Path(os.environ.get("LIVEFIT_HOME") or Path.home() / ".livefit").expanduser()
kept = home / "datasets" / "{name}"
if (kept / "dataset.json").is_file():  # prepared by Livefit
    x_train, y_train = np.load(kept / "x_train.npy"), np.load(kept / "y_train.npy")
    x_test, y_test = np.load(kept / "x_test.npy"), np.load(kept / "y_test.npy")
else:
"""
_CHANGE_LEARNING_RATE = """\

class ChangeLearningRate(keras.callbacks.Callback):
    steps = 0

    def on_train_batch_end(self, batch, logs=None):
        self.steps += 1
        if self.steps in changes:
            self.model.optimizer.learning_rate = changes[self.steps]

"""


def keras_script(
    spec: RunSpec,
    dataset: Dataset,
    changes: Mapping[int, float] | None = None,
    preparation: Preparation | None = None,
) -> str:
    """A Python program that trains, evaluates and saves the network of this specification.

    `changes` are the learning rates set by hand on the way, by steps done. What a script cannot do it says. Of a table
    its `preparation` is needed, whose constants stand in the script.
    """
    return "\n".join(script_parts(spec, dataset, changes, preparation))


def script_parts(
    spec: RunSpec, dataset: Dataset, changes: Mapping[int, float] | None, preparation: Preparation | None
) -> list[str]:
    """The same, cut where something new begins: what is imported, data, (of a table) preparation, network, training,
    evaluation."""
    columns = spec.model.columns
    head = f"{_table_imports(dataset) if columns else _IMPORTS}\nkeras.utils.set_random_seed({spec.training.seed})\n"
    if spec.training.precision != "float32":
        head += f'keras.config.set_dtype_policy("{spec.training.precision}")\n'
    training = _notes(spec, bool(changes)) + _training(spec, dataset, dict(changes or {}))
    if columns:
        assert preparation, "a table is prepared first"
        return [head, *_of_table(spec, columns, dataset, preparation, training)]
    return [
        head,
        f"# Data\n{_loading(dataset)}{_split(spec, dataset)}",
        _model(spec, dataset),
        training,
        _evaluation(spec.training.metrics),
    ]


def _table_imports(dataset: Dataset) -> str:
    return tables.IMPORTS.format(standard=imports(dataset), further=further_imports(dataset))


def _of_table(
    spec: RunSpec, columns: ColumnsInput, dataset: Dataset, preparation: Preparation, training: str
) -> list[str]:
    share, seed, is_one_hot = spec.data.validation_share, spec.training.seed, spec.data.target_encoding == "one_hot"
    output = output_of_members(spec.model)
    calls = [
        _head(arguments, columns.members) if place == output else f"keras.layers.{kind}({arguments})"
        for place, (kind, arguments) in enumerate(_calls(spec))
    ]
    layers = "".join(f"    {call},\n" for call in calls)
    kind = "Ensemble" if columns.members > 1 else "keras.Model"
    return [
        f"# Data\n{reading(dataset, preparation)}",
        f"# Preparation, learnt from the rows that are not for the test\n"
        f"{tables.preparing(dataset, preparation, share, seed, is_one_hot)}",
        f"# Network\n{tables.ensemble(columns.members)}{tables.entering(columns, preparation)}"
        f"outputs = x\nfor layer in [\n{layers}]:\n    outputs = layer(outputs)\n"
        f"model = {kind}(inputs, outputs)\nmodel.summary()\n",
        training,
        tables.evaluating(preparation, spec.training.metrics, columns.members),
    ]


def _head(arguments: str, members: int) -> str:
    """Of each member its own."""
    units, rest = arguments.removeprefix("units=").split(", ", 1)
    shape = f'"bkd,kdo->bko", output_shape=({members}, {units}), bias_axes="ko"'
    return f"keras.layers.EinsumDense({shape}, {rest})"


def _loading(dataset: Dataset) -> str:
    getting = loading_script(dataset.id) or 'raise SystemExit(f"{kept} is not here")\n'
    return _KEPT.format(name=dataset.id) + textwrap.indent(getting, "    ")


def _split(spec: RunSpec, dataset: Dataset) -> str:
    lines = [
        f"order = np.random.default_rng({spec.training.seed}).permutation(len(x_train))",
        f"held_out = round(len(x_train) * {spec.data.validation_share})",
        "x_validation, y_validation = x_train[order[:held_out]], y_train[order[:held_out]]",
        "x_train, y_train = x_train[order[held_out:]], y_train[order[held_out:]]",
    ]
    if spec.data.target_encoding == "one_hot":
        lines += [
            f"{name} = keras.utils.to_categorical({name}, {task_of(dataset).outputs})"
            for name in ("y_train", "y_validation", "y_test")
        ]
    return "\n".join(lines) + "\n"


def _calls(spec: RunSpec) -> list[tuple[str, str]]:
    """The layers and their arguments."""
    calls: list[tuple[str, str]] = [(layer.type, _arguments(layer)) for layer in spec.model.layers]
    if spec.training.precision != "float32":  # probabilities and the loss need all digits
        kind, arguments = calls[-1]
        calls[-1] = kind, ", ".join(filter(None, [arguments, 'dtype="float32"']))
    return calls


def _model(spec: RunSpec, dataset: Dataset) -> str:
    layers = "".join(f"    keras.layers.{kind}({arguments}),\n" for kind, arguments in _calls(spec))
    return f"# Network\nmodel = keras.Sequential([\n    keras.Input({dataset.shape}),\n{layers}])\nmodel.summary()\n"


def _notes(spec: RunSpec, changed: bool) -> str:
    lines = ""
    if spec.fork:
        lines += f"# The run went on from run {spec.fork.run} after epoch {spec.fork.epoch}; this script begins anew.\n"
    if changed and spec.training.learning_rate_schedule:
        lines += "# The learning rate was changed by hand too, which Keras does not allow beside a schedule.\n"
    return lines


def _training(spec: RunSpec, dataset: Dataset, changes: dict[int, float]) -> str:
    training = spec.training
    if training.learning_rate_schedule:
        changes = {}
    batch = "len(y_train)" if training.optimizer.full_batch else str(training.batch_size)
    arguments = [f"batch_size={batch}", f"epochs={training.epochs}"]
    if round(dataset.rows.train * spec.data.validation_share):
        arguments.append("validation_data=(x_validation, y_validation)")
    if callbacks := _callbacks(training, changes):
        arguments.append("callbacks=[\n" + "".join(f"        {callback},\n" for callback in callbacks) + "    ]")
    if training.class_weight == "balanced":
        arguments.append("class_weight=class_weight")
    return (
        f"# Training\n{_learning_rate(training)}{_class_weight(spec, dataset)}{_changes(changes)}model.compile(\n"
        f"    optimizer={_optimizer(training)},\n"
        f'    loss="{training.loss}",\n    metrics=[{_metrics(spec)}],\n)\n'
        "model.fit(\n    x_train,\n    y_train,\n" + "".join(f"    {argument},\n" for argument in arguments) + ")\n"
    )


def _metrics(spec: RunSpec) -> str:
    return ", ".join(_metric(metric(name), spec.data.target_encoding == "integer") for name in spec.training.metrics)


def _metric(wanted: Metric, sparse: bool) -> str:
    if wanted == ACCURACY:
        return f'"{wanted.name}"'
    arguments = "".join(f"{name}={value}, " for name, value in wanted.arguments.items())
    return f'keras.metrics.{wanted.keras_class(sparse)}({arguments}name="{wanted.name}")'


def _changes(changes: dict[int, float]) -> str:
    if not changes:
        return ""
    listed = ", ".join(f"{step}: {rate:g}" for step, rate in sorted(changes.items()))
    what = "# Changed by hand: steps done, and the learning rate from then on"
    return f"{what}\nchanges = {{{listed}}}\n{_CHANGE_LEARNING_RATE}\n"


def _callbacks(training: TrainSpec, changes: dict[int, float]) -> list[str]:
    callbacks = ["ChangeLearningRate()"] if changes else []
    if stop := training.early_stopping:
        settings = f'"{stop.monitor}", patience={stop.patience}, restore_best_weights=True'
        callbacks.append(f"keras.callbacks.EarlyStopping({settings})")
    if plateau := training.reduce_on_plateau:
        settings = f'"{plateau.monitor}", {plateau.factor}, {plateau.patience}, min_lr={plateau.min_learning_rate}'
        callbacks.append(f"keras.callbacks.ReduceLROnPlateau({settings})")
    return callbacks


def _learning_rate(training: TrainSpec) -> str:
    if not (schedule := training.learning_rate_schedule):
        return ""
    steps = "1" if training.optimizer.full_batch else f"-(-len(y_train) // {training.batch_size})"
    arguments = _schedule_arguments(schedule, training.optimizer.learning_rate, training.epochs)
    return (
        f"steps_per_epoch = {steps}\n"
        f"learning_rate = keras.optimizers.schedules.{schedule.type}(\n"
        + "".join(f"    {name}={value},\n" for name, value in arguments.items())
        + ")\n"
    )


def _schedule_arguments(schedule: AnySchedule, rate: float, epochs: int) -> dict[str, Any]:
    start = {"initial_learning_rate": rate}
    if not isinstance(schedule, CosineDecay):
        return start | {"decay_steps": "steps_per_epoch", "decay_rate": schedule.decay_rate}
    warmup = schedule.warmup_epochs
    decay = {"decay_steps": f"{epochs - warmup} * steps_per_epoch", "alpha": schedule.alpha}
    if not warmup:
        return start | decay
    rise = {"warmup_target": rate, "warmup_steps": f"{warmup} * steps_per_epoch"}
    return {"initial_learning_rate": 0.0} | decay | rise


def _class_weight(spec: RunSpec, dataset: Dataset) -> str:
    if spec.training.class_weight == "none":
        return ""
    classes = len(dataset.classes)
    one_hot = spec.data.target_encoding == "one_hot"
    counts = "y_train.sum(axis=0)" if one_hot else f"np.bincount(y_train, minlength={classes})"
    weights = f"{{label: len(y_train) / ({classes} * count) if count else 0.0 for label, count in enumerate(counts)}}"
    return f"counts = {counts}\nclass_weight = {weights}\n"


def _optimizer(training: TrainSpec) -> str:
    arguments = {name: repr(value) for name, value in training.optimizer.arguments().items()}
    if training.learning_rate_schedule:
        arguments["learning_rate"] = "learning_rate"
    if clipping := training.gradient_clipping:
        arguments[clipping.by] = repr(clipping.value)
    listed = ", ".join(f"{name}={value}" for name, value in arguments.items())
    return f"keras.optimizers.{training.optimizer.keras_class}({listed})"


def _evaluation(metrics: Sequence[str]) -> str:
    scores = ", ".join(f"test_{name}" for name in ("loss", *metrics))
    shown = ", ".join(f"test {name.replace('_', ' ')} {{test_{name}:.4f}}" for name in (*metrics, "loss"))
    return (
        "# Evaluation\n"
        f"{scores} = model.evaluate(x_test, y_test, verbose=0)\n"
        f'print(f"{shown}")\n'
        'model.save("model.keras")\n'
    )


def _arguments(layer: Layer) -> str:
    return ", ".join(f"{name}={_literal(name, value)}" for name, value in layer.arguments().items())


def _literal(name: str, value: Any) -> str:
    """Python source of a value; 1/255 is written as the fraction that was meant, a regulariser as its object."""
    if name == "kernel_regularizer":
        return f"keras.regularizers.L1L2(l1={value['config']['l1']}, l2={value['config']['l2']})"
    if name == "scale" and 0 < value < 1 and abs(1 / value - round(1 / value)) < 1e-9:
        return f"1 / {round(1 / value)}"
    return f'"{value}"' if isinstance(value, str) else repr(value)
