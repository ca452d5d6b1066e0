"""One door: whoever asks it for a data set need not know whether it is built in."""

import shutil
from pathlib import Path

import pytest

from dl.datasets import DatasetStore
from dl.datasets.catalogue import BUILTINS
from dl.errors import DatasetMissing, UnknownDataset
from dl.workspace import Workspace


@pytest.fixture
def store(workspace: Workspace) -> DatasetStore:
    return DatasetStore(workspace)


@pytest.fixture
def own(store: DatasetStore) -> DatasetStore:
    """With a set that no catalogue knows: the digits under another name."""
    store.bring("digits")
    folder = store.workspace.datasets
    shutil.copytree(folder / "digits", folder / "my_own")
    text = (folder / "my_own" / "dataset.json").read_text(encoding="utf-8").replace('"digits"', '"my_own"')
    (folder / "my_own" / "dataset.json").write_text(text, encoding="utf-8")
    return store


def test_set_of_ones_own_is_described_opened_and_listed_as_one_that_is_built_in(own: DatasetStore) -> None:
    assert own.describe("my_own").shape == (8, 8, 1) and own.is_here("my_own")
    assert len(own.open("my_own").y_test) == 360
    assert own.bring("my_own") == own.imported("my_own") and own.bytes_to_download("my_own") == 0
    assert [known.id for known in own.known()] == [*(known.id for known in BUILTINS.values()), "my_own"]


def test_folder_that_is_no_data_set_is_not_listed(own: DatasetStore) -> None:
    (own.workspace.datasets / "my_own" / "dataset.json").write_text("{")
    assert [known.id for known in own.known()] == [known.id for known in BUILTINS.values()]


def test_built_in_set_is_described_before_it_is_here_but_not_opened(store: DatasetStore) -> None:
    assert store.describe("digits").fingerprint == ""
    with pytest.raises(DatasetMissing):
        store.imported("digits")
    assert len(store.bring("digits").fingerprint) == 64 and store.is_here("digits")


@pytest.mark.parametrize("name", ["imagenet", "../mnist", "", "/etc", "a" * 200, "mnist\n"])
def test_name_is_refused_when_it_is_no_data_set(name: str, store: DatasetStore) -> None:
    assert not store.is_here(name)
    for action in (store.describe, store.imported, store.open, store.profile, store.bring):
        with pytest.raises(UnknownDataset) as caught:
            action(name)
        assert caught.value.facts == {"dataset": name, "known": list(BUILTINS)}


def test_archives_in_the_downloads_folder_need_not_be_downloaded(store: DatasetStore) -> None:
    assert (store.bytes_to_download("mnist"), store.bytes_to_download("digits")) == (11_490_434, 0)
    store.workspace.downloads.mkdir()
    Path(store.workspace.downloads / "mnist.npz").write_bytes(b"")
    assert store.bytes_to_download("mnist") == 0 and store.default() == "mnist"


def test_default_is_the_sample_when_nothing_is_here_else_what_is(store: DatasetStore) -> None:
    assert store.default() == "mnist_sample"
    store.bring("digits")
    assert store.default() == "digits"
