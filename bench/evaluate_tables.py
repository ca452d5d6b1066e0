"""What it costs to look at a run with a million test rows: Evaluate opened in a browser, and each of its clicks.

python -m bench.evaluate_tables [--rows N] [--folder FOLDER]

Two runs on a table of twice as many rows are written as a worker would have left them: two classes, and a number. Each
action is done once on a new server, as its first reader has it (first), and once more (again). Seconds are those of the
clock until the page stands still, and those of the server's processor, which a busy machine changes less.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from playwright.sync_api import Page

from bench.clicks import clicking, tell
from dl.datasets.columns import AnyColumn, Category, Date, Number
from dl.datasets.description import Dataset
from dl.datasets.tables.database import literal
from dl.datasets.tables.table import ROWS, TEST_ROWS
from dl.runs import RunStore
from dl.runs.results import Results, write_results
from dl.specs.presets import default_spec
from dl.tasks import task_of
from dl.workspace import Workspace

NUMBERS = (
    "random() * 100",
    "exp(random() * 8)",
    "floor(random() * 70)",
    "CASE WHEN random() < 0.2 THEN NULL ELSE i END",
)
DATE = "TIMESTAMP '2015-01-01' + to_seconds(CAST(random() * 3e8 AS BIGINT))"
WORDS = (
    "'level ' || CAST(floor(random() * 8) AS INT)",
    "'town ' || CAST(floor(random() * random() * 1000) AS INT)",
    "CASE WHEN random() < 0.05 THEN NULL ELSE 'v' || CAST(floor(random() * 30) AS INT) END",
)
TARGETS = ("CASE WHEN random() < 0.24 THEN 'over' ELSE 'under' END", "random() + random() + random()")
LEVELS = ("under", "over")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="test rows")
    parser.add_argument("--folder", type=Path, help="where the runs are written, or lie since an earlier time")
    options = parser.parse_args()
    with nullcontext(options.folder) if options.folder else tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if not (folder / "home" / "runs").exists():
            made_home(Workspace(folder / "home", folder / "home" / "downloads"), options.rows)
        found = measured(folder)
    tell(found)


def made_home(workspace: Workspace, rows: int) -> None:
    """The data sets `classes` and `number` of the same rows, and a run on each."""
    values = [*(f"CAST({value} AS DOUBLE)" for value in NUMBERS), DATE, *WORDS, TARGETS[0]]
    values.append(f"CAST({TARGETS[1]} AS DOUBLE)")
    selected = ", ".join(f"{value} AS c{place}" for place, value in enumerate(values))
    query = f"SELECT {selected}, i + 2 AS line FROM range({2 * rows}) t(i)"
    fields = [f"c{place}" for place in range(len(values))]
    features: list[AnyColumn] = [Number(name=f"number {field}", field=field) for field in fields[:4]]
    features += [
        Date(name="date", field=fields[4]),
        *(Category(name=f"word {field}", field=field) for field in fields[5:8]),
    ]
    targets: dict[str, AnyColumn] = {
        "classes": Category(name="income", field=fields[8], role="target", levels=LEVELS),
        "number": Number(name="price", field=fields[9], role="target", unit="EUR"),
    }
    first: Path | None = None
    for name, target in targets.items():
        folder = workspace.datasets / name
        folder.mkdir(parents=True)
        if first is None:
            copy = f"COPY ({query}) TO {literal(str(folder / ROWS))} (FORMAT parquet)"
            program = f"import duckdb; duckdb.execute('SET enable_progress_bar = false'); duckdb.execute({copy!r})"
            subprocess.run([sys.executable, "-c", program], check=True)
            first = folder / ROWS
        else:
            os.link(first, folder / ROWS)
        tested = np.arange(0, 2 * rows, 2)
        np.save(folder / TEST_ROWS, tested)
        facts = {"id": name, "name": name, "source": "", "licence": "", "fingerprint": "0" * 64}
        counts = {"train": rows, "test": rows}
        dataset = Dataset.model_validate({**facts, "columns": [*features, target], "rows": counts})
        (folder / "dataset.json").write_text(dataset.model_dump_json())
        _made_run(workspace, dataset, tested)


def _made_run(workspace: Workspace, dataset: Dataset, tested: np.ndarray) -> None:
    column = pq.read_table(workspace.datasets / dataset.id / ROWS, columns=[dataset.target.field]).column(0)
    stored, random = column.to_numpy()[tested], np.random.default_rng(0)
    if dataset.classes:
        targets = (stored == LEVELS[1]).astype(np.int64)
        yes = 1 / (1 + np.exp(-random.normal(2.5 * targets - 1.5, 1.2)))
        outputs, scores = np.stack([1 - yes, yes], axis=1), {"accuracy": 0.8}
    else:
        targets = stored.astype(np.float32)
        outputs, scores = random.normal(0.5 * targets + 0.75, 0.3)[:, np.newaxis], {"mean_absolute_error": 0.4}
    run = RunStore(workspace.runs).create(default_spec(dataset, "plain"), dataset, claimed=True)
    (run.folder / "predictions").mkdir()
    for name, array in {"rows": tested, "targets": targets, "outputs": outputs.astype(np.float32)}.items():
        np.save(run.folder / "predictions" / f"test_{name}.npy", array)
    baseline = task_of(dataset).baseline(targets, targets)
    write_results(run.folder, Results(scores={"loss": 0.3, **scores}, baseline=baseline))
    run.write_status(run.written_status().update(state="FINISHED", phase="ended", fit_seconds=1.0, ended_at=1.0))


def measured(folder: Path) -> dict[str, float]:
    with clicking(folder) as clicks:
        found: dict[str, float] = {}
        for run, kind, actions in ((1, "classes", CLASSES), (2, "number", NUMBER)):
            opening = partial(clicks.open, f"evaluate?run={run}", "[data-testid=stMetricValue]")
            found |= clicks.twice(opening, actions, kind)
        return found | {"server_mb": clicks.server_megabytes}


def _view(name: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("radio", name=name).click()


def _column(name: str) -> Callable[[Page], None]:
    def choose(page: Page) -> None:
        page.get_by_role("combobox", name="By column").click()
        page.get_by_role("option", name=name, exact=True).click()

    return choose


def _bar(page: Page) -> None:
    box = page.locator(".js-plotly-plot").last.locator(".barlayer .point").first.bounding_box()
    assert box
    page.mouse.click(box["x"] + min(box["width"], 40) / 2, box["y"] + box["height"] / 2)


def _slider(page: Page) -> None:
    page.get_by_role("slider", name="Threshold").press("ArrowRight")


def _cell(page: Page) -> None:
    page.get_by_role("grid").first.get_by_role("row").nth(1).get_by_role("button").nth(1).click()


CLASSES: dict[str, Callable[[Page], None]] = {
    "threshold": _slider,
    "cell": _cell,
    "view slices": _view("Slices"),
    "column of words": _column("word c6"),
    "column of numbers": _column("number c1"),
    "bar": _bar,
    "view curves": _view("Curves"),
    "view calibration": _view("Calibration"),
}
NUMBER: dict[str, Callable[[Page], None]] = {
    "column of words": _column("word c6"),
    "column of numbers": _column("number c1"),
    "bar": _bar,
    "view slices": _view("Slices"),
}


if __name__ == "__main__":
    main()
