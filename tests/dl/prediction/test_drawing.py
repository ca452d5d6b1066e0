"""What a network sees of a drawing does not depend on where, how large or on what paper it was drawn."""

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bench.pen import Hand, drawn
from dl.datasets.catalogue import BUILTINS
from dl.datasets.description import pictures_in_classes
from dl.errors import BadPicture
from dl.prediction.drawing import STEPS, seen
from dl.prediction.pictures import MOST_BYTES, encoded_steps, is_of_digits, taken

MNIST, FASHION, CIFAR = (BUILTINS[name] for name in ("mnist", "fashion_mnist", "cifar10"))
HAND = Hand(size=0.4, middle=(0.5, 0.5), slant=0.1, turn=0.0, width=1.0, thickness=0.12)


def three(**how: Any) -> np.ndarray:
    return drawn(3, np.random.default_rng(1), replace(HAND, **how))


def png(picture: np.ndarray | Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    (picture if isinstance(picture, Image.Image) else Image.fromarray(picture)).save(file, kind, **options)
    return file.getvalue()


def middle(picture: np.ndarray) -> np.ndarray:
    places = np.indices(picture.shape) + 0.5
    return (places * picture).sum(axis=(1, 2)) / picture.sum()


@pytest.mark.parametrize("side", [8, 28])
def test_drawing_is_fitted_and_its_mass_is_in_the_middle(side: int) -> None:
    found = seen(three(middle=(0.25, 0.7)), side)
    assert found and found.picture.shape == (side, side) and found.picture.dtype == np.uint8
    assert max(found.fitted.shape) == round(side * 20 / 28)
    assert np.abs(middle(found.picture.astype(float)) - side / 2).max() <= 0.5
    assert found.cut.shape < found.drawn.shape


def test_place_and_size_make_no_difference_with_all_steps() -> None:
    first = seen(three(), 28)
    moved, larger = seen(three(middle=(0.3, 0.7)), 28), seen(three(size=0.8), 28)
    assert first and moved and larger
    for other in (moved, larger):
        assert np.abs(first.picture.astype(int) - other.picture).mean() < 6


def test_step_that_is_left_out_leaves_the_ink_where_or_as_large_as_it_is() -> None:
    ink = three(middle=(0.25, 0.7))
    not_centred, not_fitted, none = (seen(ink, 28, steps) for steps in (("cut", "fit"), ("cut", "centre"), ()))
    assert not_centred and not_fitted and none
    assert middle(not_centred.picture.astype(float))[1] < 11, "still on the left"
    assert max(not_fitted.fitted.shape) <= 13, "still small"
    assert (
        none.cut.shape == ink.shape and np.abs(middle(none.picture.astype(float)) - [0.7 * 28, 0.25 * 28]).max() < 1.5
    )


def test_nothing_is_seen_on_empty_paper() -> None:
    assert seen(np.zeros((50, 50), np.float32), 28) is None


def test_dark_ink_on_light_paper_is_seen_as_light_ink_on_dark() -> None:
    ink = np.rint(three() * 255).astype(np.uint8)
    light = taken(png(ink), MNIST).pixels
    for paper in (
        png(255 - ink),
        png((255 - ink) // 2 + 100),
        png(Image.fromarray(255 - ink).convert("RGB"), "JPEG", quality=95),
    ):
        assert np.abs(taken(paper, MNIST).pixels.astype(int) - light).mean() < 4
    clear = Image.merge("LA", [Image.new("L", (112, 112)), Image.fromarray(ink)])
    assert np.abs(taken(png(clear), MNIST).pixels.astype(int) - light).mean() < 4, "black ink on glass"


def test_picture_of_the_data_sets_own_size_is_taken_as_it_is() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
    found = taken(png(pixels), MNIST)
    assert np.array_equal(found.pixels[..., 0], pixels) and found.seen is None
    assert set(encoded_steps(found)) == {"picture"}


def test_values_have_the_range_of_the_data_set() -> None:
    columns = pictures_in_classes((8, 8, 1), MNIST.classes, (0, 16))
    small = MNIST.model_copy(update={"columns": columns})
    pixels = taken(png(np.rint(three() * 255).astype(np.uint8)), small).pixels
    assert pixels.shape == (8, 8, 1) and 12 <= pixels.max() <= 16
    assert set(encoded_steps(taken(png(np.rint(three() * 255).astype(np.uint8)), MNIST))) == {
        "drawn",
        "cut",
        "fitted",
        "picture",
    }


def test_other_pictures_are_cut_to_their_shape_and_things_on_white_become_things_on_black() -> None:
    wide = np.full((60, 120, 3), 255, np.uint8)
    wide[20:40, 50:70] = (200, 30, 30)
    colour = taken(png(wide), CIFAR).pixels
    assert (
        colour.shape == (32, 32, 3) and colour[16, 16, 0] > 180 and colour[16, 16, 1] < 60 and colour[0, 0].min() > 250
    )
    grey = taken(png(wide), FASHION).pixels
    assert grey.shape == (28, 28, 1) and grey[0, 0, 0] < 5 and grey[14, 14, 0] > 120
    assert is_of_digits(MNIST) and not is_of_digits(FASHION) and not is_of_digits(BUILTINS["iris"])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "unreadable"),
        (b"GIF89a nonsense", "unreadable"),
        (png(np.zeros((40, 40), np.uint8), "GIF"), "unreadable"),
        (png(np.random.default_rng(0).integers(0, 255, (40, 40), np.uint8))[:300], "unreadable"),
        (b"x" * (MOST_BYTES + 1), "too_large"),
        (png(Image.new("1", (6000, 6000))), "too_many_pixels"),
        (png(np.full((40, 40), 130, np.uint8)), "empty"),
    ],
)
def test_what_is_no_picture_of_a_digit_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    with pytest.raises(BadPicture) as caught:
        taken(content, MNIST)
    assert caught.value.facts["reason"] == reason


def test_pen_draws_the_same_for_a_seed_and_stays_on_the_paper() -> None:
    first, again = (drawn(8, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(first, again)
    for digit in range(10):
        ink = drawn(digit, np.random.default_rng(digit))
        assert ink.max() == 1 and max(ink[0].max(), ink[-1].max(), ink[:, 0].max(), ink[:, -1].max()) < 1
    assert STEPS == ("cut", "fit", "centre")
