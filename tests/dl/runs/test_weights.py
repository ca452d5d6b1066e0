"""Pictures of weights on disk: as they were, and nothing where there is nonsense."""

import base64
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dl.runs import Run
from dl.runs.live import Cursor, LiveRun
from dl.runs.weights import FILE, layer_picture, read_weights, write_weights

FakeRun = Callable[..., Run]


def test_pictures_come_back_as_they_were_to_a_hundredth_of_the_greatest(tmp_path: Path) -> None:
    tiles = np.random.default_rng(0).normal(size=(3, 4, 5)).astype(np.float32)
    write_weights(tmp_path, 7, [layer_picture(2, tiles)])
    told = read_weights(tmp_path)
    assert told and told["step"] == 7
    (layer,) = told["layers"]
    assert (layer["layer"], layer["tiles"], layer["height"], layer["width"]) == (2, 3, 4, 5)
    values = np.frombuffer(base64.b64decode(layer["values"]), np.int8).reshape(tiles.shape)
    np.testing.assert_allclose(values * layer["greatest"] / 127, tiles, atol=0.01 * np.abs(tiles).max())


@pytest.mark.parametrize("tiles", [np.zeros((1, 2, 2)), np.full((1, 2, 2), np.nan), np.full((1, 2, 2), np.inf)])
def test_weights_without_a_scale_are_drawn_as_nothing(tiles: np.ndarray) -> None:
    picture = layer_picture(0, tiles)
    assert picture.greatest == 0 and set(base64.b64decode(picture.values)) == {0}


@pytest.mark.parametrize("text", ["", "[]", "{", '{"step": 1}', '{"step": "x", "layers": []}'])
def test_nonsense_is_no_picture(tmp_path: Path, text: str) -> None:
    assert read_weights(tmp_path) is None
    (tmp_path / FILE).write_text(text)
    assert read_weights(tmp_path) is None


def test_reader_is_told_of_new_weights_once(fake_run: FakeRun) -> None:
    run = fake_run("RUNNING")
    live = LiveRun(run)
    live.refresh()
    first = live.news(Cursor())
    assert first["weights"] == {"step": 0, "layers": []}
    write_weights(run.folder, 20, [layer_picture(1, np.eye(3)[None])])
    assert live.refresh()
    cursor = Cursor.parse(first["cursor"])
    second = live.news(cursor)
    assert second["weights"]["step"] == 20 and "curves" not in second
    assert "weights" not in live.news(Cursor.parse(second["cursor"]))
