"""A browser for the tests: one that is there, else Debian's package, else Playwright's own download.

Best one without a window: a whole browser takes twice its processor time for the pages, most of it for frames that
nobody sees.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from environment import say

WITHOUT_WINDOW = ("chromium-headless-shell", "chrome-headless-shell")
NAMES = (
    *WITHOUT_WINDOW,
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
)
MAC_APPLICATIONS = ("Chromium", "Google Chrome", "Microsoft Edge")
WINDOWS_PROGRAMS = ("Chromium/Application/chrome.exe", "Google/Chrome/Application/chrome.exe")
EDGE_PROGRAM = "Microsoft/Edge/Application/msedge.exe"
PLAYWRIGHT_PATH = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


def provide(python: str, variables: Mapping[str, str] = os.environ) -> str:
    """The path of a browser that starts, got from somewhere if there is none."""
    asked = variables.get("LIVEFIT_BROWSER")
    if asked:
        if not starts(asked):
            sys.exit(f"LIVEFIT_BROWSER names {asked}, which does not start; correct it or unset it.")
        return asked
    known = find(variables)
    if known is None or Path(known).name not in WITHOUT_WINDOW:
        known = install_debian_package(variables) or known
    return known or download(python)


def find(variables: Mapping[str, str], places: Iterable[Path] | None = None) -> str | None:
    """The first browser that starts: on the PATH, else where the three systems usually keep them."""
    on_path = [shutil.which(name, path=variables.get("PATH", "")) for name in NAMES]
    elsewhere = [str(place) for place in (usual_places(variables) if places is None else places)]
    return next((path for path in [*on_path, *elsewhere] if path and starts(path)), None)


def usual_places(variables: Mapping[str, str]) -> list[Path]:
    if sys.platform == "darwin":
        folders = [Path("/Applications"), Path.home() / "Applications"]
        return [folder / f"{name}.app/Contents/MacOS/{name}" for folder in folders for name in MAC_APPLICATIONS]
    roots = [variables.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")]
    return [Path(root) / program for program in (*WINDOWS_PROGRAMS, EDGE_PROGRAM) for root in roots if root]


def starts(path: str) -> bool:
    """A file alone is not enough: Ubuntu's chromium-browser only says that a snap should be installed."""
    if os.name == "nt":  # there, --version would open a window
        return Path(path).is_file()
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def install_debian_package(variables: Mapping[str, str]) -> str | None:
    """The one without a window, for root on Debian, with a font that has Chinese characters."""
    if not is_debian(Path("/etc/os-release")) or os.geteuid() != 0:
        return None
    say("No browser without a window found: installing Debian's.")
    quiet = {**variables, "DEBIAN_FRONTEND": "noninteractive"}
    packages = ["--no-install-recommends", WITHOUT_WINDOW[0], "fonts-noto-cjk"]
    for arguments in (["update"], ["install", "--yes", *packages]):
        if subprocess.call(["apt-get", "--quiet", "--quiet", *arguments], env=quiet, stdin=subprocess.DEVNULL):
            return None
    return find(variables)


def is_debian(release: Path) -> bool:
    """Debian itself: in Ubuntu the package of that name is empty."""
    try:
        return "ID=debian" in release.read_text(encoding="utf-8").splitlines()
    except OSError:
        return False


def download(python: str) -> str:
    """Playwright's Chromium, from an earlier download where there was one."""
    path = subprocess.run([python, "-c", PLAYWRIGHT_PATH], capture_output=True, text=True, check=True).stdout.strip()
    if starts(path):
        return path
    say("No browser found: downloading Playwright's Chromium.")
    subprocess.call([python, "-m", "playwright", "install", "chromium"])
    if not starts(path):
        sys.exit("No browser could be downloaded or started; install Chromium, Chrome or Edge, or set LIVEFIT_BROWSER.")
    return path
