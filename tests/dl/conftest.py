"""A real server to download from, and tables as an import leaves them."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dl.datasets.columns import Category, Column, Date, Number
from dl.datasets.description import Dataset
from dl.datasets.tables.table import ROWS, TEST_ROWS, Table

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Server:
    """Answers each path as a test says; as a proxy, each whole URL."""

    address: str
    answers: dict[str, Answer] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def whole(self, path: str, content: bytes) -> str:
        return self.announced(path, content, len(content))

    def announced(self, path: str, content: bytes, length: int) -> str:
        """Sends `content` but announces `length`."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            send_head(request, length)
            request.wfile.write(content)

        self.answers[path] = answer
        return self.address + path

    def stalled(self, path: str, content: bytes, length: int) -> str:
        """Sends `content` and then nothing more, without hanging up."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            send_head(request, length)
            request.wfile.write(content)
            request.wfile.flush()
            self.closing.wait()

        self.answers[path] = answer
        return self.address + path

    def dripping(self, path: str, length: int) -> str:
        """Sends a little every moment, for as long as somebody listens."""

        def answer(request: BaseHTTPRequestHandler) -> None:
            send_head(request, length)
            while not self.closing.wait(0.05):
                request.wfile.write(b"x" * 10_000)

        self.answers[path] = answer
        return self.address + path


def send_head(request: BaseHTTPRequestHandler, length: int) -> None:
    request.send_response(200)
    request.send_header("Content-Length", str(length))
    request.end_headers()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known.requests.append(self.path)
            if self.path not in known.answers:
                self.send_error(404)
                return
            try:
                known.answers[self.path](self)
            except ConnectionError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known = Server(f"http://127.0.0.1:{listening.server_port}")
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    yield known
    known.closing.set()
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.fixture
def files_below() -> Callable[[Path], list[str]]:
    """Names of all files under a folder, hidden ones too."""

    def names(folder: Path) -> list[str]:
        return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())

    return names


@pytest.fixture(scope="session")
def tables_in() -> Callable[[Path], Callable[..., Table]]:
    """`table_of` for tables that lie below another folder than that of one test."""
    return lambda home: partial(_write_table, home / "datasets")


@pytest.fixture
def table_of(tmp_path: Path) -> Callable[..., Table]:
    """A table of this frame, as an import leaves it: numbers, words and times by the frame's dtypes."""
    return partial(_write_table, tmp_path / "datasets")


def _write_table(
    datasets: Path, frame: pd.DataFrame, target: str, test_share: float = 0.25, name: str = "made", **kinds: Column
) -> Table:
    folder = datasets / name
    folder.mkdir(parents=True)
    fields = {str(column): f"c{number}" for number, column in enumerate(frame.columns)}
    stored = {fields[name]: pa.array(_stored(frame[name]), from_pandas=True) for name in fields}
    pq.write_table(pa.table({**stored, "line": np.arange(2, len(frame) + 2)}), folder / ROWS)
    rows = np.random.default_rng(0).permutation(len(frame))[: round(len(frame) * test_share)]
    np.save(folder / TEST_ROWS, np.sort(rows))
    columns = [kinds.get(name) or _column(name, frame[name], is_target=name == target) for name in fields]
    columns = [column.model_copy(update={"field": fields[column.name]}) for column in columns]
    description = Dataset(
        id=name,
        name=name,
        columns=columns,
        rows={"train": len(frame) - len(rows), "test": len(rows)},
        source="",
        licence="",
        fingerprint="0" * 64,
    )
    (folder / "dataset.json").write_text(description.model_dump_json())
    return Table(folder, description)


def _stored(values: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.astype("datetime64[us]")
    if pd.api.types.is_numeric_dtype(values):
        return values.astype("float64")
    return values.astype("string")


def _column(name: str, values: pd.Series, is_target: bool) -> Column:
    role = "target" if is_target else "feature"
    if pd.api.types.is_datetime64_any_dtype(values):
        return Date(name=name, role=role)
    if pd.api.types.is_numeric_dtype(values):
        return Number(name=name, role=role)
    return Category(name=name, role=role, levels=sorted(values.dropna().astype(str).unique()) if is_target else ())
