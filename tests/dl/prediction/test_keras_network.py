"""A network without a light form is asked in a process with Keras, and says the same."""

import os
import time
from collections.abc import Callable, Iterator

import numpy as np
import psutil
import pytest

from dl.datasets import DatasetStore
from dl.errors import NoLightForm
from dl.files import read_model, write_model
from dl.prediction import networks as networks_module
from dl.prediction.keras_network import KerasNetwork
from dl.prediction.light import FACTS, LightFacts, folder_of
from dl.prediction.network import LightNetwork
from dl.prediction.networks import Networks
from dl.prediction.test_rows import test_rows_of as rows_of
from dl.runs import Run
from dl.runs.epoch_predictions import kept_epochs
from dl.workspace import Workspace


@pytest.fixture
def networks(trained_home: Workspace) -> Iterator[Networks]:
    networks = Networks(trained_home)
    yield networks
    networks.close()


def without_light_form(home: Workspace, id: str) -> Run:
    run = Run(home.runs / id)
    path = folder_of(run) / FACTS
    facts = read_model(path, LightFacts)
    assert facts
    write_model(path, facts.model_copy(update={"reason": "not_converted"}))
    return run


def reason_of(ask: Callable[[], object]) -> str:
    with pytest.raises(NoLightForm) as caught:
        ask()
    return str(caught.value.facts["reason"])


def process_of(network: object) -> psutil.Process:
    assert isinstance(network, KerasNetwork)
    return psutil.Process(network._job.owner.pid)


@pytest.mark.slow
@pytest.mark.parametrize("id", ["1", "2", "3"])
def test_process_says_what_the_light_form_says_of_every_epoch(
    id: str, trained_home: Workspace, networks: Networks
) -> None:
    light = LightNetwork(Run(trained_home.runs / id))
    rows = rows_of(light.run, DatasetStore(trained_home)).block(slice(0, 70))
    run = without_light_form(trained_home, id)
    network = networks.of(run, patient=True).network
    assert isinstance(network, KerasNetwork) and network.facts.refusal == "not_converted"
    first, *_, last = kept_epochs(run)
    for epoch in (None, first, last, None):
        expected, found = light.ask(rows, epoch), network.ask(rows, epoch)
        assert np.abs(found.answers - expected.answers).max() < 1e-5
        assert np.abs(found.hidden - expected.hidden).max() < 1e-4
    assert reason_of(lambda: network.ask(rows, 77)) == "epoch"


@pytest.mark.slow
def test_who_does_not_wait_is_told_that_it_starts_and_a_process_that_died_is_begun_anew(
    trained_home: Workspace, networks: Networks
) -> None:
    run = without_light_form(trained_home, "1")
    rows = rows_of(run, DatasetStore(trained_home)).block(slice(0, 3))
    assert reason_of(lambda: networks.of(run)) == "starting"
    network = networks.of(run, patient=True).network
    network.ask(rows)
    assert networks.of(run).network is network
    assert isinstance(network, KerasNetwork)
    network._job.kill()
    assert reason_of(lambda: network.ask(rows)) == reason_of(lambda: networks.of(run)) == "ended"
    assert reason_of(lambda: networks.of(run)) == "starting"


@pytest.mark.slow
def test_process_that_ended_for_want_of_questions_is_begun_anew_at_the_next(
    trained_home: Workspace, networks: Networks
) -> None:
    run = without_light_form(trained_home, "1")
    network = networks.of(run, patient=True).network
    network.ask(rows_of(run, DatasetStore(trained_home)).block(slice(0, 3)))
    assert isinstance(network, KerasNetwork)
    network._job.stop(30)  # as it ends by itself
    assert network.has_rested and reason_of(lambda: networks.of(run)) == "starting"


@pytest.mark.slow
def test_one_process_serves_at_a_time_and_none_is_left(
    trained_home: Workspace, networks: Networks, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = (without_light_form(trained_home, id) for id in ("1", "2"))
    first = process_of(networks.of(one, patient=True).network)
    assert reason_of(lambda: networks.of(other)) == "taken"
    monkeypatch.setattr(networks_module, "BUSY_SECONDS", 0.0)
    second = process_of(networks.of(other, patient=True).network)
    assert not first.is_running() and second.is_running()
    networks.close()
    assert not second.is_running()


def test_model_from_elsewhere_is_never_loaded_without_limits(trained_home: Workspace, networks: Networks) -> None:
    run = without_light_form(trained_home, "1")
    (run.folder / "spec.json").unlink()
    assert reason_of(lambda: networks.of(run)) == "not_converted"


def test_process_that_is_long_not_asked_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    from dl.training import answering

    class Asked:
        asked_at = time.monotonic() - answering.IDLE_SECONDS - 1

    def end(code: int) -> None:
        raise SystemExit(code)

    monkeypatch.setattr(os, "_exit", end)
    with pytest.raises(SystemExit):
        answering._end_when_idle(Asked())  # type: ignore[arg-type]
