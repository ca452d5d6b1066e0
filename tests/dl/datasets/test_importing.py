"""An import leaves the whole set in its one form, or nothing."""

import hashlib
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dl.datasets import DatasetStore, Progress, Rows
from dl.datasets.archives import Archive
from dl.datasets.catalogue import BUILTINS, Builtin
from dl.datasets.importing import import_builtin
from dl.datasets.readers import Arrays, Reader
from dl.errors import DownloadFailed
from dl.files import temporary_name
from dl.workspace import Workspace

FILES = ["dataset.json", "x_test.npy", "x_train.npy", "y_test.npy", "y_train.npy"]
FilesBelow = Callable[[Path], list[str]]


@pytest.fixture
def tiny() -> Builtin:
    """Digits in shape, with four pictures."""
    x, y = np.arange(256, dtype=np.uint8).reshape(4, 8, 8, 1), np.arange(4)
    return BUILTINS["digits"].model_copy(update={"reader": Reader(lambda _: Arrays(x[:3], y[:3], x[3:], y[3:]), "")})


@pytest.fixture
def served_fashion(server: Any, tiny_fashion: dict[str, bytes], archive_of: Callable[[str, bytes], Archive]) -> Builtin:
    """Fashion-MNIST with tiny archives on the local server."""
    archives = tuple(
        archive_of(server.whole(f"/fashion-mnist-{name}", content), content) for name, content in tiny_fashion.items()
    )
    return BUILTINS["fashion_mnist"].model_copy(update={"archives": archives})


def test_set_is_whole_on_disk_when_imported(workspace: Workspace, tiny: Builtin, files_below: FilesBelow) -> None:
    imported = import_builtin(workspace, tiny)
    assert files_below(workspace.datasets) == [f"digits/{name}" for name in FILES]
    assert imported == DatasetStore(workspace).imported("digits") and imported.rows == Rows(train=3, test=1)
    data = DatasetStore(workspace).open("digits")
    np.testing.assert_array_equal(data.x_train, tiny.reader.read(workspace.downloads).x_train)
    assert data.y_test.tolist() == [3]


def test_fingerprint_is_over_names_types_shapes_and_bytes_when_imported(workspace: Workspace, tiny: Builtin) -> None:
    expected = hashlib.sha256()
    for name, array in tiny.reader.read(workspace.downloads)._asdict().items():
        expected.update(f"{name} {array.dtype.str} {array.shape}".encode() + array.tobytes())
    assert import_builtin(workspace, tiny).fingerprint == expected.hexdigest()


def test_nothing_is_read_or_reported_when_the_set_is_here(workspace: Workspace, tiny: Builtin) -> None:
    first = import_builtin(workspace, tiny)
    reports: list[Progress] = []

    def refuse(_: Path) -> Arrays:
        raise AssertionError

    again = import_builtin(workspace, tiny.model_copy(update={"reader": Reader(refuse, "")}), reports.append)
    assert again == first and reports == []


@pytest.mark.parametrize("name", FILES)
def test_set_is_made_anew_when_a_file_is_torn(
    name: str, workspace: Workspace, tiny: Builtin, files_below: FilesBelow
) -> None:
    first = import_builtin(workspace, tiny)
    path = workspace.datasets / "digits" / name
    path.write_bytes(path.read_bytes()[:-5])
    assert import_builtin(workspace, tiny) == first
    assert files_below(workspace.datasets) == [f"digits/{name}" for name in FILES]


def test_archives_are_one_download_when_there_are_several(
    workspace: Workspace, served_fashion: Builtin, server: Any
) -> None:
    reports: list[Progress] = []
    imported = import_builtin(workspace, served_fashion, reports.append)
    assert imported.rows == Rows(train=20, test=10) and len(server.requests) == 4
    downloaded = [report for report in reports if report.phase == "download"]
    assert {report.total for report in downloaded} == {served_fashion.download_bytes}
    assert [report.done for report in downloaded] == sorted(report.done for report in downloaded)
    assert downloaded[-1].done == served_fashion.download_bytes
    assert reports[-1] == Progress("convert", 60, 60)


def test_nothing_is_left_when_the_last_archive_is_missing(
    workspace: Workspace, served_fashion: Builtin, server: Any, files_below: FilesBelow
) -> None:
    del server.answers["/fashion-mnist-t10k-labels-idx1-ubyte.gz"]
    with pytest.raises(DownloadFailed) as caught:
        import_builtin(workspace, served_fashion)
    assert caught.value.facts["reason"] == "http" and caught.value.facts["dataset"] == "fashion_mnist"
    assert not DatasetStore(workspace).is_here("fashion_mnist") and files_below(workspace.home) == []


def test_nothing_is_left_when_the_import_is_given_up(
    workspace: Workspace, tiny: Builtin, files_below: FilesBelow
) -> None:
    def give_up(progress: Progress) -> None:
        if progress.phase == "convert" and progress.done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_builtin(workspace, tiny, give_up)
    assert files_below(workspace.home) == [] and list(workspace.datasets.iterdir()) == []


def test_abandoned_files_are_removed_when_something_is_imported(workspace: Workspace, tiny: Builtin) -> None:
    own, fresh = temporary_name(workspace.datasets / "digits"), temporary_name(workspace.downloads / "a.zip")
    left = own.with_name(own.name.replace(f"-{os.getpid()}-", "-999999999-"))
    left.mkdir(parents=True)
    fresh.parent.mkdir()
    fresh.write_bytes(b"this is being written")
    import_builtin(workspace, tiny)
    assert not left.exists() and fresh.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on file size to play a full disk with")
def test_nothing_is_left_when_the_disk_is_full(workspace: Workspace, files_below: FilesBelow) -> None:
    program = f"""
        import resource
        from pathlib import Path
        from dl.datasets import DatasetStore
        from dl.errors import DownloadFailed
        from dl.workspace import Workspace
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
        try:
            workspace = Workspace(Path({str(workspace.home)!r}), Path({str(workspace.downloads)!r}))
            DatasetStore(workspace).bring("digits")
        except DownloadFailed as error:
            print(error.facts["reason"])
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout == "disk_full\n"
    assert files_below(workspace.home) == [] and list(workspace.datasets.iterdir()) == []


def test_both_end_well_when_two_processes_import_the_same_set(workspace: Workspace, files_below: FilesBelow) -> None:
    program = f"""
        import os
        import time
        from pathlib import Path
        from dl.datasets import DatasetStore
        from dl.workspace import Workspace
        workspace = Workspace(Path({str(workspace.home)!r}), Path({str(workspace.downloads)!r}))
        def meet(progress):
            # Each waits with its renaming until the other has written too, so that they always collide.
            if progress.done == progress.total:
                (workspace.home / f"written.{{os.getpid()}}").touch()
                while len(list(workspace.home.glob("written.*"))) < 2:
                    time.sleep(0.01)
        print(DatasetStore(workspace).bring("digits", meet).fingerprint)
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    answers = [process.communicate(timeout=60) for process in processes]
    assert answers[0] == answers[1] and answers[0][1] == b""
    assert files_below(workspace.datasets) == [f"digits/{name}" for name in FILES]


@pytest.mark.parametrize(
    "known", [known for known in BUILTINS.values() if not known.archives], ids=lambda known: known.id
)
def test_package_set_is_the_same_when_imported_anywhere(known: Builtin, workspace: Workspace) -> None:
    imported = DatasetStore(workspace).bring(known.id)
    assert imported.rows == known.rows and imported.classes == known.classes
    known_by = {"mnist_sample": "04f17e920dad40cb", "digits": "f36ca9a371647eb0"}
    if not known.is_table:  # whose bytes are those of a version of DuckDB
        assert imported.fingerprint[:16] == known_by[known.id]


def test_mnist_is_whole_when_imported_from_the_downloads(mnist_workspace: Workspace) -> None:
    imported = DatasetStore(mnist_workspace).bring("mnist")
    assert imported.rows == BUILTINS["mnist"].rows
    data = DatasetStore(mnist_workspace).open("mnist")
    assert np.bincount(data.y_test).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    raw = hashlib.sha256(np.ascontiguousarray(data.x_test).data).hexdigest()
    assert raw == dict(BUILTINS["mnist"].archives[0].array_sha256)["x_test"]
