"""Every number of the curves of runs as lines of CSV, in pieces, so that memory does not follow from their count."""

from collections.abc import Iterable, Iterator

import pandas as pd

from dl.runs.live import LiveRun
from dl.runs.log.blocks import Metric
from dl.runs.log.history import count_steps, step_records

HEADINGS = ("run", "series", "step", "epoch", "value")
PIECE = 65_536


def curve_tables(lives: Iterable[LiveRun], metric: Metric) -> Iterator[str]:
    """Headings and lines: `training` has every step's own value, `validation` that of every epoch.

    Steps and epochs count from 1, a fork's go on from its parent's. Raises RunDamaged, half-way too when a run is
    removed: a download then fails where one of half the numbers would look whole.
    """
    yield ",".join(HEADINGS) + "\n"
    for live in lives:
        live.refresh()
        yield from _table(live, metric)


def _table(live: LiveRun, metric: Metric) -> Iterator[str]:
    folder, before = live.run.folder, live.before
    recorded = min(live.recorded, count_steps(folder))
    for start in range(0, recorded, PIECE):
        records = step_records(folder, start, min(start + PIECE, recorded))
        steps = range(before + start + 1, before + start + len(records) + 1)
        columns = {"run": live.run.id, "series": "training", "step": steps, "epoch": records["epoch"]}
        yield _lines(pd.DataFrame({**columns, "value": records[metric]}))
    scored = [epoch for epoch in live.epochs if epoch[f"val_{metric}"] is not None]
    columns = {"step": [epoch["step"] for epoch in scored], "epoch": [epoch["epoch"] for epoch in scored]}
    values = [epoch[f"val_{metric}"] for epoch in scored]
    yield _lines(pd.DataFrame({"run": live.run.id, "series": "validation", **columns, "value": values}))


def _lines(table: pd.DataFrame) -> str:
    return str(
        table.to_csv(columns=list(HEADINGS), index=False, header=False, float_format="%.7g", lineterminator="\n")
    )
