"""Check Livefit: style, types and every test, in an environment of its own. Other arguments are handed to pytest."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import browser
from environment import ROOT, prepare, say

Step = tuple[str, list[str]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--venv", metavar="FOLDER", default=ROOT / ".venv", help="the Python environment's folder")
    options, for_pytest = parser.parse_known_args()
    python = prepare(Path(options.venv).absolute(), ROOT / "requirements-dev.txt")
    variables = {**os.environ, "LIVEFIT_BROWSER": browser.provide(python)}
    say(f"Browser for the tests: {variables['LIVEFIT_BROWSER']}")
    tell_numbers(python, variables)
    return run(steps(python, for_pytest), variables)


def tell_numbers(python: str, variables: dict[str, str]) -> None:
    """To be watched: whatever they are, and should they not be found, nothing fails."""
    say("\n== Numbers of the house")
    subprocess.call([python, "scripts/house.py"], cwd=ROOT, env=variables)


def steps(python: str, for_pytest: list[str]) -> list[Step]:
    """Name and command of each step: the quick ones first, and the tests' summary as the last words.

    Of all tests, those in the browser mostly wait for it: they run beside the others, as the last step.
    """
    tests = [python, "-m", "pytest", *for_pytest]
    if for_pytest:
        return [*quick_steps(python), ("Tests (pytest)", tests)]
    parts = ("Tests in the browser (pytest)", "browser"), ("Tests (pytest)", "not browser")
    return [*quick_steps(python), *((name, [*tests, "-m", which]) for name, which in parts)]


def quick_steps(python: str) -> list[Step]:
    return [
        ("Style (ruff check)", [python, "-m", "ruff", "check", "."]),
        ("Format (ruff format)", [python, "-m", "ruff", "format", "--check", "."]),
        ("Types (mypy)", [python, "-m", "mypy"]),
    ]


def run(todo: list[Step], variables: dict[str, str]) -> int:
    """Take every step, whatever the one before said; the last failure's code, or 0.

    A step in the browser says nothing until it is done, since another one runs beside it.
    """
    failed, code = [], 0
    with tempfile.TemporaryFile() as said:
        beside = None
        for name, command in todo:
            if "browser" in command:
                beside = name, subprocess.Popen(command, cwd=ROOT, env=variables, stdout=said, stderr=said)
                continue
            say(f"\n== {name}")
            if result := subprocess.call(command, cwd=ROOT, env=variables):
                failed.append(name)
                code = result
        if beside:
            name, process = beside
            result = process.wait()
            said.seek(0)
            say(f"\n== {name}\n{said.read().decode(errors='replace')}")
            if result:
                failed.append(name)
                code = result
    if failed:
        say(f"\nFailed: {', '.join(failed)}.")
    return code


if __name__ == "__main__":
    sys.exit(main())
