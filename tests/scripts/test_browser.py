"""Which browser the tests get."""

from collections.abc import Callable
from pathlib import Path

import pytest

import browser

Program = Callable[..., Path]


def test_chromium_is_taken_before_the_others_when_all_are_there(program: Program) -> None:
    edge, chrome, chromium = (program(f"bin/{name}") for name in ("msedge", "google-chrome", "chromium"))
    assert browser.find({"PATH": str(edge.parent)}, [chrome]) == str(chromium)


def test_browser_without_a_window_is_taken_before_any_other(program: Program) -> None:
    _, shell = program("bin/chromium"), program("bin/chromium-headless-shell")
    assert browser.provide("python", {"PATH": str(shell.parent)}) == str(shell)


@pytest.mark.parametrize("can_install", [True, False])
def test_browser_with_a_window_serves_where_none_without_can_be_installed(
    program: Program, monkeypatch: pytest.MonkeyPatch, can_install: bool
) -> None:
    whole, installed = program("bin/chromium"), program("elsewhere/chromium-headless-shell")
    monkeypatch.setattr(browser, "install_debian_package", lambda _: str(installed) if can_install else None)
    assert browser.provide("python", {"PATH": str(whole.parent)}) == str(installed if can_install else whole)


def test_next_browser_is_taken_when_the_first_does_not_start(program: Program) -> None:
    stub, chrome = program("bin/chromium-browser", code=1), program("bin/google-chrome")
    assert browser.find({"PATH": str(stub.parent)}, []) == str(chrome)


def test_usual_places_are_searched_when_the_path_has_none(program: Program, tmp_path: Path) -> None:
    chrome = program("Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    assert browser.find({"PATH": str(tmp_path)}, [tmp_path / "missing", chrome]) == str(chrome)


def test_none_is_found_when_there_is_none(tmp_path: Path) -> None:
    assert browser.find({"PATH": str(tmp_path)}, []) is None


def test_windows_places_come_from_its_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser.sys, "platform", "win32")
    places = [place.as_posix() for place in browser.usual_places({"PROGRAMFILES": "C:/Programs"})]
    assert places[-1] == "C:/Programs/Microsoft/Edge/Application/msedge.exe"


def test_asked_browser_is_taken_when_it_starts(program: Program) -> None:
    asked, other = program("mine/browser"), program("bin/chromium")
    assert browser.provide("python", {"LIVEFIT_BROWSER": str(asked), "PATH": str(other.parent)}) == str(asked)


def test_one_sentence_says_so_when_the_asked_browser_does_not_start(program: Program) -> None:
    with pytest.raises(SystemExit, match="does not start"):
        browser.provide("python", {"LIVEFIT_BROWSER": str(program("mine/browser", code=1))})


@pytest.mark.parametrize(("release", "answer"), [("ID=debian\n", True), ("ID=ubuntu\nID_LIKE=debian\n", False)])
def test_debian_is_told_from_its_relatives(tmp_path: Path, release: str, answer: bool) -> None:
    (tmp_path / "os-release").write_text(f'NAME="Linux"\n{release}')
    assert browser.is_debian(tmp_path / "os-release") is answer


def test_system_is_not_debian_when_it_has_no_release_file(tmp_path: Path) -> None:
    assert not browser.is_debian(tmp_path / "os-release")
