"""A data set that was deleted comes back, until it is removed for good."""

import os
from pathlib import Path

import pytest

from dl.datasets import DatasetStore
from dl.errors import DatasetExists, UnknownDataset
from dl.workspace import Workspace


@pytest.fixture
def store(tmp_path: Path) -> DatasetStore:
    for name in ("some", "other"):
        (tmp_path / "datasets" / name).mkdir(parents=True)
        (tmp_path / "datasets" / name / "dataset.json").write_text(name)
    return DatasetStore(Workspace(tmp_path, tmp_path))


def test_deleted_one_is_nobodys_until_it_is_restored(store: DatasetStore) -> None:
    assert store.is_own("some")
    store.delete("some")
    assert not store.is_here("some") and store.is_here("other")
    with pytest.raises(UnknownDataset):
        store.delete("some")
    store.restore("some")
    assert (store.workspace.datasets / "some" / "dataset.json").read_text() == "some"
    with pytest.raises(UnknownDataset):
        store.restore("some")


def test_another_one_of_that_name_is_not_overwritten(store: DatasetStore) -> None:
    store.delete("some")
    (store.workspace.datasets / "some").mkdir()
    (store.workspace.datasets / "some" / "dataset.json").write_text("newer")
    with pytest.raises(DatasetExists):
        store.restore("some")
    assert (store.workspace.datasets / "some" / "dataset.json").read_text() == "newer"


def test_what_was_deleted_long_ago_is_removed_for_good(store: DatasetStore) -> None:
    store.delete("some")
    os.utime(store.workspace.datasets / ".deleted" / "some", (0, 0))
    store.delete("other")
    with pytest.raises(UnknownDataset):
        store.restore("some")
    store.restore("other")


def test_built_in_one_cannot_be_deleted(store: DatasetStore) -> None:
    with pytest.raises(UnknownDataset):
        store.delete("iris")
