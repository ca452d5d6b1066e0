"""The predictions of a run on a table with the row's own columns, as a CSV that a spreadsheet opens safely."""

import numpy as np
import pandas as pd

from dl.evaluation.classification import predictions_table
from ui.evaluate.table.answers import Answers, kept_table


def table_csv(answers: Answers) -> bytes:
    """With a byte order mark, without which Excel takes it for another encoding; alone where the table is gone."""
    frame, table = _predictions(answers), kept_table(answers)
    if table is None or answers.rows is None:
        return frame.to_csv(index=False).encode("utf-8-sig")
    from dl.evaluation.rows import written_rows

    return b"\xef\xbb\xbf" + b"".join(block.encode() for block in written_rows(table, frame, answers.rows))


def _predictions(answers: Answers) -> pd.DataFrame:
    if answers.of_classes:
        return predictions_table(answers.targets, answers.outputs, answers.names).drop(columns="row")
    true, predicted = answers.targets, answers.predicted
    return pd.DataFrame({"true": true, "predicted": predicted, "error": predicted.astype(np.float64) - true})
