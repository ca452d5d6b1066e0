"""A table of one's own in a real browser: given, looked at, imported, and its target there; and what is none."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from bench.page_object import Screen
from bench.served import Server
from dl.datasets import DatasetStore
from dl.workspace import Workspace

pytestmark = pytest.mark.browser

Visit = Callable[..., Screen]
PHONE = 390
ROWS = "size;place;sold\n" + "".join(f"{n},5;p{n % 3};{'yes' if n % 2 else 'no'}\n" for n in range(200)) + "1;2;3;4\n"
WIDTHS = "() => ['html', 'body', '[data-testid=stMain]'].map(part => document.querySelector(part).scrollWidth)"


@pytest.fixture(scope="module")
def datasets() -> tuple[str, ...]:
    return ("digits",)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "shops.csv").write_text(ROWS)
    return tmp_path / "shops.csv"


def test_uploaded_table_is_there_with_its_target(visit: Visit, file: Path, server: Server) -> None:
    screen = visit().settle()
    screen.button("home_bring").click()
    screen.page.locator(".st-key-bring_upload input[type=file]").set_input_files(file)
    expect(screen.page.get_by_role("combobox", name=screen.t("bring.target"))).to_have_value("sold")
    expect(screen.page.get_by_test_id("stDataFrame")).to_be_visible()
    screen.choose(screen.t("bring.target"), "place")
    screen.button("bring_import").click()
    screen.page.wait_for_url("**dataset=shops**")
    expect(screen.page.get_by_role("combobox", name=screen.t("choices.target"))).to_have_value("place")
    expect(screen.page.get_by_text("1 of 201 rows left out. Line 202 has 4 fields instead of 3.")).to_be_visible()
    expect(screen.button("explore_use")).to_be_enabled()
    assert DatasetStore(Workspace(server.home, server.home)).imported("shops").target.name == "place"
    assert list((server.home / "arrivals").glob("*/*")) == []


def test_table_is_imported_in_chinese_on_a_phone(visit: Visit, file: Path) -> None:
    screen = visit("explore?bring=new", language="zh", width=PHONE).settle()
    assert max(screen.page.evaluate(WIDTHS)) <= PHONE
    screen.page.get_by_label(screen.t("bring.place")).fill(str(file.rename(file.with_name("stores.csv"))))
    screen.button("bring_place_take").click()
    expect(screen.page.get_by_role("combobox", name=screen.t("bring.target"))).to_have_value("sold")
    assert max(screen.page.evaluate(WIDTHS)) <= PHONE
    screen.button("bring_import").click()
    screen.page.wait_for_url("**dataset=stores**")
    expect(screen.page.get_by_role("combobox", name=screen.t("choices.target"))).to_have_value("sold")
    assert max(screen.page.evaluate(WIDTHS)) <= PHONE


def test_bad_file_gives_one_sentence_and_another_one_can_be_given(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "b*d.csv").write_bytes(bytes(range(256)) * 20)
    screen = visit("explore?bring=new").settle()
    upload = screen.page.locator(".st-key-bring_upload input[type=file]")
    upload.set_input_files(tmp_path / "b*d.csv")
    expect(screen.page.get_by_role("alert")).to_have_count(1)
    expect(screen.page.get_by_role("alert")).to_contain_text(
        screen.t("problem.table_unreadable_binary", file="b_d.csv")
    )
    expect(screen.button("bring_import")).to_be_disabled()
    screen.button("bring_other").click()
    expect(upload).to_be_attached()
    expect(screen.page.get_by_role("alert")).to_have_count(0)
