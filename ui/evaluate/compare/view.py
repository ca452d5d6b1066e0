"""Evaluate with several runs: is the difference real, what was set otherwise, how did they go, where do they part?"""

from collections.abc import Sequence

import streamlit as st

from dl.errors import RunDamaged
from dl.runs import Run
from dl.runs.families import SEEDS, Family, families
from dl.runs.table import RunRow
from ui.evaluate.compare.apart import apart_view
from ui.evaluate.compare.choice import pair_choice, run_choice
from ui.evaluate.compare.curves import curves_view
from ui.evaluate.compare.table import spread_words, table_view
from ui.evaluate.compare.verdict import compared, obstacles_view, verdict_view
from ui.evaluate.table.answers import Answers, table_answers
from ui.problems import sentence
from ui.server import server
from ui.shared.live import run_again_when
from ui.shared.runs import readable_status, row_label
from ui.shared.seeds import seeds_button
from ui.text import plain, t

Pair = tuple[RunRow, RunRow]


def compare_view() -> None:
    rows = run_choice()
    if not rows:
        st.info(t("compare.nothing"), icon=":material/info:")
        return
    moving = _moving()  # before the rows are read: what ends meanwhile is seen to have ended
    known = families(server().table.rows())
    st.header(t("compare.question"), anchor=False, help=t("compare.question_help"))
    pair = pair_choice(rows)
    answers = _difference_view(rows, pair)
    _seeds_view(rows, pair, known)
    table_view(rows, known)
    curves_view(rows, known)
    if answers:
        apart_view(*answers)
    if moving:
        run_again_when(moving[0], "state", moving[1], key="compare_state")


def _moving() -> tuple[Run, str] | None:
    """The run that trains or comes next, and its state as it is watched."""
    run = server().current_run()
    status = readable_status(run) if run else None
    return (run, f"{status.state}/{status.attempt}") if run and status else None


def _difference_view(rows: Sequence[RunRow], pair: Pair | None) -> tuple[Answers, Answers] | None:
    """The answers of the two, if a test can tell them apart."""
    if pair is None:
        st.info(t("compare.choose_two"), icon=":material/info:")
        return None
    if not obstacles_view(*pair, [row for row in rows if row not in pair]):
        return None
    try:
        first, second = (table_answers(row.run) for row in pair)
    except RunDamaged as error:
        st.error(sentence(error), icon=":material/error:")
        return None
    if first is None or second is None:
        return None
    verdict_view(pair, compared(first, second, pair[0].metric), first.unit)
    return first, second


def _seeds_view(rows: Sequence[RunRow], pair: Pair | None, known: dict[str, Family]) -> None:
    """What repetitions have come to, and the buttons that ask for them: of two runs, or of the only one."""
    told: set[str] = set()
    for row in rows:
        family = known.get(row.request.family) if row.request else None
        if row.request and family and len(family.rows) > 1 and row.request.family not in told:
            told.add(row.request.family)
            st.markdown(_progress(row, family))
    with st.container(horizontal=True, key="compare_seeds"):
        for row in pair or rows[:1]:
            if row.request and known.get(row.request.family, Family()).lacking:
                label = t("seeds.repeat_run", run=row.run.id, count=SEEDS)
                seeds_button(row.run, f"compare_seeds_{row.run.id}", label)


def _progress(row: RunRow, family: Family) -> str:
    """How far they are and, of two at least, what they reached."""
    name, done, total = plain(row_label(row)), len(family.done), len(family.rows)
    if done < 2:
        return t("seeds.begun", run=name, done=done, total=total)
    facts = dict(zip(("mean", "deviation"), map(plain, spread_words(family, row)), strict=True))
    if done == total:
        return t("seeds.all_done", run=name, total=total, **facts)
    return t("seeds.some_done", run=name, done=done, total=total, **facts)
