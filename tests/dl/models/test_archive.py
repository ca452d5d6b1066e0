"""Files that try to do harm are refused before Keras is even imported, each with its reason; honest ones are not."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from dl.errors import ModelRefused
from dl.models.archive import look_into
from dl.models.weights import look_at_weights
from dl.workspace import Workspace
from ui.problems import has_text

REASONS = {
    "lambda_bytecode": "not_allowed",
    "lambda_named_function": "not_allowed",
    "foreign_module": "not_allowed",
    "function_as_activation": "not_allowed",
    "keras_internal": "not_allowed",
    "unsafe_switch": "not_allowed",
    "registered_custom": "custom",
    "custom_under_a_known_name": "custom",
    "saved_model_layer": "not_allowed",
    "torch_pickle": "not_allowed",
    "vocabulary_path": "names_a_file",
    "vocabulary_url": "names_a_file",
    "external_link": "weights_link",
    "soft_link": "weights_link",
    "external_storage": "weights_link",
    "virtual_dataset": "weights_link",
    "shape_bomb": "weights_bomb",
    "references": "weights_kind",
    "zip_bomb": "too_large",
    "json_bomb": "too_large",
    "deep_json": "too_deep",
    "traversal": "other_file",
    "absolute_path": "other_file",
    "asset": "other_file",
    "link": "link",
    "twice": "twice",
    "pickle": "not_an_archive",
    "lacks_weights": "not_an_archive",
}


@pytest.fixture(scope="module")
def malicious() -> ModuleType:
    spec = importlib.util.spec_from_file_location("malicious", Path(__file__).with_name("malicious.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_kind_that_is_made_has_its_reason(malicious: ModuleType) -> None:
    assert set(malicious.BAD) == set(REASONS) and len(REASONS) >= 10
    assert all(has_text(f"problem.model_refused_{reason}") for reason in REASONS.values())


@pytest.mark.parametrize("kind", REASONS)
def test_malicious_file_is_refused_with_its_reason(kind: str, malicious: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    path.write_bytes(malicious.BAD[kind]())
    with pytest.raises(ModelRefused) as caught:
        look_into(path)
        look_at_weights(path)
    assert caught.value.facts["reason"] == REASONS[kind]


def test_honest_file_is_let_through(malicious: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    path.write_bytes(malicious.good())
    assert look_into(path)["class_name"] == "Sequential" and look_at_weights(path) == 10


@pytest.mark.parametrize("run", ["1", "2", "3"])
def test_what_livefit_saves_is_let_through(run: str, trained: Workspace) -> None:
    path = trained.runs / run / "model.keras"
    assert look_into(path)["class_name"] == "Functional" and look_at_weights(path) > 100


def test_looking_needs_no_keras() -> None:
    code = "import sys, dl.models.archive, dl.models.weights; print('keras' in sys.modules, 'h5py' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["False", "False"]
