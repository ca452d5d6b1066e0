"""A network that answers without Keras says what Keras says, of every epoch that was kept."""

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from dl.datasets import DatasetStore
from dl.errors import NoLightForm, RunDamaged
from dl.prediction.light import FACTS, GRAPH, MOST_DIFFERENCE, LightFacts, folder_of, read_facts
from dl.prediction.network import BLOCK, LightNetwork
from dl.prediction.networks import Networks
from dl.prediction.test_rows import test_rows_of as rows_of
from dl.runs import Run
from dl.runs.epoch_predictions import kept_epochs
from dl.workspace import Workspace


def run_of(home: Workspace, id: str) -> Run:
    return Run(home.runs / id)


@pytest.mark.parametrize("id", ["1", "2", "3"])
def test_answers_are_those_of_keras_on_the_whole_test_set(id: str, trained: Workspace) -> None:
    run = run_of(trained, id)
    network, rows, kept = LightNetwork(run), rows_of(run, DatasetStore(trained)), run.predictions()
    assert kept and len(rows) == len(kept.targets) > BLOCK
    answers = network.ask(rows.block(slice(None))).answers
    preparation = run.preparation()
    expected = (
        kept.outputs if id != "3" or not preparation else preparation.target.standardised(kept.outputs.astype(float))
    )
    farthest = np.abs(answers - expected).max()
    facts = read_facts(run)
    assert facts and facts.serves and facts.rows
    assert facts.difference <= farthest + 1e-6 and farthest <= MOST_DIFFERENCE


@pytest.mark.parametrize("id", ["1", "2", "3"])
def test_epoch_that_was_kept_answers_as_it_did_then(id: str, trained: Workspace, keras: ModuleType) -> None:
    from dl.training.columns import averaged
    from dl.training.light import trained_network

    run = run_of(trained, id)
    network, rows = LightNetwork(run), rows_of(run, DatasetStore(trained)).block(slice(0, 20))
    model, answers = trained_network(run), {}
    first, *_, last = kept_epochs(run)
    for epoch in (first, last):
        point = run.checkpoints.at_epoch(epoch)
        assert point
        arrays = point.read().arrays
        for place, variable in enumerate(model.variables):
            variable.assign(arrays[f"model/{place}"])
        answers[epoch] = network.ask(rows, epoch).answers
        expected = np.asarray(averaged(model(rows if id != "1" else rows["picture"], training=False)))
        assert np.abs(answers[epoch] - expected).max() <= MOST_DIFFERENCE
    assert np.abs(answers[first] - answers[last]).max() > 1e-3
    assert np.array_equal(network.ask(rows, first).answers, answers[first]), "back again, from another epoch"


def test_one_row_and_many_are_answered_alike_and_many_in_any_number(trained: Workspace) -> None:
    run = run_of(trained, "1")
    network, rows = LightNetwork(run), rows_of(run, DatasetStore(trained)).block(slice(0, BLOCK + 3))
    many = network.ask(rows)
    assert many.answers.shape == (BLOCK + 3, 10) and many.hidden.shape == (BLOCK + 3, 32)
    for place in (0, BLOCK, BLOCK + 2):
        one = network.ask({name: array[place : place + 1] for name, array in rows.items()})
        assert np.allclose(one.answers[0], many.answers[place], atol=1e-6)


def test_epoch_that_was_not_kept_and_a_run_without_a_light_form_are_said(trained_home: Workspace) -> None:
    run = run_of(trained_home, "1")
    rows = rows_of(run, DatasetStore(trained_home)).block(slice(0, 1))
    with pytest.raises(NoLightForm) as caught:
        LightNetwork(run).ask(rows, 77)
    assert caught.value.facts == {"run": "1", "reason": "epoch", "epoch": 77}
    asked: list[Run] = []
    networks = Networks(trained_home, missing=asked.append)
    assert networks.of(run) is networks.of(run) and not asked
    (folder_of(run) / FACTS).unlink()
    with pytest.raises(NoLightForm) as caught:
        networks.of(run)
    assert caught.value.facts["reason"] == "missing" and asked == [run]


@pytest.mark.parametrize(
    ("facts", "reason"), [({"difference": 2e-5}, "inexact"), ({"reason": "not_converted"}, "not_converted")]
)
def test_network_that_differs_from_keras_or_could_not_be_converted_does_not_answer_here(
    facts: dict[str, Any], reason: str, trained_home: Workspace
) -> None:
    run = run_of(trained_home, "1")
    (folder_of(run) / FACTS).write_text(json.dumps(LightFacts().model_dump() | facts))
    with pytest.raises(NoLightForm) as caught:
        LightNetwork(run)
    assert caught.value.facts["reason"] == reason


@pytest.mark.parametrize("content", [b"", b"not a graph", None])
def test_torn_graph_is_damage(content: bytes | None, trained_home: Workspace) -> None:
    run = run_of(trained_home, "1")
    path = folder_of(run) / GRAPH
    path.write_bytes(path.read_bytes()[:5000] if content is None else content)
    with pytest.raises(RunDamaged):
        LightNetwork(run)


def test_network_that_cannot_be_converted_says_so(
    trained_home: Workspace, keras: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from dl.training import light

    def refuse(*_: object) -> bytes:
        raise ValueError("an operation that is not known")

    monkeypatch.setattr(light, "_graph", refuse)
    run = run_of(trained_home, "1")
    light.make_light(run, trained_home)
    facts = read_facts(run)
    assert facts and facts.reason == "not_converted" and not facts.serves
    assert "an operation that is not known" in capsys.readouterr().out


def test_light_form_is_compared_without_the_data_set_too(
    trained_home: Workspace, keras: ModuleType, tmp_path: Path
) -> None:
    from dl.training.light import make_light

    run, elsewhere = run_of(trained_home, "2"), Workspace(tmp_path / "empty", tmp_path)
    make_light(run, elsewhere)
    facts = read_facts(run)
    assert facts and facts.serves and facts.rows == 256
