"""With LIVEFIT_PLAIN=1 nothing of Keras or TensorFlow is patched, and training is what it was."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]
REPRESENTATIVE = (
    "test_engine.py::test_weights_and_epoch_means_equal_those_of_fit[Adam-sparse_categorical_crossentropy]",
    "test_engine.py::test_batch_normalisation_is_trained_as_fit_trains_it",
    "test_resume.py::test_resumed_training_is_identical_with_every_random_layer",
)
NOTHING_PATCHED = """
from pathlib import Path
from dl.training.fast import import_keras
import_keras()
import os, sys
from dl.training.fast import forward, programs
from dl.training.fast.compiled import keep_compiled
keep_compiled(Path(sys.argv[1]))
forward._pooled_first = programs.for_xla = None
import keras, numpy as np, tensorflow as tf
layers = [keras.Input((4, 4, 1)), keras.layers.Conv2D(2, 2, activation="relu"), keras.layers.MaxPooling2D()]
model = keras.Sequential(layers)
step = lambda rows, rate: (tf.reduce_sum(forward.forward(model.layers, tf.ones([1, 4, 4, 1]))), rate)
print(programs.Program(step, "xla", 1, 2)(np.zeros((1, 1)), np.ones(1)))
assert "TF_XLA_FLAGS" not in os.environ and not list(Path(sys.argv[1]).iterdir())
"""


def plain(*arguments: str) -> subprocess.CompletedProcess[str]:
    variables = {name: value for name, value in os.environ.items() if name != "TF_XLA_FLAGS"} | {"LIVEFIT_PLAIN": "1"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=300)


def test_nothing_is_patched_and_nothing_kept_when_it_is_switched_off(tmp_path: Path) -> None:
    done = plain("-c", NOTHING_PATCHED, str(tmp_path))
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_training_equals_fit_and_resumes_bit_for_bit_when_patches_are_off() -> None:
    tests = [f"tests/dl/training/{test}" for test in REPRESENTATIVE]
    done = plain("-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)
    assert done.returncode == 0 and "4 passed" in done.stdout, done.stdout
