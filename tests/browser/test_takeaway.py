"""What leaves the house: a network in another form, a report that needs no network, a passport that is repeated."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from bench.page_object import Screen
from bench.served import Server, served
from dl.runs import Run
from dl.workspace import Workspace

pytestmark = pytest.mark.browser

Visit = Callable[..., Screen]
TrainRun = Callable[..., Run]
Furnish = Callable[..., Workspace]
Saved = Callable[[str], Path]


@pytest.fixture(scope="module")
def datasets() -> tuple[str, ...]:
    return ("digits",)


@pytest.fixture(scope="module")
def elsewhere(
    tmp_path_factory: pytest.TempPathFactory, furnish: Furnish, variables: dict[str, str]
) -> Iterator[Server]:
    """Another Livefit, with a home of its own."""
    folder = tmp_path_factory.mktemp("elsewhere")
    furnish(folder / "home", "digits")
    with served(folder, environment=variables) as server:
        yield server


@pytest.mark.slow
def test_everything_is_taken_away_and_the_run_repeated_elsewhere(
    visit: Visit, train: TrainRun, wait_until: Callable[..., None], elsewhere: Server, browser: Browser, tmp_path: Path
) -> None:
    """In one go, for the worker that trains is what takes long."""
    run = train(epochs=2)
    wait_until(lambda: run.status().ended)
    screen = visit(f"evaluate?run={run.id}", width=390).settle()

    def saved(kind: str) -> Path:
        with screen.page.expect_download() as download:
            screen.button(f"evaluate_download_{kind}").click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        return path

    screen.button("evaluate_exports_start").click()
    expect(screen.button("evaluate_exports_cancel")).to_be_visible()
    expect(screen.button("evaluate_download_litert")).to_be_visible(timeout=120_000)
    assert saved("onnx").stat().st_size > 10_000
    assert screen.page.evaluate("document.documentElement.scrollWidth") == 390

    asked: list[str] = []
    with browser.new_context(offline=True) as context:
        report = context.new_page()
        report.on("request", lambda request: asked.append(request.url))
        report.goto(saved("report").as_uri())
        expect(report.get_by_role("heading", name=screen.t("report.limits"))).to_be_visible()
        assert report.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
        assert len(report.pdf()) > 10_000
    assert all(url.startswith(("file:", "data:")) for url in asked)

    passport = saved("passport")
    assert json.loads(passport.read_text(encoding="utf-8"))["environment"]["cores"] >= 1
    with browser.new_context() as context:
        there = Screen(context.new_page(), elsewhere.address).open().settle()
        there.button("home_passport").click()
        there.page.locator("input[type=file]").set_input_files(passport)
        there.button("home_passport_repeat").click()
        expect(there.title("train")).to_be_visible()
        there.press("train_evaluate")
        expect(there.page.get_by_text("Reproduced: yes.")).to_be_visible()
