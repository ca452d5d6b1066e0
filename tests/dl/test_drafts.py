"""Drafts on disk: found again by who knows their id, whatever else lies there or stands in a URL."""

import os
from pathlib import Path

import pytest

import dl.drafts
from dl.datasets.catalogue import BUILTINS
from dl.drafts import MAX_BYTES, DraftStore
from dl.errors import UnknownDraft
from dl.specs import MOST_LAYERS, NetworkSpec
from dl.specs.layers import Dense, Flatten
from dl.specs.presets import default_spec

SPEC = default_spec(BUILTINS["digits"])


@pytest.fixture
def store(tmp_path: Path) -> DraftStore:
    return DraftStore(tmp_path / "drafts")


def test_draft_is_read_as_it_was_written(store: DraftStore) -> None:
    first, second = store.create(SPEC), store.create(SPEC)
    store.write(second, default_spec(BUILTINS["mnist"], "convolutional"))
    assert first != second
    assert store.read(first) == SPEC
    assert store.read(second) == default_spec(BUILTINS["mnist"], "convolutional")


def test_largest_network_there_can_be_is_read_again(store: DraftStore) -> None:
    layers = (Flatten(), *[Dense(units=65_536, kernel_l1=1 / 3, kernel_l2=1 / 7)] * (MOST_LAYERS - 1))
    largest = SPEC.model_copy(update={"model": NetworkSpec(layers=layers)})
    assert store.read(store.create(largest)) == largest


@pytest.mark.parametrize(
    "wanted", ["", "a" * 16, "../../../../etc/passwd", "..", "a" * 300, "x" * 15 + "/", "ä" * 16, "a\0" * 8]
)
def test_what_is_no_draft_is_unknown(wanted: str, store: DraftStore) -> None:
    store.create(SPEC)
    with pytest.raises(UnknownDraft):
        store.read(wanted)


def test_id_may_not_lead_out_of_the_folder(store: DraftStore) -> None:
    outside = store.folder.parent / "outside-of-it-all.json"
    outside.write_text(SPEC.model_dump_json())
    with pytest.raises(UnknownDraft):
        store.read("../outside-of-it-all")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"null", b"[1]", b"\xff\xfe", b'{"version": 1}', b"[" * 100_000, b" " * MAX_BYTES + b"{}"],
    ids=range(8),
)
def test_nonsense_on_the_disk_is_unknown(content: bytes, store: DraftStore) -> None:
    draft_id = store.create(SPEC)
    (store.folder / f"{draft_id}.json").write_bytes(content)
    with pytest.raises(UnknownDraft):
        store.read(draft_id)


def test_oldest_drafts_go_when_there_are_too_many(store: DraftStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dl.drafts, "DRAFTS", 3)
    ids = [store.create(SPEC) for _ in range(3)]
    for age, draft_id in enumerate(ids):
        os.utime(store.folder / f"{draft_id}.json", (1000 - age, 1000 - age))
    newest = store.create(SPEC)
    assert {file.stem for file in store.folder.glob("*.json")} == {*ids[:2], newest}
