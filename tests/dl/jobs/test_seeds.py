"""A run is repeated with other seeds, and its results are seen as one."""

from collections.abc import Callable

import pytest

from dl.datasets import DatasetStore
from dl.errors import CannotRepeat
from dl.files import write_json
from dl.jobs.seeds import repeat_with_seeds
from dl.jobs.supervisor import Supervisor
from dl.runs import Run
from dl.runs.families import Family, families
from dl.runs.table import read_row
from dl.specs import Fork, RunSpec
from dl.workspace import Workspace

FakeRun = Callable[..., Run]
BuildSpec = Callable[..., RunSpec]


def family_of(run: Run, *others: Run) -> Family:
    row = read_row(run)
    assert row.request
    return families([row, *map(read_row, others)])[row.request.family]


def test_repetitions_differ_in_the_seed_alone_and_bring_it_to_five(
    workspace: Workspace, fake_run: FakeRun, digits_spec: BuildSpec
) -> None:
    run, other = fake_run(spec=digits_spec(seed=2)), fake_run(spec=digits_spec(epochs=9))
    known = family_of(run, other)
    store, supervisor = DatasetStore(workspace), Supervisor(workspace)
    queued = repeat_with_seeds(run, known.lacking, supervisor, store, lambda seed: f"Textbook · {seed}")
    assert [again.spec().training.seed for again in queued] == [0, 1, 3, 4]
    assert [again.label().name for again in queued] == ["Textbook · 0", "Textbook · 1", "Textbook · 3", "Textbook · 4"]
    assert {again.written_status().state for again in queued} == {"QUEUED"}
    whole = family_of(run, other, *queued)
    assert [row.run for row in whole.rows] == [run, *queued] and [row.run for row in whole.done] == [run]
    assert whole.lacking == []


def test_failed_and_stopped_runs_do_not_count(fake_run: FakeRun, digits_spec: BuildSpec) -> None:
    runs = [
        fake_run(state, spec=digits_spec(seed=seed)) for seed, state in enumerate(("FINISHED", "FAILED", "STOPPED"))
    ]
    known = family_of(*runs)
    assert [row.run for row in known.rows] == [runs[0]]
    assert known.lacking == [1, 2, 3, 4]


def test_spread_is_that_of_the_test_scores(fake_run: FakeRun, digits_spec: BuildSpec) -> None:
    runs = [fake_run(spec=digits_spec(seed=seed), reached={"accuracy": 0.9 + 0.01 * seed}) for seed in range(3)]
    assert family_of(*runs).spread == pytest.approx((0.91, 0.01))


def test_what_would_be_no_repetition_is_refused(
    workspace: Workspace, fake_run: FakeRun, digits_spec: BuildSpec
) -> None:
    store, supervisor = DatasetStore(workspace), Supervisor(workspace)
    fork = fake_run(spec=digits_spec().model_copy(update={"fork": Fork(run="1", epoch=1, step=12)}))
    with pytest.raises(CannotRepeat, match="fork"):
        repeat_with_seeds(fork, [1], supervisor, store, str)
    old = fake_run()
    spec = old.spec().model_dump(mode="json")
    spec["data"]["fingerprint"] = "0" * 64
    write_json(old.folder / "spec.json", spec)
    with pytest.raises(CannotRepeat, match="data"):
        repeat_with_seeds(old, [1], supervisor, store, str)
    assert len(supervisor.store.list()) == 2
