"""Check Livefit: style, types and every test, in an environment of its own. Other arguments are handed to pytest."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import browser
from environment import ROOT, prepare, say

Step = tuple[str, list[str]]
WAITING = "browser or slow"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--venv", metavar="FOLDER", default=ROOT / ".venv", help="the Python environment's folder")
    options, for_pytest = parser.parse_known_args()
    python = prepare(Path(options.venv).absolute(), ROOT / "requirements-dev.txt")
    variables = {**os.environ, "LIVEFIT_BROWSER": browser.provide(python)}
    say(f"Browser for the tests: {variables['LIVEFIT_BROWSER']}")
    tell_numbers(python, variables)
    return run(quick_steps(python), tests(python, for_pytest), variables)


def tell_numbers(python: str, variables: dict[str, str]) -> None:
    """To be watched: whatever they are, and should they not be found, nothing fails."""
    say("\n== Numbers of the house")
    subprocess.call([python, "scripts/house.py"], cwd=ROOT, env=variables)


def tests(python: str, for_pytest: list[str]) -> list[Step]:
    """All in two parts: one mostly waits, for a browser or for processes of its own, while the other computes."""
    command = [python, "-m", "pytest", *for_pytest]
    if for_pytest:
        return [("Tests (pytest)", command)]
    return [
        ("Slow tests and those in the browser (pytest)", [*command, "-m", WAITING]),
        ("Other tests (pytest)", [*command, "-m", f"not ({WAITING})"]),
    ]


def quick_steps(python: str) -> list[Step]:
    return [
        ("Style (ruff check)", [python, "-m", "ruff", "check", "."]),
        ("Format (ruff format)", [python, "-m", "ruff", "format", "--check", "."]),
        ("Types (mypy)", [python, "-m", "mypy"]),
    ]


def run(one_by_one: list[Step], at_once: list[Step], variables: dict[str, str]) -> int:
    """Take every step, whatever the one before said; the last failure's code, or 0."""
    codes: dict[str, int] = {}
    for name, command in one_by_one:
        say(f"\n== {name}")
        codes[name] = subprocess.call(command, cwd=ROOT, env=variables)
    codes |= run_at_once(at_once, variables)
    failed = [name for name, code in codes.items() if code]
    if failed:
        say(f"\nFailed: {', '.join(failed)}.")
    return codes[failed[-1]] if failed else 0


def run_at_once(steps: list[Step], variables: dict[str, str]) -> dict[str, int]:
    """Their codes; the last of them is heard while it goes on, the others when all are done."""
    *silent, heard = steps
    with ExitStack() as files:
        beside = [(name, command, files.enter_context(tempfile.TemporaryFile())) for name, command in silent]
        processes = [
            subprocess.Popen(command, cwd=ROOT, env=variables, stdout=said, stderr=said) for _, command, said in beside
        ]
        say(f"\n== {heard[0]}")
        codes = {heard[0]: subprocess.call(heard[1], cwd=ROOT, env=variables)}
        for (name, _, said), process in zip(beside, processes, strict=True):
            codes[name] = process.wait()
            said.seek(0)
            say(f"\n== {name}\n{said.read().decode(errors='replace')}")
    return codes


if __name__ == "__main__":
    sys.exit(main())
