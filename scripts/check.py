"""Check Livefit: style, types and every test, in an environment of its own. Other arguments are handed to pytest."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

import browser
from environment import ROOT, prepare, say


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--venv", metavar="FOLDER", default=ROOT / ".venv", help="the Python environment's folder")
    options, for_pytest = parser.parse_known_args()
    python = prepare(Path(options.venv).absolute(), ROOT / "requirements-dev.txt")
    variables = {**os.environ, "LIVEFIT_BROWSER": browser.provide(python)}
    say(f"Browser for the tests: {variables['LIVEFIT_BROWSER']}")
    return run(steps(python, for_pytest), variables)


def steps(python: str, for_pytest: list[str]) -> list[tuple[str, list[str]]]:
    """Name and command of each step: the quick ones first, and the tests' summary as the last words."""
    return [
        ("Style (ruff check)", [python, "-m", "ruff", "check", "."]),
        ("Format (ruff format)", [python, "-m", "ruff", "format", "--check", "."]),
        ("Types (mypy)", [python, "-m", "mypy"]),
        ("Tests (pytest)", [python, "-m", "pytest", *for_pytest]),
    ]


def run(todo: list[tuple[str, list[str]]], variables: dict[str, str]) -> int:
    """Take every step, whatever the one before said; the last failure's code, or 0."""
    failed, code = [], 0
    for name, command in todo:
        say(f"\n== {name}")
        result = subprocess.call(command, cwd=ROOT, env=variables)
        if result:
            failed.append(name)
            code = result
    if failed:
        say(f"\nFailed: {', '.join(failed)}.")
    return code


if __name__ == "__main__":
    sys.exit(main())
