"""A tiny environment folder and tiny programs that stand in for Pythons and browsers."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def program(tmp_path: Path) -> Callable[..., Path]:
    """Makes an executable that does nothing and exits with a code."""
    if os.name == "nt":
        pytest.skip("the stand-ins are shell scripts")

    def make(path: str, code: int = 0) -> Path:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"#!/bin/sh\nexit {code}\n")
        file.chmod(0o755)
        return file

    return make


@pytest.fixture
def requirements(tmp_path: Path) -> Path:
    """requirements-dev.txt, which names requirements.txt beside it."""
    (tmp_path / "requirements.txt").write_text("numpy\n")
    (tmp_path / "requirements-dev.txt").write_text("# tools\n-r requirements.txt\npytest\n")
    return tmp_path / "requirements-dev.txt"


@pytest.fixture
def installed(tmp_path: Path, requirements: Path, program: Callable[..., Path]) -> Path:
    """An environment into which the requirements were installed."""
    import environment

    program("venv/bin/python")
    folder = tmp_path / "venv"
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.12.4\n")
    environment.write_stamp(folder, environment.fingerprints(requirements))
    return folder
