"""The process of one import: its exit code, and the last word that it leaves."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dl.datasets import DatasetStore
from dl.workspace import Workspace

ROOT = Path(__file__).resolve().parents[3]
FASHION_URL = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/train-images-idx3-ubyte.gz"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "home", tmp_path / "downloads")


def started(workspace: Workspace, dataset_id: str) -> subprocess.Popen[bytes]:
    places = {"LIVEFIT_HOME": str(workspace.home), "LIVEFIT_DOWNLOADS": str(workspace.downloads)}
    command = [sys.executable, "-m", "dl.jobs.importer", dataset_id]
    return subprocess.Popen(command, stdin=subprocess.PIPE, cwd=ROOT, env=os.environ | places)


def last_word(workspace: Workspace, dataset_id: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((workspace.datasets / ".imports" / f"{dataset_id}.json").read_bytes())
    return content


def test_process_brings_the_set_and_says_that_it_is_done(workspace: Workspace) -> None:
    with started(workspace, "digits") as process:
        assert process.wait(60) == 0
    said = last_word(workspace, "digits")
    assert (said["state"], said["code"], said["phase"]) == ("done", None, "convert")
    assert said["done"] == said["total"] > 0 and DatasetStore(workspace).is_here("digits")


def test_process_names_the_fault_that_is_known(workspace: Workspace) -> None:
    with started(workspace, "moons") as process:
        assert process.wait(60) == 1
    said = last_word(workspace, "moons")
    assert (said["state"], said["code"], said["facts"]["dataset"]) == ("failed", "unknown_dataset", "moons")


def test_process_keeps_the_traceback_of_a_fault_that_nobody_foresaw(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sklearn.py").write_text("raise RuntimeError('a broken installation')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with started(workspace, "digits") as process:
        assert process.wait(60) == 1
    said = last_word(workspace, "digits")
    assert (said["state"], said["code"], said["facts"]["dataset"]) == ("failed", "import_crashed", "digits")
    assert "Traceback" in said["facts"]["detail"] and "a broken installation" in said["facts"]["detail"]


def test_process_is_interrupted_when_nobody_waits_for_it(
    workspace: Workspace, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", server.address)
    server.dripping(FASHION_URL, 26_421_880)
    with started(workspace, "fashion_mnist") as process:
        assert process.stdin
        process.stdin.close()
        assert process.wait(60) == 1
    said = last_word(workspace, "fashion_mnist")
    assert (said["state"], said["code"]) == ("failed", "import_interrupted")
