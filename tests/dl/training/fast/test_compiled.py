"""Compiled programs on disk: used again by the next process, replaced when damaged, never in the way."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dl.datasets import DatasetStore
from dl.runs import RunStore
from dl.runs.engine import Engine
from dl.specs.presets import default_spec
from dl.training.fast import PATCHES
from dl.workspace import Workspace

pytestmark = pytest.mark.skipif(not PATCHES, reason="nothing is kept where nothing is patched")
ROOT = Path(__file__).resolve().parents[4]
TRAIN = """\
import sys
from pathlib import Path
from dl.runs import Run
from dl.training.fast.compiled import keep_compiled
from dl.training.status_writer import StatusWriter
from dl.worker import train_run
from dl.workspace import Workspace
workspace = Workspace.from_environment()
keep_compiled(workspace.home)
if "warm" in sys.argv:
    from dl.training.execute import warm_up
    warm_up(workspace)
print(train_run(Run(Path(sys.argv[1])), workspace, StatusWriter(Run(Path(sys.argv[1])))).model_dump_json())
"""


def train(workspace: Workspace, *how: str) -> tuple[dict[str, Any], bytes]:
    """A run compiled by XLA in a process of its own: its status, and the losses of its steps."""
    digits = DatasetStore(workspace).imported("digits")
    run = RunStore(workspace.runs).create(default_spec(digits), digits)
    (run.folder / "engine.json").write_text(Engine(compiler="xla", reason="measured").model_dump_json())
    command = [sys.executable, "-c", TRAIN, str(run.folder), *how]
    output = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return json.loads(output.splitlines()[-1]), run.steps()["loss"].tobytes()


def kept(workspace: Workspace) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in (workspace.home / "compiled").rglob("*.pb")}


@pytest.mark.slow
def test_next_process_takes_what_was_compiled_and_a_damaged_file_is_replaced(workspace: Workspace) -> None:
    (workspace.home / "compiled").unlink(missing_ok=True)  # an own one
    first, losses = train(workspace, "warm")
    made = kept(workspace)
    assert first["state"] == "FINISHED" and made
    again, same_losses = train(workspace)
    assert kept(workspace) == made, "nothing was compiled anew, though this process traced nothing else before"
    assert (again["state"], same_losses) == ("FINISHED", losses)
    for path in made:
        os.truncate(path, 1000)
    repaired, still_the_same = train(workspace)
    assert (repaired["state"], still_the_same) == ("FINISHED", losses)
    assert all(path.stat().st_size > 1000 for path in kept(workspace))


def test_files_that_were_made_last_stay(keras: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dl.training.fast import compiled

    monkeypatch.setenv("TF_XLA_FLAGS", "--tf_xla_auto_jit=0")
    monkeypatch.setattr(compiled, "FILES_KEPT", 3)
    compiled.keep_compiled(tmp_path)
    (folder,) = (tmp_path / "compiled").iterdir()
    assert os.environ["TF_XLA_FLAGS"] == f"--tf_xla_auto_jit=0 {compiled.FLAG}{folder}"
    for age in range(6):
        (folder / f"{age}.pb").touch()
        os.utime(folder / f"{age}.pb", (1000 - age, 1000 - age))
    compiled.keep_compiled(tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == ["0.pb", "1.pb", "2.pb"]
    assert compiled.forget_compiled() and not compiled.forget_compiled()


def test_training_goes_on_where_nothing_can_be_kept(
    keras: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dl.training.fast import compiled

    monkeypatch.delenv("TF_XLA_FLAGS", raising=False)
    (tmp_path / "compiled").write_bytes(b"a file where the folder should be")
    compiled.keep_compiled(tmp_path)
    monkeypatch.setattr(compiled, "SPARE_BYTES", 10**18)
    compiled.keep_compiled(tmp_path / "other")
    assert "TF_XLA_FLAGS" not in os.environ and not compiled.forget_compiled()
