"""Readers give what the archives hold."""

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dl.datasets.catalogue import BUILTINS
from dl.datasets.readers import hold_out_a_fifth, read_idx
from dl.workspace import Workspace

Pictures = Callable[..., np.ndarray]


def test_fashion_mnist_is_read_when_packed_as_idx(
    tmp_path: Path, tiny_fashion: dict[str, bytes], random_pictures: Pictures
) -> None:
    for name, content in tiny_fashion.items():
        (tmp_path / f"fashion-mnist-{name}").write_bytes(content)
    arrays = BUILTINS["fashion_mnist"].reader.read(tmp_path)
    assert arrays.x_train.shape == (20, 28, 28, 1) and arrays.x_train.dtype == np.uint8
    np.testing.assert_array_equal(arrays.x_train[..., 0], random_pictures(20, 28, 28))
    assert arrays.y_test.dtype == np.int64 and arrays.y_test.tolist() == list(range(10))


def test_idx_is_refused_when_its_values_are_not_bytes(tmp_path: Path, idx_gz: Callable[[np.ndarray], bytes]) -> None:
    content = bytearray(gzip.decompress(idx_gz(np.zeros(3, np.uint8))))
    content[2] = 0x0D  # the code for float32
    path = tmp_path / "floats.gz"
    path.write_bytes(gzip.compress(bytes(content)))
    with pytest.raises(ValueError, match="not an IDX file"):
        read_idx(path)


def test_cifar10_is_read_when_packed_as_colour_planes(
    tmp_path: Path, cifar_tar_gz: Callable[[np.ndarray, np.ndarray], bytes], random_pictures: Pictures
) -> None:
    pictures, labels = random_pictures(3, 32, 32, 3), np.array([9, 0, 4])
    (tmp_path / "cifar-10-binary.tar.gz").write_bytes(cifar_tar_gz(pictures, labels))
    arrays = BUILTINS["cifar10"].reader.read(tmp_path)
    assert arrays.x_train.shape == (15, 32, 32, 3)
    np.testing.assert_array_equal(arrays.x_test, pictures)
    assert arrays.y_train.tolist() == [9, 0, 4] * 5


@pytest.mark.parametrize("dataset_id", ["mnist_sample", "digits"])
def test_package_set_is_what_the_catalogue_says_when_read(dataset_id: str, tmp_path: Path) -> None:
    known = BUILTINS[dataset_id]
    arrays = known.reader.read(tmp_path)
    assert arrays.x_train.shape == (known.rows.train, *known.shape) and arrays.x_train.dtype == np.uint8
    assert arrays.x_test.shape == (known.rows.test, *known.shape)
    assert (arrays.x_train.min(), arrays.x_train.max()) == known.value_range
    assert set(arrays.y_train) == set(arrays.y_test) == set(range(len(known.classes)))


def test_mnist_is_what_the_catalogue_says_when_read(mnist_workspace: Workspace) -> None:
    known = BUILTINS["mnist"]
    arrays = known.reader.read(mnist_workspace.downloads)
    assert arrays.x_train.shape == (known.rows.train, *known.shape)
    assert arrays.x_test.shape == (known.rows.test, *known.shape)
    assert arrays.y_train[:5].tolist() == [5, 0, 4, 1, 9]


def test_fifth_of_each_class_is_test_when_held_out(random_pictures: Pictures) -> None:
    y = np.repeat(np.arange(4), [50, 10, 100, 5])
    x = np.arange(165, dtype=np.uint8).reshape(-1, 1, 1, 1)
    arrays = hold_out_a_fifth(x, y)
    assert np.bincount(arrays.y_test).tolist() == [10, 2, 20, 1]
    assert sorted([*arrays.x_train.ravel(), *arrays.x_test.ravel()]) == list(range(165))
    np.testing.assert_array_equal(arrays.y_train, y[arrays.x_train.ravel()])
    np.testing.assert_array_equal(arrays.x_test, hold_out_a_fifth(x, y).x_test)
