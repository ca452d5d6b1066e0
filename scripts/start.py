"""Start Livefit: `python3 scripts/start.py` makes the environment if need be and opens the app in the browser."""

from __future__ import annotations

import argparse
import os
import platform
import socket
import subprocess
import sys
from pathlib import Path

from environment import ROOT, prepare, say

FIRST_PORT = 8501


def main() -> int:
    options = parse(sys.argv[1:])
    folder = Path(options.venv or ROOT / (".venv-gpu" if options.gpu else ".venv")).absolute()
    if options.gpu and (sys.platform, platform.machine()) != ("linux", "x86_64"):
        sys.exit("TensorFlow uses GPUs only under Linux on x86-64 (on Windows, inside WSL 2); start without --gpu.")
    python = prepare(folder, ROOT / ("requirements-gpu.txt" if options.gpu else "requirements.txt"))
    port = choose_port(options.address, options.port)
    say(f"Livefit starts at http://{options.address}:{port} - Ctrl-C stops it.")
    return serve(server_command(python, options, port), environment(options))


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Start Livefit and open it in the browser.")
    parser.add_argument("--address", default="127.0.0.1", help="listen here (default: this machine only)")
    parser.add_argument(
        "--port", type=port_number, help=f"listen on this port (default: the first free one from {FIRST_PORT})"
    )
    parser.add_argument("--headless", action="store_true", help="do not open the browser")
    parser.add_argument("--home", metavar="FOLDER", help="keep data sets and runs here (default: ~/.livefit)")
    parser.add_argument("--downloads", metavar="FOLDER", help="keep and look for downloaded archives here")
    parser.add_argument("--gpu", action="store_true", help="use TensorFlow for NVIDIA GPUs, in .venv-gpu")
    parser.add_argument("--watch", action="store_true", help="for who edits Livefit: run changed files at once")
    parser.add_argument("--venv", metavar="FOLDER", help="keep the Python environment here (default: .venv)")
    return parser.parse_args(arguments)


def port_number(text: str) -> int:
    """What `--port` may be: getaddrinfo would take a larger number and listen elsewhere."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port; choose a number from 1 to 65535, such as {FIRST_PORT}")
    return int(text)


def choose_port(address: str, wanted: int | None) -> int:
    """The port that was asked for, or the next free one."""
    if wanted is not None:
        if not is_free(address, wanted):
            sys.exit(f"Port {wanted} of {address} cannot be had; leave out --port to take the next free one.")
        return wanted
    port = next((port for port in range(FIRST_PORT, FIRST_PORT + 100) if is_free(address, port)), None)
    if port is None:
        sys.exit(
            f"No port from {FIRST_PORT} to {FIRST_PORT + 99} of {address} can be had; is the address this machine's?"
        )
    if port != FIRST_PORT:
        say(f"Port {FIRST_PORT} is taken; using {port}.")
    return port


def is_free(address: str, port: int) -> bool:
    """Can a server listen there now?"""
    try:
        family, kind, protocol, _, target = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            if os.name == "posix":  # as the server does, or a port would seem taken for a minute after a stop
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(target)
            probe.listen()
    except OSError:
        return False
    return True


def server_command(python: str, options: argparse.Namespace, port: int) -> list[str]:
    command = [python, "-m", "streamlit", "run", "app.py", "--server.address", options.address]
    # Without this, Streamlit's first start asks for an e-mail address in the terminal and waits.
    command += ["--server.port", str(port), "--server.showEmailPrompt", "false"]
    command += ["--server.fileWatcherType", "auto"] if options.watch else []
    return [*command, "--server.headless", "true"] if options.headless else command


def environment(options: argparse.Namespace) -> dict[str, str]:
    folders = {"LIVEFIT_HOME": options.home, "LIVEFIT_DOWNLOADS": options.downloads}
    chosen = {name: str(Path(folder).expanduser().absolute()) for name, folder in folders.items() if folder}
    return {**os.environ, **chosen}


def serve(command: list[str], variables: dict[str, str]) -> int:
    """On POSIX this process becomes the server: every signal reaches it, and there is no child to be left behind."""
    if os.name == "posix":
        os.chdir(ROOT)
        os.execve(command[0], command, variables)
    with subprocess.Popen(command, cwd=ROOT, env=variables) as server:
        while True:
            try:
                return server.wait()
            except KeyboardInterrupt:  # the console sent it to the server too, which is stopping
                continue


if __name__ == "__main__":
    sys.exit(main())
