"""The catalogue is complete, and looking into it is cheap; what a script gets by itself is what the import brings."""

import re
import subprocess
import sys

import numpy as np
import pytest

from dl.datasets import DatasetStore, loading_script
from dl.datasets.catalogue import BUILTINS, Builtin
from dl.workspace import Workspace


def test_every_set_is_found_by_its_id() -> None:
    assert {name: known.id for name, known in BUILTINS.items()} == {name: name for name in BUILTINS}
    pictures = ["mnist", "fashion_mnist", "cifar10", "mnist_sample", "digits"]
    tables = ["iris", "wine", "breast_cancer", "diabetes", "adult", "california_housing"]
    assert list(BUILTINS) == pictures + tables


@pytest.mark.parametrize("known", BUILTINS.values(), ids=lambda known: known.id)
def test_every_archive_can_be_checked_when_downloaded(known: Builtin) -> None:
    for archive in known.archives:
        hashes = [archive.sha256] if archive.sha256 else [value for _, value in archive.array_sha256]
        assert hashes and all(re.fullmatch("[0-9a-f]{64}", value) for value in hashes)
        assert re.fullmatch(r"[\w.-]+", archive.name) and archive.bytes > 0


def test_download_is_nothing_when_a_package_ships_the_set() -> None:
    sizes = {known.id: known.download_bytes for known in BUILTINS.values()}
    assert sizes["mnist_sample"] == sizes["digits"] == 0
    assert sizes["fashion_mnist"] == 30_878_645 and sizes["cifar10"] == 170_052_171


def test_nothing_heavy_is_imported_when_the_package_is() -> None:
    heavy = {"mlxtend", "sklearn", "pandas", "tensorflow", "duckdb", "pyarrow", "python_calamine"}
    program = f"import sys, dl.datasets, dl.tasks; print({heavy} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "set()\n"


@pytest.mark.parametrize("dataset", ["digits"])
def test_script_gets_the_rows_that_the_import_brings(dataset: str, workspace: Workspace) -> None:
    store = DatasetStore(workspace)
    store.bring(dataset)
    kept, names = store.open(dataset), {"np": np}
    exec(loading_script(dataset), names)
    for name in ("x_train", "y_train", "x_test", "y_test"):
        np.testing.assert_array_equal(getattr(kept, name), names[name])


def test_every_built_in_set_can_be_got_by_a_script_and_none_of_ones_own() -> None:
    assert all(map(loading_script, BUILTINS)) and loading_script("my_own") == ""
