"""The network as a list of cards that can be edited, reordered, removed and added to."""

from typing import Any

import streamlit as st

from dl.layers import LAYERS, Layer
from ui.controls.fields import field_controls
from ui.draft import Draft
from ui.text import has_text, t

FIELDS_IN_SIGHT = 2
NAME_WIDTH = 180
ICONS = {
    "input": ":material/input:",
    "learn": ":material/hub:",
    "shape": ":material/transform:",
    "steady": ":material/tune:",
}


def block_controls(draft: Draft) -> None:
    """All layers from input to output; changes go into the draft."""
    for place, layer in enumerate(draft.layers):
        with st.container(border=True, gap="small", key=f"configure_block_{place}"):
            _block(draft, place, layer)
    _adding(draft)


def _block(draft: Draft, place: int, layer: dict[str, Any]) -> None:
    kind = LAYERS[layer["type"]]
    key, owner = f"configure_{draft.revision}_{place}", f"model.layers.{place}.{layer['type']}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        name = f"{ICONS[kind.group]} **{place + 1} · {layer_name(kind)}**"
        has_fields = bool(kind.fields())
        st.markdown(name, help=t(f"layer.{layer['type']}_help"), width=NAME_WIDTH if has_fields else "stretch")
        if has_fields:
            with st.container(horizontal=True, vertical_alignment="bottom", gap="small", width="stretch"):
                field_controls(kind.fields()[:FIELDS_IN_SIGHT], layer, key, owner)
        with st.container(horizontal=True, vertical_alignment="center", width="content", gap="xxsmall"):
            _more_fields(kind, layer, key, owner)
            with st.container(horizontal=True, width="content", gap=None):
                _position_buttons(draft, place, key)


def _more_fields(kind: type[Layer], layer: dict[str, Any], key: str, owner: str) -> None:
    if rest := kind.fields()[FIELDS_IN_SIGHT:]:
        with st.popover("", icon=":material/more_horiz:", type="tertiary", help=t("configure.more")):
            field_controls(rest, layer, key, owner)


def _position_buttons(draft: Draft, place: int, key: str) -> None:
    last = len(draft.layers) - 1
    _icon_button("arrow_upward", "move_up", f"{key}_up", draft.move, (place, -1), disabled=place == 0)
    _icon_button("arrow_downward", "move_down", f"{key}_down", draft.move, (place, 1), disabled=place == last)
    _icon_button("delete", "remove", f"{key}_remove", draft.remove, (place,), disabled=last == 0)


def _icon_button(icon: str, name: str, key: str, action: Any, arguments: tuple[int, ...], disabled: bool) -> None:
    st.button(
        "",
        icon=f":material/{icon}:",
        key=key,
        help=t(f"configure.{name}"),
        type="tertiary",
        on_click=action,
        args=arguments,
        disabled=disabled,
    )


def _adding(draft: Draft) -> None:
    """New layers go in front of the output layer: that is where they are nearly always wanted."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        kind = st.selectbox(
            t("configure.new_layer"),
            list(LAYERS),
            list(LAYERS).index("Dense"),
            format_func=lambda name: f"{layer_name(LAYERS[name])} · {t(f'configure.group_{LAYERS[name].group}')}",
            key="configure_new_layer",
            width=330,
        )
        new = LAYERS[kind].model_validate({}).model_dump()
        place = max(len(draft.layers) - 1, 0)
        st.button(
            t("configure.add"), icon=":material/add:", key="configure_add", on_click=draft.insert, args=(place, new)
        )
        undo = t("configure.undo")
        st.button(undo, icon=":material/undo:", key="configure_undo", on_click=draft.undo, disabled=not draft.can_undo)


def layer_name(kind: type[Layer]) -> str:
    """The Keras name, with the language's own word before it where that differs."""
    name = kind.model_fields["type"].default
    return f"{t(f'layer.{name}')} ({name})" if has_text(f"layer.{name}") and t(f"layer.{name}") != name else name
