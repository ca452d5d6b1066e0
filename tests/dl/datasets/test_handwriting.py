"""Drawings of one's own are kept, scored by those that were not learnt from, and put among the training rows."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench.pen import drawn
from dl.datasets import DatasetStore
from dl.datasets.handwriting import MOST_REPEATS, Handwriting, held_out, original, with_handwriting
from dl.errors import BadPicture, DatasetError
from dl.workspace import Workspace


def png(digit: int, seed: int) -> bytes:
    file = io.BytesIO()
    ink = drawn(digit, np.random.default_rng(seed))
    Image.fromarray(np.rint(ink * 255).astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def workspace(tmp_path: Path, furnish: Callable[..., Workspace]) -> Workspace:
    return furnish(tmp_path / "home", "digits")


@pytest.fixture
def mine(workspace: Workspace) -> Handwriting:
    return Handwriting(workspace, DatasetStore(workspace).imported("digits"))


def test_drawings_are_kept_as_the_data_set_has_its_pictures_and_removed_one_by_one(mine: Handwriting) -> None:
    assert len(mine.drawings()) == 0
    names = [mine.keep(png(digit, digit), digit) for digit in (3, 8, 3)]
    found = mine.drawings()
    assert found.names == tuple(names) and found.labels.tolist() == [3, 8, 3]
    assert found.pictures.shape == (3, 8, 8, 1) and found.pictures.max() <= 16
    mine.remove(names[1])
    mine.remove(names[1])
    mine.remove("../dataset.json")
    assert mine.drawings().labels.tolist() == [3, 3]


def test_what_is_no_drawing_is_not_kept_and_what_cannot_be_read_is_left_aside(mine: Handwriting) -> None:
    with pytest.raises(BadPicture):
        mine.keep(b"nonsense", 3)
    mine.keep(png(3, 0), 3)
    (mine.folder / "1-3.png").write_bytes(b"torn")
    (mine.folder / "2-77.png").write_bytes(png(3, 1))
    (mine.folder / "notes.txt").write_text("mine")
    assert len(mine.drawings()) == 1


def test_every_other_drawing_of_a_class_is_learnt_from_and_the_rest_is_held_out(
    mine: Handwriting, workspace: Workspace
) -> None:
    names = [mine.keep(png(digit, seed), digit) for seed in range(3) for digit in (1, 7)]
    store = DatasetStore(workspace)
    before, made = store.open("digits"), with_handwriting(store, "digits")
    after = store.open(made.id)
    assert (
        made.id == "digits_with_mine" and store.is_own(made.id) and made.fingerprint != before.description.fingerprint
    )
    added = after.y_train[len(before.y_train) :]
    repeats = min(MOST_REPEATS, int(0.05 * len(before.y_train) / 4))
    assert len(added) == 4 * repeats and set(added.tolist()) == {1, 7}
    assert np.array_equal(after.x_train[: len(before.x_train)], before.x_train)
    assert np.array_equal(after.x_test, before.x_test) and np.array_equal(after.y_test, before.y_test)
    assert original(workspace, made.id) == original(workspace, "digits") == "digits"
    every = mine.drawings()
    assert held_out(workspace, "digits", every).names == every.names
    assert set(held_out(workspace, made.id, every).names) == {names[2], names[3]}
    learnt = mine.drawings().only([names[0]]).pictures[0]
    assert any(np.array_equal(learnt, picture) for picture in after.x_train[len(before.x_train) :])


def test_made_anew_it_has_the_new_drawings_too_and_without_any_it_is_not_made(
    mine: Handwriting, workspace: Workspace
) -> None:
    store = DatasetStore(workspace)
    with pytest.raises(DatasetError):
        with_handwriting(store, "digits")
    mine.keep(png(1, 0), 1)
    first = with_handwriting(store, "digits")
    mine.keep(png(7, 0), 7)
    second = with_handwriting(store, "digits")
    assert second.id == first.id and second.fingerprint != first.fingerprint
    assert set(store.open(second.id).y_train[store.open("digits").description.rows.train :].tolist()) == {1, 7}
