"""Every step is taken, and a failed one is named."""

import os
import sys

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


def test_tests_come_last_and_get_the_other_arguments() -> None:
    assert check.steps("python", ["-k", "import"])[-1][1] == ["python", "-m", "pytest", "-k", "import"]
