"""Every number of the curves as CSV."""

import csv
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dl.runs import Run
from dl.runs import curve_table as table_module
from dl.runs.curve_table import HEADINGS, curve_tables
from dl.runs.live import LiveRun
from dl.specs import Fork
from dl.specs.presets import default_spec

FakeRun = Callable[..., Run]


def rows(*lives: LiveRun, metric: Any = "loss") -> list[dict[str, str]]:
    return list(csv.DictReader("".join(curve_tables(lives, metric)).splitlines()))


@pytest.mark.parametrize("metric", ["loss", "accuracy"])
def test_every_step_and_every_epoch_has_a_line(fake_run: FakeRun, monkeypatch: pytest.MonkeyPatch, metric: str) -> None:
    monkeypatch.setattr(table_module, "PIECE", 10)
    run = fake_run(epochs=3, steps_per_epoch=12)
    found = rows(LiveRun(run), metric=metric)
    training = [row for row in found if row["series"] == "training"]
    assert tuple(found[0]) == HEADINGS and {row["run"] for row in found} == {run.id}
    assert [int(row["step"]) for row in training] == list(range(1, 37))
    assert [int(row["epoch"]) for row in training] == run.steps()["epoch"].tolist()
    np.testing.assert_allclose([float(row["value"]) for row in training], run.steps()[metric], rtol=1e-6)
    validation = [row for row in found if row["series"] == "validation"]
    assert [(int(row["epoch"]), int(row["step"])) for row in validation] == [(1, 12), (2, 24), (3, 36)]
    expected = [record[f"val_{metric}"] for record in run.epochs()]
    np.testing.assert_allclose([float(row["value"]) for row in validation], expected, rtol=1e-5)


def test_fork_goes_on_where_its_parent_is_left(fake_run: FakeRun, digits: Any) -> None:
    parent = fake_run(epochs=3, steps_per_epoch=12)
    spec = default_spec(digits).model_copy(update={"fork": Fork(run=parent.id, epoch=2, step=24)})
    fork = fake_run(spec=spec, epochs=1, steps_per_epoch=12)
    found = [row for row in rows(LiveRun(fork), LiveRun(parent, 24)) if row["series"] == "training"]
    assert [int(row["step"]) for row in found if row["run"] == fork.id] == list(range(25, 37))
    assert [int(row["step"]) for row in found if row["run"] == parent.id] == list(range(1, 25))


def test_run_without_steps_has_its_headings(fake_run: FakeRun) -> None:
    assert "".join(curve_tables([LiveRun(fake_run("QUEUED"))], "loss")) == "run,series,step,epoch,value\n"
