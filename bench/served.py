"""A real server process with a home folder of its own, and a real browser; for the benchmarks and `tests/browser`.

The server is started with the command of `scripts/start.py`, so that what is measured is what users get.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import start

ROOT = Path(__file__).resolve().parents[1]
OPTIONS = start.parse(["--headless"])
BROWSER_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
START_SECONDS = 60.0
END_SECONDS = 15.0


@dataclass(frozen=True)
class Server:
    """A Streamlit process that is up; `home` is its LIVEFIT_HOME, `log` the file with its output."""

    address: str
    home: Path
    log: Path
    process: psutil.Process

    def children(self) -> list[psutil.Process]:
        """Its workers and imports, recognised by the home folder in their environment."""
        return [process for process in psutil.process_iter() if process != self.process and self._is_ours(process)]

    def workers(self) -> list[psutil.Process]:
        return [process for process in self.children() if "dl.worker" in _command(process)]

    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return process.environ().get("LIVEFIT_HOME") == str(self.home)
        except (psutil.Error, OSError):
            return False


@contextmanager
def served(
    folder: Path, *, script: Path | None = None, environment: Mapping[str, str] = {}, port: int | None = None
) -> Iterator[Server]:
    """The app on a free port; at the end it is stopped, and RuntimeError names what outlived it.

    With `script`, that file as a plain script, as a host would run it that knows nothing of ASGI applications.
    """
    home = folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    variables = {name: value for name, value in (os.environ | environment).items() if value}
    with open(folder / "server.log", "ab") as log:
        popen = subprocess.Popen(
            plain_command(script, port) if script else start.server_command(sys.executable, OPTIONS, port),
            cwd=ROOT,
            env=variables | {"LIVEFIT_HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    server = Server(f"http://127.0.0.1:{port}", home, folder / "server.log", psutil.Process(popen.pid))
    try:
        _wait_until_healthy(server, popen)
        yield server
    finally:
        popen.terminate()
        left = _end(server, popen)
    if left:
        raise RuntimeError(f"these processes outlived their server: {left}")


@contextmanager
def chromium(path: str | None, *options: str) -> Iterator[Browser]:
    """The browser at `path`; None is Playwright's own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*BROWSER_OPTIONS, *options])
        yield browser
        browser.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def plain_command(script: Path, port: int) -> list[str]:
    """Streamlit's own server for a script, whatever application stands in it."""
    settings = {"server_port": port, "server_address": "127.0.0.1", "server_headless": True}
    code = (
        "import sys; from streamlit import config; from streamlit.web import bootstrap\n"
        f"config._main_script_path = {str(script)!r}\n"
        f"settings = {settings!r}\n"
        f"bootstrap.load_config_options(settings); bootstrap.run({str(script)!r}, False, [], settings)"
    )
    return [sys.executable, "-c", code]


def _wait_until_healthy(server: Server, popen: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and popen.poll() is None:
        try:
            with urllib.request.urlopen(f"{server.address}/_stcore/health", timeout=1) as answer:
                if answer.read() == b"ok":
                    return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"the server does not answer:\n{server.output()}")


def _end(server: Server, popen: subprocess.Popen[bytes]) -> list[str]:
    """Wait for the server and for what it started; what stays is killed and named."""
    try:
        popen.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        popen.kill()
        return [f"the server itself ({popen.pid})", *_end(server, popen)]
    _, alive = psutil.wait_procs(server.children(), END_SECONDS)
    names = [_command(process) for process in alive]
    for process in alive:
        process.kill()
    return names


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
