"""A run finds the table it was tested on, with the columns of that time; another one it does not take for it."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dl.datasets import DatasetStore
from dl.datasets.tables.table import Table
from dl.errors import DatasetDamaged, DatasetError
from dl.runs import RunStore
from dl.runs.table_behind import table_behind
from dl.specs.presets import default_spec
from dl.workspace import Workspace


def test_table_is_found_with_its_old_columns_until_it_is_another(table_of: Callable[..., Table], tmp_path: Any) -> None:
    workspace = Workspace(tmp_path, tmp_path / "downloads")
    table = table_of(pd.DataFrame({name: np.arange(8.0) for name in "aby"}), "y")
    run = RunStore(workspace.runs).create(default_spec(table.description, "plain"), table.description, claimed=True)
    store, file = DatasetStore(workspace), table.folder / "dataset.json"
    now = json.loads(file.read_text())
    first, *others = now["columns"]
    file.write_text(json.dumps(now | {"columns": [first | {"role": "ignored"}, *others]}))
    found = table_behind(run, store)
    assert found.description == table.description and found.rows == 8
    file.write_text(json.dumps(now | {"fingerprint": "another"}))
    with pytest.raises(DatasetDamaged):
        table_behind(run, store)
    file.unlink()
    with pytest.raises(DatasetError):
        table_behind(run, store)
