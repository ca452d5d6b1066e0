"""What is imported can be opened; what is torn is said to be; held-out rows are a share, chosen by the seed alone."""

import shutil

import numpy as np
import pytest

from dl.datasets import Dataset, DatasetStore, split
from dl.errors import DatasetDamaged, DatasetMissing
from dl.workspace import Workspace


@pytest.fixture
def own_sample(sample_workspace: Workspace, workspace: Workspace) -> Workspace:
    """A copy of the imported sample that a test may damage."""
    shutil.copytree(sample_workspace.datasets, workspace.datasets)
    return workspace


def test_pictures_stay_on_disk_when_opened(sample_workspace: Workspace) -> None:
    data = DatasetStore(sample_workspace).open("mnist_sample")
    assert isinstance(data.x_train, np.memmap) and not data.x_train.flags.writeable
    assert data.x_train.shape == (4000, 28, 28, 1) and data.y_test.shape == (1000,)


def test_description_is_the_same_when_it_went_through_json(sample_workspace: Workspace) -> None:
    known = DatasetStore(sample_workspace).imported("mnist_sample")
    assert Dataset.model_validate_json(known.model_dump_json()) == known
    assert known.shape == (28, 28, 1) and known.value_range == (0, 255) and len(known.fingerprint) == 64


def test_set_is_missing_when_it_was_not_imported(workspace: Workspace) -> None:
    assert not DatasetStore(workspace).is_here("cifar10")
    with pytest.raises(DatasetMissing):
        DatasetStore(workspace).open("cifar10")


@pytest.mark.parametrize("name", ["dataset.json", "x_train.npy", "y_train.npy", "x_test.npy", "y_test.npy"])
@pytest.mark.parametrize("damage", ["missing", "empty", "torn"])
def test_set_is_damaged_when_a_file_is(name: str, damage: str, own_sample: Workspace) -> None:
    path = own_sample.datasets / "mnist_sample" / name
    content = path.read_bytes()
    path.unlink()
    if damage != "missing":
        path.write_bytes(b"" if damage == "empty" else content[: len(content) // 2])
    with pytest.raises(DatasetDamaged) as caught:
        DatasetStore(own_sample).open("mnist_sample")
    assert caught.value.facts == {"dataset": "mnist_sample", "file": name}


def test_set_is_damaged_when_an_array_has_another_shape(own_sample: Workspace) -> None:
    np.save(own_sample.datasets / "mnist_sample" / "y_train.npy", np.zeros(7, np.int64))
    with pytest.raises(DatasetDamaged):
        DatasetStore(own_sample).open("mnist_sample")


def test_rows_are_parted_when_a_tenth_is_held_out() -> None:
    training, validation = split(4000, 0.1, seed=7)
    assert (len(training), len(validation)) == (3600, 400)
    assert sorted([*training, *validation]) == list(range(4000))


def test_rows_are_the_first_of_a_seeded_permutation_when_held_out() -> None:
    order = np.random.default_rng(7).permutation(100)
    training, validation = split(100, 0.25, seed=7)
    np.testing.assert_array_equal(validation, order[:25])
    np.testing.assert_array_equal(training, order[25:])
    assert not np.array_equal(validation, split(100, 0.25, seed=8)[1])


def test_nothing_is_held_out_when_the_share_is_zero() -> None:
    training, validation = split(10, 0.0, seed=0)
    assert len(training) == 10 and len(validation) == 0
