"""The command line's own part: what is asked for reaches its command, and what goes wrong is one line and a code."""

import sys
from argparse import Namespace

import pytest

from dl import commands
from dl.__main__ import main, parser
from dl.errors import UnknownRun
from dl.specs.presets import PRESETS


@pytest.mark.parametrize(
    ("words", "command", "facts"),
    [
        ("datasets", commands.datasets, {"home": None}),
        ("spec", commands.spec, {"dataset": "mnist", "preset": None}),
        ("spec --dataset cifar10 --preset convolutional", commands.spec, {"dataset": "cifar10"}),
        ("train - --home here", commands.train, {"spec": "-", "home": "here"}),
        ("resume 7", commands.resume, {"id": "7", "home": None}),
        ("evaluate 7 --home here", commands.evaluate, {"id": "7", "home": "here"}),
        ("script spec.json", commands.script, {"spec": "spec.json"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_words_reach_their_command(words: str, command: object, facts: dict[str, object]) -> None:
    arguments = parser().parse_args(words.split())
    assert arguments.run is command and facts.items() <= vars(arguments).items()


def test_every_preset_can_be_asked_for_and_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    for name in PRESETS:
        assert parser().parse_args(["spec", "--preset", name]).preset == name
    with pytest.raises(SystemExit):
        parser().parse_args(["spec", "--preset", "resnet"])
    assert "resnet" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        (UnknownRun(run="9"), 1, "error: unknown_run: run=9\n"),
        (FileNotFoundError(2, "No such file", "spec.json"), 1, "error: No such file: spec.json\n"),
        (KeyboardInterrupt(), commands.INTERRUPTED_BY_USER, ""),
    ],
    ids=["expected", "file", "ctrl-c"],
)
def test_fault_is_one_line_and_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fault: BaseException, code: int, said: str
) -> None:
    def fail(arguments: Namespace) -> int:
        raise fault

    monkeypatch.setattr(commands, "datasets", fail)
    monkeypatch.setattr(sys, "argv", ["dl", "datasets"])
    assert main() == code
    assert capsys.readouterr() == ("", said)
