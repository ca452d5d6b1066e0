"""The network as a list of layers that can be edited, reordered, removed and added to."""

from collections.abc import Callable, Iterable
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dl.datasets import Dataset
from dl.errors import Problem
from dl.specs import MOST_LAYERS, parse_spec
from dl.specs.layers import LAYERS, Layer, LayerMisfit
from dl.specs.placing import fitting_place, output_layer, output_place
from ui.configure.columns import columns_controls
from ui.draft import Draft
from ui.shared.fields import field_controls, field_help, field_label, mark
from ui.text import spoken, t

FIELDS_IN_SIGHT = 2
NAME_WIDTH = 164
BUTTON_WIDTH = 28  # pixels; 24 is the least that can be hit by everybody
BUTTONS_WIDTH = 144
COLUMNS = -1  # the place before the first layer
OF_COLUMNS = ("unknown_columns", "no_columns", "nothing_to_learn_from")
Marks = dict[int | None, DeltaGenerator]  # by the places of the layers
ICONS = {
    "input": ":material/input:",
    "learn": ":material/hub:",
    "shape": ":material/transform:",
    "steady": ":material/tune:",
}


def block_controls(draft: Draft, dataset: Dataset) -> Marks:
    """The columns of a table and all layers; changes go into the draft. Returns, for each, the place for what is wrong.

    What a button asks for is done when all fields are read: a callback would come before what was typed just before.
    """
    marks, asked = Marks(), list[Callable[[], None]]()
    if draft.inputs[0]["kind"] == "columns" and dataset.is_table:
        with st.container(border=True, gap="xsmall"):
            marks[COLUMNS] = columns_controls(draft, dataset)
    with st.container(border=True, gap="xsmall"):
        for place, layer in enumerate(draft.layers):
            with st.container(gap=None, key=f"configure_block_{place}"):
                asked += _block(draft, place, layer)
                marks[place] = st.container()
    asked += _adding(draft, dataset)
    if asked:
        asked[0]()
        st.rerun()
    return marks


def mark_layers(problems: Iterable[Problem], marks: Marks) -> None:
    """A sentence at the layer, or the columns, that each problem names."""
    for problem in problems:
        if place := marks.get(_place_of(problem)):
            place.markdown(mark(problem))


def _place_of(problem: Problem) -> int | None:
    where = str(problem.facts.get("where", "")).split(".")
    if where[:2] == ["model", "inputs"] or problem.code in OF_COLUMNS:
        return COLUMNS
    if where[:2] == ["model", "layers"]:
        return int(where[2])
    return problem.facts["layer"] - 1 if "layer" in problem.facts else None


def _block(draft: Draft, place: int, layer: dict[str, Any]) -> list[Callable[[], None]]:
    """What its buttons have just asked for."""
    kind = LAYERS[layer["type"]]
    key, owner = f"configure_{draft.revision}_{place}", f"model.layers.{place}.{layer['type']}"
    seen, more = kind.fields()[:FIELDS_IN_SIGHT], kind.fields()[FIELDS_IN_SIGHT:]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        words = {"place": place + 1, "layer": t(f"layer.{layer['type']}")}
        title = f"{ICONS[kind.group]} **{words['place']} · {words['layer']}**"
        st.markdown(title, help=_help(kind, seen, owner), width=NAME_WIDTH)
        with st.container(horizontal=True, width=BUTTONS_WIDTH, gap="xxsmall"):
            asked = _position_buttons(draft, place, key, words)
            if more:
                label = t("configure.more", **words)
                with st.popover(
                    spoken(label), help=label, icon=":material/more_horiz:", type="tertiary", width=BUTTONS_WIDTH // 3
                ):
                    field_controls(more, layer, key, owner)
        with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
            field_controls(seen, layer, key, owner, inline=True)
    return asked


def _help(kind: type[Layer], fields: Iterable[Any], owner: str) -> str:
    """The layer's, with what Keras calls it, and that of the fields beside it, which have no mark of their own."""
    name = kind.model_fields["type"].default
    texts = [f"`{name}` · {t(f'layer.{name}_help')}"]
    for field in fields:
        if help := field_help(field.name, owner):
            texts.append(f"**{field_label(field.name, owner)}** · {help}")
    return "\n\n".join(texts)


def _position_buttons(draft: Draft, place: int, key: str, words: dict[str, Any]) -> list[Callable[[], None]]:
    last, asked = len(draft.layers) - 1, []
    for icon, name, action, disabled in (
        ("arrow_upward", "move_up", lambda: draft.move(place, -1), place == 0),
        ("arrow_downward", "move_down", lambda: draft.move(place, 1), place == last),
        ("delete", "remove", lambda: draft.remove(place), last == 0),
    ):
        label = t(f"configure.{name}", **words)
        if st.button(
            spoken(label),
            icon=f":material/{icon}:",
            key=f"{key}_{name}",
            type="tertiary",
            width=BUTTON_WIDTH,
            help=label,
            disabled=disabled,
        ):
            asked.append(action)
    return asked


def _adding(draft: Draft, dataset: Dataset) -> list[Callable[[], None]]:
    spec, asked = parse_spec(draft.value), list[Callable[[], None]]()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        kind = st.selectbox(
            t("configure.new_layer"),
            kinds := _kinds_for(dataset),
            kinds.index("Dense"),
            format_func=lambda name: f"{layer_name(LAYERS[name])} · {t(f'configure.group_{LAYERS[name].group}')}",
            key="configure_new_layer",
            width=330,
        )
        new = LAYERS[kind].model_validate({})
        asked += _add_button(draft, new, fitting_place(new, spec, dataset), "add")
        if output_place(spec, dataset) is None:
            asked += _add_button(draft, output_layer(spec, dataset), len(draft.layers), "add_output")
    return asked


def _kinds_for(dataset: Dataset) -> list[str]:
    """Columns are flat: what prepares or needs a picture has no place behind them."""
    if dataset.picture:
        return list(LAYERS)
    return [name for name, kind in LAYERS.items() if kind.group in ("learn", "steady") and _takes_numbers(kind)]


def _takes_numbers(kind: type[Layer]) -> bool:
    try:
        return bool(kind.model_validate({}).output_shape((1,)))
    except LayerMisfit:
        return False


def _add_button(draft: Draft, layer: Layer, place: int, name: str) -> list[Callable[[], None]]:
    """Its key is another one when the layer is there, so that a second click adds no second one."""
    clicked = st.button(
        t(f"configure.{name}", place=place + 1),
        icon=":material/add:",
        key=f"configure_{name}_{draft.revision}",
        disabled=len(draft.layers) >= MOST_LAYERS,
    )
    return [lambda: draft.insert(place, layer.model_dump())] if clicked else []


def layer_name(kind: type[Layer]) -> str:
    """The Keras name, with the language's own word before it where that differs."""
    name = kind.model_fields["type"].default
    own = t(f"layer.{name}")
    return own if own == name else t("configure.layer_name", name=own, type=name)
