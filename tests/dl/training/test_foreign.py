"""Models from elsewhere are loaded, described and made ready to answer; what Keras cannot use is refused."""

import io
import json
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from dl.datasets import DatasetStore
from dl.errors import ModelRefused
from dl.models import command
from dl.models.store import ModelStore
from dl.prediction.networks import Networks
from dl.runs import Run
from dl.training import foreign_job
from dl.workspace import Workspace

Begin = Callable[..., Run]


@pytest.fixture
def begin(workspace: Workspace, tmp_path: Path) -> Begin:
    def give(model: Any, pixels: Any = "as_stored") -> Run:
        model.save(path := tmp_path / "made.keras")
        return ModelStore(workspace).begin("made.keras", io.BytesIO(path.read_bytes()), pixels)

    return give


def small(keras: ModuleType, outputs: int = 10, scale: float = 1.0) -> Any:
    layers = [keras.layers.Flatten(), keras.layers.Dense(outputs, activation="softmax")]
    return keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Rescaling(scale), *layers])


@pytest.mark.parametrize("pixels", ["as_stored", "0_to_1"])
def test_model_for_pictures_answers_as_it_does_elsewhere(
    pixels: str, keras: ModuleType, begin: Begin, workspace: Workspace
) -> None:
    from dl.training.foreign import take_in

    model = small(keras)
    run = begin(model, pixels)
    take_in(run, workspace)
    (facts,) = ModelStore(workspace).known().values()
    assert (facts.input_shape, facts.outputs, facts.parameters) == ((8, 8, 1), 10, 650)
    pictures = DatasetStore(workspace).open("digits").x_test[:70]
    raw = pictures.astype(np.float32) / (16 if pixels == "0_to_1" else 1)
    ready = Networks(workspace).of(run)
    assert ready.dataset.shape == (8, 8, 1)
    assert np.abs(ready.pictures(pictures).answers - model.predict(raw, verbose=0)).max() < 1e-5


def test_model_that_suits_no_data_is_described_and_no_more(
    keras: ModuleType, begin: Begin, workspace: Workspace
) -> None:
    from dl.training.foreign import take_in

    run = begin(keras.Sequential([keras.Input((5,)), keras.layers.Dense(2)]))
    take_in(run, workspace)
    (facts,) = ModelStore(workspace).known().values()
    assert facts.input_shape == (5,) and not (run.folder / "dataset.json").exists()


def test_model_of_two_inputs_and_one_that_answers_nonsense_are_refused(
    keras: ModuleType, begin: Begin, workspace: Workspace
) -> None:
    from dl.training.foreign import take_in

    one, two = keras.Input((2,)), keras.Input((2,))
    several = keras.Model([one, two], keras.layers.Add()([one, two]))
    odd = small(keras)
    odd.layers[-1].set_weights([np.full((64, 10), np.nan), np.zeros(10)])
    for model, reason in ((several, "several"), (odd, "answer")):
        with pytest.raises(ModelRefused) as caught:
            take_in(begin(model), workspace)
        assert caught.value.facts["reason"] == reason
    assert ModelStore(workspace).known() == {}


def test_weights_that_do_not_fit_are_refused(keras: ModuleType, begin: Begin, workspace: Workspace) -> None:
    import zipfile

    from dl.training.foreign import take_in

    run, other = begin(small(keras)), begin(keras.Sequential([keras.Input((5,)), keras.layers.Dense(2)]))
    with zipfile.ZipFile(other.model_file) as archive:
        weights = archive.read("model.weights.h5")
    with zipfile.ZipFile(run.model_file) as archive:
        others = {name: archive.read(name) for name in ("config.json", "metadata.json")}
    with zipfile.ZipFile(run.model_file, "w") as archive:
        for name, content in {**others, "model.weights.h5": weights}.items():
            archive.writestr(name, content)
    with pytest.raises(ModelRefused) as caught:
        take_in(run, workspace)
    assert caught.value.facts["reason"] == "load"


def test_model_that_does_not_know_its_input_is_refused(keras: ModuleType, begin: Begin, workspace: Workspace) -> None:
    from dl.training.foreign import take_in

    with pytest.raises(ModelRefused) as caught:
        take_in(begin(keras.Sequential([keras.layers.Flatten()])), workspace)
    assert caught.value.facts["reason"] == "not_built"


def test_memory_that_is_lacking_is_a_reason(monkeypatch: pytest.MonkeyPatch, workspace: Workspace) -> None:
    """The limits are those of a process: here they stay as they are."""
    monkeypatch.setattr(foreign_job, "_limit", lambda kind, most: None)
    monkeypatch.setattr(foreign_job, "look", lambda path: bytearray(2**62))
    run = ModelStore(workspace).begin("large.keras", io.BytesIO(b""), "as_stored")
    with pytest.raises(ModelRefused) as caught:
        foreign_job.work(run, workspace, lambda done, total: None)
    assert caught.value.facts["reason"] == "memory"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps limits of memory")
def test_limit_of_memory_holds_until_it_is_lifted_and_none_is_above_what_is_allowed() -> None:
    code = (
        "import resource; from dl.training import foreign_job as job\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100)); job._limit('RLIMIT_NOFILE', job.OPEN_FILES)\n"
        "job._limit_memory(100_000_000)\n"
        "try: bytearray(200_000_000)\n"
        "except MemoryError: print('held')\n"
        "job._limit_memory(None); print(len(bytearray(200_000_000)), *resource.getrlimit(resource.RLIMIT_NOFILE))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["held", "200000000", "100", "100"]


@pytest.mark.slow
def test_command_tells_what_a_model_is_that_works_within_the_limits(
    keras: ModuleType, workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Slow: it starts a process with TensorFlow in it."""
    small(keras).save(path := tmp_path / "small.keras")
    assert command.model(Namespace(file=str(path), home=str(workspace.home))) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["input_shape"] == [8, 8, 1] and "importing Keras" in told.err
    assert ModelStore(workspace).known() == {}


def test_command_says_why_a_file_is_refused(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "evil.keras").write_bytes(b"no archive")
    assert command.model(Namespace(file=str(tmp_path / "evil.keras"), home=str(workspace.home))) == 1
    assert "model_refused: reason=not_an_archive" in capsys.readouterr().err


def test_job_refuses_what_may_do_harm_before_keras_is_imported(workspace: Workspace) -> None:
    run = ModelStore(workspace).begin("evil.keras", io.BytesIO(b"\x80\x04\x95 no archive"), "as_stored")
    code = (
        "import sys; from dl.runs.run import Run; from pathlib import Path; from dl.workspace import Workspace\n"
        "from dl.errors import ModelRefused; from dl.training.foreign_job import work\n"
        "try: work(Run(Path(sys.argv[1])), Workspace.from_environment(), lambda *_: None)\n"
        "except ModelRefused as error: print(error.facts['reason'], 'keras' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code, str(run.folder)], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["not_an_archive", "False"]
