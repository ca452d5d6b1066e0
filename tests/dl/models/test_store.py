"""Models from elsewhere in their folders: named from URLs, described once they were let in, removed."""

import io
from pathlib import Path

import pytest

from dl.errors import UnknownRun
from dl.models.store import ForeignModel, ModelStore, request_of
from dl.workspace import Workspace


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(Workspace(tmp_path, tmp_path))


def test_file_that_was_given_is_known_only_when_it_was_let_in(store: ModelStore) -> None:
    first, second = (store.begin(name, io.BytesIO(b"x"), "0_to_1") for name in ("../a.keras", "b.keras"))
    assert store.known() == {} and first.model_file.read_bytes() == b"x" and request_of(first).pixels == "0_to_1"
    for at, run in enumerate((first, second)):
        facts = ForeignModel(name=run.id, input_shape=(4,), outputs=2, parameters=10, layers=("Dense",), added_at=at)
        store.let_in(run, facts, None)
    assert list(store.known()) == [second.id, first.id], "the newest first"
    store.remove(second.id)
    assert list(store.known()) == [first.id] and not second.folder.exists()


@pytest.mark.parametrize("id", ["1", "model-", "model-0123456789ab", "../runs", "model-../../../etc"])
def test_id_that_is_none_is_refused(id: str, store: ModelStore) -> None:
    with pytest.raises(UnknownRun):
        store.get(id)
