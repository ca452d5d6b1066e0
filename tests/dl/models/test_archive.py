"""Files that try to do harm are refused before Keras is even imported, each with its reason; honest ones are not."""

import importlib.util
import subprocess
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from dl.errors import ModelRefused
from dl.jobs.run_jobs import JobStatus
from dl.models.allowed import ALLOWED, OPERATIONS
from dl.models.archive import look_into
from dl.models.looking import look
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
    "custom_of_the_main_program": "custom",
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
    "no_model": "no_model",
    "huge_layer": "weights_missing",
    "huge_kernel": "weights_missing",
    "huge_input": "input_too_large",
    "half_a_character": "not_allowed",
    "torn_weights": "not_an_archive",
    "smaller_than_it_is": "not_an_archive",
    "one_in_another": "not_an_archive",
    "before_the_file": "not_an_archive",
    "strangely_packed": "weights_damaged",
    "ring": "weights_link",
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
        look(path)
    assert caught.value.facts["reason"] == REASONS[kind]
    JobStatus(state="failed", facts=caught.value.facts).model_dump_json()  # so that the page hears of it


def test_honest_file_is_let_through(malicious: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    path.write_bytes(malicious.good())
    assert look_into(path)["class_name"] == "Sequential" and look_at_weights(path) == 10


def test_damage_anywhere_is_a_reason(malicious: ModuleType, tmp_path: Path) -> None:
    path, whole, random = tmp_path / "model.keras", malicious.good(), np.random.default_rng(0)
    refused = 0
    for place in random.integers(0, len(whole), 150):
        path.write_bytes(whole[:place] + bytes(random.integers(0, 256, 3, np.uint8)) + whole[place + 3 :])
        with suppress(ModelRefused):
            look(path)
            continue
        refused += 1
    assert refused > 100


def test_columns_may_be_called_as_what_keras_looks_for(malicious: ModuleType, tmp_path: Path) -> None:
    config = malicious.model(malicious.dense())
    config["config"]["input_layers"] = {name: [name, 0, 0] for name in ("class_name", "module", "registered_name")}
    (tmp_path / "model.keras").write_bytes(malicious.archive(config))
    look(tmp_path / "model.keras")


@pytest.mark.parametrize("run", ["1", "2", "3"])
def test_what_livefit_saves_is_let_through(run: str, trained: Workspace) -> None:
    path = trained.runs / run / "model.keras"
    look(path)
    assert look_into(path)["class_name"] == "Functional" and look_at_weights(path) > 100


def _ones_own(wanted: Any, given: Any) -> Any:
    return given - wanted


def test_what_others_save_is_let_through(keras: ModuleType, tmp_path: Path) -> None:
    words, layers = keras.Input((6,)), keras.layers
    value = layers.Bidirectional(layers.LSTM(2, return_sequences=True))(layers.Embedding(9, 4, mask_zero=True)(words))
    value = layers.GlobalAveragePooling1D()(layers.MultiHeadAttention(2, 2)(value, value))
    half = layers.Dense(3, keras.activations.gelu, kernel_regularizer="l2", dtype="bfloat16")(value)
    inner = keras.Sequential([keras.Input((3,)), layers.Dense(2, kernel_constraint=keras.constraints.MaxNorm())])
    inner.compile("adam", keras.losses.Huber(), metrics=["mae"])
    model = keras.Model(words, inner(half) * 2 + keras.ops.sum(half, axis=-1, keepdims=True))
    model.compile(keras.optimizers.SGD(), loss=_ones_own)  # is not asked for
    model.save(tmp_path / "model.keras")
    look(tmp_path / "model.keras")


def test_every_part_on_the_list_is_one_of_keras(keras: ModuleType) -> None:
    named = {module: names for module, names in ALLOWED.items() if "src.ops" not in module}
    missing = {
        f"{module}.{name}"
        for module, names in named.items()
        for name in names
        if not hasattr(import_module(module), name)
    }
    operations = [vars(import_module(module)) for module in ALLOWED if "src.ops" in module]
    assert not missing and not {name for name in OPERATIONS if not any(name in known for known in operations)}


def test_looking_needs_no_keras() -> None:
    code = "import sys, dl.models.looking; print('keras' in sys.modules, 'h5py' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["False", "False"]
