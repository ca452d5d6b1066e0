"""Profiles in child processes: seen from outside, ended from outside."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from dl.datasets.tables.table import Table
from dl.jobs.profiling import FOLDER, STATUS, ProfilingJobs, ProfilingStatus, write_status
from dl.profiles.actions import acted
from dl.profiles.finding import Action
from dl.profiles.kept import kept_profile
from dl.workspace import Workspace

Wait = Callable[..., None]


@pytest.fixture
def table(table_of: Callable[..., Table]) -> Table:
    """Of many small row groups, so that it takes a while."""
    made = table_of(pd.DataFrame({"a": np.arange(60_000.0), "b": "b", "y": np.arange(60_000) % 3 * 1.0}), "y")
    pq.write_table(pq.read_table(made.file), made.file, row_group_size=20)
    return made


@pytest.fixture
def jobs(workspace: Workspace) -> Iterator[ProfilingJobs]:
    made = ProfilingJobs(workspace)
    yield made
    made.stop_all()


def runs(jobs: ProfilingJobs, table: Table) -> Callable[[], bool]:
    def look() -> bool:
        status = jobs.status(table)
        assert status is None or status.state != "failed", status
        return bool(status and status.done)

    return look


def test_profile_is_here_when_the_job_is_done(
    jobs: ProfilingJobs, table_of: Callable[..., Table], wait_until: Wait
) -> None:
    table = table_of(pd.DataFrame({"a": [1.0, 2.0], "y": [1.0, 2.0]}), "y")
    assert jobs.status(table) is None
    jobs.start(table)
    status = jobs.status(table)
    assert status and status.state == "running"
    wait_until(lambda: (found := jobs.status(table)) and found.state == "done", 60)
    profile, status = kept_profile(table), jobs.status(table)
    assert profile and profile.is_exact and status and (status.done, status.total) == (2, 2)
    jobs.start(table)
    assert jobs.status(table) == status


def test_progress_and_estimates_are_seen_and_the_job_ends_when_stopped(
    jobs: ProfilingJobs, table: Table, wait_until: Wait
) -> None:
    jobs.start(table)
    wait_until(lambda: kept_profile(table) is not None and runs(jobs, table)(), 60)
    status, profile = jobs.status(table), kept_profile(table)
    assert status and 0 < status.done < status.total == 60_000
    assert profile and not profile.is_exact
    jobs.stop(table)
    jobs.stop(table)
    status = jobs.status(table)
    assert status and (status.state, status.code) == ("failed", "profile_interrupted")
    assert kept_profile(table) is not None


def test_job_of_an_older_description_ends_when_it_has_changed(
    jobs: ProfilingJobs, table: Table, wait_until: Wait
) -> None:
    jobs.start(table)
    wait_until(runs(jobs, table), 60)
    (first, _) = jobs._jobs[table.folder]
    jobs.start(table)
    assert jobs._jobs[table.folder][0] is first
    changed = acted(table, Action("ignore", "c1"))
    jobs.start(changed)
    assert first.exit_code is not None and jobs._jobs[table.folder][0].exit_code is None


def test_job_that_died_is_interrupted(jobs: ProfilingJobs, table: Table, wait_until: Wait) -> None:
    jobs.start(table)
    wait_until(runs(jobs, table), 60)
    jobs._jobs[table.folder][0].kill()
    status = jobs.status(table)
    assert status and status.code == "profile_interrupted" and status.facts["exit_code"] < 0


def test_fault_is_told_when_the_description_is_torn(jobs: ProfilingJobs, table: Table, wait_until: Wait) -> None:
    (table.folder / "dataset.json").write_text("{")
    jobs.start(table)
    wait_until(lambda: (found := jobs.status(table)) and found.state == "failed", 60)
    status = jobs.status(table)
    assert status and (status.code, status.facts["file"]) == ("dataset_damaged", "dataset.json")


def test_status_is_not_written_where_it_cannot_be(table: Table) -> None:
    (table.folder / FOLDER).write_text("in the way")
    write_status(table.folder, ProfilingStatus(state="running"))
    assert not (table.folder / FOLDER / STATUS).is_file()
