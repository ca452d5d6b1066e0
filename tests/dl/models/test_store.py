"""Models from elsewhere in their folders: named from URLs, described once they were let in, removed."""

import io
import os
import time
from pathlib import Path

import pytest

from dl.errors import UnknownRun
from dl.files import write_model
from dl.models.store import REMOVED, ForeignModel, ModelStore, request_of
from dl.prediction.light import FACTS as LIGHT_FACTS
from dl.prediction.light import LightFacts, folder_of
from dl.workspace import Workspace


def described(name: str, added_at: float) -> ForeignModel:
    return ForeignModel(name=name, input_shape=(4,), outputs=2, parameters=10, layers=("Dense",), added_at=added_at)


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(Workspace(tmp_path, tmp_path))


def test_file_that_was_given_is_known_only_when_it_was_let_in(store: ModelStore) -> None:
    first, second = (store.begin(name, io.BytesIO(b"x"), "0_to_1") for name in ("../a.keras", "b.keras"))
    assert store.known() == {} and first.model_file.read_bytes() == b"x" and request_of(first).pixels == "0_to_1"
    for at, run in enumerate((first, second)):
        store.let_in(run, described(run.id, at))
    assert list(store.known()) == [second.id, first.id], "the newest first"
    store.remove(second.id)
    assert list(store.known()) == [first.id] and not second.folder.exists()
    store.restore(second.id)
    assert list(store.known()) == [second.id, first.id]
    store.discard(second.id)
    for gone in (store.restore, store.remove, store.discard):
        with pytest.raises(UnknownRun):
            gone(second.id)


def test_what_nobody_let_in_is_cleared_away_after_a_day_and_what_was_removed_after_a_week(store: ModelStore) -> None:
    days = {"waiting": 0.9, "waited": 1.1, "known": 30, "removed": 6.9, "long removed": 7.1}
    runs = {name: store.begin(f"{name}.keras", io.BytesIO(b"x"), "as_stored") for name in days}
    store.let_in(runs["known"], described("known", 1))
    for name, age in days.items():
        if "removed" in name:
            store.remove(runs[name].id)
        folder = runs[name].folder if "removed" not in name else store.folder / REMOVED / runs[name].id
        moment = time.time() - age * 86_400
        os.utime(folder, (moment, moment))
    store.begin("another.keras", io.BytesIO(b"x"), "as_stored")
    assert [name for name, run in runs.items() if run.folder.exists()] == ["waiting", "known"]
    assert {path.name for path in (store.folder / REMOVED).iterdir()} == {runs["removed"].id}


def test_model_is_asked_only_after_it_was_looked_at_and_made_ready(store: ModelStore) -> None:
    """Of any other the server would have a light form made: by a process that loads the file without limits."""
    run = store.begin("a.keras", io.BytesIO(b"x"), "as_stored")
    for step in (lambda: None, lambda: store.let_in(run, described("a.keras", 1))):
        step()
        with pytest.raises(UnknownRun):
            store.get(run.id)
        assert store.begun(run.id) == run
    folder_of(run).mkdir()
    write_model(folder_of(run) / LIGHT_FACTS, LightFacts())
    assert store.get(run.id) == run


@pytest.mark.parametrize("id", ["1", "model-", "model-0123456789ab", "../runs", "model-../../../etc"])
def test_id_that_is_none_is_refused(id: str, store: ModelStore) -> None:
    with pytest.raises(UnknownRun):
        store.get(id)
