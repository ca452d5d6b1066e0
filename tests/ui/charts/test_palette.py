"""Colours can be told from the page and from each other, and the app's theme uses the same ones."""

import tomllib
from pathlib import Path

import pytest

from ui.charts.palette import DARK, LIGHT, Palette, channels, mix, palette, run_color, template, training_color

THEME = tomllib.loads((Path(__file__).parents[3] / ".streamlit" / "config.toml").read_text())["theme"]
CAPTION_FADED = 0.4  # so much of the page shows through the captions of Streamlit
BOTH = pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])


def contrast(color: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2, from 1 (equal) to 21 (black on white)."""
    bright, dim = sorted((_luminance(color), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(color: str) -> float:
    shares = [channel / 255 for channel in channels(color)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_contrast_is_that_of_the_guideline() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@BOTH
@pytest.mark.parametrize("name", ["text", "muted", "primary", "right", "wrong", "caution"])
def test_colours_with_a_meaning_can_be_read(colors: Palette, name: str) -> None:
    assert contrast(getattr(colors, name), colors.background) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_sixteen_runs_have_sixteen_colours_that_stand_out(dark: bool) -> None:
    colors = [run_color(index, dark) for index in range(16)]
    assert len(set(colors)) == 16
    assert min(contrast(color, palette(dark).background) for color in colors) >= 3


@pytest.mark.parametrize("dark", [False, True])
def test_training_is_fainter_than_validation(dark: bool) -> None:
    background = palette(dark).background
    for index in range(8):
        color = run_color(index, dark)
        assert contrast(training_color(color, dark), background) < contrast(color, background)


def test_mix_goes_from_one_colour_to_the_other() -> None:
    assert (mix("#000000", "#FFFFFF", 0), mix("#000000", "#FFFFFF", 1)) == ("#000000", "#FFFFFF")
    assert mix("#000000", "#FFFFFF", 0.5) == "#808080"


@pytest.mark.parametrize(("name", "colors"), [("light", LIGHT), ("dark", DARK)])
def test_theme_of_the_app_has_the_colours_of_the_charts(name: str, colors: Palette) -> None:
    theme = THEME[name]
    assert theme["linkColor"] == theme["blueTextColor"] == colors.primary
    assert theme["redColor"] == colors.wrong
    assert theme["greenColor"] == colors.right
    assert theme["yellowColor"] == colors.caution
    assert theme["backgroundColor"] == colors.background
    assert theme["secondaryBackgroundColor"] == colors.surface
    assert theme["textColor"] == colors.text
    assert theme["chartCategoricalColors"] == list(colors.runs)


@BOTH
def test_captions_can_be_read(colors: Palette) -> None:
    for page in (colors.background, colors.surface):
        assert contrast(mix(colors.text, page, CAPTION_FADED), page) >= 4.5


@pytest.mark.parametrize("name", ["light", "dark"])
def test_white_can_be_read_on_a_primary_button(name: str) -> None:
    assert contrast(THEME[name]["primaryColor"], "#FFFFFF") >= 4.5
    assert contrast(THEME[name]["primaryColor"], THEME[name]["backgroundColor"]) >= 3


def test_template_lets_the_page_shine_through() -> None:
    layout = template(dark=True).layout
    assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0,0,0,0)"
