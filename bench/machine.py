"""What a measurement takes of this machine, and which machine it is."""

import platform
import subprocess
import time
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import Browser

from bench.served import Server


class Memory:
    """The largest resident (RSS) and proportional (PSS, where the system knows it) sizes seen, in MB."""

    def __init__(self) -> None:
        self.peak: dict[str, float] = {}

    def look(self, server: Server, when: str) -> None:
        parts = {"streamlit": [server.process], "worker": server.workers()}
        parts["sum"] = [server.process, *server.children()]
        for part, processes in parts.items():
            for kind in ("rss", "pss"):
                size = sum(_size(process, kind) for process in processes)
                name = f"{part}_{when}_{kind}_mb"
                self.peak[name] = max(self.peak.get(name, 0.0), round(size / 1e6, 1))


def peak_megabytes(process: "subprocess.Popen[Any]") -> float:
    """The most memory (RSS) of it that was seen, looked at until it ends."""
    watched, peak = psutil.Process(process.pid), 0
    while process.poll() is None:
        with suppress(psutil.NoSuchProcess):
            peak = max(peak, watched.memory_info().rss)
        time.sleep(0.02)
    return peak / 1e6


def processor_seconds(server: Server) -> tuple[float, float]:
    """What the server, and all of the browser that was started from here, have spent so far."""
    own = psutil.Process().children(recursive=True)
    browser = [process for process in own if "chrom" in _name(process)]
    return _spent([server.process]), _spent(browser)


def machine(browser: Browser) -> dict[str, Any]:
    packages = ("streamlit", "plotly", "tensorflow", "tensorflow-cpu", "keras", "numpy")
    found = {name: version(name) for name in packages if _is_installed(name)}
    return {
        "cores": psutil.cpu_count(),
        "cpu": _cpu(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "load_before": round(psutil.getloadavg()[0], 2),
        "versions": {"python": platform.python_version(), "browser": browser.version, **found},
    }


def _size(process: psutil.Process, kind: str) -> int:
    try:
        return int(getattr(process.memory_full_info(), kind, 0))
    except psutil.Error:
        return 0


def _spent(processes: list[psutil.Process]) -> float:
    total = 0.0
    for process in processes:
        with suppress(psutil.Error):
            total += sum(process.cpu_times()[:2])
    return total


def _name(process: psutil.Process) -> str:
    try:
        return process.name()
    except psutil.Error:
        return ""


def _is_installed(package: str) -> bool:
    try:
        return bool(version(package))
    except PackageNotFoundError:
        return False


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
