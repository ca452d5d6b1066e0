"""Evaluate with a million test pictures, of 10 and of 100 classes: opened in a browser, and each of its clicks.

python -m bench.evaluate [--rows N] prints a table and, on its last line, one JSON object. The runs are written as a
worker would have left them. Each action is done on a new server (first) and once more (again).
"""

import argparse
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from playwright.sync_api import Page

from bench.clicks import clicking, tell
from dl.datasets import Dataset
from dl.datasets.description import pictures_in_classes
from dl.evaluation.classification import accuracy_interval
from dl.runs import RunStore
from dl.runs.results import Results, write_results
from dl.specs.presets import default_spec
from dl.tasks import task_of
from dl.workspace import Workspace

AIMS = {"open": 2.0, "cell": 0.5, "percent": 0.5, "server_mb": 500.0}
CLASSES = (10, 100)
SIDE, TRAIN, BLOCK = 8, 1_000, 50_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "home", Path(folder) / "downloads")
        for classes in CLASSES:
            made_run(workspace, classes, options.rows)
        found = measured(Path(folder))
    tell(found, AIMS)


def made_run(workspace: Workspace, classes: int, rows: int) -> None:
    random, folder = np.random.default_rng(0), workspace.datasets / f"many{classes}"
    folder.mkdir(parents=True)
    names = tuple(f"class {number}" for number in range(classes))
    facts = {"id": folder.name, "name": folder.name, "source": "", "licence": "", "fingerprint": "0" * 64}
    counts = {"train": TRAIN, "test": rows}
    dataset = Dataset.model_validate({**facts, "columns": pictures_in_classes((SIDE, SIDE, 1), names), "rows": counts})
    (folder / "dataset.json").write_text(dataset.model_dump_json())
    targets = {"train": random.integers(0, classes, TRAIN), "test": random.integers(0, classes, rows)}
    for split, labels in targets.items():
        np.save(folder / f"x_{split}.npy", random.integers(0, 256, (len(labels), SIDE, SIDE, 1), np.uint8))
        np.save(folder / f"y_{split}.npy", labels)
    run = RunStore(workspace.runs).create(default_spec(dataset), dataset, claimed=True)
    (run.folder / "predictions").mkdir()
    right = _write_answers(run.folder / "predictions", targets["test"], classes, random)
    baseline = task_of(dataset).baseline(targets["train"], targets["test"])
    interval = {"accuracy": accuracy_interval(right, rows)}
    scores = {"loss": 0.5, "accuracy": right / rows}
    write_results(run.folder, Results(scores=scores, intervals=interval, baseline=baseline))
    run.write_status(run.written_status().update(state="FINISHED", phase="ended", fit_seconds=1.0, ended_at=1.0))


def _write_answers(folder: Path, labels: np.ndarray, classes: int, random: np.random.Generator) -> int:
    """Nine of ten are right; how many."""
    np.save(folder / "test_targets.npy", labels)
    path, right = folder / "test_outputs.npy", 0
    outputs = np.lib.format.open_memmap(path, "w+", np.float32, (len(labels), classes))
    for start in range(0, len(labels), BLOCK):
        part = labels[start : start + BLOCK]
        said = np.where(random.random(len(part)) < 0.9, part, random.integers(0, classes, len(part)))
        block = random.random((len(part), classes), np.float32)
        block[np.arange(len(part)), said] += random.random(len(part), np.float32) * classes
        outputs[start : start + len(part)] = block / block.sum(axis=1, keepdims=True)
        right += int((block.argmax(axis=1) == part).sum())
    outputs.flush()
    return right


def measured(folder: Path) -> dict[str, float]:
    with clicking(folder) as clicks:
        found: dict[str, float] = {}
        for run, classes in enumerate(CLASSES, 1):
            opening = partial(clicks.open, f"evaluate?run={run}", "[data-testid=stMetricValue]")
            found |= clicks.twice(opening, ACTIONS, str(classes))
        return found | {"server_mb": clicks.server_megabytes}


# By CSS: to find the roles of ten thousand buttons takes Playwright longer than the page takes for the click.
def _cell(page: Page) -> None:
    page.locator(".frame tr").nth(2).locator("button").nth(0).click()


ACTIONS: dict[str, Callable[[Page], None]] = {
    "cell": _cell,
    "percent": lambda page: page.locator(
        "[data-testid=stButtonGroup] [role=radio]", has_text="% of the true"
    ).first.click(),
}


if __name__ == "__main__":
    main()
