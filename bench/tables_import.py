"""Import of a CSV file against DuckDB's own `COPY … TO parquet`, one after the other, with peak memory above idle.

    python -m bench.tables_import [MEGABYTES] [REPEATS]

Both run in processes of their own. Prints a table and, on its last line, one JSON object.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import psutil

from bench.machine import peak_megabytes

ROOT = Path(__file__).resolve().parents[1]
BLOCK_ROWS, BYTES_A_ROW = 100_000, 106
COPY = """
import sys, duckdb
connection = duckdb.connect(config={"memory_limit": "400MB"})
print("ready", flush=True); sys.stdin.readline()
connection.execute(f"COPY (FROM '{sys.argv[1]}') TO '{sys.argv[2]}/copy.parquet'")
"""
IMPORT = """
import sys
from pathlib import Path
from dl.datasets import DatasetStore
from dl.datasets.tables.request import TableRequest
from dl.workspace import Workspace
home = Path(sys.argv[2])
print("ready", flush=True); sys.stdin.readline()
request = TableRequest(id="made", name="Made", source=sys.argv[1])
DatasetStore(Workspace(home, home / "downloads")).bring_table(request)
"""


def write_csv(path: Path, megabytes: int) -> None:
    """Numbers, whole numbers, words with commas, dates and a yes or no."""
    random, rows = np.random.default_rng(0), megabytes * 1_000_000 // BYTES_A_ROW
    with path.open("w", newline="") as file:
        for start in range(0, rows, BLOCK_ROWS):
            size = min(BLOCK_ROWS, rows - start)
            block(random, size).to_csv(file, index=False, header=start == 0)


def block(random: np.random.Generator, size: int) -> pd.DataFrame:
    columns = {f"size{n}": np.round(random.normal(0, 100, size), 3) for n in range(6)}
    columns |= {f"count{n}": random.integers(0, 1000, size) for n in range(3)}
    columns |= {f"kind{n}": random.choice(["alpha", "beta", "gamma", "delta, epsilon"], size) for n in range(3)}
    seconds = pd.to_timedelta(random.integers(0, 10**7, size), unit="s")
    columns |= {"when": pd.Timestamp("2020-01-01") + seconds, "y": random.choice(["yes", "no"], size)}
    return pd.DataFrame(columns)


def measured(program: str, file: Path, folder: Path) -> tuple[float, float]:
    """Seconds, and megabytes above those of the process that waits."""
    command = [sys.executable, "-c", program, str(file), str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin and process.stdout and process.stdout.readline() == "ready\n"
        idle = psutil.Process(process.pid).memory_info().rss / 1e6
        started = time.perf_counter()
        print(file=process.stdin, flush=True)
        peak = peak_megabytes(process)
        seconds = time.perf_counter() - started
    assert process.returncode == 0
    return seconds, peak - idle


def main() -> None:
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    repeats = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    found: dict[str, list[tuple[float, float]]] = {"copy": [], "import": []}
    with tempfile.TemporaryDirectory(prefix="livefit-bench-") as place:
        file = Path(place) / "made.csv"
        write_csv(file, megabytes)
        for repeat in range(repeats):
            for name, program in (("copy", COPY), ("import", IMPORT)):
                folder = Path(place) / f"{name}-{repeat}"
                folder.mkdir()
                found[name].append(measured(program, file, folder))
                print(f"{name:8}{found[name][-1][0]:8.2f} s {found[name][-1][1]:8.0f} MB above idle")
    seconds = {name: statistics.median(took for took, _ in runs) for name, runs in found.items()}
    memory = {name: max(peak for _, peak in runs) for name, runs in found.items()}
    ratio = seconds["import"] / seconds["copy"]
    print(json.dumps({"megabytes": megabytes, "seconds": seconds, "ratio": ratio, "memory_mb": memory}))


if __name__ == "__main__":
    main()
