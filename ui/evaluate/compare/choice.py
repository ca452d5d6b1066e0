"""Which runs are compared, and which two of them are looked at closely; both are in the URL."""

from collections.abc import Sequence

import streamlit as st

from dl.runs.pairing import best_pair
from dl.runs.table import RunRow
from ui import state
from ui.server import server
from ui.shared.run_choice import with_result
from ui.shared.runs import remembered_run
from ui.shared.switches import switch
from ui.text import plain, t

MOST_RUNS = 20
USUAL = 5  # where nobody has chosen yet
OFFERED = 200  # beside those that are chosen
VIEWS = ("one", "compare")
OF_A_COMPARISON = ("view", "runs", "pair", "side", "metric", "cell", "page")  # in the URL


def view_switch() -> bool:
    """Whether several runs are compared, as `?view=compare` says."""
    wanted = "compare" if st.query_params.get("view") == "compare" else "one"
    words = {name: t(f"compare.view_{name}") for name in VIEWS}
    name = switch(t("compare.view"), VIEWS, wanted, words.__getitem__, key="compare_view", on_change=_change_view)
    return name == "compare"


def _change_view() -> None:
    compares = st.session_state["compare_view"] == "compare"
    run = state.chosen("run")
    for name in OF_A_COMPARISON:
        state.put_in_url(name, None)
    if compares:
        state.put_in_url("view", "compare")
    elif run:
        state.choose("run", run)


def run_choice() -> list[RunRow]:
    """Those that are chosen and still there, the first of them first."""
    rows = {row.run.id: row for row in server().table.rows()}
    asked = _asked(rows)
    known = [id for id in asked if id in rows][:MOST_RUNS]
    offered = list(dict.fromkeys([*known, *[id for id, row in rows.items() if row.status][:OFFERED]]))
    st.session_state["compare_runs"] = known
    st.multiselect(
        t("compare.runs"),
        offered,
        format_func=lambda id: with_result(rows[id]),
        key="compare_runs",
        max_selections=MOST_RUNS,
        on_change=_choose_runs,
        placeholder=t("compare.choose"),
        help=t("compare.runs_help", most=MOST_RUNS),
    )
    _say_what_is_missing(asked, [id for id in asked if id in rows])
    return [rows[id] for id in known]


def _asked(rows: dict[str, RunRow]) -> list[str]:
    """The ids in the URL, which may hold anything; without any, the run looked at last and the newest on its data."""
    if "runs" in st.query_params:
        return list(dict.fromkeys(part for part in st.query_params["runs"].split(",") if part))
    scored = {id: row.request.dataset for id, row in rows.items() if row.request and row.test_score is not None}
    first = remembered_run()
    first = first if first in scored else next(iter(scored), None)
    return [id for id in dict.fromkeys([first, *scored]) if id and scored[id] == scored[str(first)]][:USUAL]


def _say_what_is_missing(asked: Sequence[str], there: Sequence[str]) -> None:
    if gone := [id for id in asked if id not in there]:
        names = t("format.list").join(plain(f"#{id}"[:12]) for id in gone[:MOST_RUNS])
        st.warning(t("compare.gone", runs=names), icon=":material/info:")
    if len(there) > MOST_RUNS:
        st.warning(t("compare.too_many", given=len(there), most=MOST_RUNS), icon=":material/info:")


def _choose_runs() -> None:
    state.put_in_url("runs", ",".join(st.session_state["compare_runs"]) or ",")
    forget_place("pair", "side")


def pair_choice(rows: Sequence[RunRow]) -> tuple[RunRow, RunRow] | None:
    """Two of those that have answers: those in the URL, else the best two; None if there are no two."""
    scored = {row.run.id: row for row in rows if row.results is not None}
    if len(scored) < 2:
        return None
    wanted = st.query_params.get("pair", "").split(",")
    if len(wanted) != 2 or wanted[0] == wanted[1] or not set(wanted) <= scored.keys():
        wanted = [row.run.id for row in best_pair(list(scored.values())) or [*scored.values()][:2]]
    with st.container(horizontal=True, key="compare_pair"):
        for place, other, chosen in (("first", wanted[1], wanted[0]), ("second", wanted[0], wanted[1])):
            st.session_state[key := f"compare_{place}"] = chosen
            st.selectbox(
                t(f"compare.{place}"),
                [id for id in scored if id != other],
                format_func=lambda id: with_result(scored[id]),
                key=key,
                on_change=_choose_pair,
                width=330,
            )
    return scored[wanted[0]], scored[wanted[1]]


def _choose_pair() -> None:
    state.put_in_url("pair", f"{st.session_state['compare_first']},{st.session_state['compare_second']}")
    forget_place("side")


def forget_place(*further: str) -> None:
    """Which cell and page were looked at."""
    for name in ("cell", "page", *further):
        state.put_in_url(name, None)
