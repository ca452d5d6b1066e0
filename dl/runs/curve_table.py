"""Every number of the curves of runs as lines of CSV, in pieces, so that memory does not follow from their count."""

from collections.abc import Iterable, Iterator

import pandas as pd

from dl.runs.live import LiveRun
from dl.runs.log import count_steps, step_records
from dl.tasks.metrics import VALIDATION

HEADINGS = ("run", "series", "step", "epoch", "value")
PIECE = 65_536


def curve_tables(lives: Iterable[LiveRun], metric: str) -> Iterator[str]:
    """Headings and lines: `training` has every step's own value, `validation` that of every epoch.

    Steps and epochs count from 1, a fork's go on from its parent's; runs without the metric have no lines. Raises
    RunDamaged, half-way too when a run is removed: a download then fails where half the numbers would look whole.
    """
    yield ",".join(HEADINGS) + "\n"
    for live in lives:
        live.refresh()
        if metric in live.metrics:
            yield from _table(live, metric)


def _table(live: LiveRun, metric: str) -> Iterator[str]:
    folder, before = live.run.folder, live.before
    recorded = min(live.recorded, count_steps(folder))
    for start in range(0, recorded, PIECE):
        records = step_records(folder, start, min(start + PIECE, recorded))
        steps = range(before + start + 1, before + start + len(records) + 1)
        columns = {"run": live.run.id, "series": "training", "step": steps, "epoch": records["epoch"]}
        yield _lines(pd.DataFrame({**columns, "value": records[metric]}))
    score = f"{VALIDATION}{metric}"
    epochs = pd.DataFrame(live.epochs, columns=["step", "epoch", score]).dropna().rename(columns={score: "value"})
    yield _lines(epochs.assign(run=live.run.id, series="validation"))


def _lines(table: pd.DataFrame) -> str:
    return str(
        table.to_csv(columns=list(HEADINGS), index=False, header=False, float_format="%.7g", lineterminator="\n")
    )
