"""The rows behind a bar or a cell, the worst answers first, with all that is written in them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from ui.evaluate.table.answers import Answers, kept_table
from ui.format import percent_pattern
from ui.shared.gallery import page_controls
from ui.shared.table_headings import heading, with_unit
from ui.text import t

PER_PAGE = 12
SUREST = 99.9  # per cent: a network is not certain, even where its probability is rounded to 1


def rows_view(answers: Answers, places: NDArray[np.intp], key: str, predicted: NDArray[Any] | None = None) -> None:
    """`places` are those of the rows among the answers. A new `key` starts at page 1."""
    if not len(places):
        st.caption(t("answers.rows_empty"))
        return
    shown = answers.worst_first(places)[page_controls(len(places), PER_PAGE, f"evaluate_rows_{key}")]
    said = _predictions(answers, shown, answers.predicted if predicted is None else predicted)
    rows_table(answers, shown, said, _headings(answers))


def rows_table(answers: Answers, shown: NDArray[np.intp], said: pd.DataFrame, headings: Mapping[str, Any]) -> None:
    """What was `said` of these rows, in front of all that is written in them where their table is here."""
    frame = _own_columns(answers, shown)
    frame = said if frame is None else pd.concat([frame.pop("line"), said, frame], axis=1)
    own = {column.field: heading(column, frame) for column in answers.dataset.columns if column.field in frame}
    config = {"line": _line_heading(), **headings, **own}
    st.dataframe(frame, hide_index=True, height="content", column_config=config, alt=t("answers.rows"))


def _own_columns(answers: Answers, places: NDArray[np.intp]) -> pd.DataFrame | None:
    if (table := kept_table(answers)) is None or answers.rows is None:
        return None
    from dl.evaluation.rows import rows_of

    columns = [column for column in answers.dataset.columns if column.role != "target"]
    return rows_of(table, answers.rows[places], columns)


def _predictions(answers: Answers, places: NDArray[np.intp], predicted: NDArray[Any]) -> pd.DataFrame:
    true, said = answers.targets[places], predicted[places]
    if answers.of_classes:
        names = np.array(answers.names, dtype=object)
        sure = np.take_along_axis(answers.outputs[places], said[:, np.newaxis], axis=1)[:, 0]
        sure = sure.astype(float) / answers.outputs[places].sum(axis=1)
        sure = np.minimum(np.floor(1000 * sure) / 10, SUREST)
        return pd.DataFrame({"true": names[true], "predicted": names[said], "confidence": sure})
    return pd.DataFrame({"true": true, "predicted": said, "error": said.astype(float) - true})


def _line_heading() -> Any:
    return st.column_config.NumberColumn(
        t("answers.line"), help=t("answers.line_help"), format="localized", pinned=True
    )


def _headings(answers: Answers) -> dict[str, Any]:
    if answers.of_classes:
        sure = st.column_config.NumberColumn(
            t("answers.confidence"), help=t("answers.confidence_help"), format=percent_pattern("%.1f")
        )
        return {"true": t("answers.true"), "predicted": t("answers.predicted"), "confidence": sure}
    facts = {"true": "true_number", "predicted": "predicted_number", "error": "error"}
    return {
        name: st.column_config.NumberColumn(with_unit(t(f"answers.{key}"), answers.unit), format="%.4g")
        for name, key in facts.items()
    }
