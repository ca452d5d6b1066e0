"""What is imported can be opened; what is torn is said to be."""

import shutil

import numpy as np
import pytest

from dl.datasets import Dataset, describe, is_here, open_dataset
from dl.errors import DatasetDamaged, DatasetMissing, UnknownDataset
from dl.workspace import Workspace


@pytest.fixture
def own_sample(sample_workspace: Workspace, workspace: Workspace) -> Workspace:
    """A copy of the imported sample that a test may damage."""
    shutil.copytree(sample_workspace.datasets, workspace.datasets)
    return workspace


def test_pictures_stay_on_disk_when_opened(sample_workspace: Workspace) -> None:
    data = open_dataset(sample_workspace, "mnist_sample")
    assert isinstance(data.x_train, np.memmap) and not data.x_train.flags.writeable
    assert data.x_train.shape == (4000, 28, 28, 1) and data.y_test.shape == (1000,)


def test_description_is_the_same_when_it_went_through_json(sample_workspace: Workspace) -> None:
    known = describe(sample_workspace, "mnist_sample")
    assert Dataset.model_validate_json(known.model_dump_json()) == known
    assert known.shape == (28, 28, 1) and known.value_range == (0, 255) and len(known.fingerprint) == 64


def test_set_is_missing_when_it_was_not_imported(workspace: Workspace) -> None:
    assert not is_here(workspace, "cifar10")
    with pytest.raises(DatasetMissing):
        open_dataset(workspace, "cifar10")


@pytest.mark.parametrize("name", ["imagenet", "../mnist", "", "/etc", "a" * 200, "mnist\n"])
def test_name_is_refused_when_it_is_no_data_set(name: str, workspace: Workspace) -> None:
    with pytest.raises(UnknownDataset):
        describe(workspace, name)


@pytest.mark.parametrize("name", ["dataset.json", "x_train.npy", "y_train.npy", "x_test.npy", "y_test.npy"])
@pytest.mark.parametrize("damage", ["missing", "empty", "torn"])
def test_set_is_damaged_when_a_file_is(name: str, damage: str, own_sample: Workspace) -> None:
    path = own_sample.datasets / "mnist_sample" / name
    content = path.read_bytes()
    path.unlink()
    if damage != "missing":
        path.write_bytes(b"" if damage == "empty" else content[: len(content) // 2])
    with pytest.raises(DatasetDamaged) as caught:
        open_dataset(own_sample, "mnist_sample")
    assert caught.value.facts == {"dataset": "mnist_sample", "file": name}


def test_set_is_damaged_when_an_array_has_another_shape(own_sample: Workspace) -> None:
    np.save(own_sample.datasets / "mnist_sample" / "y_train.npy", np.zeros(7, np.int64))
    with pytest.raises(DatasetDamaged):
        open_dataset(own_sample, "mnist_sample")
