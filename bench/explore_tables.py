"""Explore on a large table in a browser, whose profile is exact by then: how long it takes to open, and each click.

python -m bench.explore_tables [--rows N] prints a table and, on its last line, one JSON object.
"""

import argparse
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from playwright.sync_api import Page

from bench.clicks import clicking, tell
from bench.tables_profile import made_table
from dl.profiles.kept import kept_profiles

AIMS = {"s": 1.0, "server_mb": 400.0}
HEADING_HEIGHT, ROW_HEIGHT = 35, 35  # of a row of a data frame


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table = made_table(Path(folder) / "home" / "datasets" / "large", options.rows)
        for _ in kept_profiles(table):
            pass
        found = measured(Path(folder), options.rows)
    tell(found, AIMS)


def measured(folder: Path, rows: int) -> dict[str, float]:
    with clicking(folder) as clicks:
        exact = f"text=Exact: counted over all {rows:,} rows."
        chart = ".st-key-explore_distribution .js-plotly-plot"
        opening = partial(clicks.open, "explore?dataset=large", exact, chart)
        return clicks.twice(opening, ACTIONS) | {"server_mb": clicks.server_megabytes}


def _row(number: int) -> Callable[[Page], None]:
    """A click on the name of a column in the list of them."""
    place = {"x": 60, "y": HEADING_HEIGHT + ROW_HEIGHT * number + ROW_HEIGHT // 2}
    return lambda page: page.locator(".st-key-explore_columns .stDataFrameGlideDataEditor").first.click(position=place)  # type: ignore[arg-type]


def _view(name: str) -> Callable[[Page], None]:
    return lambda page: page.locator(".st-key-explore_view").get_by_text(name, exact=True).click()


def _sorted_by(column: str) -> Callable[[Page], None]:
    def choose(page: Page) -> None:
        page.get_by_role("combobox", name="Sort by").click()
        page.get_by_role("option", name=column, exact=True).click()

    return choose


ACTIONS = {
    "a column": _row(3),
    "another column": _row(6),
    "view of pairs": _view("Pairs"),
    "view of correlations": _view("Correlations"),
    "view of rows": _view("Rows"),
    "rows sorted": _sorted_by("c2"),
}

if __name__ == "__main__":
    main()
