"""Livefit's pages as a reader finds them: by their words, by the keys of their widgets, and by what a chart shows."""

import json
from typing import Any, Literal

from playwright.sync_api import Locator, Page, expect

from ui.text import Language, translate

Metric = Literal["loss", "accuracy"]
DEAF_MS = 2000
CHART_STATE = """node => JSON.stringify({
    last: Math.max(0, ...(node._fullData ?? []).flatMap(trace => trace.x?.length ? [trace.x[trace.x.length - 1]] : [])),
    lines: (node._fullData ?? [])
        .filter(trace => trace.mode !== 'markers' && trace.uid !== 'baseline')
        .map(trace => [trace.legendgroup, trace.visible]),
    range: node._fullLayout ? [...node._fullLayout.xaxis.range, ...node._fullLayout.yaxis.range] : [],
    marked: node.marked ?? false})"""
COUNTED = """step => {
    const host = [...document.querySelectorAll('[class*=st-key-train_board] *')].find(node => node.shadowRoot);
    const text = host?.shadowRoot.querySelector('[data-number=step] dd')?.textContent ?? '';
    const count = Number(text.split('/')[0].replaceAll(',', ''));
    return count >= step ? count : null;
}"""
# Looked for anew each time: Streamlit may draw a chart once more, on another node, while the page is built.
LAST_POINT = """([key, step]) => [...document.querySelectorAll(`.st-key-${key} *`)]
    .flatMap(node => [...(node.shadowRoot?.querySelectorAll('.chart') ?? [])])
    .some(node => node._fullData?.some(trace => trace.x?.[trace.x.length - 1] >= step))"""


class Screen:
    """One tab, read in `language`."""

    def __init__(self, page: Page, address: str, language: Language = "en") -> None:
        self.page, self.address, self.language = page, address, language

    def t(self, key: str, **facts: Any) -> str:
        return translate(self.language, key, facts)

    def open(self, path: str = "") -> "Screen":
        self.page.goto(f"{self.address}/{path}")
        return self

    def settle(self) -> "Screen":
        """Until everything is drawn; a page that draws live never settles."""
        expect(self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible()
        expect(self.page.get_by_test_id("stSkeleton")).to_have_count(0)
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()
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
        """The button with this key; Streamlit draws one that has a help text twice, of which it hides one."""
        return self.page.locator(f".st-key-{key} button").filter(visible=True)

    def press(self, key: str) -> None:
        """A button that hears nothing while it is new."""
        expect(self.button(key)).to_be_enabled()
        self.page.wait_for_timeout(DEAF_MS)
        self.button(key).click()

    def says(self, key: str, **facts: Any) -> Locator:
        """Where this sentence stands on the screen."""
        return self.page.get_by_text(self.t(key, **facts), exact=True)

    def badge(self, state: str) -> Locator:
        """The state of the run in sight, on its badge."""
        return self.page.locator(".stMarkdownBadge, .board .badge").filter(has_text=self.t(f"state.{state}"))

    def number_field(self, name: str) -> Locator:
        return self.page.get_by_role("textbox", name=self.t(f"field.{name}"), exact=True)

    def open_tab(self, key: str) -> None:
        self.page.get_by_role("tab", name=self.t(key), exact=True).click()

    def enter(self, field: Locator, value: object) -> None:
        field.fill(str(value))
        field.press("Enter")

    def choose(self, label: str, option: str) -> None:
        """An option of a select box that is in sight: if the page must scroll to it, the list closes again."""
        self.page.get_by_role("combobox", name=label).click()
        self.page.get_by_role("option", name=option, exact=True).click()

    def choose_dataset(self, name: str) -> None:
        """One of pictures that is here or needs no download, on Explore."""
        option = f"{self.t(f'dataset.{name}_name')} · {self.t('dataset.kind_picture')}"
        self.choose(self.t("explore.dataset"), option)

    def wait_for_step(self, step: int) -> int:
        """Until the Train page counts this step or a later one; the number it then shows."""
        return int(self.page.wait_for_function(COUNTED, arg=step).json_value())

    def chart(self, metric: Metric) -> Any:
        """The node that Plotly draws on."""
        return self.page.locator(f".st-key-train_{metric} .chart").element_handle()

    def chart_state(self, metric: Metric) -> dict[str, Any]:
        return dict(json.loads(self.page.evaluate(CHART_STATE, self.chart(metric))))

    def wait_for_point(self, metric: Metric, step: int) -> None:
        """Until a point of this step or a later one is drawn."""
        self.page.wait_for_function(LAST_POINT, arg=[f"train_{metric}", step])

    def cell(self, true: int, predicted: int) -> Locator:
        """A cell of the confusion matrix."""
        return self.page.get_by_role("grid").get_by_role("row").nth(true + 1).get_by_role("button").nth(predicted)

    def zoom(self, metric: Metric) -> None:
        """Drag over the middle of a chart."""
        box = self.page.locator(f".st-key-train_{metric} .nsewdrag").bounding_box()
        assert box
        self.page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.2)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.8, steps=5)
        self.page.mouse.up()
        self.page.wait_for_function("node => node._fullLayout.xaxis.autorange === false", arg=self.chart(metric))
