"""Livefit's pages as a reader finds them: by their words, by the keys of their widgets, and by what a chart shows."""

import json
import re
from typing import Any, Literal

from playwright.sync_api import Locator, Page, expect

from ui.text import Language, translate

Metric = Literal["loss", "accuracy"]
CHART_STATE = """node => JSON.stringify({
    last: Math.max(0, ...(node._fullData ?? []).flatMap(trace => trace.x?.length ? [trace.x[trace.x.length - 1]] : [])),
    lines: Object.fromEntries((node._fullData ?? []).map(trace => [trace.uid, trace.visible])),
    range: node._fullLayout ? [...node._fullLayout.xaxis.range, ...node._fullLayout.yaxis.range] : [],
    marked: node.marked ?? false})"""
COUNTED = """([label, step]) => [...document.querySelectorAll('[data-testid=stMetric]')].some(metric => {
    const text = metric.querySelector('[data-testid=stMetricValue]').innerText;
    const named = metric.querySelector('[data-testid=stMetricLabel]').innerText.trim() === label;
    return named && Number(text.split('/')[0].replaceAll(',', '')) > step})"""
LAST_POINT = "([node, step]) => node._fullData?.some(trace => trace.x?.[trace.x.length - 1] >= step)"


class Screen:
    """One tab, read in `language`."""

    def __init__(self, page: Page, address: str, language: Language = "en") -> None:
        self.page, self.address, self.language = page, address, language

    def t(self, key: str, **facts: Any) -> str:
        return translate(self.language, key, facts)

    def open(self, path: str = "") -> "Screen":
        self.page.goto(f"{self.address}/{path}")
        return self

    def go_to(self, name: str) -> None:
        """To another page by its link in the navigation."""
        self.link(name).click()
        expect(self.title(name)).to_be_visible()

    def link(self, name: str) -> Locator:
        return self.page.get_by_test_id("stTopNavLink").filter(has_text=self.t(f"nav.{name}"))

    def title(self, name: str) -> Locator:
        return self.page.get_by_role("heading", level=1, name=self.t(f"{name}.title"), exact=True)

    def button(self, key: str) -> Locator:
        return self.page.locator(f".st-key-{key} button")

    def named_button(self, key: str) -> Locator:
        """A button by its words in the catalogue; an icon before or behind them is part of its name."""
        return self.page.get_by_role("button", name=re.compile(rf"\b{re.escape(self.t(key))}\b"))

    def says(self, key: str, **facts: Any) -> Locator:
        """Where this sentence stands on the screen."""
        return self.page.get_by_text(self.t(key, **facts), exact=True)

    def badge(self, state: str) -> Locator:
        """The state of the run in sight, on its badge."""
        return self.page.locator(".stMarkdownBadge").filter(has_text=self.t(f"state.{state}"))

    def number_field(self, name: str) -> Locator:
        return self.page.get_by_role("spinbutton", name=self.t(f"field.{name}"), exact=True)

    def enter(self, field: Locator, value: object) -> None:
        field.fill(str(value))
        field.press("Enter")

    def choose(self, label: str, option: str) -> None:
        """An option of a select box."""
        self.page.get_by_role("combobox", name=label).click()
        self.page.get_by_role("option", name=option, exact=True).click()

    def metric(self, key: str) -> Locator:
        """The value of the number with this label."""
        label = self.page.get_by_text(self.t(key), exact=True)
        return self.page.get_by_test_id("stMetric").filter(has=label).get_by_test_id("stMetricValue")

    def step(self) -> int:
        """The step that the Train page counts."""
        return int(self.metric("train.step").inner_text().split("/")[0].replace(",", ""))

    def wait_for_step(self, step: int) -> int:
        """Until the number on the page is above `step`; the number it then shows."""
        label = self.t("train.step")
        self.page.wait_for_function(COUNTED, arg=[label, step])
        return self.step()

    def chart(self, metric: Metric) -> Any:
        """The node that Plotly draws on."""
        return self.page.locator(f".st-key-train_{metric} .chart").element_handle()

    def chart_state(self, metric: Metric) -> dict[str, Any]:
        return dict(json.loads(self.page.evaluate(CHART_STATE, self.chart(metric))))

    def wait_for_point(self, metric: Metric, step: int) -> None:
        """Until a point of this step or a later one is drawn."""
        self.page.wait_for_function(LAST_POINT, arg=[self.chart(metric), step])

    def cell(self, true: int, predicted: int) -> Locator:
        """A cell of the confusion matrix."""
        return self.page.get_by_role("grid").get_by_role("row").nth(true + 1).get_by_role("button").nth(predicted)
