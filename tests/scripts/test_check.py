"""Every step is taken, and a failed one is named."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import check

PASSES, FAILS = [sys.executable, "-c", ""], [sys.executable, "-c", "raise SystemExit(3)"]


def test_every_step_is_taken_and_the_failed_named_when_one_fails(capfd: pytest.CaptureFixture[str]) -> None:
    said = [sys.executable, "-c", "print('tests ran')"]
    assert check.run([("Style", PASSES), ("Types", FAILS), ("Tests", said)], dict(os.environ)) == 3
    assert capfd.readouterr().out.splitlines()[-3:] == ["tests ran", "", "Failed: Types."]


def test_last_words_are_the_tests_own_when_all_passes(capfd: pytest.CaptureFixture[str]) -> None:
    assert check.run([("Tests", [sys.executable, "-c", "print('2 passed')"])], dict(os.environ)) == 0
    assert capfd.readouterr().out.splitlines()[-1] == "2 passed"


def test_browser_step_runs_beside_the_next_one_and_speaks_last(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Each waits for a file that the other one makes."""
    meet = """import pathlib, sys, time
own, other = (pathlib.Path(name) for name in sys.argv[1:3])
own.touch()
end = time.monotonic() + 20
while not other.exists() and time.monotonic() < end:
    time.sleep(0.02)
print(sys.argv[3], other.exists())
"""
    files = [str(tmp_path / "a"), str(tmp_path / "b")]
    beside = [sys.executable, "-c", meet, *files, "browser"]
    other = [sys.executable, "-c", meet, *reversed(files), "others"]
    assert check.run([("Browser", beside), ("Tests", other), ("Types", FAILS)], dict(os.environ)) == 3
    said = capfd.readouterr().out
    assert "others True" in said and "browser True" in said and said.index("others") < said.index("browser True")


def test_all_tests_run_in_two_parts_and_those_that_were_asked_for_in_one() -> None:
    commands = [command for _, command in check.steps("python", [])[-2:]]
    assert commands == [["python", "-m", "pytest", "-m", which] for which in ("browser", "not browser")]
    assert check.steps("python", ["-k", "import"])[-1][1] == ["python", "-m", "pytest", "-k", "import"]


def test_numbers_of_the_house_decide_nothing(program: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["check.py"])
    monkeypatch.setattr(check, "prepare", lambda *_: str(program("python", code=3)))
    monkeypatch.setattr(check.browser, "provide", lambda _: "no browser")
    monkeypatch.setattr(check, "steps", lambda *_: [("Tests", PASSES)])
    assert check.main() == 0
