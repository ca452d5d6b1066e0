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


def seeds_button(run: Run, key: str) -> None:
    """Queues what is lacking to five seeds, and goes where one sees them come."""
    label, help = t("compare.repeat", seeds=SEEDS), t("compare.repeat_help", seeds=SEEDS)
    if st.button(label, icon=":material/casino:", key=key, help=help, on_click=state.close_menus):
        with caught():
            compared = _repeat(run)
            st.switch_page(page_file("evaluate"), query_params={"compare": ",".join(compared)})


def _repeat(run: Run) -> list[str]:
    """What is compared then: what was before, this run and its repetitions."""
    shared = server()
    row = shared.table.row(run)
    known = families(shared.table.rows()).get(row.request.family, Family()) if row.request else Family()
    name = (row.label.name or row_label(row).partition(" · ")[2])[: NAME_LENGTH - ROOM_FOR_SEED]

    def named(seed: int) -> str:
        return t("compare.seed_name", name=name, seed=seed)

    made = repeat_with_seeds(run, known.lacking, shared.supervisor, shared.datasets, named)
    before = [id for id in st.query_params.get("compare", "").split(",") if id.isdecimal()]
    repeated = [run, *(each.run for each in known.rows), *made]
    return list(dict.fromkeys([*before, *(each.id for each in repeated)]))
