"""A run that is repeated by its passport, in another home: the same comes out, and what does not is found."""

from collections.abc import Callable
from pathlib import Path

from dl.datasets import DatasetStore
from dl.runs import Run, RunStore, Status
from dl.runs.changes import append_change
from dl.runs.environment import read_environment, write_environment
from dl.runs.passport import Passport, parse_passport, passport_of
from dl.runs.reproduction import data_for, repeat, repeated, reproduction
from dl.specs import RunSpec
from dl.workspace import Workspace

Execute = Callable[..., tuple[Run, Status]]
Spec = Callable[..., RunSpec]


def carried(run: Run) -> Passport:
    """As it comes out of the file that it was kept in."""
    return parse_passport(passport_of(run).model_dump_json().encode())


def test_run_is_repeated_to_the_last_digit_with_learning_rates_set_by_hand(
    execute: Execute, digits_spec: Spec, workspace: Workspace, tmp_path: Path
) -> None:
    first = RunStore(workspace.runs).create(digits_spec(epochs=2), DatasetStore(workspace).imported("digits"))
    append_change(first.folder, 3, 0.1, "user")
    execute(first.spec(), begun=first)
    passport = carried(first)
    second = repeat(passport, data_for(passport, DatasetStore(workspace)), RunStore(tmp_path / "elsewhere"))
    assert second.lease() and reproduction(second, passport) is None, "it is held back, and has nothing to compare"
    execute(second.spec(), begun=second)
    found = reproduction(second, passport)
    assert found and found.same and not found.causes and found.epochs == 2
    assert second.epochs()[-1]["loss"] == first.epochs()[-1]["loss"]
    assert repeated(second) == passport and repeated(first) is None

    environment = read_environment(second.folder)
    assert environment
    write_environment(second.folder, environment.model_copy(update={"keras": "1.0"}))
    found = reproduction(second, passport)
    assert found and found.same and [(each.code, each.facts["ours"]) for each in found.causes] == [("version", "1.0")]
