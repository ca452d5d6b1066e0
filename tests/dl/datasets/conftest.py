"""A workspace in a temporary folder, and tiny archives in the true formats."""

import gzip
import hashlib
import io
import os
import struct
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dl.datasets import DatasetStore
from dl.datasets.archives import Archive
from dl.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "home", tmp_path / "downloads")


@pytest.fixture(scope="session")
def sample_workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """With the MNIST sample imported, for tests that only read."""
    home = tmp_path_factory.mktemp("sample")
    workspace = Workspace(home, home / "downloads")
    DatasetStore(workspace).bring("mnist_sample")
    return workspace


@pytest.fixture
def mnist_workspace(tmp_path: Path) -> Workspace:
    """With the real mnist.npz in its downloads."""
    downloads = os.environ.get("LIVEFIT_DOWNLOADS")
    if not downloads or not (Path(downloads) / "mnist.npz").is_file():
        pytest.skip("LIVEFIT_DOWNLOADS names no folder with mnist.npz")
    return Workspace(tmp_path / "home", Path(downloads).absolute())


@pytest.fixture
def archive_of() -> Callable[[str, bytes], Archive]:
    """An archive with the true size and hash of `content`."""

    def build(url: str, content: bytes) -> Archive:
        return Archive(url.rsplit("/", 1)[-1], url, len(content), hashlib.sha256(content).hexdigest())

    return build


@pytest.fixture
def random_pictures() -> Callable[..., np.ndarray]:
    def build(*shape: int) -> np.ndarray:
        return np.random.default_rng(0).integers(0, 256, shape, np.uint8)

    return build


@pytest.fixture
def idx_gz() -> Callable[[np.ndarray], bytes]:
    """The array as Fashion-MNIST's authors pack it."""

    def build(array: np.ndarray) -> bytes:
        head = struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
        return gzip.compress(head + array.tobytes())

    return build


@pytest.fixture
def cifar_tar_gz() -> Callable[[np.ndarray, np.ndarray], bytes]:
    """The same rows in each of the five training batches and in the test batch, as CIFAR-10's authors pack them."""

    def build(pictures: np.ndarray, labels: np.ndarray) -> bytes:
        planes = pictures.transpose(0, 3, 1, 2).reshape(len(pictures), -1)
        batch = np.hstack([labels[:, np.newaxis].astype(np.uint8), planes]).tobytes()
        content = io.BytesIO()
        with tarfile.open(fileobj=content, mode="w:gz") as archive:
            for name in [f"data_batch_{number}.bin" for number in range(1, 6)] + ["test_batch.bin"]:
                member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
                member.size = len(batch)
                archive.addfile(member, io.BytesIO(batch))
        return content.getvalue()

    return build


@pytest.fixture
def tiny_fashion(idx_gz: Callable[[np.ndarray], bytes], random_pictures: Callable[..., np.ndarray]) -> dict[str, bytes]:
    """Twenty training and ten test pictures, by the names of the true files."""
    labels = np.arange(20, dtype=np.uint8) % 10
    pictures = random_pictures(20, 28, 28)
    return {
        "train-images-idx3-ubyte.gz": idx_gz(pictures),
        "train-labels-idx1-ubyte.gz": idx_gz(labels),
        "t10k-images-idx3-ubyte.gz": idx_gz(pictures[:10]),
        "t10k-labels-idx1-ubyte.gz": idx_gz(labels[:10]),
    }
