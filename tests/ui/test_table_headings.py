"""How a date is written in a table follows from what is known of it."""

from datetime import datetime
from typing import Any

import pandas as pd
import pytest

from dl.datasets.columns import Date
from ui.shared.table_headings import heading


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([datetime(2020, 1, 1), None], "date"),
        ([datetime(2020, 1, 1, 12), datetime(2020, 1, 2)], "datetime"),
        ([None, None], "datetime"),
        (["20224-01-01 00:00:00", None], "datetime"),
    ],
    ids=["days", "times", "all missing", "beyond what pandas tells"],
)
def test_days_have_no_time_and_what_is_no_time_is_left_as_it_is(values: list[Any], kind: str) -> None:
    frame = pd.DataFrame({"c0": pd.Series(values)})
    assert heading(Date(name="when", field="c0"), frame)["type_config"]["type"] == kind
