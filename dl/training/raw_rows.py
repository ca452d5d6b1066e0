"""Rows of a table as the saved model of a run takes them: see `dl.training.columns.answering`."""

from typing import Any

import numpy as np
import pandas as pd
import tensorflow as tf

from dl.datasets.tables.table import Table
from dl.evaluation.rows import rows_of
from dl.preparation import Preparation

MISSING_DATE = np.iinfo(np.int64).min


def raw_rows(table: Table, preparation: Preparation, rows: np.ndarray) -> dict[str, tf.Tensor]:
    """These rows in their order, (rows,) a column by its name: float64, seconds since 1970 in int64, or strings."""
    kinds = dict(preparation.fields)
    columns = [column for column in table.description.features if column.field in kinds]
    frame = rows_of(table, rows, columns)
    return {column.name: _tensor(frame[column.field], kinds[column.field]) for column in columns}


def _tensor(values: "pd.Series[Any]", kind: str) -> tf.Tensor:
    if kind == "category":
        return tf.constant(values.astype(object).where(values.notna(), "").map(str).tolist(), tf.string)
    if kind == "date":
        seconds = values.dt.floor("s").astype("datetime64[s]")
        return tf.constant(np.where(values.notna(), seconds.astype("int64"), MISSING_DATE), tf.int64)
    return tf.constant(values.to_numpy(float), tf.float64)
