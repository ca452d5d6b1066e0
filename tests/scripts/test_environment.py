"""When is the environment up to date, what is done when it is not, and which Python is taken."""

import ast
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import environment

SCRIPTS = sorted((environment.ROOT / "scripts").glob("*.py"))


def test_environment_is_current_when_the_same_was_installed(installed: Path, requirements: Path) -> None:
    assert environment.is_current(installed, requirements)


def test_environment_is_current_when_more_was_installed(installed: Path, requirements: Path) -> None:
    assert environment.is_current(installed, requirements.with_name("requirements.txt"))


def test_environment_is_stale_when_a_file_that_is_named_by_another_changed(installed: Path, requirements: Path) -> None:
    requirements.with_name("requirements.txt").write_text("numpy<3\n")
    assert not environment.is_current(installed, requirements)


def test_environment_is_stale_when_its_python_changed(installed: Path, requirements: Path) -> None:
    (installed / "pyvenv.cfg").write_text("version = 3.13.1\n")
    assert not environment.is_current(installed, requirements)


def test_environment_is_stale_when_its_python_is_gone(installed: Path, requirements: Path) -> None:
    environment.python_of(installed).unlink()
    assert not environment.is_current(installed, requirements)


@pytest.mark.parametrize("stamp", ["", "{", "[]", "{}", '{"python": "3.12.4", "files": null}'])
def test_environment_is_stale_when_its_stamp_is_torn(installed: Path, requirements: Path, stamp: str) -> None:
    (installed / environment.STAMP).write_text(stamp)
    assert not environment.is_current(installed, requirements)


def test_nothing_is_run_when_the_environment_is_current(
    installed: Path, requirements: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment.subprocess, "call", lambda *_: pytest.fail("something was run"))
    assert environment.prepare(installed, requirements) == str(environment.python_of(installed))


def test_stamp_keeps_what_was_installed_before_when_less_is_installed(installed: Path, requirements: Path) -> None:
    fewer = requirements.with_name("requirements.txt")
    fewer.write_text("numpy<3\n")
    environment.install(installed, fewer)
    assert environment.is_current(installed, requirements)


def test_stamp_is_gone_when_installing_fails(installed: Path, requirements: Path, program: Callable[..., Path]) -> None:
    program("venv/bin/python", code=1)
    with pytest.raises(SystemExit, match="could not be installed"):
        environment.install(installed, requirements)
    assert environment.read_stamp(installed) == {}


def test_folder_is_left_alone_when_it_is_no_environment(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("all of it")
    with pytest.raises(SystemExit, match="left as it is"):
        environment.create(tmp_path)
    assert (tmp_path / "thesis.txt").exists()


def test_another_python_is_taken_when_this_one_is_too_new(
    program: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = program("bin/python3.12")
    monkeypatch.setattr(sys, "version_info", (3, 14, 0))
    monkeypatch.setenv("PATH", str(other.parent))
    assert environment.find_python() == str(other)


def test_one_sentence_says_which_pythons_do_when_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit, match=r"3\.11, 3\.12 or 3\.13.*python\.org"):
        environment.find_python()


def test_one_sentence_names_the_package_when_venv_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "works", lambda _, code: "ensurepip" not in code)
    with pytest.raises(SystemExit, match="apt install python3-venv"):
        environment.find_python()


@pytest.mark.parametrize("machine", [("darwin", "x86_64"), ("win32", "ARM64"), ("linux", "armv7l")])
def test_machine_is_refused_when_tensorflow_has_no_build_for_it(machine: tuple[str, str]) -> None:
    with pytest.raises(SystemExit, match="no build for this machine"):
        environment.refuse_other_machines(*machine)


@pytest.mark.parametrize("script", SCRIPTS, ids=[script.name for script in SCRIPTS])
def test_script_can_be_read_by_a_python_that_is_too_old(script: Path) -> None:
    ast.parse(script.read_text(encoding="utf-8"), feature_version=(3, 8))
