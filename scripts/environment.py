"""Livefit's own Python environment: made once, then kept in step with the requirement files. Standard library only.

The scripts keep to the syntax of Python 3.8, so that a Python that is too old can still read the sentence that says so.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# TensorFlow 2.21 has wheels for these and no others.
OLDEST, NEWEST = (3, 11), (3, 13)
MACHINES = {("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64"), ("win32", "amd64")}
STAMP = "livefit-installed.json"


def say(text: str) -> None:
    print(text, flush=True)


def prepare(folder: Path, requirements: Path) -> str:
    """Make the environment or bring it up to date; return its Python."""
    python = python_of(folder)
    if not is_current(folder, requirements):
        refuse_other_machines(sys.platform, platform.machine())
        if not works(python, f"import pip, sys; sys.exit(not {OLDEST} <= sys.version_info[:2] <= {NEWEST})"):
            create(folder)
        install(folder, requirements)
    return str(python)


def python_of(folder: Path) -> Path:
    return folder / "Scripts" / "python.exe" if os.name == "nt" else folder / "bin" / "python"


def is_current(folder: Path, requirements: Path) -> bool:
    """Has exactly this been installed into the Python that is there now?"""
    stamp = read_stamp(folder)
    fits = bool(stamp) and stamp["python"] == python_version(folder)
    return fits and python_of(folder).exists() and fingerprints(requirements).items() <= stamp["files"].items()


def fingerprints(requirements: Path) -> dict[str, str]:
    """SHA-256 of a requirement file and of the files that it names with `-r`."""
    content = requirements.read_bytes()
    found = {requirements.name: hashlib.sha256(content).hexdigest()}
    for line in content.decode().splitlines():
        if line.startswith("-r "):
            found.update(fingerprints(requirements.parent / line[3:].strip()))
    return found


def python_version(folder: Path) -> str:
    """As the environment's own note says; empty where there is no environment."""
    try:
        lines = (folder / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    values = dict(line.replace(" ", "").split("=", 1) for line in lines if "=" in line)
    return values.get("version") or values.get("version_info", "")


def read_stamp(folder: Path) -> dict:
    """What was installed last; empty where that is not known."""
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) and isinstance(stamp.get("files"), dict) and "python" in stamp else {}


def write_stamp(folder: Path, files: dict[str, str]) -> None:
    stamp = {"python": python_version(folder), "files": files}
    (folder / STAMP).write_text(json.dumps(stamp, indent=1), encoding="utf-8")


def refuse_other_machines(system: str, machine: str) -> None:
    if (system, machine.lower()) not in MACHINES or sys.maxsize < 2**32:
        sys.exit(
            "TensorFlow has no build for this machine: Livefit needs 64-bit Linux, Windows on x86-64, "
            "or macOS on Apple silicon with a Python built for it."
        )


def create(folder: Path) -> None:
    """Make an empty environment, in the place of one that no longer works."""
    if folder.exists() and any(folder.iterdir()) and not (folder / "pyvenv.cfg").exists():
        sys.exit(
            f"{folder} is not a Python environment, and is left as it is; move it away or name another with --venv."
        )
    python = find_python()
    say(f"Making a Python environment in {folder}.")
    if subprocess.call([python, "-m", "venv", "--clear", str(folder)]):
        sys.exit(f"Python could not make an environment in {folder}; the lines above say why.")


def find_python() -> str:
    """This Python if it fits, else another on the PATH that does."""
    names = [f"python3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    candidates = [sys.executable] if OLDEST <= sys.version_info[:2] <= NEWEST else []
    candidates += [path for path in map(shutil.which, names) if path and works(path, "import sys")]
    for python in candidates:
        if works(python, "import ensurepip, venv"):
            return python
    if candidates:
        sys.exit(
            f"{candidates[0]} cannot make environments; on Debian and Ubuntu, `apt install python3-venv` adds that."
        )
    sys.exit(
        f"Livefit needs Python 3.11, 3.12 or 3.13, since TensorFlow has no build for others, and this is Python "
        f"{platform.python_version()}; install one from https://www.python.org/downloads/ and start again with it."
    )


def works(python: str | Path, code: str) -> bool:
    """Does this Python start and run the code without an error?"""
    try:
        return subprocess.run([str(python), "-c", code], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def install(folder: Path, requirements: Path) -> None:
    """Install the requirements; without a stamp meanwhile, so that a broken-off install is done again."""
    say(f"Installing {requirements.name} into {folder.name}.")
    say("The first time this takes a few minutes: about 500 MB to fetch, 2.5 GB on disk.")
    stamp = read_stamp(folder)
    (folder / STAMP).unlink(missing_ok=True)
    command = [str(python_of(folder)), "-m", "pip", "install", "--disable-pip-version-check", "-r", str(requirements)]
    if not sys.stdout.isatty():
        command.append("--quiet")
    if subprocess.call(command):
        sys.exit("The packages could not be installed; the lines above say why. Start again to go on from there.")
    same_python = stamp.get("python") == python_version(folder)
    write_stamp(folder, {**(stamp["files"] if same_python else {}), **fingerprints(requirements)})
