"""Imports in child processes: seen from outside, ended from outside, and never in the way."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from dl.datasets import DatasetStore
from dl.datasets.tables.arrivals import begin, read_arrival
from dl.datasets.tables.request import TableRequest
from dl.errors import DatasetExists, UnknownDataset
from dl.jobs.imports import ImportJobs, ImportStatus
from dl.workspace import Workspace

FASHION_URL = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/train-images-idx3-ubyte.gz"
FASHION_BYTES = 26_421_880
FilesBelow = Callable[[Path], list[str]]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "home", tmp_path / "downloads")


@pytest.fixture
def jobs(workspace: Workspace) -> Iterator[ImportJobs]:
    running = ImportJobs(workspace)
    yield running
    running.stop_all()


@pytest.fixture
def internet(server: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The local server as the proxy of the children, so that they ask it for the catalogue's true addresses."""
    monkeypatch.setenv("http_proxy", server.address)
    return server


def wait_for(jobs: ImportJobs, dataset_id: str, reached: Callable[[ImportStatus], bool]) -> ImportStatus:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        status = jobs.status(dataset_id)
        if status is not None and reached(status):
            return status
        time.sleep(0.05)
    raise AssertionError(f"still {jobs.status(dataset_id)}")


def has_ended(status: ImportStatus) -> bool:
    return status.state != "running"


def is_downloading(status: ImportStatus) -> bool:
    return status.state == "running" and status.done > 0


def half_written(workspace: Workspace, files_below: FilesBelow) -> list[str]:
    root = workspace.home.parent
    return [name for name in files_below(root) if not name.startswith("home/datasets/.imports/fashion_mnist.")]


def pid_of(jobs: ImportJobs, dataset_id: str) -> int:
    return jobs._jobs[dataset_id].owner.pid


def test_set_is_here_when_its_import_is_done(jobs: ImportJobs, workspace: Workspace) -> None:
    assert jobs.status("digits") is None
    jobs.start("digits")
    assert jobs.status("digits") is not None
    status = wait_for(jobs, "digits", has_ended)
    assert status.state == "done" and status.done == status.total and DatasetStore(workspace).is_here("digits")


def test_one_child_runs_when_started_twice(jobs: ImportJobs, internet: Any) -> None:
    internet.dripping(FASHION_URL, FASHION_BYTES)
    jobs.start("fashion_mnist")
    first = pid_of(jobs, "fashion_mnist")
    jobs.start("fashion_mnist")
    assert pid_of(jobs, "fashion_mnist") == first


def test_progress_is_seen_when_downloading(jobs: ImportJobs, internet: Any) -> None:
    internet.dripping(FASHION_URL, FASHION_BYTES)
    jobs.start("fashion_mnist")
    status = wait_for(jobs, "fashion_mnist", is_downloading)
    assert status.phase == "download" and status.total == 30_878_645


def test_reason_is_told_when_the_download_fails(
    jobs: ImportJobs, workspace: Workspace, internet: Any, files_below: FilesBelow
) -> None:
    jobs.start("fashion_mnist")
    status = wait_for(jobs, "fashion_mnist", has_ended)
    assert (status.state, status.code, status.facts["reason"]) == ("failed", "download_failed", "http")
    assert half_written(workspace, files_below) == []


def test_status_is_failed_when_the_child_is_killed(
    jobs: ImportJobs, workspace: Workspace, internet: Any, files_below: FilesBelow
) -> None:
    internet.dripping(FASHION_URL, FASHION_BYTES)
    jobs.start("fashion_mnist")
    wait_for(jobs, "fashion_mnist", is_downloading)
    jobs._jobs["fashion_mnist"].kill()
    status = wait_for(jobs, "fashion_mnist", has_ended)
    assert (status.state, status.code) == ("failed", "import_interrupted")
    assert half_written(workspace, files_below) == []
    jobs.start("fashion_mnist")
    assert wait_for(jobs, "fashion_mnist", is_downloading)


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be asked to end")
def test_child_ends_cleanly_when_asked_to(
    jobs: ImportJobs, workspace: Workspace, internet: Any, files_below: FilesBelow
) -> None:
    internet.dripping(FASHION_URL, FASHION_BYTES)
    jobs.start("fashion_mnist")
    wait_for(jobs, "fashion_mnist", is_downloading)
    psutil.Process(pid_of(jobs, "fashion_mnist")).terminate()
    assert wait_for(jobs, "fashion_mnist", has_ended).code == "import_interrupted"
    assert half_written(workspace, files_below) == []


@pytest.mark.parametrize("behaviour", ["dripping", "stalled"])
def test_child_ends_cleanly_when_its_stdin_closes(
    behaviour: str,
    jobs: ImportJobs,
    workspace: Workspace,
    internet: Any,
    files_below: FilesBelow,
    wait_until: Callable[..., None],
) -> None:
    if behaviour == "dripping":
        internet.dripping(FASHION_URL, FASHION_BYTES)
    else:
        internet.stalled(FASHION_URL, b"x" * 100_000, FASHION_BYTES)
    jobs.start("fashion_mnist")
    wait_for(jobs, "fashion_mnist", is_downloading)
    job = jobs._jobs["fashion_mnist"]
    job.let_go()
    wait_until(lambda: job.exit_code is not None, 10)
    assert job.exit_code == 1
    assert half_written(workspace, files_below) == []
    path = workspace.datasets / ".imports" / "fashion_mnist.json"
    assert json.loads(path.read_bytes())["code"] == "import_interrupted"
    assert path.with_suffix(".log").read_bytes() == b""


def test_child_is_gone_when_its_server_is_killed(workspace: Workspace, internet: Any, files_below: FilesBelow) -> None:
    internet.dripping(FASHION_URL, FASHION_BYTES)
    program = (
        "import sys, time; from pathlib import Path; from dl.jobs.imports import ImportJobs;"
        "from dl.workspace import Workspace; jobs = ImportJobs(Workspace(Path(sys.argv[1]), Path(sys.argv[2])));"
        "jobs.start('fashion_mnist'); time.sleep(600)"
    )
    command = [sys.executable, "-c", program, str(workspace.home), str(workspace.downloads)]
    with subprocess.Popen(command) as server:
        next_server = ImportJobs(workspace)
        wait_for(next_server, "fashion_mnist", is_downloading)
        server.kill()
    status = wait_for(next_server, "fashion_mnist", has_ended)
    assert status.code == "import_interrupted" and half_written(workspace, files_below) == []


def test_all_children_end_when_stopped_twice(
    jobs: ImportJobs, workspace: Workspace, internet: Any, files_below: FilesBelow
) -> None:
    internet.dripping(FASHION_URL, FASHION_BYTES)
    jobs.start("fashion_mnist")
    wait_for(jobs, "fashion_mnist", is_downloading)
    jobs.stop_all()
    jobs.stop_all()
    status = jobs.status("fashion_mnist")
    assert status is not None and status.code == "import_interrupted"
    assert half_written(workspace, files_below) == []


def test_import_reads_as_failed_when_it_went_silent_under_another_server(workspace: Workspace) -> None:
    folder = workspace.datasets / ".imports"
    folder.mkdir(parents=True)
    left = ImportStatus(dataset="cifar10", state="running", updated=time.time() - 60)
    (folder / "cifar10.json").write_text(left.model_dump_json())
    status = ImportJobs(workspace).status("cifar10")
    assert status is not None and (status.state, status.code) == ("failed", "import_interrupted")


@pytest.mark.parametrize("content", [b"", b"{", b'{"state": "perhaps"}'])
def test_status_is_none_when_its_file_is_torn(content: bytes, workspace: Workspace) -> None:
    folder = workspace.datasets / ".imports"
    folder.mkdir(parents=True)
    (folder / "cifar10.json").write_bytes(content)
    assert ImportJobs(workspace).status("cifar10") is None


def test_unknown_name_is_refused_when_started(jobs: ImportJobs) -> None:
    with pytest.raises(UnknownDataset):
        jobs.start("../mnist")


def rows_in(folder: Path, rows: int) -> str:
    path = folder / "flowers.csv"
    path.write_text("length,colour\n" + "".join(f"{n},{'red' if n % 3 else 'blue'}\n" for n in range(rows)))
    return str(path)


def test_table_is_brought_as_its_request_says(jobs: ImportJobs, workspace: Workspace, tmp_path: Path) -> None:
    jobs.start_table(TableRequest(id="flowers", name="Flowers", source=rows_in(tmp_path, 50), target="length"))
    status = wait_for(jobs, "flowers", has_ended)
    assert (status.state, status.code) == ("done", None)
    assert DatasetStore(workspace).table("flowers").description.target.name == "length"
    with pytest.raises(DatasetExists):
        jobs.start_table(TableRequest(id="flowers", name="Flowers", source="elsewhere.csv"))


def test_table_that_cannot_be_read_says_why_and_leaves_nothing(
    jobs: ImportJobs, workspace: Workspace, tmp_path: Path, files_below: FilesBelow
) -> None:
    jobs.start_table(TableRequest(id="flowers", name="Flowers", source=rows_in(tmp_path, 0)))
    status = wait_for(jobs, "flowers", has_ended)
    assert (status.code, status.facts["reason"]) == ("table_unreadable", "no_rows")
    assert {Path(name).parts[0] for name in files_below(workspace.datasets)} == {".imports"}


def test_import_of_a_table_can_be_cancelled(
    jobs: ImportJobs, workspace: Workspace, internet: Any, files_below: FilesBelow
) -> None:
    internet.dripping("http://example.org/flowers.csv", 1_000_000_000)
    jobs.start_table(TableRequest(id="flowers", name="Flowers", source="http://example.org/flowers.csv"))
    wait_for(jobs, "flowers", is_downloading)
    jobs.cancel("flowers")
    status = wait_for(jobs, "flowers", has_ended)
    assert status.code == "import_interrupted"
    assert {Path(name).parts[0] for name in files_below(workspace.datasets)} == {".imports"}


def test_address_is_fetched_under_its_arrival_and_imported_from_there(
    jobs: ImportJobs, workspace: Workspace, internet: Any
) -> None:
    address = "http://example.org/rows.csv"
    internet.whole(address, b"a,b\n" + b"".join(b"%d,%d\n" % (n, n % 2) for n in range(40)))
    request = begin(workspace, address)
    jobs.start_fetch(request.arrival)
    assert wait_for(jobs, request.arrival, has_ended).state == "done"
    fetched = read_arrival(workspace, request.arrival)
    assert fetched and fetched.fetched
    jobs.start_table(fetched.model_copy(update={"id": "rows", "target": "b"}))
    assert wait_for(jobs, "rows", has_ended).state == "done"
    known = DatasetStore(workspace).imported("rows")
    assert known.origin and known.origin.file == known.source == address
