"""The generated script: every one compiles, prepares the very same rows and network, and reaches the same accuracy."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from dl.datasets import DatasetStore
from dl.datasets.catalogue import BUILTINS, Builtin
from dl.runs import RunStore
from dl.specs import NetworkSpec, RunSpec, parse_spec
from dl.specs.layers import LAYERS, Dense, Flatten, Rescaling
from dl.specs.optimizers import OPTIMIZERS
from dl.specs.presets import PRESETS, default_spec
from dl.specs.script import keras_script
from dl.training.status_writer import StatusWriter
from dl.workspace import Workspace

PICTURE_SETS = [known for known in BUILTINS.values() if known.picture]

ONE_HOT = {"target_encoding": "one_hot"}
STOPPING = {
    "epochs": 40,
    "optimizer": {"type": "Adam", "learning_rate": 0.01},
    "early_stopping": {"monitor": "val_loss", "patience": 3},
}
ALL_ON = {
    "epochs": 10,
    "early_stopping": {"patience": 5},
    "learning_rate_schedule": {"type": "CosineDecay", "alpha": 0.1, "warmup_epochs": 1},
    "gradient_clipping": {"by": "global_clipnorm", "value": 1.0},
    "class_weight": "balanced",
    "precision": "mixed_float16",
    "metrics": ("accuracy", "top_5_accuracy"),
}
PROGRAMS: dict[str, tuple[str, str, dict[str, Any], dict[str, Any]]] = {
    "textbook": ("mnist_sample", "textbook", {}, {"epochs": 3}),
    "convolutional": ("digits", "convolutional", {}, {"epochs": 3}),
    "one-hot squared error": ("digits", "textbook", ONE_HOT, {"epochs": 8, "loss": "mean_squared_error"}),
    "early stopping": ("digits", "textbook", {}, STOPPING),
    "full batch": ("digits", "textbook", {}, {"epochs": 50, "optimizer": {"type": "GradientDescent"}}),
    "all on": ("digits", "textbook", {}, ALL_ON),
}


def spec_of(dataset: str, preset: str, data: dict[str, Any], training: dict[str, Any]) -> RunSpec:
    whole = default_spec(BUILTINS[dataset], preset).model_dump()
    return parse_spec(whole | {"data": whole["data"] | data, "training": whole["training"] | training})


def run_program(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Alone, in a folder of its own: isolated mode hides Livefit from it."""
    folder.mkdir()
    (folder / "train.py").write_text(script, encoding="utf-8")
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2", "PYTHONIOENCODING": "utf-8", "LIVEFIT_HOME": str(folder)}
    command = [sys.executable, "-I", "train.py"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=180)


@pytest.fixture(scope="module")
def imported_sample(furnish: Callable[..., Workspace], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return furnish(tmp_path_factory.mktemp("sample") / "home", "mnist_sample").datasets / "mnist_sample"


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[subprocess.CompletedProcess[str]]]]:
    """All scripts as programs, two at a time."""
    folder = tmp_path_factory.mktemp("programs")
    with ThreadPoolExecutor(2) as pool:
        yield {
            name: pool.submit(run_program, folder / name, keras_script(spec_of(*wanted), BUILTINS[wanted[0]]))
            for name, wanted in PROGRAMS.items()
        }


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
def test_script_run_as_a_program_reaches_the_accuracy_of_the_run(
    keras: ModuleType, workspace: Workspace, imported_sample: Path, programs: dict[str, Any], name: str
) -> None:
    from dl.training.execute import execute

    done = programs[name].result()
    assert done.returncode == 0, done.stderr
    found = re.fullmatch(r"test accuracy (\S+), (?:test [^,]+, )*test loss (\S+)", done.stdout.splitlines()[-1])
    assert found, done.stdout[-500:]
    spec = spec_of(*PROGRAMS[name])
    shutil.copytree(imported_sample, workspace.datasets / "mnist_sample")
    run = RunStore(workspace.runs).create(spec, DatasetStore(workspace).imported(spec.data.dataset))
    execute(run, workspace, StatusWriter(run))
    results = run.results()
    assert results and results.scores["accuracy"] > 0.85
    assert float(found[1]) == pytest.approx(results.scores["accuracy"], abs=0.03)


@pytest.mark.slow
def test_script_saves_the_model(keras: ModuleType, programs: dict[str, Any], tmp_path_factory: Any) -> None:
    done = programs["convolutional"].result()
    saved = sorted(tmp_path_factory.getbasetemp().glob("programs*/convolutional/model.keras"))[-1]
    assert done.returncode == 0
    assert keras.models.load_model(saved).output_shape == (None, 10)


@pytest.mark.parametrize("dataset", PICTURE_SETS, ids=lambda dataset: dataset.id)
@pytest.mark.parametrize("preset", PRESETS)
def test_script_compiles_for_every_preset_and_data_set(preset: str, dataset: Builtin) -> None:
    for training in ({}, {"early_stopping": {}}, {"optimizer": {"type": "GradientDescent"}}, ALL_ON):
        for data in ({}, ONE_HOT, {"validation_share": 0.0}):
            ast.parse(keras_script(spec_of(dataset.id, preset, data, training), dataset))


def test_pixels_are_scaled_by_the_fraction_that_is_meant() -> None:
    assert "keras.layers.Rescaling(scale=1 / 255, offset=0.0)" in keras_script(
        default_spec(BUILTINS["mnist"]), BUILTINS["mnist"]
    )
    assert "scale=1 / 16" in keras_script(default_spec(BUILTINS["digits"]), BUILTINS["digits"])


def test_no_validation_is_asked_for_when_the_share_rounds_to_no_row() -> None:
    for share in (0, 0.0003):
        script = keras_script(spec_of("digits", "textbook", {"validation_share": share}, {}), BUILTINS["digits"])
        assert "validation_data" not in script


def part(script: str, start: str, end: str) -> str:
    return script[script.index(start) : script.index(end)]


@pytest.mark.parametrize("by_itself", [True, False])
@pytest.mark.parametrize("dataset", ["digits", "mnist_sample"])
def test_script_holds_out_exactly_the_same_rows(
    keras: ModuleType,
    workspace: Workspace,
    imported_sample: Path,
    monkeypatch: pytest.MonkeyPatch,
    dataset: str,
    by_itself: bool,
) -> None:
    """Whether it finds the data that Livefit keeps or gets them by itself."""
    from dl.training.data import training_data

    shutil.copytree(imported_sample, workspace.datasets / "mnist_sample")
    known, spec = (
        DatasetStore(workspace).open(dataset),
        spec_of(dataset, "textbook", {"validation_share": 0.2}, {"seed": 11}),
    )
    script = keras_script(spec, BUILTINS[dataset])
    if by_itself:
        monkeypatch.setenv("LIVEFIT_HOME", str(workspace.home / "nothing"))
    names: dict[str, Any] = {}
    exec(part(script, "import os", "# Network"), names)
    data = training_data(spec, known)
    for ours, theirs in (
        (known.x_train[data.train], names["x_train"]),
        (known.x_train[data.validation], names["x_validation"]),
        (known.x_test, names["x_test"]),
        (known.y_train[data.train], names["y_train"]),
        (known.y_train[data.validation], names["y_validation"]),
        (known.y_test, names["y_test"]),
    ):
        np.testing.assert_array_equal(ours, theirs)
    assert names["x_train"].dtype == known.x_train.dtype


NO_NETWORK = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
REPORT = "\nprint(x_train.shape, x_train.dtype, int(x_train[0, 14].sum()), len(y_test))\n"


@pytest.mark.parametrize("by_variable", [True, False])
def test_script_finds_the_data_that_livefit_keeps_when_there_is_no_network(
    tmp_path: Path, imported_sample: Path, by_variable: bool
) -> None:
    """What Livefit keeps as MNIST are the pictures of the sample here: only they can be what it prints."""
    home = tmp_path / ("elsewhere" if by_variable else ".livefit")
    shutil.copytree(imported_sample, home / "datasets" / "mnist")
    script = keras_script(spec_of("mnist", "textbook", {"validation_share": 0.0}, {}), BUILTINS["mnist"])
    program = tmp_path / "train.py"
    program.write_text(part(script, "import os", "# Network") + REPORT, encoding="utf-8")
    user = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path), "KERAS_HOME": str(tmp_path / "keras")}
    environment = {name: value for name, value in os.environ.items() if name != "LIVEFIT_HOME"} | user | NO_NETWORK
    if by_variable:
        environment["LIVEFIT_HOME"] = str(home)
    done = subprocess.run(
        [sys.executable, "-I", str(program)], env=environment, capture_output=True, encoding="utf-8", timeout=120
    )
    kept = np.load(imported_sample / "x_train.npy")
    first = kept[np.random.default_rng(0).permutation(len(kept))[0]]
    rows = len(np.load(imported_sample / "y_test.npy"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"{kept.shape} {kept.dtype} {int(first[14].sum())} {rows}"


@pytest.mark.parametrize("dataset", ["mnist", "fashion_mnist", "cifar10"])
def test_script_reads_what_keras_downloads(
    keras: ModuleType, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, dataset: str
) -> None:
    """In the shapes in which Keras hands them out: no channel for grey pictures, CIFAR-10's labels in a column."""
    shape, labels = ((50, 32, 32, 3), (50, 1)) if dataset == "cifar10" else ((50, 28, 28), (50,))
    split = (np.zeros(shape, np.uint8), np.ones(labels, np.uint8))
    monkeypatch.setattr(getattr(keras.datasets, dataset), "load_data", lambda: (split, split))
    names: dict[str, Any] = {}
    script = keras_script(spec_of(dataset, "textbook", ONE_HOT, {"loss": "mean_squared_error"}), BUILTINS[dataset])
    exec(part(script, "import os", "# Network"), names)
    for name, rows in (("train", 45), ("validation", 5), ("test", 50)):
        assert names[f"x_{name}"].shape == (rows, *BUILTINS[dataset].shape)
        assert names[f"y_{name}"].shape == (rows, 10)


def test_script_builds_the_same_network_from_the_same_first_weights(keras: ModuleType, capsys: Any) -> None:
    from dl.training.build import build_model
    from dl.training.step import layers_of

    layers = [layer for name, layer in LAYERS.items() if name not in ("Flatten", "GlobalAveragePooling2D", "Dense")]
    model = {"layers": (*(layer() for layer in layers), Flatten(), Dense(units=10, activation="softmax"))}
    specs = [default_spec(BUILTINS["mnist"], name) for name in PRESETS]
    specs.append(specs[0].model_copy(update={"model": parse_spec(specs[0].model_dump() | {"model": model}).model}))
    penalised = (Flatten(), Dense(kernel_l1=0.01), Dense(units=10, kernel_l2=0.02, activation="softmax"))
    specs.append(specs[0].model_copy(update={"model": NetworkSpec(layers=penalised)}))
    for spec in specs:
        names: dict[str, Any] = {"keras": keras}
        keras.utils.set_random_seed(spec.training.seed)
        exec(part(keras_script(spec, BUILTINS["mnist"]), "# Network", "# Training"), names)
        keras.utils.set_random_seed(spec.training.seed)
        ours = build_model(spec.model, (28, 28, 1))
        for layer, theirs in zip(layers_of(ours), names["model"].layers, strict=True):
            assert type(layer) is type(theirs)
            assert settings(layer) == settings(theirs)
        for weight, theirs in zip(ours.get_weights(), names["model"].get_weights(), strict=True):
            np.testing.assert_array_equal(weight, theirs)


def settings(layer: Any) -> dict[str, Any]:
    """Without the name, which counts what was ever made, and the seed of its own, which Keras draws."""
    return {name: value for name, value in layer.get_config().items() if name not in ("name", "seed")}


@pytest.mark.parametrize("encoding", ["integer", "one_hot"])
def test_script_measures_the_same_metrics(keras: ModuleType, encoding: str) -> None:
    """By Keras's objects for labels in this form."""
    from dl.training.step import keras_metric

    training = {"metrics": ("accuracy", "top_5_accuracy")}
    script = keras_script(spec_of("digits", "textbook", {"target_encoding": encoding}, training), BUILTINS["digits"])
    (listed,) = re.findall(r"metrics=(\[.*\]),", script)
    accuracy, top_5 = eval(listed, {"keras": keras})
    wanted = keras_metric("top_5_accuracy", sparse=encoding == "integer")
    assert accuracy == "accuracy" and not isinstance(wanted, str)
    assert (type(top_5), top_5.get_config()) == (type(wanted), wanted.get_config())


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_script_makes_the_same_optimizer(keras: ModuleType, name: str) -> None:
    from dl.training.step import build_optimizer

    clipping = {"by": "clipnorm", "value": 0.5}
    optimizer = {"type": name, "learning_rate": 0.0123}
    spec = spec_of("digits", "textbook", {}, {"optimizer": optimizer, "gradient_clipping": clipping})
    (line,) = re.findall(r"optimizer=(.*),\n", keras_script(spec, BUILTINS["digits"]))
    theirs = eval(line, {"keras": keras})
    assert type(theirs) is type(ours := build_optimizer(spec.training.optimizer, spec.training.gradient_clipping))
    assert settings(theirs) == settings(ours)


def test_script_needs_no_scaling_that_the_network_does_not_have() -> None:
    spec = default_spec(BUILTINS["mnist"])
    layers = [layer for layer in spec.model.layers if not isinstance(layer, Rescaling)]
    raw = parse_spec(spec.model_dump() | {"model": {"layers": layers}})
    assert "255" not in keras_script(raw, BUILTINS["mnist"])
