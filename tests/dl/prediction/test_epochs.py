"""What each kept epoch answered on the test set, found after the training and small on disk."""

import numpy as np
import pytest

from dl.datasets import DatasetStore
from dl.errors import NoLightForm, RunDamaged
from dl.prediction.epochs import find_epochs
from dl.prediction.light import FACTS, folder_of, read_facts
from dl.prediction.network import LightNetwork
from dl.prediction.test_rows import test_rows_of as rows_of
from dl.runs import Run
from dl.runs.epoch_predictions import epoch_file, halved, kept_epochs, missing_epochs, predictions_at
from dl.workspace import Workspace


def test_half_precision_keeps_the_likeliest_class() -> None:
    random = np.random.default_rng(0)
    outputs = random.dirichlet(np.ones(3) * 0.01, 20_000).astype(np.float32)
    outputs[:5000, :2] = 0.5 + random.normal(0, 1e-5, (5000, 2))
    plain = outputs.astype(np.float16)
    assert (plain.argmax(axis=1) != outputs.argmax(axis=1)).sum() > 100, "rounding alone would not keep it"
    half = halved(outputs)
    assert half.dtype == np.float16 and np.array_equal(half.argmax(axis=1), outputs.argmax(axis=1))
    assert np.abs(half.astype(float) - outputs).max() < 1e-3


@pytest.mark.parametrize("id", ["1", "3"])
def test_epochs_are_found_and_those_of_the_end_compared_on_every_row(id: str, trained_home: Workspace) -> None:
    run, told = Run(trained_home.runs / id), list[tuple[int, int]]()
    assert kept_epochs(run) == missing_epochs(run) == [1, 2, 3] and predictions_at(run, 2) is None
    find_epochs(run, trained_home, lambda done, total: told.append((done, total)))
    assert missing_epochs(run) == [] and told[-1] == (4, 4)
    final, rows = run.predictions(), rows_of(run, DatasetStore(trained_home)).block(slice(None))
    found, preparation = predictions_at(run, 2), run.preparation()
    assert final and found and np.array_equal(found.targets, final.targets)
    expected = LightNetwork(run).ask(rows, 2).answers
    if preparation:
        expected = preparation.target.in_own_unit(expected)
    assert np.allclose(found.outputs, expected, atol=1e-3) and not np.allclose(found.outputs, final.outputs, atol=1e-3)
    at_end = predictions_at(run, None)
    assert at_end and np.array_equal(at_end.outputs, final.outputs)
    facts = read_facts(run)
    assert facts and facts.whole and facts.rows == len(final.targets) and facts.serves


def test_network_whose_answers_are_others_than_kept_stops_answering(trained_home: Workspace) -> None:
    run = Run(trained_home.runs / "1")
    outputs = np.load(run.folder / "predictions" / "test_outputs.npy")
    outputs[7, 3] += 0.01
    np.save(run.folder / "predictions" / "test_outputs.npy", outputs)
    with pytest.raises(NoLightForm) as caught:
        find_epochs(run, trained_home, lambda done, total: None)
    assert caught.value.facts["reason"] == "inexact"
    facts = read_facts(run)
    assert facts and not facts.serves and facts.difference == pytest.approx(0.01, rel=1e-3)


def test_torn_answers_of_an_epoch_are_damage(trained_home: Workspace) -> None:
    run = Run(trained_home.runs / "1")
    np.save(epoch_file(run, 2), np.zeros((3, 10), np.float16))
    with pytest.raises(RunDamaged):
        predictions_at(run, 2)
    epoch_file(run, 2).write_bytes(b"torn")
    with pytest.raises(RunDamaged):
        predictions_at(run, 2)


def test_epochs_of_a_run_without_a_light_form_are_not_found(trained_home: Workspace) -> None:
    run = Run(trained_home.runs / "1")
    (folder_of(run) / FACTS).unlink()
    with pytest.raises(NoLightForm):
        find_epochs(run, trained_home, lambda done, total: None)
