"""Explore on a large table in a browser, whose profile is exact by then: how long it takes to open, and each click.

python -m bench.explore_tables [--rows N] prints a table and, on its last line, one JSON object.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from bench.clicks import Clicks
from bench.served import Server, chromium, served
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
    for name, value in found.items():
        aim = next((f"   aim {aim:g}" for end, aim in AIMS.items() if name.split()[-1] == end), "")
        print(f"{name:<36} {value:8.2f}{aim}")
    print(json.dumps({name: round(value, 3) for name, value in found.items()}))


def measured(folder: Path, rows: int) -> dict[str, float]:
    found: dict[str, float] = {}
    with served(folder) as server, chromium(os.environ.get("LIVEFIT_BROWSER")) as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB")
        page.set_default_timeout(120_000)
        clicks = Clicks(page, server)
        page.goto(server.address)
        page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
        for time_of in ("first", "again"):
            opened = clicks.cost(lambda page: _open(page, server, rows))
            found |= {f"open {time_of} {clock}": value for clock, value in opened.items()}
            for name, action in ACTIONS.items():
                clicked = clicks.cost(action)
                found |= {f"{name} {time_of} {clock}": value for clock, value in clicked.items()}
        found["server_mb"] = server.process.memory_info().rss / 1e6
    return found


def _open(page: Page, server: Server, rows: int) -> None:
    page.goto(f"{server.address}/explore?dataset=large")
    page.get_by_text(f"Exact: counted over all {rows:,} rows.").wait_for()
    page.wait_for_selector(".st-key-explore_distribution .js-plotly-plot")
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")


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
