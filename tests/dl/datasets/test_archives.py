"""An archive is known by what is in it, not by its name."""

from pathlib import Path

import numpy as np
import pytest

from dl.datasets.archives import Archive, Progress, _sha256
from dl.datasets.catalogue import BUILTINS
from dl.workspace import Workspace

PICTURES = np.arange(12, dtype=np.uint8).reshape(3, 2, 2)
NPZ = Archive("tiny.npz", "", 500, array_sha256=(("x", _sha256(PICTURES)),))


def test_npz_is_sound_when_only_its_compression_differs(tmp_path: Path) -> None:
    np.savez(tmp_path / "plain.npz", x=PICTURES)
    np.savez_compressed(tmp_path / "small.npz", x=PICTURES)
    assert NPZ.is_sound(tmp_path / "plain.npz") and NPZ.is_sound(tmp_path / "small.npz")


def test_npz_is_unsound_when_one_pixel_differs(tmp_path: Path) -> None:
    np.savez(tmp_path / "changed.npz", x=PICTURES ^ 1)
    assert not NPZ.is_sound(tmp_path / "changed.npz")


@pytest.mark.parametrize("content", [b"", b"<html>log in first</html>", b"PK\x03\x04 torn"])
def test_npz_is_unsound_when_it_is_no_npz(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "tiny.npz").write_bytes(content)
    assert not NPZ.is_sound(tmp_path / "tiny.npz")


def test_npz_is_unsound_when_cut_or_without_the_array(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", z=PICTURES)
    np.savez(tmp_path / "cut.npz", x=PICTURES)
    (tmp_path / "cut.npz").write_bytes((tmp_path / "cut.npz").read_bytes()[:-30])
    np.save(tmp_path / "array.npy", PICTURES)
    for name in ("other.npz", "cut.npz", "array.npy", "missing.npz"):
        assert not NPZ.is_sound(tmp_path / name)


def test_npz_is_not_unpickled_when_it_holds_objects(tmp_path: Path) -> None:
    np.savez(tmp_path / "objects.npz", x=np.array([{}], dtype=object))
    assert not NPZ.is_sound(tmp_path / "objects.npz")


def test_file_is_unsound_when_of_the_right_size_with_another_hash(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"abc")
    assert not Archive("file", "", 3, "0" * 64).is_sound(tmp_path / "file")


def test_mnist_is_sound_when_its_archive_differs_in_bytes(mnist_workspace: Workspace) -> None:
    reports: list[Progress] = []
    assert BUILTINS["mnist"].archives[0].is_sound(mnist_workspace.downloads / "mnist.npz", reports.append)
    assert reports[-1].phase == "check" and reports[-1].done == reports[-1].total
