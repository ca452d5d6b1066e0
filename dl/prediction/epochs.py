"""The answers of every kept epoch to the test set, and how far those of the end are from Keras's own."""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from dl.datasets import DatasetStore
from dl.errors import NoLightForm, RunDamaged
from dl.files import write_model
from dl.jobs.run_job import Report
from dl.prediction.light import FACTS, folder_of
from dl.prediction.network import LightNetwork
from dl.prediction.networks import Network, Networks
from dl.prediction.rows import in_own_unit
from dl.prediction.test_rows import TestRows, test_rows_of
from dl.runs.epoch_predictions import missing_epochs, write_epoch
from dl.runs.run import Run
from dl.workspace import Workspace

BLOCK = 4096


def find_epochs(run: Run, workspace: Workspace, report: Report) -> None:
    """Raises LivefitError, and what `report` raises."""
    network = Networks(workspace).of(run, patient=True).network
    rows, of_classes = test_rows_of(run, DatasetStore(workspace)), bool(run.dataset().classes)
    epochs, preparation, blocks = missing_epochs(run), run.preparation(), -(-len(rows) // BLOCK)
    total = (len(epochs) + isinstance(network, LightNetwork)) * blocks
    for number, epoch in enumerate(epochs):
        answers = _answers(network, rows, epoch, partial(_told, report, number * blocks, total))
        write_epoch(run, epoch, in_own_unit(answers, preparation), of_classes)
    if isinstance(network, LightNetwork):
        answers = _answers(network, rows, None, partial(_told, report, len(epochs) * blocks, total))
        _compare(run, network, answers)


def _answers(network: Network, rows: TestRows, epoch: int | None, done: Callable[[int], None]) -> NDArray[np.float32]:
    found = []
    for number, start in enumerate(range(0, len(rows), BLOCK)):
        found.append(network.ask(rows.block(slice(start, start + BLOCK)), epoch).answers)
        done(number + 1)
    return np.concatenate(found)


def _told(report: Report, before: int, total: int, block: int) -> None:
    report(before + block, total)


def _compare(run: Run, network: LightNetwork, answers: NDArray[np.float32]) -> None:
    """On the whole test set, with what Keras answered after training; in the unit in which it was learnt."""
    kept, preparation = run.predictions(), run.preparation()
    if kept is None:
        raise RunDamaged(run=run.id, file="predictions")
    expected = kept.outputs
    if preparation and not preparation.target.levels:
        expected = preparation.target.standardised(expected.astype(np.float64))
    difference = float(np.abs(answers - expected).max())
    facts = network.facts.model_copy(update={"difference": difference, "rows": len(answers), "whole": True})
    write_model(folder_of(run) / FACTS, facts)
    if not facts.serves:
        raise NoLightForm(run=run.id, reason="inexact", difference=difference)
