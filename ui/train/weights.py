"""The network while it learns: what each of its layers holds at this moment."""

import streamlit as st

from dl.runs import Run
from dl.specs.layers import Layer
from ui.components.live_network import NetworkWords, live_network
from ui.frame import is_dark
from ui.problems import caught
from ui.shared.live import events_of, source_of
from ui.text import t


def weights_view(run: Run) -> None:
    with caught():
        names = [_name(layer) for layer in run.spec().model.layers]
    st.header(t("train.weights"), anchor=False, help=t("train.weights_help"))
    source = source_of(run, others=True)
    words = NetworkWords(
        title=t("train.weights"),
        layer=t("train.weights_alt"),
        negative=t("train.weights_negative"),
        positive=t("train.weights_positive"),
        empty=t("train.weights_empty"),
    )
    events = events_of([source], metrics=(), weights=True)
    live_network(source, names, key=f"train_weights_{run.id}", words=words, events=events, dark=is_dark())


def _name(layer: Layer) -> str:
    size = getattr(layer, "units", None) or getattr(layer, "filters", None)
    return f"{t(f'layer.{layer.type}')} {size:,}" if size else t(f"layer.{layer.type}")
