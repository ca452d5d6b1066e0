"""How many rows a second `python -m dl predict` answers of a file, and the most memory that it takes."""

import os
import subprocess
import sys
import time
from pathlib import Path

from bench.machine import peak_megabytes
from dl.datasets import DatasetStore
from dl.datasets.tables.database import connect, identifier, literal
from dl.datasets.tables.table import Table
from dl.runs import RunStore
from dl.specs.presets import default_spec
from dl.workspace import Workspace

MEMORY = "500MB"
DATASET, FALLBACK = "adult", "breast_cancer"  # where Adult's rows would have to be downloaded


def answered_file(workspace: Workspace, rows: int) -> dict[str, float]:
    """By the plain network for a table, of its own rows again and again."""
    store = DatasetStore(workspace)
    dataset = store.bring(FALLBACK if store.bytes_to_download(DATASET) else DATASET)
    environment = os.environ | {"LIVEFIT_HOME": str(workspace.home)}
    spec = default_spec(dataset, "plain").model_dump_json()
    train = [sys.executable, "-m", "dl", "train", "-"]
    subprocess.run(train, input=spec, text=True, env=environment, check=True, capture_output=True)
    run = RunStore(workspace.runs).list()[0]
    asked, made = workspace.home / "asked.csv", workspace.home / "answers.csv"
    write_rows(store.table(dataset.id), asked, rows)
    command = [sys.executable, "-m", "dl", "predict", run.id, str(asked), "--out", str(made)]
    subprocess.run(command, env=environment, check=True, capture_output=True)  # makes its light form too
    began = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    peak = peak_megabytes(process)
    assert process.wait() == 0
    return {"file_rows_per_s": rows / (time.perf_counter() - began), "file_peak_mb": peak}


def write_rows(table: Table, path: Path, rows: int) -> None:
    columns = [column for column in table.description.columns if column.role == "feature"]
    named = ", ".join(f"{identifier(column.field)} AS {identifier(column.name)}" for column in columns)
    again = -(-rows // table.rows)
    query = f"SELECT {named} FROM {table.relation()}, range({again}) LIMIT {rows}"
    with connect(path.parent, table.folder, memory=MEMORY) as connection:
        connection.execute(f"COPY ({query}) TO {literal(str(path))} (HEADER)")
