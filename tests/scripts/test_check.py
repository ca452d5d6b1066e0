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
    assert check.run([("Style", PASSES), ("Types", FAILS)], [("Tests", said)], dict(os.environ)) == 3
    assert capfd.readouterr().out.splitlines()[-3:] == ["tests ran", "", "Failed: Types."]


def test_last_words_are_the_tests_own_when_all_passes(capfd: pytest.CaptureFixture[str]) -> None:
    assert check.run([], [("Tests", [sys.executable, "-c", "print('2 passed')"])], dict(os.environ)) == 0
    assert capfd.readouterr().out.splitlines()[-1] == "2 passed"


def test_parts_run_at_once_and_each_speaks_in_one_piece(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Each waits for the files that the others make."""
    meet = """import pathlib, sys, time
name, *others = sys.argv[1:]
print(name, "begins")
pathlib.Path(name).touch()
end = time.monotonic() + 60
while not all(pathlib.Path(other).exists() for other in others) and time.monotonic() < end:
    time.sleep(0.02)
print(name, all(pathlib.Path(other).exists() for other in others))
sys.exit(name.endswith("a") * 3)
"""
    names = [str(tmp_path / name) for name in "abc"]
    parts = [(f"Part {name[-1]}", [sys.executable, "-c", meet, name, *names]) for name in names]
    assert check.run([("Style", PASSES)], parts, dict(os.environ)) == 3
    said = capfd.readouterr().out.splitlines()
    for name in names:
        assert said[said.index(f"{name} begins") + 1] == f"{name} True"
    assert said[-1] == "Failed: Part a."


def test_all_tests_run_in_parts_and_those_that_were_asked_for_in_one() -> None:
    waiting, others = (command[3:] for _, command in check.tests("python", []))
    assert waiting == ["-m", "browser or slow"]
    assert others == ["-m", "not (browser or slow)"], "what is not in the other part"
    ((_, asked_for),) = check.tests("python", ["-k", "import"])
    assert asked_for == ["python", "-m", "pytest", "-k", "import"]


def test_numbers_of_the_house_decide_nothing(program: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["check.py"])
    monkeypatch.setattr(check, "prepare", lambda *_: str(program("python", code=3)))
    monkeypatch.setattr(check.browser, "provide", lambda _: "no browser")
    monkeypatch.setattr(check, "quick_steps", lambda _: [])
    monkeypatch.setattr(check, "tests", lambda *_: [("Tests", PASSES)])
    assert check.main() == 0
