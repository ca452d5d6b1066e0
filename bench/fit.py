"""How much faster than Keras's `fit`? `python bench/fit.py` prints a table and, last, one JSON object.

Livefit as the user runs it (every step's loss and accuracy written, checkpoints kept, somebody looking on) against the
plain Keras script on the same data, batch size, epochs and seed. Every training is a process of its own; the rivals
take turns, and the medians of the whole training times, compilation included, are compared. `livefit` has a waiting
worker that was told which network is being configured, as the page tells it; `livefit_at_once` has the same worker,
told nothing before, so it compiles when the training begins. The row `command` compares whole processes, imports
included: `python -m dl train` and the script that `python -m dl script` writes. The first training of a row finds
nothing that an earlier one has left (unless there is --home), and it counts.
MNIST is taken if `mnist.npz` lies in LIVEFIT_DOWNLOADS, else the sample that comes with Livefit (the aims are for
MNIST; the rows `sample_...` take the sample in any case). Keras on JAX is measured too where JAX is installed. With
five rounds it takes about 20 minutes on two cores; nothing else should use the machine meanwhile.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.trainings import PICTURES, TABLE, TABLE_COLUMNS, TABLE_EPOCHS, TABLE_ROWS
from dl.datasets import DatasetStore
from dl.runs import RunStore
from dl.specs import NetworkSpec, RunSpec
from dl.specs.presets import default_spec
from dl.specs.script import keras_script
from dl.specs.summary import summarize
from dl.workspace import Workspace

PROJECT = Path(__file__).resolve().parents[1]
SAMPLE = "mnist_sample"


@dataclass(frozen=True)
class Row:
    """What is measured: a network on MNIST, if that is here, or on the sample; as a whole process if `whole`."""

    network: str
    aim: float
    on_sample: bool = False
    whole: bool = False


ROWS = {
    "dense": Row("dense", 0.10),
    "dense_dropout": Row("dense_dropout", 0.11),
    "cnn": Row("cnn", 0.63),
    "small_table": Row("small_table", 0.06),
    "sample_dense": Row("dense", 0.20, on_sample=True),
    "sample_cnn": Row("cnn", 0.70, on_sample=True),
    "command": Row("dense", 0.13, whole=True),
}
PARTS = ("build", "choose", "trace", "compile", "steps", "validation", "writing", "showing")
DOWNLOAD = "(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()"
LOOK_SECONDS = 0.3
Figures = dict[str, dict[str, list[dict[str, Any]]]]  # row, rival: one result a round


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="trainings of each rival, each with its seed (default 5)")
    parser.add_argument("--rows", nargs="+", default=list(ROWS), choices=ROWS)
    parser.add_argument("--home", type=Path, help="keep the runs, and let the Train page tell how much faster it was")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.from_environment(home=options.home or Path(folder))
        dataset = "mnist" if (workspace.downloads / "mnist.npz").is_file() else SAMPLE
        counts = {name: DatasetStore(workspace).bring(name).rows.train for name in (SAMPLE, dataset)}
        figures = measure(workspace, dataset, options.rows, options.rounds, own_homes=not options.home)
    show(figures, dataset, counts)


def measure(workspace: Workspace, dataset: str, rows: list[str], rounds: int, own_homes: bool) -> Figures:
    figures: Figures = {row: defaultdict(list) for row in rows}
    for seed in range(rounds):
        for row in rows:
            rivals = rivals_of(ROWS[row])
            data = SAMPLE if ROWS[row].on_sample else dataset
            for rival in rivals if seed % 2 else reversed(rivals):
                home = own_home(workspace, f"{row}-{rival}") if own_homes else workspace
                result = trained(rival, ROWS[row], seed, data, home)
                figures[row][rival].append(result)
                print(f"{row} {rival} {seed}: {result['seconds']:.2f} s", file=sys.stderr, flush=True)
    return figures


def rivals_of(row: Row) -> list[str]:
    if row.whole:
        return ["livefit", "fit"]
    others = ["fit_jax"] if importlib.util.find_spec("jax") and not row.on_sample else []
    return ["livefit", "livefit_at_once", "fit", *others]


def own_home(workspace: Workspace, name: str) -> Workspace:
    """The same data sets, but no memory of what others have found out and compiled."""
    home = workspace.home / "homes" / name
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "datasets").exists():
        (home / "datasets").symlink_to(workspace.datasets, target_is_directory=True)
    return Workspace.from_environment(home=home)


def trained(rival: str, row: Row, seed: int, dataset: str, workspace: Workspace) -> dict[str, Any]:
    ended = threading.Event()
    viewer = threading.Thread(target=look_on, args=(workspace, ended), daemon=True)
    viewer.start()
    try:
        if row.whole:
            return whole_process(rival, seed, dataset, workspace)
        script = Path(__file__).with_name("trainings.py")
        arguments = [str(script), rival, row.network, str(seed), dataset, str(workspace.home)]
        return json.loads(output_of(arguments, KERAS_BACKEND="jax" if rival == "fit_jax" else "tensorflow"))
    finally:
        ended.set()
        viewer.join()


def whole_process(rival: str, seed: int, dataset: str, workspace: Workspace) -> dict[str, Any]:
    """From nothing to the saved model: imports, training, evaluation."""
    known = DatasetStore(workspace).describe(dataset)
    spec = default_spec(known).model_dump()
    spec = RunSpec.model_validate(spec | {"training": spec["training"] | {"seed": seed}})
    file, script = workspace.home / "spec.json", workspace.home / "script.py"
    file.write_text(spec.model_dump_json())
    script.write_text(keras_script(spec, known).replace(DOWNLOAD, read_here(workspace)))
    began = time.perf_counter()
    if rival == "fit":
        words = output_of([str(script)], workspace.home).split()
        return {"seconds": time.perf_counter() - began, "quality": float(words[2].rstrip(","))}
    result = json.loads(output_of(["-m", "dl", "train", str(file), "--home", str(workspace.home)]))
    seconds = time.perf_counter() - began
    engine = RunStore(workspace.runs).get(result["run"]).engine()
    return {"seconds": seconds, "quality": result["test_accuracy"], "engine": engine and engine.model_dump()}


def read_here(workspace: Workspace) -> str:
    """The same arrays, whoever packed them; Keras takes only the very file that it would download."""
    names = ("x_train", "y_train", "x_test", "y_test")
    return f"x_train, y_train, x_test, y_test = map(np.load({str(workspace.downloads / 'mnist.npz')!r}).get, {names})"


def output_of(arguments: list[str], folder: Path = PROJECT, **environment: str) -> str:
    """The last line that Python prints."""
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=folder, env=os.environ | environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{arguments}: {done.stderr[-2000:]}")
    return done.stdout.splitlines()[-1]


def look_on(workspace: Workspace, ended: threading.Event) -> None:
    """What the Train page reads at each tick, of the newest run while it trains."""
    store = RunStore(workspace.runs)
    while not ended.wait(LOOK_SECONDS):
        for run in store.list()[:1]:
            if (run.folder / "status.json").exists() and run.status().state == "RUNNING":
                run.epochs()
                len(run.steps())


def show(figures: Figures, dataset: str, counts: dict[str, int]) -> None:
    speed = matrix_product_speed()
    print(f"data {dataset}, {counts[dataset]:,} rows; matrix products {speed / 1e9:.0f} GFLOP/s\n")
    answer: dict[str, Any] = {"dataset": dataset, "matrix_product_gflops": round(speed / 1e9, 1)}
    for name, rivals in figures.items():
        answer |= _row(name, rivals)
        row = ROWS[name]
        floor = floor_seconds(row.network, counts[SAMPLE if row.on_sample else dataset], speed)
        answer[f"{name}_floor_seconds"] = round(floor, 3)
        print(f"  {'floor':15} {floor:7.2f} s of arithmetic on all cores")
        print()
    print(json.dumps(answer))


def _row(name: str, rivals: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    seconds = {rival: float(np.median([result["seconds"] for result in results])) for rival, results in rivals.items()}
    quality = {rival: [result["quality"] for result in results] for rival, results in rivals.items()}
    ratio, aim, compiler = (
        seconds["livefit"] / seconds["fit"],
        ROWS[name].aim,
        rivals["livefit"][-1]["engine"]["compiler"],
    )
    print(f"{name}: {ratio:.3f} of fit (aim <= {aim}: {'reached' if ratio <= aim else 'missed'}), by {compiler}")
    parts = {rival: _parts(results) for rival, results in rivals.items() if rival.startswith("livefit")}
    for rival in rivals:
        shown = ", ".join(f"{value:.4f}" for value in quality[rival])
        score = "test loss" if name == "small_table" else "test accuracy"
        print(f"  {rival:15} {seconds[rival]:7.2f} s   {score} {shown}")
        if rival in parts:
            where = ", ".join(f"{part} {value:.2f}" for part, value in parts[rival].items())
            print(f"  {'':15} first {rivals[rival][0]['seconds']:.2f} s; {where}")
    return {
        f"{name}_ratio": round(ratio, 4),
        f"{name}_aim": aim,
        f"{name}_ratios": {rival: round(value / seconds["fit"], 4) for rival, value in seconds.items()},
        f"{name}_seconds": {rival: round(value, 3) for rival, value in seconds.items()},
        f"{name}_quality": quality,
        f"{name}_compiler": compiler,
        f"{name}_parts": parts,
        f"{name}_first_seconds": round(rivals["livefit"][0]["seconds"], 3),
        f"{name}_prepare_seconds": [round(result.get("prepare_seconds", 0.0), 2) for result in rivals["livefit"]],
    }


def _parts(results: list[dict[str, Any]]) -> dict[str, float]:
    """Where the seconds went, as the medians of the rounds; the rest is imports and evaluation, if they count."""
    names = [name for name in PARTS if any(name in result["engine"]["parts"] for result in results)]
    found = {name: [result["engine"]["parts"].get(name, 0.0) for result in results] for name in names}
    rest = [result["seconds"] - sum(result["engine"]["parts"].values()) for result in results]
    return {name: round(float(np.median(values)), 3) for name, values in {**found, "rest": rest}.items()}


def matrix_product_speed() -> float:
    """Floating point operations a second of a large product of float32 matrices, the best of some."""
    size = 2048
    left, right = (np.random.default_rng(i).standard_normal((size, size)).astype(np.float32) for i in range(2))
    best = float("inf")
    for _ in range(8):
        began = time.perf_counter()
        left @ right
        best = min(best, time.perf_counter() - began)
    return 2 * size**3 / best


def floor_seconds(network: str, rows: int, speed: float) -> float:
    """Multiplications and additions of all forward and backward passes; the first layer passes no gradient on."""
    layers, epochs = PICTURES.get(network, (TABLE, TABLE_EPOCHS))
    shape: tuple[int, ...] = (28, 28, 1) if network in PICTURES else (TABLE_COLUMNS,)
    summary = summarize(NetworkSpec(layers=layers), shape)
    products, first = 0, True
    for row, layer in zip(summary.rows, layers, strict=True):
        if layer.group == "learn" and layer.type in ("Dense", "Conv2D"):
            positions = int(np.prod(row.output_shape[:-1])) if layer.type == "Conv2D" else 1
            weights = row.trainable_parameters - row.output_shape[-1]
            products += positions * weights * (2 if first else 3)
            first = False
    return 2 * products * (rows if network in PICTURES else TABLE_ROWS) * epochs / speed


if __name__ == "__main__":
    main()
