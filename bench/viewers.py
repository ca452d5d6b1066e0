"""How many can look on? `python bench/viewers.py` prints a table and, last, one JSON object.

A network trains while connections without a browser read its stream: 100 and then 1,000 of them. Measured: the lag from
a step being computed to its event being read, the server's share of a core, and its memory. Then 30 people open the
Train page within one second, each over Streamlit's own websocket and with the stream that the page opens: until when
all of them are in. And what a training takes that nobody watches, beside one that a connection reads, which is the
server's part of watching. Takes about four minutes; nothing else should use the machine meanwhile.
"""

import argparse
import asyncio
import json
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.runs import queue_run
from bench.served import Server, served
from dl.datasets import DatasetStore
from dl.runs import Run
from dl.workspace import Workspace

AIMS = {
    "viewers_100_lag_p95_s": 0.3,
    "viewers_100_server_share": 0.10,
    "viewers_1000_lag_p95_s": 1.0,
    "viewers_1000_server_share": 0.5,
    "viewers_100_streamlit_rss_mb": 350.0,
    "opening_30_all_in_s": 3.0,
    "watched_by_one_connection_ratio": 1.15,
}
WATCH_SECONDS = 15.0
TIME = re.compile(rb'"time":([\d.]+)')
MOST_SECONDS = 600.0
FAR = 100_000  # epochs: more than anybody waits for


class Reader(asyncio.Protocol):
    """One connection, as cheap as can be; `lags` in seconds, one an event that brought steps."""

    def __init__(self) -> None:
        self.lags: list[float] = []
        self.begun: float | None = None
        self.ended = asyncio.get_running_loop().create_future()
        self._rest = b""

    async def read(self, port: int, run: Run, seconds: float = MOST_SECONDS) -> None:
        """Until the stream ends or the time is over."""
        transport, _ = await asyncio.get_running_loop().create_connection(lambda: self, "127.0.0.1", port)
        transport.write(f"GET /api/runs/{run.id}/live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        await asyncio.wait([self.ended], timeout=seconds)
        transport.close()

    def data_received(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\ndata: ")
        for line in lines:
            self._hear(line)
        if self._rest.endswith(b"\n\n\r\n"):
            self._hear(self._rest)
            self._rest = b""

    def _hear(self, event: bytes) -> None:
        now = time.time()
        if self.begun and b'"columns"' in event and (found := TIME.search(event)):
            self.lags.append(now - float(found[1]))
        if b'"position"' in event:
            self.begun = self.begun or now

    def connection_lost(self, error: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_result(None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--viewers", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--people", type=int, default=30, help="who open Train within one second (default 30)")
    parser.add_argument("--rounds", type=int, default=3, help="trainings with and without a watcher (default 3)")
    options = parser.parse_args()
    _allow_files(4 * max(options.viewers))
    with tempfile.TemporaryDirectory() as folder:
        show(measure(Path(folder), options.viewers, options.people, options.rounds))


def measure(folder: Path, viewers: list[int], people: int, rounds: int) -> dict[str, Any]:
    workspace = Workspace.from_environment(home=folder / "home")
    dataset = "mnist" if (workspace.downloads / "mnist.npz").is_file() else "mnist_sample"
    DatasetStore(workspace).bring(dataset)
    answer: dict[str, Any] = {"dataset": dataset, "cores": psutil.cpu_count()}
    with served(folder) as server:
        run = queue_run(workspace, dataset, epochs=FAR)
        _wait(lambda: run.status().step > 1000)
        for count in viewers:
            answer |= asyncio.run(watched_by(server, run, count))
        answer |= asyncio.run(opened_by(server, run, people))
        run.request("stop")
        _wait(lambda: run.status().ended)
        answer |= watched_and_not(server, workspace, dataset, rounds)
    return answer


async def watched_by(server: Server, run: Run, count: int) -> dict[str, Any]:
    readers = [Reader() for _ in range(count)]
    reading = [asyncio.create_task(reader.read(_port(server), run)) for reader in readers]
    while any(reader.begun is None for reader in readers):
        await asyncio.sleep(0.1)
    for reader in readers:
        reader.lags.clear()  # those of the crowd at the door
    times, began = server.process.cpu_times(), time.time()
    await asyncio.sleep(WATCH_SECONDS)
    spent = sum(server.process.cpu_times()[:2]) - sum(times[:2])
    share, rss = spent / (time.time() - began), server.process.memory_info().rss / 1e6
    for task in reading:
        task.cancel()
    lags, name = np.concatenate([reader.lags for reader in readers]), f"viewers_{count}"
    return {
        f"{name}_lag_median_s": round(float(np.median(lags)), 3),
        f"{name}_lag_p95_s": round(float(np.percentile(lags, 95)), 3),
        f"{name}_events": len(lags),
        f"{name}_fewest_events": min(len(reader.lags) for reader in readers),
        f"{name}_server_share": round(share, 3),
        f"{name}_streamlit_rss_mb": round(rss, 1),
        f"{name}_steps_per_second": round(run.status().steps_per_second or 0),
    }


async def opened_by(server: Server, run: Run, people: int) -> dict[str, Any]:
    """Seconds from each one's first request to the first event of the stream that the page then opens."""
    seconds = await asyncio.gather(*(_visit(server, run, place / people) for place in range(people)))
    name = f"opening_{people}"
    return {f"{name}_median_s": round(float(np.median(seconds)), 2), f"{name}_all_in_s": round(max(seconds), 2)}


async def _visit(server: Server, run: Run, after: float) -> float:
    await asyncio.sleep(after)
    began = time.time()
    address = f"ws://127.0.0.1:{_port(server)}/_stcore/stream"
    async with websockets.connect(address, max_size=None, origin=None) as socket:
        message = BackMsg()
        message.rerun_script.query_string = f"run={run.id}"
        message.rerun_script.page_name = "train"
        await socket.send(message.SerializeToString())
        while True:
            heard = ForwardMsg()
            heard.ParseFromString(await socket.recv())
            if heard.WhichOneof("type") == "script_finished":
                break
        reader = Reader()
        reading = asyncio.create_task(reader.read(_port(server), run))
        while reader.begun is None:
            await asyncio.sleep(0.005)
        reading.cancel()
        return reader.begun - began


def watched_and_not(server: Server, workspace: Workspace, dataset: str, rounds: int) -> dict[str, Any]:
    """The same training, by turns with nobody and with one connection that reads; seconds of training."""
    epochs, seconds = (60 if dataset == "mnist" else 600), dict[bool, list[float]]({False: [], True: []})
    for _ in range(rounds):
        for watched in (False, True):
            run = queue_run(workspace, dataset, epochs=epochs)
            if watched:
                asyncio.run(_read_to_the_end(_port(server), run))
            _wait(lambda: run.status().ended)  # noqa: B023 - within this turn
            seconds[watched].append(run.status().fit_seconds or 0)
    medians = {watched: float(np.median(values)) for watched, values in seconds.items()}
    return {
        "unwatched_s": round(medians[False], 2),
        "watched_by_one_connection_s": round(medians[True], 2),
        "watched_by_one_connection_ratio": round(medians[True] / medians[False], 3),
    }


async def _read_to_the_end(port: int, run: Run) -> None:
    await Reader().read(port, run)


def _wait(until: Callable[[], bool]) -> None:
    while not until():
        time.sleep(0.1)


def _port(server: Server) -> int:
    return int(server.address.rpartition(":")[2])


def _allow_files(count: int) -> None:
    """A connection is an open file, here and in the server that is started from here."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, count), hard), hard))


def show(result: dict[str, Any]) -> None:
    for name, value in result.items():
        aim = f"   aim <= {AIMS[name]:g}: {'reached' if value <= AIMS[name] else 'missed'}" if name in AIMS else ""
        print(f"{name:36} {value}{aim}")
    print(json.dumps(result | {"aims": AIMS}))


if __name__ == "__main__":
    main()
