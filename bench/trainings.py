"""One training in a process of its own: by Livefit as its worker does it, or by plain Keras. Run by bench/fit.py.

`python bench/trainings.py RIVAL NETWORK SEED DATASET HOME` prints one JSON object: the seconds of the whole training
with its compilation, and how good the network is. The rival `livefit` is what the page gives: a waiting worker that was
told which network is being configured. `livefit_at_once` has the same worker, told nothing before.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dl.datasets import DatasetStore
from dl.runs import Run, RunStore
from dl.specs import DataSpec, NetworkSpec, RunSpec, TrainSpec
from dl.specs.layers import Conv2D, Dense, Dropout, Flatten, Layer, MaxPooling2D, Rescaling
from dl.workspace import Workspace

SCALE, OUTPUT = Rescaling(), Dense(units=10, activation="softmax")
PICTURES: dict[str, tuple[tuple[Layer, ...], int]] = {  # layers and epochs
    "dense": ((SCALE, Flatten(), Dense(units=128), OUTPUT), 5),
    "dense_dropout": ((SCALE, Flatten(), Dense(units=128), Dropout(rate=0.2), OUTPUT), 5),
    "cnn": (
        (SCALE, Conv2D(filters=32), MaxPooling2D(), Conv2D(filters=64), MaxPooling2D(), Flatten(), OUTPUT),
        2,
    ),
}
TABLE = (Dense(units=64), Dense(units=64), Dense(units=1, activation="linear"))
TABLE_ROWS, TABLE_TEST, TABLE_COLUMNS, TABLE_EPOCHS = 20_000, 5_000, 13, 20


def spec_of(network: str, dataset: str, seed: int) -> RunSpec:
    """Nothing is held out: all training rows are trained on."""
    layers, epochs = PICTURES.get(network, (TABLE, TABLE_EPOCHS))
    loss, encoding = "sparse_categorical_crossentropy", "integer"
    if network == "small_table":
        loss, encoding = "mean_squared_error", "number"
    return RunSpec.model_validate(
        {
            "data": DataSpec(dataset=dataset, validation_share=0, target_encoding=encoding).model_dump(),
            "model": NetworkSpec(layers=layers).model_dump(),
            "training": TrainSpec(epochs=epochs, seed=seed).model_dump() | {"loss": loss},
        }
    )


def table() -> tuple[np.ndarray, np.ndarray]:
    """(rows, 13) float32 and a smooth function of them with some noise, (rows,) float32."""
    random = np.random.default_rng(0)
    x = random.standard_normal((TABLE_ROWS + TABLE_TEST, TABLE_COLUMNS)).astype(np.float32)
    weights = random.standard_normal((TABLE_COLUMNS, 8)) / 3
    y = np.sin(x @ weights).sum(axis=1) + 0.1 * random.standard_normal(len(x))
    return x, y.astype(np.float32)


def livefit(network: str, seed: int, workspace: Workspace, dataset: str, prepared: bool) -> dict[str, Any]:
    """The same code as in a worker; who looks at the run meanwhile does so from another process."""
    from dl.training.fast import import_keras

    import_keras()
    from dl.training.build import build_network
    from dl.training.execute import prepare, warm_up
    from dl.training.fast.compiled import keep_compiled
    from dl.training.status_writer import StatusWriter
    from dl.worker import train_run

    keep_compiled(workspace.home)
    warm_up(workspace)
    spec, began, ready = spec_of(network, dataset, seed), time.perf_counter(), None
    if prepared and network == "small_table":
        ready = build_network(spec, table_data(), workspace, hurried=lambda pays: False)
    elif prepared:
        ready = prepare(spec, workspace, lambda pays: False)
    prepare_seconds = time.perf_counter() - began
    run = RunStore(workspace.runs).create(spec, DatasetStore(workspace).imported(dataset), claimed=True)
    writer = StatusWriter(run)
    if network == "small_table":
        result = _livefit_table(run, workspace, writer, ready)
        writer.end("finished")
    else:
        status = train_run(run, workspace, writer, ready)
        result = {"seconds": status.fit_seconds, "quality": run.results().scores["accuracy"]}
    return {"run": run.id, "engine": run.engine().model_dump(), "prepare_seconds": prepare_seconds, **result}


def table_data() -> Any:
    from dl.tasks.regression import Regression
    from dl.training.step import TrainingData

    x, y = table()
    rows = np.arange(len(x))
    return TrainingData({"numbers": x}, y, rows[:TABLE_ROWS], rows[:0], task=Regression())


def _livefit_table(run: Run, workspace: Workspace, writer: Any, ready: Any) -> dict[str, Any]:
    """The pages read pictures only; the engine, the recorder and all that is written are the same."""
    from dl.runs.log.steps import StepLog
    from dl.training.build import build_network
    from dl.training.engine import Training
    from dl.training.recorder import RunRecorder

    data, spec = ready.step.data if ready else table_data(), run.spec()
    began = time.perf_counter()
    made = ready or build_network(spec, data, workspace)
    with StepLog(run.folder) as log:
        recorder = RunRecorder(run, writer, log, began)
        training = Training(made, recorder, began)
        training.run()
        recorder.engine(made.programs.engine.model_copy(update={"parts": made.parts}))
    rows = np.arange(TABLE_ROWS, TABLE_ROWS + TABLE_TEST)
    return {"seconds": training.position.seconds, "quality": training.evaluate(rows)["loss"]}


def plain_keras(network: str, seed: int, workspace: Workspace, dataset: str) -> dict[str, Any]:
    """The textbook script: build, compile, `fit`."""
    import keras

    from dl.training.build import build_model
    from dl.training.fast.choice import EngineMemory

    spec = spec_of(network, dataset, seed)
    keras.utils.set_random_seed(seed)
    if network == "small_table":
        (x, y), metric = table(), "mean_absolute_error"
        x_train, y_train, x_test, y_test = x[:TABLE_ROWS], y[:TABLE_ROWS], x[TABLE_ROWS:], y[TABLE_ROWS:]
    else:
        data, metric = DatasetStore(workspace).open(dataset), "accuracy"
        x_train, y_train, x_test, y_test = (
            np.array(part) for part in (data.x_train, data.y_train, data.x_test, data.y_test)
        )
    began = time.perf_counter()
    model = build_model(spec.model, x_train.shape[1:])
    model.compile("adam", spec.training.loss, metrics=[metric])
    model.fit(x_train, y_train, batch_size=32, epochs=spec.training.epochs, verbose=0)
    seconds = time.perf_counter() - began
    memory, shape = EngineMemory(workspace.home), x_train.shape[1:]
    memory.note_fit(spec, shape, seconds / (spec.training.epochs * -(-len(x_train) // 32)))
    loss, score = model.evaluate(x_test, y_test, verbose=0)
    return {"seconds": seconds, "quality": loss if network == "small_table" else score}


def main() -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    rival, network, seed, dataset, home = sys.argv[1:]
    workspace = Workspace.from_environment(home=Path(home))
    if rival.startswith("livefit"):
        result = livefit(network, int(seed), workspace, dataset, prepared=rival == "livefit")
    else:
        result = plain_keras(network, int(seed), workspace, dataset)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
