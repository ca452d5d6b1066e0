"""The slow import, in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from dl.training.fast import PATCHES

ROOT = Path(__file__).resolve().parents[4]
ASK = """\
import sys
from dl.training.fast import import_keras
import_keras()
import dl.training.execute
assert "keras" in sys.modules and "sklearn" not in sys.modules and "matplotlib" not in sys.modules
import sklearn
assert sklearn.__version__
"""


@pytest.mark.skipif(not PATCHES, reason="the import is left as it is where nothing is patched")
def test_training_imports_nothing_that_keras_alone_has_a_use_for() -> None:
    subprocess.run([sys.executable, "-c", ASK], cwd=ROOT, check=True)
