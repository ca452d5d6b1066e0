"""What the configuration comes to: the picture of the network, the table of layers, what is wrong, and the code."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dl.datasets import Dataset
from dl.errors import Problem
from dl.preparation import Preparation
from dl.specs import RunSpec
from dl.specs.checks import usable_columns
from dl.specs.cures import Finding
from dl.specs.layers import LAYERS
from dl.specs.script import keras_script
from dl.specs.summary import LayerRow, Summary
from ui import state
from ui.charts.network import NetworkLabels
from ui.draft import Draft
from ui.format import shape, size
from ui.frame import dialog
from ui.problems import sentence
from ui.text import t


def problems_view(problems: Sequence[Problem], cautions: Sequence[Finding], draft: Draft) -> None:
    """Each problem in a sentence, with a button where there is one right answer."""
    for show, icon, found in ((st.error, "error", problems), (st.warning, "lightbulb", cautions)):
        for place, problem in enumerate(found):
            show(sentence(problem), icon=f":material/{icon}:")
            if isinstance(problem, Finding) and problem.cure:
                key = f"configure_cure_{icon}_{place}"
                if st.button(t("configure.cure"), icon=":material/build:", key=key):
                    draft.replace(problem.cure)
                    st.rerun()


def picture_labels() -> NetworkLabels:
    names = {name: t(f"layer.{name}") for name in LAYERS} | {"Columns": t("columns.title")}
    return NetworkLabels(t("configure.input"), t("configure.count_parameters"), names)


def input_shape(spec: RunSpec, dataset: Dataset) -> tuple[int, ...]:
    """Of a picture or, of a table, how many columns enter."""
    if (wanted := spec.model.columns) is None:
        return dataset.shape
    return (sum(wanted.columns is None or column.name in wanted.columns for column in usable_columns(dataset)),)


def rows_of(summary: Summary) -> list[LayerRow]:
    """What is drawn one below the other: the columns as one, and the layers."""
    return [*([summary.columns] if summary.columns else []), *summary.rows]


def summary_view(summary: Summary, input_shape: Sequence[int]) -> None:
    """The table that Keras's `model.summary()` prints, and the total."""
    rows = [(t("configure.input"), shape(input_shape), 0)]
    rows += [(t(f"columns.part_{row.type}"), shape(row.output_shape), row.parameters) for row in summary.inputs]
    rows += [
        (f"{place} · {row.type}", shape(row.output_shape), row.parameters) for place, row in enumerate(summary.rows, 1)
    ]
    table = pd.DataFrame(rows, columns=["layer", "shape", "parameters"])
    st.dataframe(
        table,
        hide_index=True,
        height="content",
        column_config={
            "layer": st.column_config.TextColumn(t("configure.column_layer")),
            "shape": st.column_config.TextColumn(t("configure.column_shape"), help=t("configure.column_shape_help")),
            "parameters": st.column_config.NumberColumn(t("configure.column_parameters"), format="localized"),
        },
    )
    facts = {"parameters": summary.parameters, "size": size(4 * summary.parameters)}
    st.caption(t("configure.total", **facts), help=t("configure.total_help"))
    if fixed := summary.parameters - summary.trainable_parameters:
        st.caption(t("configure.not_trained", fixed=fixed))


def size_view(summary: Summary, spec: RunSpec, problems: int) -> None:
    """Beside the button that begins: what it begins, or that something is in its way."""
    if problems:
        st.markdown(f":small[:red[:material/error: {t('configure.problems', count=problems)}]]")
        return
    facts = {"parameters": summary.parameters, "epochs": spec.training.epochs}
    st.markdown(f":small[{t('configure.size', **facts)}]")


def code_button(disabled: bool) -> None:
    """The script of a network that can be trained, as wide as its lines."""
    label = t("configure.show_code")
    if st.button(label, icon=":material/code:", key="configure_code", disabled=disabled) and not disabled:
        state.open_dialog("code")


def code_dialog(spec: RunSpec, dataset: Dataset, preparation: Preparation | None) -> None:
    """If it is open."""
    if state.opened_dialog("code") is not None:
        dialog(t("configure.code"), "code", lambda: _code(spec, dataset, preparation), width="large")


def _code(spec: RunSpec, dataset: Dataset, preparation: Preparation | None) -> None:
    if spec.model.columns and not preparation:  # changed while it was open
        st.info(t("columns.code_waits"), icon=":material/hourglass_top:")
        return
    code = keras_script(spec, dataset, preparation=preparation)
    st.caption(t("configure.code_caption"))
    with st.container(horizontal=True):
        st.download_button(
            t("configure.download_script"), code, "train.py", "text/x-python", icon=":material/download:"
        )
        text = spec.model_dump_json(indent=2)
        st.download_button(
            t("configure.download_spec"), text, "spec.json", "application/json", icon=":material/download:"
        )
    st.code(code, language="python")
