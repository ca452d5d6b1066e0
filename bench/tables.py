"""How good are networks on tables? `python bench/tables.py` prints a table and, last, one JSON object.

The presets *strong* and *plain* against scikit-learn's histogram gradient boosting with its defaults, on the same rows:
the share of mistakes for classes, the root mean squared error for numbers, as medians over the seeds, and the ratio of
the medians (aims for strong: 1.00 on average, 1.06 on each). Tables whose files are not in LIVEFIT_DOWNLOADS are left
out. Then the whole training of *plain* on Adult, preparation and compilation included, against the same network in
Keras's `fit` on arrays that are there already (aim 0.15); alone with `--tables adult --rivals`. With five seeds all
takes about an hour on two cores.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from bench.table_sets import SETS, TableSet
from dl.datasets import Category, Dataset, Number, Rows
from dl.datasets.tables.table import ROWS, TEST_ROWS, Table
from dl.files import write_model
from dl.runs import RunStore
from dl.specs import RunSpec
from dl.specs.presets import default_spec
from dl.workspace import Workspace

RIVALS = ("strong", "plain", "boosting")
MOST_LEVELS = 255  # of a category, in scikit-learn
AVERAGE_AIM, EACH_AIM, FIT_AIM = 1.00, 1.06, 0.15
FIT_BATCH = 256
Figures = dict[str, dict[str, list[float]]]  # table, rival: an error a seed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--tables", nargs="+", default=list(SETS), choices=SETS)
    parser.add_argument("--rivals", nargs="*", default=list(RIVALS), choices=RIVALS)
    parser.add_argument("--without-fit", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder), Path(os.environ.get("LIVEFIT_DOWNLOADS", folder)))
        sets = opened(options.tables, workspace.downloads)
        figures = measure(sets, options.rivals, options.seeds, workspace)
        answer = show(figures)
        if "adult" in sets and not options.without_fit:
            answer |= against_fit(sets["adult"], workspace, options.seeds)
    print(json.dumps(answer))


def opened(names: list[str], downloads: Path) -> dict[str, TableSet]:
    sets = {}
    for name in names:
        try:
            sets[name] = SETS[name](downloads)
        except OSError as error:
            print(f"{name} is left out: {error}", file=sys.stderr)
    return sets


def measure(sets: dict[str, TableSet], rivals: list[str], seeds: int, workspace: Workspace) -> Figures:
    figures: Figures = {name: defaultdict(list) for name in sets}
    for seed in range(seeds):
        for name, known in sets.items():
            table = as_table(known, f"{name}-{seed}", known.test_rows(seed), workspace)
            for rival in rivals if seed % 2 else reversed(rivals):
                began = time.perf_counter()
                error = boosting(known, table, seed) if rival == "boosting" else network(table, rival, seed, workspace)
                figures[name][rival].append(error)
                seconds = time.perf_counter() - began
                print(f"{name} {rival} {seed}: {error:.5g} in {seconds:.1f} s", file=sys.stderr, flush=True)
    return figures


def as_table(known: TableSet, name: str, test: np.ndarray, workspace: Workspace) -> Table:
    """As an import leaves it."""
    folder = workspace.datasets / name.replace("_", "-")
    folder.mkdir(parents=True)
    arrays, columns = {}, []
    for place, (column, values) in enumerate(known.frame.items()):
        field, is_number = f"c{place}", pd.api.types.is_numeric_dtype(values)
        arrays[field] = pa.array(values.astype("float64" if is_number else "string"), from_pandas=True)
        facts: dict[str, Any] = {"name": str(column), "field": field}
        facts["role"] = "target" if column == known.target else "feature"
        levels = tuple(sorted(values.dropna().unique())) if not is_number and column == known.target else ()
        columns.append(Number(**facts) if is_number else Category(**facts, levels=levels))
    pq.write_table(pa.table(arrays | {"line": np.arange(len(known.frame))}), folder / ROWS)
    np.save(folder / TEST_ROWS, test)
    rows = Rows(train=len(known.frame) - len(test), test=len(test))
    facts = {"id": folder.name, "name": name, "source": "", "licence": "", "fingerprint": "0" * 64}
    description = Dataset(columns=tuple(columns), rows=rows, **facts)
    write_model(folder / "dataset.json", description)
    return Table(folder, description)


def network(table: Table, preset: str, seed: int, workspace: Workspace) -> float:
    spec = default_spec(table.description, preset).model_dump()
    run = trained(RunSpec.model_validate(spec | {"training": spec["training"] | {"seed": seed}}), table, workspace)
    results = run.results()
    assert results, run.status()
    scores = results.scores
    return 1 - scores["accuracy"] if "accuracy" in scores else scores["root_mean_squared_error"]


def trained(spec: RunSpec, table: Table, workspace: Workspace, prepared: Any = None) -> Any:
    """As a worker trains it, in this process."""
    from dl.training.status_writer import StatusWriter
    from dl.worker import train_run

    run = RunStore(workspace.runs).create(spec, table.description)
    train_run(run, workspace, StatusWriter(run), prepared)
    return run


def boosting(known: TableSet, table: Table, seed: int) -> float:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    features = known.frame.drop(columns=known.target)
    for name in features.select_dtypes(exclude="number"):
        words = features[name].astype("category")
        features[name] = words if len(words.cat.categories) <= MOST_LEVELS else words.cat.codes.replace(-1, np.nan)
    target = known.frame[known.target]
    model = (HistGradientBoostingClassifier if known.is_classes else HistGradientBoostingRegressor)(random_state=seed)
    model.fit(features.iloc[table.train_rows], target.iloc[table.train_rows])
    true, guessed = target.iloc[table.test_rows], model.predict(features.iloc[table.test_rows])
    return float((guessed != true).mean()) if known.is_classes else float(((guessed - true) ** 2).mean() ** 0.5)


def against_fit(known: TableSet, home: Workspace, seeds: int) -> dict[str, Any]:
    """Each in a home of its own, in which nothing is remembered; warm, as a worker that waits."""
    from dl.training.execute import warm_up

    warm_up(home)
    seconds = defaultdict(list)
    for seed in range(seeds):
        for name, rival in FIT_RIVALS.items() if seed % 2 else reversed(FIT_RIVALS.items()):
            workspace = Workspace(home.home / f"{name}-{seed}", home.downloads)
            table = as_table(known, "adult", known.test_rows(seed), workspace)
            seconds[name].append(rival(_timed(table, seed), table, workspace))
            print(f"adult {name} {seed}: {seconds[name][-1]:.2f} s", file=sys.stderr, flush=True)
    found = {name: float(np.median(values)) for name, values in seconds.items()}
    ratios = {name: round(found[name] / found["fit"], 4) for name in ("livefit", "livefit_at_once")}
    print(f"whole training of plain on Adult: {ratios['livefit']:.3f} of fit (aim <= {FIT_AIM}), ", end="")
    print(f"{ratios['livefit_at_once']:.3f} if nobody looked at the network before")
    return {"fit_ratios": ratios, "fit_seconds": found}


def _timed(table: Table, seed: int) -> RunSpec:
    spec = default_spec(table.description, "plain").model_dump()
    return RunSpec.model_validate(spec | {"training": spec["training"] | {"batch_size": FIT_BATCH, "seed": seed}})


def livefit_seconds(spec: RunSpec, table: Table, workspace: Workspace) -> float:
    """What the page gives: a worker was told which network is being configured, and prepared it."""
    from dl.training.execute import prepare

    return float(trained(spec, table, workspace, prepare(spec, workspace, lambda pays: False)).status().fit_seconds)


def livefit_at_once_seconds(spec: RunSpec, table: Table, workspace: Workspace) -> float:
    """From the table on disk to the last epoch: the worker was told nothing before."""
    return float(trained(spec, table, workspace).status().fit_seconds)


def fit_seconds(spec: RunSpec, table: Table, workspace: Workspace) -> float:
    """On arrays that are there already, by a model that is built and compiled."""
    import keras

    from dl.training.build import build_model
    from dl.training.data import run_data

    data = run_data(spec, workspace).training
    model = build_model(spec.model, data.shape, preparation=data.preparation)
    optimizer = keras.optimizers.Adam(spec.training.optimizer.learning_rate)
    model.compile(optimizer, spec.training.loss, metrics=["accuracy"])

    def rows(numbers: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
        return {name: array[numbers] for name, array in data.inputs.items()}, data.labels[numbers]

    train, validation = rows(data.train), rows(data.validation)
    training, began = spec.training, time.perf_counter()
    model.fit(*train, training.batch_size, training.epochs, validation_data=validation, verbose=0)
    return time.perf_counter() - began


FIT_RIVALS: dict[str, Callable[[RunSpec, Table, Workspace], float]] = {
    "livefit": livefit_seconds,
    "livefit_at_once": livefit_at_once_seconds,
    "fit": fit_seconds,
}


def show(figures: Figures) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    for rival in ("strong", "plain"):
        ratios = {}
        for name, errors in figures.items():
            if errors.get(rival) and errors.get("boosting"):
                ratios[name] = float(np.median(errors[rival]) / np.median(errors["boosting"]))
        if ratios:
            average = float(np.mean(list(ratios.values())))
            answer |= {f"{rival}_average": round(average, 4), f"{rival}_worst": round(max(ratios.values()), 4)}
            answer[f"{rival}_ratios"] = {name: round(ratio, 4) for name, ratio in ratios.items()}
            print(f"{rival}: {average:.3f} on average (aim for strong <= {AVERAGE_AIM}, each <= {EACH_AIM})")
            for name, ratio in ratios.items():
                medians = [float(np.median(figures[name][who])) for who in (rival, "boosting")]
                print(f"  {name:20} {ratio:.3f}   {medians[0]:.5g} against {medians[1]:.5g}")
    return answer | {"errors": figures}


if __name__ == "__main__":
    main()
