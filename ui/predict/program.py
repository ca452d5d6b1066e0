"""How to ask the network by program: lines that work as they stand."""

import json
from typing import Any

import streamlit as st

from dl.models.store import PREFIX
from dl.prediction.networks import Ready
from dl.prediction.pictures import MOST_BYTES
from dl.prediction.rows import MOST_ROWS
from ui.format import size
from ui.predict.table import entering_columns
from ui.text import t


def program_view(ready: Ready) -> None:
    run = ready.network.run.id
    address = f"{_base()}api/runs/{run}/predict"
    st.markdown(t("predict.link_what"))
    parameter = "model" if run.startswith(PREFIX) else "run"
    st.code(f"{_base()}predict?{parameter}={run}&view=form", language=None)
    st.markdown(t("predict.program_what", rows=MOST_ROWS, size=size(MOST_BYTES)))
    if ready.dataset.picture:
        line = f"curl -X POST --data-binary @picture.png -H 'Content-Type: image/png' '{address}'"
    else:
        row = json.dumps({"rows": [_example(ready)]}, ensure_ascii=False).replace("'", "'\\''")
        line = f"curl -X POST -H 'Content-Type: application/json' -d '{row}' '{address}'"
    st.code(line, language=None, wrap_lines=True)
    if ready.dataset.is_table:
        st.code(f"python -m dl predict {run} new_rows.csv > answers.csv", language=None)


def _base() -> str:
    """The address of the pages, with a slash at its end."""
    return str(st.context.url).partition("?")[0].rsplit("/", 1)[0] + "/"


def _example(ready: Ready) -> dict[str, Any]:
    """A row with what a preparation knows: the middle of each number, the first level of each category."""
    assert ready.preparation, "a table is prepared first"
    known = {
        each.field: each.centre for each in ready.preparation.numbers if each.part == "value" and each.kind == "number"
    }
    levels = {each.field: each.levels[0] for each in ready.preparation.categories if each.levels}
    return {column.name: levels.get(column.field, known.get(column.field)) for column in entering_columns(ready)}
