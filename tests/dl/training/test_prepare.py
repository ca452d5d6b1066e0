"""A network that was prepared before anybody wanted it: the same run, only sooner."""

from collections.abc import Callable
from typing import Any

import pytest

from dl.datasets import Dataset
from dl.errors import DatasetMissing
from dl.runs import Run, RunStore, Status
from dl.runs.engine import Engine
from dl.specs import NetworkSpec, RunSpec
from dl.specs.layers import Dense, Dropout, Flatten, Rescaling
from dl.workspace import Workspace

Execute = Callable[..., tuple[Run, Status]]
LAYERS = (Rescaling(scale=1 / 16), Flatten(), Dense(units=16), Dropout(rate=0.3), Dense(units=10, activation="softmax"))


@pytest.fixture
def spec(digits_spec: Callable[..., RunSpec]) -> RunSpec:
    return digits_spec(epochs=2).model_copy(update={"model": NetworkSpec(layers=LAYERS)})


def everything(run: Run) -> tuple[Any, ...]:
    return run.steps()["loss"].tobytes(), [record["val_loss"] for record in run.epochs()], run.results()


def test_run_of_a_prepared_network_is_bit_for_bit_the_one_that_was_not(
    execute: Execute, spec: RunSpec, workspace: Workspace
) -> None:
    from dl.training.execute import prepare

    network = prepare(spec, workspace, lambda pays: False)
    ready, status = execute(spec, network)
    engine = ready.engine()
    assert engine and engine.reason == "measured", "which so short a training is not worth, had it to wait for it"
    other, _ = execute(spec)
    again = other.engine()
    assert again and (again.compiler, again.reason) == (engine.compiler, "remembered")
    assert everything(ready) == everything(other) and ready.results()
    assert set(engine.parts) == {"steps", "validation", "writing", "showing"}
    assert set(again.parts) == {"build", "choose", "compile", "trace", *engine.parts}
    told = sum(engine.parts.values()) - engine.parts["showing"]  # the last time it is done after the clock has stopped
    assert status.fit_seconds and 0 < told <= 1.5 * status.fit_seconds  # of some hundredths of a second


def test_network_is_not_taken_for_another_run(
    execute: Execute, spec: RunSpec, digits: Dataset, workspace: Workspace
) -> None:
    from dl.training.execute import prepare

    other = spec.model_copy(update={"training": spec.training.model_copy(update={"seed": 7})})
    network = prepare(spec, workspace, lambda pays: False)
    assert everything(execute(other, network)[0]) == everything(execute(other)[0])
    begun = RunStore(workspace.runs).create(spec, digits)
    (begun.folder / "engine.json").write_text(Engine(compiler="graph", reason="too_short").model_dump_json())
    network = prepare(spec, workspace, lambda pays: False)
    network.programs.engine = Engine(compiler="xla", reason="measured")
    run, _ = execute(spec, network, begun)
    kept = run.engine()
    assert kept and (kept.compiler, kept.reason) == ("graph", "too_short"), "a run keeps the engine that it has"


def test_preparing_ends_when_a_run_comes_and_where_there_is_no_data(spec: RunSpec, workspace: Workspace) -> None:
    from dl.training.execute import prepare
    from dl.training.fast.programs import Abandoned

    with pytest.raises(Abandoned):
        prepare(spec, workspace, lambda pays: True)
    missing = spec.model_copy(update={"data": spec.data.model_copy(update={"dataset": "mnist"})})
    with pytest.raises(DatasetMissing):
        prepare(missing, workspace, lambda pays: False)
