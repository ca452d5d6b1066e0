"""The columns of a table as `st.dataframe` heads and writes them."""

from typing import Any

import pandas as pd
import streamlit as st

from dl.datasets.columns import Column, Date, Number


def heading(column: Column, frame: pd.DataFrame) -> Any:
    """Of the column that the frame calls by its field. A table has no Markdown in its headings."""
    if isinstance(column, Number):
        return st.column_config.NumberColumn(with_unit(column.name, column.unit))
    if isinstance(column, Date):
        return (st.column_config.DateColumn if _are_days(frame[column.field]) else st.column_config.DatetimeColumn)(
            column.name
        )
    return st.column_config.TextColumn(column.name)


def _are_days(times: "pd.Series[Any]") -> bool:
    """Where all are missing, or one lies beyond what pandas tells, they are no times to pandas."""
    known = times.dropna()
    return pd.api.types.is_datetime64_any_dtype(known) and bool((known == known.dt.normalize()).all())


def with_unit(name: str, unit: str) -> str:
    return f"{name} ({unit})" if unit else name
