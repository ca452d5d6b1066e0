// What stands on a chart beside its lines: buttons to see all and to take it away, and the saved epochs one can click.
const NEAR_PIXELS = 12;
const DOUBLE_CLICK_MS = 350; // a click that has no second one by then was meant as one
const LEGEND_ROW = 22; // of an image, in pixels

function offerTools(chart) {
  const { parent, data } = chart;
  const tools = {
    reset: () => {
      chart.kept = {};
      window.Plotly?.relayout(chart.node, { "xaxis.autorange": true, "yaxis.autorange": true });
    },
    png: () => saveImage(chart, "png", 2),
    svg: () => saveImage(chart, "svg", 1),
    csv: () => (data.pushed ? saveNumbers(data) : chart.trigger("csv", true)),
  };
  for (const button of parent.querySelectorAll("[data-tool]")) {
    button.title = data.labels[button.dataset.tool];
    button.setAttribute("aria-label", button.title);
    button.onclick = tools[button.dataset.tool];
  }
}

// With its title above and its legend below, a row for each two lines, so that nothing of it is cut off.
function saveImage({ parent, node, data }, format, scale) {
  const rows = Math.ceil((node._fullData ?? []).filter(({ showlegend }) => showlegend).length / 2);
  const below = 56 + rows * LEGEND_ROW;
  const size = { width: Math.max(640, node.clientWidth), height: node.clientHeight + below };
  const title = { text: escaped(data.labels.title), x: 0.02, xanchor: "left", y: 1, yref: "container", yanchor: "top", pad: { t: 14 } };
  const legend = { ...node.layout.legend, y: -56 / (size.height - below - 60), yanchor: "top" };
  const margin = { l: 16, r: 16, t: 48, b: below };
  const layout = { ...node.layout, title, legend, margin, paper_bgcolor: property(parent, "--st-background-color") };
  window.Plotly?.downloadImage({ data: node.data, layout }, { format, scale, filename: data.file, ...size });
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

// Every number there is, from the server: the browser has no more of them than can be seen.
function saveNumbers({ sources, metric, file }) {
  const query = new URLSearchParams({ metric, file });
  for (const { run, until } of sources) query.append("run", until ? `${run}:${until}` : run);
  const link = document.createElement("a");
  link.href = new URL(`api/curves.csv?${query}`, document.baseURI);
  link.download = "";
  link.click();
}

// Tells `pick` the saved epoch under the pointer. Empty space means nothing, and two clicks zoom out.
function heedClicks(node, saved, pick) {
  let last = null;
  let clicked = -Infinity; // Plotly tells of a double click first, and then of its second click
  node.on("plotly_doubleclick", () => (last = null));
  node.on("plotly_click", ({ event }) => {
    const isSecond = performance.now() - clicked < DOUBLE_CLICK_MS;
    clicked = performance.now();
    const mark = (last = isSecond ? null : nearest(node, saved(), event));
    const meant = () => mark && last === mark && pick(mark.epoch);
    // A second click may wait behind a drawing that takes long; it is told before the next frame.
    setTimeout(() => requestAnimationFrame(() => setTimeout(meant)), DOUBLE_CLICK_MS);
  });
}

// `marks` have an `x`, a `y` and the `epoch` that they stand for.
function nearest(node, marks, event) {
  const { xaxis, yaxis } = node._fullLayout;
  const { left, top } = node.getBoundingClientRect();
  const distance = ({ x, y }) =>
    Math.hypot(left + xaxis._offset + xaxis.c2p(xaxis.d2c(x)) - event.clientX, top + yaxis._offset + yaxis.c2p(yaxis.d2c(y)) - event.clientY);
  const near = marks.map((mark) => [distance(mark), mark]).filter(([pixels]) => pixels <= NEAR_PIXELS);
  return near.sort(([one], [other]) => one - other)[0]?.[1] ?? null;
}

function property(parentElement, name) {
  return getComputedStyle(parentElement.host ?? parentElement).getPropertyValue(name).trim();
}
