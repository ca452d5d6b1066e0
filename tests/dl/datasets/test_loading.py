"""What a script gets by itself is what the import brings, bit for bit."""

import numpy as np
import pytest

from dl.datasets import DatasetStore, loading_script
from dl.datasets.catalogue import BUILTINS
from dl.workspace import Workspace


@pytest.mark.parametrize("dataset", ["digits", "diabetes"])
def test_script_gets_the_rows_that_the_import_brings(dataset: str, workspace: Workspace) -> None:
    store = DatasetStore(workspace)
    store.bring(dataset)
    kept, names = store.open(dataset), {"np": np}
    exec(loading_script(dataset), names)
    for name in ("x_train", "y_train", "x_test", "y_test"):
        np.testing.assert_array_equal(getattr(kept, name), names[name])


def test_every_built_in_set_can_be_got_by_a_script_and_none_of_ones_own() -> None:
    assert all(loading_script(known.id) for known in BUILTINS) and loading_script("my_own") == ""
