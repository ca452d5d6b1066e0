"""What it costs to look at a large table: its profile beside DuckDB's SUMMARIZE, the first estimate, rows, a column.

python -m bench.tables_profile [--rows N] [--repeats N]
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import psutil

from dl.datasets.columns import AnyColumn, Category, Date, Number
from dl.datasets.description import Dataset
from dl.datasets.tables.database import literal
from dl.datasets.tables.table import ROWS, TEST_ROWS, Table
from dl.jobs.profiling import ProfilingJobs
from dl.profiles.filters import Filter, Sort
from dl.profiles.kept import kept_profile, path_of
from dl.profiles.pairs import pair
from dl.profiles.profile import Profile
from dl.profiles.profiling import exact_profile
from dl.profiles.rows import count, page
from dl.workspace import Workspace
from ui.charts.table_bars import Words
from ui.charts.tables import distribution_by_target

WORDS = Words("rows", "share", "others", "missing", "mean")
NUMBERS = (
    "random() * 100",
    "exp(random() * 8)",
    "floor(random() * 70 + 17)",
    "random() + random() + random()",
    "floor(random() * 2)",
    "round(random() * 1000, 2)",
    "CASE WHEN random() < 0.2 THEN NULL ELSE random() END",
    "i / 1000",
    "floor(exp(random() * 10))",
    "random() * random()",
    "-ln(random() + 1e-9)",
    "floor(random() * 5)",
    "random() - 0.5",
    "sqrt(random())",
)
DATE = "TIMESTAMP '2015-01-01' + to_seconds(CAST(random() * 3e8 AS BIGINT))"
WORDS_OF_ROWS = (
    "'level ' || CAST(floor(random() * 8) AS INT)",
    "'town ' || CAST(floor(random() * random() * 1000) AS INT)",
    "CASE WHEN random() < 0.5 THEN 'yes' ELSE 'no' END",
    "CASE WHEN random() < 0.05 THEN NULL ELSE 'v' || CAST(floor(random() * 30) AS INT) END",
    "CASE WHEN random() < 0.24 THEN 'over' ELSE 'under' END",
)
AIMS = {"profile_over_summarize": 2.0, "first_estimate_s": 2.0, "sorted_page_s": 1.0, "column_s": 1.0, "job_mb": 400.0}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--repeats", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        table = made_table(Path(home) / "datasets" / "large", options.rows)
        found: dict[str, float] = {"rows": options.rows, "columns": len(table.description.columns)}
        found |= measured_job(table, Workspace(Path(home), Path(home) / "downloads"))
        found |= measured_profile(table, options.repeats)
        found |= measured_page(table)
    for name, value in found.items():
        aim = f"   aim {AIMS[name]:g}" if name in AIMS else ""
        print(f"{name:<24} {value:14.3f}{aim}")
    print(json.dumps({name: round(value, 4) for name, value in found.items()}))


def made_table(folder: Path, rows: int) -> Table:
    folder.mkdir(parents=True)
    values = [*(f"CAST({value} AS DOUBLE)" for value in NUMBERS), DATE, *WORDS_OF_ROWS]
    selected = ", ".join(f"{value} AS c{place}" for place, value in enumerate(values))
    query = f"SELECT {selected}, i + 2 AS line FROM range({rows}) t(i)"
    # In a process of its own: what it takes of memory is not what is measured.
    copy = f"COPY ({query}) TO {literal(str(folder / ROWS))} (FORMAT parquet)"
    program = f"import duckdb; duckdb.execute('SET enable_progress_bar = false'); duckdb.execute({copy!r})"
    subprocess.run([sys.executable, "-c", program], check=True)
    np.save(folder / TEST_ROWS, np.arange(0, rows, 5))
    names = [f"c{place}" for place in range(len(values))]
    columns: list[AnyColumn] = [Number(name=name, field=name) for name in names[: len(NUMBERS)]]
    columns += [Date(name=names[len(NUMBERS)], field=names[len(NUMBERS)])]
    columns += [Category(name=name, field=name) for name in names[len(NUMBERS) + 1 : -1]]
    columns += [Category(name="income", field=names[-1], role="target", levels=("under", "over"))]
    split = {"train": rows - len(range(0, rows, 5)), "test": len(range(0, rows, 5))}
    made = Dataset.model_validate(
        {"id": "large", "name": "large", "columns": columns, "rows": split, "source": "", "licence": ""}
    )
    (folder / "dataset.json").write_text(made.model_dump_json())
    return Table(folder, made)


def measured_job(table: Table, workspace: Workspace) -> dict[str, float]:
    """As a page asks for it: the seconds until there is something to show, and the memory of the job."""
    jobs, start, first, memory = ProfilingJobs(workspace), time.perf_counter(), 0.0, 0.0
    jobs.start(table)
    while True:
        status = jobs.status(table)
        if not first and kept_profile(table):
            first = time.perf_counter() - start
        for child in psutil.Process().children():
            memory = max(memory, _resident_mb(child))
        if status and status.state != "running":
            break
        time.sleep(0.02)
    jobs.stop_all()
    assert status.state == "done", status
    return {"first_estimate_s": first, "job_s": time.perf_counter() - start, "job_mb": memory}


def measured_profile(table: Table, repeats: int) -> dict[str, float]:
    """In turns, so that a busy machine is so for both; seconds of the clock and of all processors."""
    with duckdb.connect(config={"memory_limit": "400MB"}) as connection:
        connection.execute("SET enable_progress_bar = false")
        query = f"SUMMARIZE FROM read_parquet({literal(str(table.file))})"
        turns = [
            (_seconds(lambda: exact_profile(table)), _seconds(lambda: connection.execute(query).fetchall()))
            for _ in range(repeats)
        ]
    (profile, profile_cpu), (summarize, summarize_cpu) = (
        [statistics.median(turn[which][clock] for turn in turns) for clock in range(2)] for which in range(2)
    )
    found = {"profile_s": profile, "summarize_s": summarize, "profile_over_summarize": profile / summarize}
    return found | {"profile_cpu_s": profile_cpu, "summarize_cpu_s": summarize_cpu}


def measured_page(table: Table) -> dict[str, float]:
    chosen = (Filter("c2", ">", 50), Filter("c15", "=", "level 3"))
    actions: dict[str, Callable[[], object]] = {
        "first_page_s": lambda: page(table),
        "sorted_page_s": lambda: page(table, sort=Sort("c1", descending=True)),
        "filtered_page_s": lambda: page(table, chosen, Sort("c0")),
        "count_s": lambda: count(table, chosen),
        "column_s": lambda: _column(table),
        "pair_s": lambda: pair(table, _kept(table), "c0", "c1"),
    }
    return {name: statistics.median(_seconds(action)[0] for _ in range(3)) for name, action in actions.items()}


def _column(table: Table) -> str:
    profile = _kept(table)
    return str(distribution_by_target(profile.columns[1], profile.target, WORDS).to_json())


def _kept(table: Table) -> Profile:
    profile = kept_profile(table)
    assert profile, path_of(table)
    return profile


def _seconds(action: Callable[[], object]) -> tuple[float, float]:
    start, spent = time.perf_counter(), time.process_time()
    action()
    return time.perf_counter() - start, time.process_time() - spent


def _resident_mb(process: psutil.Process) -> float:
    try:
        return float(process.memory_info().rss) / 1e6
    except psutil.Error:
        return 0.0


if __name__ == "__main__":
    main()
