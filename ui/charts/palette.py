"""The colours of the house for light and dark, the meaning of each, and the template that all figures share."""

from dataclasses import dataclass

import plotly.graph_objects as go

FONT = '"Source Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif'


@dataclass(frozen=True)
class Palette:
    """One theme. `runs` are for runs and classes, in order."""

    background: str
    surface: str
    text: str
    muted: str
    grid: str
    primary: str
    right: str
    wrong: str
    caution: str
    runs: tuple[str, ...]
    sequential: tuple[str, ...]
    ink: tuple[str, ...]
    diverging: tuple[str, ...]


# Okabe and Ito's eight, darkened for light pages and lightened for dark ones until a line stands out from the page.
LIGHT = Palette(
    background="#FFFFFF",
    surface="#F6F6FB",
    text="#101326",
    muted="#5E6278",
    grid="#E6E7F0",
    primary="#4B4ACF",
    right="#00796B",
    wrong="#C4441C",
    caution="#A46700",
    runs=("#0072B2", "#B87A00", "#00875F", "#B4568A", "#2B88C2", "#D55E00", "#857B00", "#3A3D4D"),
    sequential=("#F4F4FD", "#D9D9F6", "#B5B4EE", "#8E8DE3", "#6A69D9", "#4B4ACF", "#3534A0", "#22216B"),
    ink=("#FFFFFF", "#C9CBD6", "#8B8FA3", "#4F5368", "#101326"),
    diverging=("#C4441C", "#E59A80", "#F7F7FA", "#A3A3EA", "#4B4ACF"),
)
DARK = Palette(
    background="#14151C",
    surface="#1E2029",
    text="#E9EAF2",
    muted="#A3A7BC",
    grid="#2C2F3D",
    primary="#9A99FF",
    right="#4DB6AC",
    wrong="#FF8A65",
    caution="#FFC24D",
    runs=("#4FA8E0", "#F2B134", "#3CC79A", "#E29ABF", "#8CCBF2", "#FF8C42", "#F0E442", "#C9CCDA"),
    sequential=("#1C1D2B", "#2B2B52", "#3F3E7F", "#5655AE", "#7473D6", "#9A99FF", "#BFBEFF", "#E4E4FF"),
    ink=("#14151C", "#3A3D4D", "#6E7288", "#AEB1C2", "#F4F4FA"),
    diverging=("#FF8A65", "#8A4A38", "#23252F", "#5655AE", "#9A99FF"),
)


def palette(dark: bool) -> Palette:
    return DARK if dark else LIGHT


def run_color(index: int, dark: bool) -> str:
    """The colour that a run or class keeps for ever: eight hues, then the same eight nearer to the text's colour."""
    colors = palette(dark)
    turn, place = divmod(index, len(colors.runs))
    return colors.runs[place] if turn % 2 == 0 else mix(colors.runs[place], colors.text, 0.4)


def training_color(color: str, dark: bool) -> str:
    """The lighter line of a run: training, beside the validation line in the run's own colour."""
    return mix(color, palette(dark).background, 0.3)


def mix(color: str, other: str, share: float) -> str:
    """`color` with `share` of `other` in it, both as #RRGGBB."""
    pairs = zip(channels(color), channels(other), strict=True)
    return "#" + "".join(f"{round(one * (1 - share) + two * share):02X}" for one, two in pairs)


def colorscale(colors: tuple[str, ...]) -> list[tuple[float, str]]:
    return [(place / (len(colors) - 1), color) for place, color in enumerate(colors)]


def template(dark: bool) -> go.layout.Template:
    """Transparent background, quiet grid, the app's own font: independent of the template that Streamlit installs."""
    colors = palette(dark)
    axis = {
        "gridcolor": colors.grid,
        "linecolor": colors.grid,
        "zeroline": False,
        "ticks": "",
        "tickfont": {"color": colors.muted, "size": 12},
        "title": {"font": {"color": colors.muted, "size": 13}, "standoff": 8},
        "automargin": True,
    }
    layout = go.Layout(
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": 13, "color": colors.text},
        colorway=list(colors.runs),
        xaxis=axis,
        yaxis=axis,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        hoverlabel={"bgcolor": colors.surface, "bordercolor": colors.grid},
        hoverlabel_font={"family": FONT, "color": colors.text, "size": 13},
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": colors.muted, "activecolor": colors.primary},
        legend={"bgcolor": "rgba(0,0,0,0)", "font": {"color": colors.text, "size": 13}},
    )
    return go.layout.Template(layout=layout)


def empty_figure(dark: bool) -> go.Figure:
    """Where every chart begins."""
    return go.Figure(layout={"template": template(dark)})


def channels(color: str) -> tuple[int, ...]:
    return tuple(int(color[start : start + 2], 16) for start in (1, 3, 5))
