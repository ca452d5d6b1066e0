"""The test pictures behind the numbers: those of the chosen cell, or the mistakes the network was surest of."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dl.datasets import Dataset, OpenDataset
from dl.errors import DatasetDamaged, DatasetMissing, UnknownDataset
from dl.evaluation.classification import cell_members, most_confident_mistakes
from ui import state
from ui.evaluate.scores import Evaluation, cell_heading
from ui.format import confidence
from ui.frame import page_file
from ui.problems import sentence
from ui.server import server
from ui.shared.gallery import gallery_view, page_controls
from ui.text import plain, t

PER_PAGE = 12
MISTAKES = 12


def pictures_view(result: Evaluation, cell: tuple[int, int] | None) -> None:
    if cell:
        rows = cell_members(result.true, result.predicted, result.sure, *cell)
        _cell_heading(result, cell, len(rows))
    else:
        rows = most_confident_mistakes(result.true, result.predicted, result.sure, MISTAKES)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.header(t("evaluate.mistakes"), anchor=False, help=t("evaluate.confidence_help"))
        st.caption(t("evaluate.mistakes_caption") if len(rows) else t("evaluate.no_mistakes", total=len(result.true)))
    if len(rows) and (data := tested_pictures(result.dataset)):
        _gallery(result, data, rows, f"evaluate_page_{result.run.id}_{cell}")


def _cell_heading(result: Evaluation, cell: tuple[int, int], count: int) -> None:
    true, predicted = (plain(result.names[index]) for index in cell)
    kind = "right" if cell[0] == cell[1] else "wrong"
    title = (
        t(f"evaluate.cell_{kind}", count=count, true=true, predicted=predicted) if count else t("evaluate.cell_empty")
    )
    cell_heading(title, result.run, t("evaluate.confidence_help"))
    text = "cell_caption" if count else "cell_empty_caption"
    st.caption(t(f"evaluate.{text}", true=true, predicted=predicted))


def _gallery(result: Evaluation, data: OpenDataset, rows: NDArray[np.int64], key: str) -> None:
    shown = rows[page_controls(len(rows), PER_PAGE, key)]
    facts = [
        {
            "true": result.names[result.true[row]],
            "predicted": result.names[result.predicted[row]],
            "confidence": confidence(float(result.sure[row])),
        }
        for row in shown
    ]
    captions = [t("evaluate.picture", **{name: plain(text) for name, text in fact.items()}) for fact in facts]
    alts = [t("evaluate.picture_alt", row=row, **fact) for row, fact in zip(shown, facts, strict=True)]
    gallery_view(data.x_test[shown], data.description.value_range, captions, alts)


def tested_pictures(dataset: Dataset) -> OpenDataset | None:
    """The very data the run was tested on; if they are not here any more, say so and offer to get them."""
    try:
        data = server().datasets.open(dataset.id)
    except (DatasetMissing, DatasetDamaged, UnknownDataset) as error:
        st.warning(sentence(error), icon=":material/image_not_supported:")
        if st.button(t("evaluate.get_data"), icon=":material/download:", key="evaluate_get_data"):
            state.choose("dataset", dataset.id)
            st.switch_page(page_file("explore"))
        return None
    if data.description.fingerprint != dataset.fingerprint:
        st.warning(t("evaluate.other_data"), icon=":material/image_not_supported:")
        return None
    return data
