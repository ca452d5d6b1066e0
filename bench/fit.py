"""How much faster than Keras's `fit`? `python bench/fit.py` prints a table and, last, one JSON object.

Livefit as the user runs it (every step's loss and accuracy written, checkpoints kept, somebody looking on) against the
plain Keras script on the same data, batch size, epochs and seed. Every training is a process of its own; the rivals
take turns, and the medians of the whole training times, compilation included, are compared. Livefit's first training
of a network tries out how to compile it; its cost is shown on its own, for the later ones remember the answer.
MNIST is taken if `mnist.npz` lies in LIVEFIT_DOWNLOADS, else the sample that comes with Livefit (the aims are for
MNIST). Keras on JAX is measured too where JAX is installed. With five rounds it takes about 15 minutes on two cores;
nothing else should use the machine meanwhile.
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
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.trainings import PICTURES, TABLE, TABLE_COLUMNS, TABLE_EPOCHS, TABLE_ROWS
from dl.datasets import import_dataset
from dl.runs import RunStore
from dl.specs import ModelSpec
from dl.summary import summarize
from dl.workspace import Workspace

AIMS = {"dense": 0.12, "dense_dropout": 0.14, "cnn": 0.65, "small_table": 0.10}
LOOK_SECONDS = 0.3
Figures = dict[str, dict[str, list[dict[str, Any]]]]  # network, rival: one result a round


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="trainings of each rival, each with its seed (default 5)")
    parser.add_argument("--networks", nargs="+", default=list(AIMS), choices=AIMS)
    parser.add_argument("--home", type=Path, help="keep the runs, and let the Train page tell how much faster it was")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace.from_environment(home=options.home or Path(folder))
        dataset = "mnist" if (workspace.downloads / "mnist.npz").is_file() else "mnist_sample"
        rows = import_dataset(workspace, dataset).rows.train
        figures = measure(workspace, dataset, options.networks, options.rounds)
    show(figures, dataset, rows)


def measure(workspace: Workspace, dataset: str, networks: list[str], rounds: int) -> Figures:
    rivals = ["livefit", "fit", *(["fit_jax"] if importlib.util.find_spec("jax") else [])]
    figures: Figures = {network: defaultdict(list) for network in networks}
    for seed in range(rounds):
        for network in networks:
            for rival in rivals if seed % 2 else reversed(rivals):
                result = trained([rival, network, str(seed), dataset], workspace)
                figures[network][rival].append(result)
                print(f"{network} {rival} {seed}: {result['seconds']:.2f} s", file=sys.stderr, flush=True)
    return figures


def trained(what: list[str], workspace: Workspace) -> dict[str, Any]:
    """`what` is rival, network, seed and data set."""
    environment = os.environ | {"KERAS_BACKEND": "jax" if what[0] == "fit_jax" else "tensorflow"}
    script = Path(__file__).with_name("trainings.py")
    command = [sys.executable, str(script), *what, str(workspace.home)]
    ended = threading.Event()
    viewer = threading.Thread(target=look_on, args=(workspace, ended), daemon=True)
    viewer.start()
    try:
        output = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    except subprocess.CalledProcessError as error:
        sys.exit(f"{what}: {error.stderr[-2000:]}")
    finally:
        ended.set()
        viewer.join()
    return json.loads(output.splitlines()[-1])


def look_on(workspace: Workspace, ended: threading.Event) -> None:
    """What the Train page reads at each tick, of the newest run while it trains."""
    store = RunStore(workspace.runs)
    while not ended.wait(LOOK_SECONDS):
        for run in store.list()[:1]:
            if (run.folder / "status.json").exists() and run.status().state == "RUNNING":
                run.epochs()
                len(run.steps())


def show(figures: Figures, dataset: str, rows: int) -> None:
    speed = matrix_product_speed()
    print(f"data {dataset}, {rows:,} rows; matrix products {speed / 1e9:.0f} GFLOP/s\n")
    answer: dict[str, Any] = {"dataset": dataset, "matrix_product_gflops": round(speed / 1e9, 1), "aims": AIMS}
    for network, rivals in figures.items():
        answer |= _row(network, rivals, floor_seconds(network, rows, speed))
    print(json.dumps(answer))


def _row(network: str, rivals: dict[str, list[dict[str, Any]]], floor: float) -> dict[str, Any]:
    seconds = {rival: float(np.median([result["seconds"] for result in results])) for rival, results in rivals.items()}
    quality = {rival: [result["quality"] for result in results] for rival, results in rivals.items()}
    ratio, ours = seconds["livefit"] / seconds["fit"], rivals["livefit"]
    engine = ours[-1]["engine"]
    steps = float(np.median([result["step_seconds"] for result in ours]))
    verdict = "reached" if ratio <= AIMS[network] else "missed"
    print(f"{network}: {ratio:.3f} of fit (aim <= {AIMS[network]}: {verdict})")
    for rival in rivals:
        shown = ", ".join(f"{value:.4f}" for value in quality[rival])
        name = "test loss" if network == "small_table" else "test accuracy"
        print(f"  {rival:8} {seconds[rival]:7.2f} s   {name} {shown}")
    print(f"  floor {floor:.2f} s arithmetic; steps by {engine['compiler']} {steps:.2f} s;", end=" ")
    print(f"compiling, writing, checkpoints and the rest {seconds['livefit'] - steps:.2f} s;", end=" ")
    print(
        f"the first training {ours[0]['seconds']:.2f} s, {ours[0]['engine']['choice_seconds']:.2f} s of it to choose\n"
    )
    return {
        f"{network}_ratio": round(ratio, 4),
        f"{network}_seconds": {rival: round(value, 3) for rival, value in seconds.items()},
        f"{network}_quality": quality,
        f"{network}_compiler": engine["compiler"],
        f"{network}_floor_seconds": round(floor, 3),
        f"{network}_first_seconds": round(ours[0]["seconds"], 3),
    }


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
    summary = summarize(ModelSpec(layers=layers), shape)
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
