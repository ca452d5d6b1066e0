// On the window, because this script is read anew for every chart that is mounted.
const TELL_MS = 150; // a zoom is made of many small moves
const charts = (window.__livefitCharts ??= new WeakMap());

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const node = parentElement.querySelector(".chart");
  const chart = charts.get(parentElement) ?? { queue: Promise.resolve(), told: JSON.stringify(data.zoomed) };
  charts.set(parentElement, chart);
  chart.wanted = data;
  chart.tell = setStateValue;
  chart.trigger = setTriggerValue;
  node.setAttribute("aria-label", data.alt);
  node.style.height = `${data.height}px`;
  offerTools(parentElement, node, data);
  chart.queue = chart.queue.then(() => draw(chart, node, parentElement)).catch((error) => fail(parentElement, data, error));
  return () => chart.queue.then(() => leave(chart, node, parentElement));
}

function leave(chart, node, parentElement) {
  if (node.isConnected) return; // Streamlit cleans up after a call that a newer one has overtaken, too
  clearTimeout(chart.timer);
  charts.delete(parentElement);
  window.Plotly?.purge(node);
}

async function draw(chart, node, parentElement) {
  const data = chart.wanted;
  chart.wanted = null; // later calls may have brought newer numbers for the calls that still wait
  if (!data) return;
  const Plotly = await load(data.sources);
  const { data: traces, layout } = JSON.parse(data.figure);
  const font = property(parentElement, "--st-font");
  const own = { ...layout, autosize: true, height: data.height };
  if (font) own.font = { ...layout.font, family: font };
  await Plotly.react(node, traces, own, { responsive: true, displayModeBar: false });
  if (!chart.heard) {
    node.on("plotly_relayout", () => tellZoom(chart, node));
    node.on("plotly_click", ({ points }) => tellPicked(chart, points));
  }
  chart.heard = true;
  tellZoom(chart, node); // because another run or another axis gives up the zoom without an event
}

function tellZoom(chart, node) {
  clearTimeout(chart.timer);
  chart.timer = setTimeout(() => {
    const { autorange, range } = node._fullLayout.xaxis;
    const zoomed = JSON.stringify(autorange ? null : range);
    if (zoomed === chart.told) return;
    chart.told = zoomed;
    chart.tell("zoomed", JSON.parse(zoomed));
  }, TELL_MS);
}

function tellPicked(chart, points) {
  const mark = points.find(({ customdata }) => Number.isInteger(customdata));
  if (mark) chart.trigger("picked", mark.customdata);
}

function property(parentElement, name) {
  return getComputedStyle(parentElement.host ?? parentElement).getPropertyValue(name).trim();
}

async function load(sources) {
  for (const source of sources) {
    if (window.Plotly) break;
    await import(new URL(source, document.baseURI).href).catch(() => null);
  }
  if (!window.Plotly) throw new Error("Plotly's script could not be loaded");
  return window.Plotly;
}

function fail(parentElement, data, error) {
  console.error(error);
  const sentence = parentElement.querySelector(".failed");
  sentence.textContent = data.labels.failed;
  sentence.hidden = false;
}

function offerTools(parentElement, node, { labels, file }) {
  const image = (format, scale) => () => {
    const layout = { ...node.layout, paper_bgcolor: property(parentElement, "--st-background-color") };
    const size = { width: node.clientWidth, height: node.clientHeight };
    window.Plotly?.downloadImage({ data: node.data, layout }, { format, scale, filename: file, ...size });
  };
  const tools = {
    reset: () => window.Plotly?.relayout(node, { "xaxis.autorange": true, "yaxis.autorange": true }),
    png: image("png", 2),
    svg: image("svg", 1),
    csv: () => saveNumbers(node, file),
  };
  for (const button of parentElement.querySelectorAll("[data-tool]")) {
    button.title = labels[button.dataset.tool];
    button.setAttribute("aria-label", button.title);
    button.onclick = tools[button.dataset.tool];
  }
}

function saveNumbers(node, file) {
  const rows = [["line", "x", "y"]];
  for (const { name, meta, x, y } of node._fullData ?? []) {
    const line = cell(meta ? `${name} (${meta})` : name);
    for (let place = 0; place < (x ?? []).length; place++) rows.push([line, x[place], y[place]]);
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([rows.map((row) => row.join(",")).join("\n")], { type: "text/csv" }));
  link.download = `${file}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}

function cell(text) {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
