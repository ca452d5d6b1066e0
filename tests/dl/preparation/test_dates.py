import numpy as np
import pandas as pd

from dl.preparation.dates import PARTS, date_parts


def test_parts_are_those_of_pandas() -> None:
    """Leap years, the year 1900 that is none, times before 1970, the last second of a year."""
    named = ["1900-02-28 23:59:59", "1900-03-01", "1999-12-31 23:59:59", "2000-02-29 12:30:00", "2024-02-29"]
    random = np.random.default_rng(0).integers(-4_000_000_000, 8_000_000_000, 5000)
    times = pd.DatetimeIndex([*pd.to_datetime(named, format="ISO8601"), *pd.to_datetime(random, unit="s")]).astype(
        "datetime64[s]"
    )
    seconds = times.astype("int64").to_numpy().astype(float)
    parts = date_parts(seconds, np.floor, np.where)
    assert tuple(parts) == PARTS
    np.testing.assert_array_equal(parts["days"], np.floor(seconds / 86_400))
    for name in ("year", "month", "day", "hour"):
        np.testing.assert_array_equal(parts[name], getattr(times, name), err_msg=name)
    np.testing.assert_array_equal(parts["weekday"], times.day_of_week)
