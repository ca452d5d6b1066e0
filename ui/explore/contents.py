"""What a data set holds, drawn: classes, pictures, means and spreads, values of pixels, arrays and the split."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from dl.datasets import OpenDataset, Profile
from ui import state
from ui.charts.pictures import class_counts, mean_pictures, pixel_histogram, split_bar
from ui.format import percent, shape, size
from ui.frame import is_dark
from ui.shared.datasets import class_names
from ui.shared.gallery import gallery_view, page_controls
from ui.text import plain, t

SPLITS: tuple[Literal["train", "test"], ...] = ("train", "test")
PER_PAGE = 24
BINS = 32
ALL = -1  # a choice of the list of classes
DEFAULT_VALIDATION_SHARE = 0.1


@dataclass(frozen=True)
class Selection:
    """Which pictures are looked at; `label` is None for all classes."""

    split: Literal["train", "test"]
    label: int | None


def selection_controls(data: OpenDataset) -> Selection:
    """Training or test set, and which class; both are in the URL."""
    names = class_names(data.description)
    rows = data.description.rows
    split = SPLITS[st.query_params.get("split") == "test"]
    label = state.number_in_url("class", 0, len(names) - 1)
    st.session_state.update(explore_split=split, explore_class=ALL if label is None else label)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.segmented_control(
            t("explore.split"),
            SPLITS,
            required=True,
            format_func=lambda name: t(f"explore.split_{name}", count=getattr(rows, name)),
            key="explore_split",
            on_change=_changed,
            help=t("explore.split_help"),
        )
        st.selectbox(
            t("explore.class"),
            [ALL, *range(len(names))],
            format_func=lambda index: t("explore.all_classes") if index == ALL else names[index],
            key="explore_class",
            on_change=_changed,
            width=200,
        )
    return Selection(split, label)


def charts_view(data: OpenDataset, profile: Profile, selection: Selection) -> None:
    """A tab for each look at the data; only the open one is drawn."""
    views = {
        "classes": lambda: counts_view(data, profile, selection),
        "mean": lambda: means_view(data, profile, spread=False),
        "spread": lambda: means_view(data, profile, spread=True),
        "values": lambda: values_view(profile),
        "arrays": lambda: arrays_view(data),
    }
    tabs = st.tabs([t(f"explore.tab_{name}") for name in views], key="explore_tab", on_change="rerun")
    for tab, view in zip(tabs, views.values(), strict=True):
        if tab.open:
            with tab:
                view()


def counts_view(data: OpenDataset, profile: Profile, selection: Selection) -> None:
    """Bars that filter the gallery when clicked."""
    names, counts = class_names(data.description), profile.class_counts[selection.split]
    figure = class_counts(counts, names, selection.label, count_title=t("explore.pictures"), dark=is_dark())
    st.plotly_chart(
        figure,
        theme=None,
        key="explore_counts",
        on_select=_bar_clicked,
        selection_mode="points",
        config={"displayModeBar": False},
        alt=t(
            "explore.counts_alt", counts=", ".join(f"{name} {count}" for name, count in zip(names, counts, strict=True))
        ),
    )
    low, high = int(counts.min()), int(counts.max())
    text = "counts_caption" if low < high else "counts_caption_equal"
    st.caption(t(f"explore.{text}", low=low, high=high), help=t("explore.balance_help"))


def pictures_view(data: OpenDataset, selection: Selection) -> None:
    """The chosen pictures in the order of the file, page by page."""
    labels = data.y_train if selection.split == "train" else data.y_test
    pictures = data.x_train if selection.split == "train" else data.x_test
    rows = np.arange(len(labels)) if selection.label is None else np.flatnonzero(labels == selection.label)
    names = class_names(data.description)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(_gallery_title(names, selection, len(rows)), width="stretch")
        place = page_controls(len(rows), PER_PAGE, f"explore_page_{selection.split}_{selection.label}")
    shown = rows[place]
    words = [names[label] for label in labels[shown]]
    alts = [t("explore.picture_alt", row=row, label=word) for row, word in zip(shown, words, strict=True)]
    gallery_view(pictures[shown], data.description.value_range, [plain(word) for word in words], alts)


def means_view(data: OpenDataset, profile: Profile, *, spread: bool) -> None:
    """The mean picture of each class, or where its pictures differ."""
    kind = "spread" if spread else "mean"
    pictures = profile.class_standard_deviations if spread else profile.class_means
    names = class_names(data.description)
    figure = mean_pictures(pictures, names, title=t(f"explore.{kind}_scale"), spread=spread, dark=is_dark())
    st.plotly_chart(figure, theme=None, key=f"explore_{kind}", alt=t(f"explore.{kind}_alt"))
    st.caption(t(f"explore.{kind}_caption"), help=t(f"explore.{kind}_help"))


def values_view(profile: Profile) -> None:
    """How often each value of a pixel occurs in the training set."""
    counts, edges = _binned(profile.pixel_values, profile.pixel_counts)
    figure = pixel_histogram(counts, edges, x_title=t("explore.value"), y_title=t("explore.share"), dark=is_dark())
    facts = {
        "share": percent(profile.pixel_counts[0] / profile.pixel_counts.sum(), 0),
        "high": int(profile.pixel_values[-1]),
    }
    st.plotly_chart(figure, theme=None, key="explore_values", alt=t("explore.values_alt", **facts))
    st.caption(t("explore.values_caption", **facts), help=t("explore.values_help", **facts))


def arrays_view(data: OpenDataset) -> None:
    """Shapes and types, as the code will see them."""
    arrays = {name: getattr(data, name) for name in ("x_train", "y_train", "x_test", "y_test")}
    ranges = {"x": data.description.value_range, "y": (0, len(data.description.classes) - 1)}
    rows = [
        (name, shape(array.shape), str(array.dtype), "{}–{}".format(*ranges[name[0]]), size(array.nbytes))
        for name, array in arrays.items()
    ]
    headings = [t(f"explore.column_{name}") for name in ("array", "shape", "type", "values", "size")]
    st.dataframe(pd.DataFrame(rows, columns=headings), hide_index=True, height="content")
    st.caption(t("explore.arrays_caption", shape=shape(data.description.shape)), help=t("explore.arrays_help"))


def split_view(data: OpenDataset) -> None:
    """How the rows are shared out by the network that is being configured, or would be by default."""
    rows, draft = data.description.rows, state.session().draft
    share = draft.value["data"]["validation_share"] if draft else DEFAULT_VALIDATION_SHARE
    held_out = round(rows.train * share)
    words = (t("explore.training"), t("explore.validation"), t("explore.test"))
    figure = split_bar(rows.train - held_out, held_out, rows.test, labels=words, dark=is_dark())
    facts = {"training": rows.train - held_out, "validation": held_out, "test": rows.test}
    alt = t("explore.shares_alt", **facts)
    st.plotly_chart(figure, theme=None, key="explore_shares", config={"displayModeBar": False}, alt=alt)
    st.caption(t("explore.shares_caption", share=percent(share, 0)), help=t("explore.shares_help"))


def _changed() -> None:
    state.put_in_url("split", "test" if st.session_state["explore_split"] == "test" else None)
    label = st.session_state["explore_class"]
    state.put_in_url("class", None if label == ALL else label)
    state.put_in_url("page", None)


def _bar_clicked() -> None:
    """A click on the chosen bar lets all classes in again."""
    points = st.session_state["explore_counts"]["selection"]["points"]
    if points:
        label = int(points[0]["point_index"])
        state.put_in_url("class", None if state.number_in_url("class", 0, label) == label else label)
        state.put_in_url("page", None)


def _gallery_title(names: list[str], selection: Selection, count: int) -> str:
    if selection.label is None:
        return t("explore.gallery_all", count=count)
    return t("explore.gallery_class", count=count, label=plain(names[selection.label]))


def _binned(values: NDArray[np.int64], counts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """At most `BINS` bins of equally many values, and their edges."""
    step = -(-len(values) // BINS)
    return np.add.reduceat(counts, np.arange(0, len(values), step)), np.append(values[::step], values[-1] + 1)
