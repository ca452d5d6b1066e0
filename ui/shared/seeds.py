"""A run repeated with other seeds, by one button wherever the run is."""

import streamlit as st

from dl.jobs.seeds import repeat_with_seeds
from dl.runs import Run
from dl.runs.families import SEEDS, Family, families
from dl.runs.labels import NAME_LENGTH
from ui import state
from ui.frame import page_file
from ui.problems import caught
from ui.server import server
from ui.shared.runs import row_label
from ui.text import t

ROOM_FOR_SEED = 16  # characters of a name


def seeds_button(run: Run, key: str, label: str = "") -> None:
    """Queues what is lacking to five seeds, and goes where one sees them come."""
    words = label or t("seeds.repeat", count=SEEDS)
    help = t("seeds.repeat_help", count=SEEDS)
    if st.button(words, icon=":material/repeat:", key=key, help=help, on_click=state.close_menus):
        with caught():
            _repeat(run)
        st.switch_page(page_file("evaluate"), query_params={"view": "compare", "runs": _compared(run)})


def _repeat(run: Run) -> None:
    shared = server()
    row = shared.table.row(run)
    known = families(shared.table.rows()).get(row.request.family, Family()) if row.request else Family()
    base = (row.label.name or row_label(row).partition(" · ")[2])[: NAME_LENGTH - ROOM_FOR_SEED]
    repeat_with_seeds(
        run, known.lacking, shared.supervisor, shared.datasets, lambda seed: t("seeds.name", name=base, seed=seed)
    )


def _compared(run: Run) -> str:
    """Those that are compared already, with this run among them."""
    shown = [id for id in st.query_params.get("runs", "").split(",") if id.isdecimal()]
    return ",".join(dict.fromkeys([*shown, run.id]))
