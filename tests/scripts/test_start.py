"""Ports, addresses and folders that the server is started with; and that it ends as it was told to."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import start


@pytest.fixture
def taken() -> Iterator[int]:
    """A port of this machine at which somebody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_next_port_is_taken_and_said_when_the_first_is_not_free(
    taken: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start, "FIRST_PORT", taken)
    port = start.choose_port("127.0.0.1", None)
    assert taken < port < taken + 100
    assert capsys.readouterr().out == f"Port {taken} is taken; using {port}.\n"


def test_asked_port_is_refused_in_one_sentence_when_it_is_not_free(taken: int) -> None:
    with pytest.raises(SystemExit, match=f"Port {taken} of 127.0.0.1 cannot be had"):
        start.choose_port("127.0.0.1", taken)


@pytest.mark.parametrize("port", ["0", "99999", "-1", "http"])
def test_port_is_refused_when_it_is_no_port(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        start.parse([f"--port={port}"])
    assert "choose a number from 1 to 65535" in capsys.readouterr().err


def test_address_is_refused_when_it_is_not_this_machine_s() -> None:
    with pytest.raises(SystemExit, match="is the address this machine's"):
        start.choose_port("192.0.2.1", None)


def test_server_listens_to_this_machine_only_when_nothing_is_said() -> None:
    command = start.server_command("python", start.parse([]), 8501)
    assert command[command.index("--server.address") + 1] == "127.0.0.1"
    assert "--server.headless" not in command


def test_folders_are_absolute_when_they_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIVEFIT_DOWNLOADS", raising=False)
    variables = start.environment(start.parse(["--home", "mine"]))
    assert variables["LIVEFIT_HOME"] == str(Path("mine").absolute())
    assert "LIVEFIT_DOWNLOADS" not in variables


SERVER = """
import signal, sys, time
signal.signal(int(sys.argv[1]), lambda *_: sys.exit(42))
print("up", flush=True)
time.sleep(60)
"""
STARTER = "import os, sys, start; start.serve([sys.executable, '-c', *sys.argv[1:]], os.environ)"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no exec")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_server_gets_the_signal_and_its_code_is_handed_on(number: signal.Signals) -> None:
    command = [sys.executable, "-c", STARTER, SERVER, str(int(number))]
    variables = {**os.environ, "PYTHONPATH": str(Path(start.__file__).parent)}
    with subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        process.send_signal(number)
        assert process.wait(timeout=20) == 42
