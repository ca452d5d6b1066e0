"""How live is it? A browser watches a training run; `python bench/live.py` prints a table and, last, one JSON object.

Measured: the lag from a step being computed to its point being drawn, the time from the click on Train to the first
point (cold: a fresh server; warm: an idle one), what a training takes that a browser watches beside one that nobody
does, page switches during training, and memory. The textbook network is trained on MNIST if `mnist.npz` lies in
LIVEFIT_DOWNLOADS, else on the sample that comes with Livefit. Needs the packages of requirements-dev.txt and a browser
(LIVEFIT_BROWSER, or one that is installed). Takes about five minutes; nothing else should use the machine meanwhile.
"""

import argparse
import itertools
import json
import os
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from bench.machine import Memory, machine, processor_seconds
from bench.page_object import Screen
from bench.runs import queue_run
from bench.served import Server, chromium, served
from browser import find
from dl.datasets import DatasetStore
from dl.runs import Run, RunStore
from dl.workspace import Workspace

AIMS = {
    "lag_median_s": 0.15,
    "lag_p95_s": 0.30,
    "cold_start_s": 6.0,
    "warm_start_median_s": 1.0,
    "page_switch_max_s": 0.5,
    "streamlit_peak_rss_mb": 350.0,
    "sum_peak_rss_mb": 2000.0,
}
WAIT_MS = 180_000
# At every frame: has the last point of the loss chart moved? Then note [unix seconds, its step].
WATCH_POINTS = """() => {
    window.seen = [];
    const look = () => {
        const host = [...document.querySelectorAll('.st-key-train_loss *')].find(node => node.shadowRoot);
        const traces = host?.shadowRoot.querySelector('.chart')?._fullData ?? [];
        const lasts = traces.flatMap(trace => trace.x?.length ? [trace.x[trace.x.length - 1]] : []);
        const last = host?.shadowRoot.querySelector('.scatterlayer .trace') ? Math.max(0, ...lasts) : 0;
        if (last > (window.seen.at(-1)?.[1] ?? 0)) window.seen.push([Date.now() / 1000, last]);
        requestAnimationFrame(look);
    };
    look();
}"""
WATCH_CLICKS = "() => addEventListener('click', () => (window.clickedAt = Date.now() / 1000), {capture: true})"
# What stands on a page when it can be used; checked at every frame, answered with the time.
CONTENT = {
    "home": "document.querySelector('.st-key-home_train button')",
    "explore": "document.querySelectorAll('[data-testid=stImage] img').length >= 12",
    "configure": "document.querySelector('.st-key-configure_train button:enabled')",
    "train": """[...document.querySelectorAll('.st-key-train_loss *')]
        .some(node => node.shadowRoot?.querySelector('.scatterlayer .trace'))""",
}


@dataclass(frozen=True)
class Bench:
    """One server and one tab. `path` and `button` say where the textbook network on `dataset` is started."""

    server: Server
    screen: Screen
    memory: Memory
    dataset: str
    path: str
    button: str

    def start(self) -> tuple[dict[str, float], Run]:
        """The run that a click on Train began, and the seconds from the click to each stage up to the first point."""
        page = self.screen.open(self.path).page
        page.evaluate(WATCH_CLICKS)
        page.evaluate(WATCH_POINTS)
        self.screen.button(self.button).click()
        page.wait_for_url(re.compile(r"/train\?run=\d+"))
        page.wait_for_function("window.seen.length > 0")
        clicked, seen = page.evaluate("[window.clickedAt, window.seen]")
        run = RunStore(self.server.home / "runs").get(page.url.rpartition("=")[2])
        status, steps = run.status(), run.steps()
        stages = {"queued": status.queued_at, "begun": status.started_at or np.nan, "computed": float(steps["time"][0])}
        return {name: moment - clicked for name, moment in {**stages, "drawn": seen[0][0]}.items()}, run

    def watch(self, run: Run) -> np.ndarray:
        """Seconds from each step being computed to its point being drawn, once the run has ended."""
        while not run.status().ended:
            self.memory.look(self.server, "peak")
            self.screen.page.wait_for_timeout(1000)
        steps = run.steps()
        self.screen.page.wait_for_function("count => window.seen.at(-1)[1] >= count", arg=len(steps))
        moments, drawn = np.array(self.screen.page.evaluate("window.seen")).T
        return moments[np.searchsorted(drawn, np.arange(1, len(steps) + 1))] - steps["time"]

    def wait_for_idle_worker(self, run: Run) -> None:
        """Until another worker than the run's has TensorFlow behind it."""
        while True:
            new = [worker for worker in self.server.workers() if worker.pid != run.status().pid]
            logs = [log.read_bytes() for log in (self.server.home / "runs").glob(".livefit-worker.log.*")]
            if len(new) == len(logs) == 1 and b"ready" in logs[0]:
                return
            time.sleep(0.2)

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.server.home, self.server.home / "downloads")

    def end(self, run: Run) -> None:
        run.request("stop")
        while not run.status().ended:
            time.sleep(0.1)
        self.wait_for_idle_worker(run)

    def switch(self, name: str) -> float:
        """Seconds from the click on a page's link to its content."""
        self.screen.link(name).click()
        path = name.removeprefix("home")
        there = f"location.pathname === '/{path}' && {CONTENT[name]} ? Date.now() / 1000 : null"
        arrived = self.screen.page.wait_for_function(f"() => {there}").json_value()
        return float(arrived - self.screen.page.evaluate("window.clickedAt"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--warm", type=int, default=3, help="how often a run is started on an idle server (default 3)")
    parser.add_argument("--switches", type=int, default=8, help="page switches during training (default 8)")
    parser.add_argument("--rounds", type=int, default=2, help="long trainings with and without a browser (default 2)")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        chromium(os.environ.get("LIVEFIT_BROWSER") or find(os.environ)) as browser,
    ):
        show(machine(browser) | measure(Path(folder), browser, options.warm, options.switches, options.rounds))


def measure(folder: Path, browser: Browser, warm: int, switches: int, rounds: int) -> dict[str, Any]:
    home = Workspace.from_environment(home=folder / "home")
    dataset = "mnist" if (home.downloads / "mnist.npz").is_file() else "mnist_sample"
    DatasetStore(home).bring(dataset)
    path, button = ("", "home_train") if dataset == "mnist" else (f"configure?dataset={dataset}", "configure_train")
    with served(folder) as server:
        page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB")
        page.set_default_timeout(WAIT_MS)
        bench = Bench(server, Screen(page, server.address), Memory(), dataset, path, button)
        measured = _runs(bench, warm) | _switches(bench, switches) | _watched(bench, rounds)
        return {"dataset": dataset, **measured, **bench.memory.peak}


def _runs(bench: Bench, warm: int) -> dict[str, Any]:
    """One run on the fresh server, then some on the idle one."""
    starts: list[dict[str, float]] = []
    lags: list[np.ndarray] = []
    for _ in range(1 + warm):
        stages, run = bench.start()
        starts.append(stages)
        lags.append(bench.watch(run))
        bench.wait_for_idle_worker(run)
        bench.memory.look(bench.server, "idle")
    every = np.concatenate(lags)
    return {
        "test_accuracy": run.results().scores["accuracy"],
        "fit_seconds": run.status().fit_seconds,
        "steps_measured": len(every),
        "lag_median_s": float(np.median(every)),
        "lag_p95_s": float(np.percentile(every, 95)),
        "lag_max_s": float(every.max()),
        "cold_start_s": starts[0]["drawn"],
        "warm_start_median_s": float(np.median([stages["drawn"] for stages in starts[1:]])),
        "start_stages_s": [{name: round(moment, 2) for name, moment in stages.items()} for stages in starts],
    }


def _switches(bench: Bench, count: int) -> dict[str, Any]:
    """Away from the Train page and back, while a run trains that outlasts them."""
    run = queue_run(bench.workspace, bench.dataset, epochs=100_000)
    bench.page_object.open(f"train?run={run.id}").wait_for_step(1000)
    bench.page_object.page.evaluate(WATCH_CLICKS)
    others = itertools.cycle(("explore", "configure", "home"))
    names = [next(others) if turn % 2 == 0 else "train" for turn in range(count)]
    times = [(name, bench.switch(name)) for name in names]
    bench.end(run)
    seconds = [moment for _, moment in times]
    return {
        "page_switches_s": [[name, round(moment, 3)] for name, moment in times],
        "page_switch_median_s": float(np.median(seconds)),
        "page_switch_max_s": max(seconds),
    }


def _watched(bench: Bench, rounds: int) -> dict[str, Any]:
    """The same training by turns with and without a browser on its Train page, and who spends the processors' time."""
    seconds: dict[bool, list[float]] = {False: [], True: []}
    spent: list[tuple[float, float]] = []
    for _ in range(rounds):
        for watched in (False, True):
            bench.page_object.page.goto("about:blank")
            before = processor_seconds(bench.server)
            run = queue_run(bench.workspace, bench.dataset, epochs=200 if bench.dataset == "mnist" else 2000)
            if watched:
                bench.page_object.open(f"train?run={run.id}")
            while not run.status().ended:
                time.sleep(0.2)
            seconds[watched].append(run.status().fit_seconds or 0.0)
            if watched:
                spent.append(tuple(np.subtract(processor_seconds(bench.server), before)))
            bench.wait_for_idle_worker(run)
    alone, beside = (float(np.median(seconds[watched])) for watched in (False, True))
    return {
        "unwatched_s": alone,
        "watched_by_browser_s": beside,
        "watched_by_browser_ratio": round(beside / alone, 3),
        "server_processor_s": float(np.median([server for server, _ in spent])),
        "browser_processor_s": float(np.median([browser for _, browser in spent])),
    }


def show(result: dict[str, Any]) -> None:
    """A table with the aims beside it, then the same as one line of JSON."""
    for name, value in result.items():
        shown = f"{value:.3f}" if isinstance(value, float) else str(value)
        aim = f"   aim <= {AIMS[name]:g}: {'reached' if value <= AIMS[name] else 'missed'}" if name in AIMS else ""
        print(f"{name:28} {shown}{aim}")
    print(json.dumps(result | {"aims": AIMS}))


if __name__ == "__main__":
    main()
