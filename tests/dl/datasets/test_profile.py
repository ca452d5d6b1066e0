"""The profile says the same as numpy over the whole array."""

import shutil

import numpy as np
import pytest

from dl.datasets import DatasetStore
from dl.workspace import Workspace


def test_numbers_are_numpys_when_profiled(sample_workspace: Workspace) -> None:
    store = DatasetStore(sample_workspace)
    data, found = store.open("mnist_sample"), store.profile("mnist_sample")
    np.testing.assert_allclose(found.mean, data.x_train.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(found.standard_deviation, data.x_train.std(axis=0), rtol=1e-3, atol=1e-3)
    sevens = data.x_train[data.y_train == 7]
    np.testing.assert_allclose(found.class_means[7], sevens.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(found.class_standard_deviations[7], sevens.std(axis=0), rtol=1e-3, atol=1e-3)
    np.testing.assert_array_equal(found.pixel_counts, np.bincount(data.x_train.ravel(), minlength=256))
    assert found.class_counts["train"].tolist() == [400] * 10 and found.class_counts["test"].tolist() == [100] * 10
    assert found.mean.dtype == found.class_means.dtype == np.float32


def test_pixel_values_end_at_16_when_the_set_is_digits(workspace: Workspace) -> None:
    store = DatasetStore(workspace)
    store.bring("digits")
    found = store.profile("digits")
    assert found.pixel_values.tolist() == list(range(17)) and found.pixel_counts.sum() == 1437 * 64


def test_profile_is_kept_when_computed_once(sample_workspace: Workspace) -> None:
    first = DatasetStore(sample_workspace).profile("mnist_sample")
    cache = sample_workspace.datasets / "mnist_sample" / "profile.npz"
    written = cache.stat().st_mtime_ns
    again = DatasetStore(sample_workspace).profile("mnist_sample")
    np.testing.assert_array_equal(first.class_means, again.class_means)
    assert cache.stat().st_mtime_ns == written


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 torn"])
def test_profile_is_computed_again_when_the_kept_one_is_torn(
    content: bytes, sample_workspace: Workspace, workspace: Workspace
) -> None:
    shutil.copytree(sample_workspace.datasets, workspace.datasets)
    cache = workspace.datasets / "mnist_sample" / "profile.npz"
    cache.write_bytes(content)
    assert DatasetStore(workspace).profile("mnist_sample").pixel_counts.sum() == 4000 * 784
    assert len(cache.read_bytes()) > 1000
