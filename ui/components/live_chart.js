// `mount` and `Watched` stand in stream.js, the buttons and clicks in chart_tools.js: both are put in front of this.
const TELL_MS = 150; // a zoom is made of many small moves
const IDLE_SHARE = 3; // so many times as long as a chart took to draw it then leaves the browser alone,
const MOST_IDLE_MS = 300; // but no longer than this
const MOST_MARKERS = 60; // of more, the rims would cover the line
const RECENT_SHARE = 0.5; // of the steps: the axis that is fitted to them leaves the rest outside
const ROOM = 0.06; // above and below, as a share of the axis

export default (component) => mount(Chart, component);

class Chart {
  constructor(parentElement) {
    this.parent = parentElement;
    this.node = parentElement.querySelector(".chart");
    this.watched = new Watched();
    this.changed = () => this.draw();
  }

  show({ data, setStateValue, setTriggerValue }) {
    Object.assign(this, { data, tell: setStateValue, trigger: setTriggerValue });
    this.told ??= JSON.stringify(data.zoomed);
    this.template = JSON.parse(data.figure);
    this.node.style.height = `${data.height}px`;
    offerTools(this);
    this.keepHeight(this.template.layout.yaxis);
    const changed = this.detail && this.detail.smoothing !== data.smoothing;
    this.watched.watch(data.sources, data.events, this.changed);
    if (changed) this.zoom(JSON.parse(this.told));
    this.draw();
  }

  leave() {
    clearTimeout(this.timer);
    clearTimeout(this.telling);
    if (this.heard) window.Plotly?.purge(this.node);
  }

  // Soon, and never twice at once: what comes meanwhile is drawn together.
  draw() {
    this.isStale = true;
    if (this.timer || this.isDrawing) return;
    const wait = Math.max(0, (this.rested ?? 0) - performance.now());
    this.timer = setTimeout(() => this.react().catch((error) => fail(this.parent, this.data, error)), wait);
  }

  async react() {
    Object.assign(this, { timer: null, isDrawing: true, isStale: false });
    try {
      const Plotly = await load(this.data.plotly);
      if (!this.node.isConnected) return;
      const began = performance.now();
      const { traces, layout } = this.filled();
      await Plotly.react(this.node, traces, layout, { responsive: true, displayModeBar: false });
      this.width = this.node._fullLayout.width;
      const took = performance.now() - began;
      this.rested = performance.now() + (this.heard ? Math.min(IDLE_SHARE * took, MOST_IDLE_MS) : 0);
      this.parent.querySelector(".failed").hidden = true;
      this.listen();
    } finally {
      this.isDrawing = false;
    }
    if (this.isStale) this.draw();
  }

  listen() {
    if (!this.heard) {
      this.node.on("plotly_relayout", () => this.moved());
      heedClicks(this.node, () => this.marks(), (epoch) => this.trigger("picked", epoch));
    }
    this.heard = true;
    this.telling ??= setTimeout(() => this.tellZoom(), TELL_MS); // another run or axis gives up the zoom without an event
  }

  // The figure of the page with the numbers of the feeds in it.
  filled() {
    const { data, template } = this;
    const traces = template.data.map((trace) => ({ ...trace, ...this.points(trace) }));
    this.layBaseline(traces);
    const shown = traces.filter(({ y }) => y.some(Number.isFinite));
    const font = property(this.parent, "--st-font");
    const layout = { ...structuredClone(template.layout), autosize: true, height: data.height };
    layout.datarevision = this.revision = (this.revision ?? 0) + 1; // the numbers grow in place
    if (font) layout.font = { ...layout.font, family: font };
    Object.assign(layout.yaxis, this.scale(shown));
    const marks = this.main?.changes.map((change) => this.mark(change)) ?? [];
    layout.shapes = marks.map(({ shape }) => shape);
    layout.annotations = marks.map(({ annotation }) => annotation);
    this.node.setAttribute("aria-label", this.words());
    return { traces, layout };
  }

  get main() {
    return this.watched.feeds[0];
  }

  // A trace's `uid` says what it shows: run-training, run-training-raw, run-validation, baseline, or saved epochs.
  points({ uid }) {
    if (uid === "saved") return this.saved();
    const [run, role, raw] = uid.split("-");
    const feed = this.watched.feeds.find((feed) => feed.run === run);
    if (!feed) return { x: [], y: [] };
    if (role === "validation" || this.data.per_epoch) return this.perEpoch(feed, role);
    const line = raw || !this.data.smoothing ? "raw" : "smooth";
    const { step, value } = this.line(feed, line);
    return { x: step, y: value };
  }

  perEpoch(feed, role) {
    const name = role === "validation" ? `val_${this.data.metric}` : this.data.metric;
    const epochs = [...feed.epochs.values()].sort((one, other) => one.epoch - other.epoch);
    const mode = epochs.length > MOST_MARKERS ? { mode: "lines" } : {};
    return { x: epochs.map((epoch) => this.place(epoch)), y: epochs.map((epoch) => epoch[name]), ...mode };
  }

  // What is reached without learning, from end to end of what is drawn.
  layBaseline(traces) {
    const line = traces.find(({ uid }) => uid === "baseline");
    const score = this.main?.baseline[this.data.metric];
    const ends = traces.flatMap(({ x }) => [x[0], x.at(-1)]).filter(Number.isFinite);
    if (!line || !Number.isFinite(score) || !ends.length) return;
    const text = ["", fill(line.name, { score: this.guessed(score) })];
    Object.assign(line, { text, x: [Math.min(...ends), Math.max(...ends)], y: [score, score] });
  }

  // Without its unit, which stands in the words around it; R² of a guess is next to nothing.
  guessed(score) {
    const { unit } = this.data.how;
    return unit === null ? this.written(Number(score.toFixed(3)) + 0) : written(score, { ...this.data.how, unit: "" }, this.data.labels.percent);
  }

  written(score) {
    return written(score, this.data.how, this.data.labels.percent);
  }

  place({ step, epoch }) {
    return this.data.per_epoch ? epoch : step;
  }

  // What is known in detail of the part one has zoomed to, and what has come since.
  line(feed, name) {
    const whole = feed.curves[this.data.metric]?.[name] ?? { step: [], value: [] };
    const detail = this.detail?.curves.get(feed)?.[name];
    if (!detail) return whole;
    const later = whole.step.findIndex((step) => step > (detail.step.at(-1) ?? 0));
    if (later < 0) return detail;
    return { step: detail.step.concat(whole.step.slice(later)), value: detail.value.concat(whole.value.slice(later)) };
  }

  saved() {
    const marks = this.marks();
    return {
      x: marks.map(({ x }) => x),
      y: marks.map(({ y }) => y),
      text: marks.map((mark) => fill(this.data.labels.saved, mark)),
      showlegend: marks.length > 0,
    };
  }

  marks() {
    const saved = this.main?.saved ?? [];
    return saved.map((mark) => ({ x: this.place(mark), y: mark[this.data.metric], epoch: mark.epoch }));
  }

  mark(change) {
    const { shape, annotation } = this.data.change;
    const x = this.place(change);
    const text = fill(this.data.labels.rate, { rate: Number(change.learning_rate.toPrecision(3)) });
    return { shape: { ...shape, x0: x, x1: x }, annotation: { ...annotation, x, text } };
  }

  scale(shown) {
    if (!shown.length) return { range: this.data.empty_range };
    const ticks = this.template.layout.yaxis.type === "log" ? { tickvals: logTicks(shown) } : {};
    return { ...ticks, ...(this.data.recent ? this.recent(shown) : this.kept) };
  }

  // As high as the newer half of the steps needs; the first ones, of a network that knew nothing, leave the picture.
  recent(shown) {
    const last = shown.reduce((most, { x }) => Math.max(most, x.at(-1) ?? 0), 0);
    const values = shown.flatMap(({ uid, x, y }) => (uid.endsWith("-raw") ? [] : y.filter((_, place) => x[place] >= (1 - RECENT_SHARE) * last)));
    const ends = this.ends(values.filter(Number.isFinite));
    return ends ? { range: ends, autorange: false } : {};
  }

  ends(values) {
    const isLogarithmic = this.template.layout.yaxis.type === "log";
    const [low, high] = values.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [Infinity, -Infinity]);
    if (!(low <= high) || (isLogarithmic && low <= 0)) return null;
    const [bottom, top] = isLogarithmic ? [Math.log10(low), Math.log10(high)] : [low, high];
    const room = Math.max(ROOM * (top - bottom), 1e-3 * Math.abs(top), 1e-9);
    return [bottom - room, top + room];
  }

  // Another kind of axis shows the part that one had zoomed to.
  keepHeight({ type = "linear" }) {
    const { yaxis, uirevision } = this.node._fullLayout ?? {};
    if (uirevision !== this.template.layout.uirevision || this.data.recent || yaxis.autorange) this.kept = {};
    else if (yaxis.type !== type) this.kept = { range: otherScale(yaxis.range, type), autorange: false };
  }

  words() {
    const scores = [...(this.main?.epochs.values() ?? [])].map((epoch) => epoch[this.data.metric]);
    const { alt, alt_empty: empty } = this.data.labels;
    const [first, last] = [scores[0], scores.at(-1)].map((score) => this.written(score));
    return scores.length ? fill(alt, { epochs: scores.length, first, last }) : empty;
  }

  // Zoomed, or drawn wider or narrower: Plotly then leaves a legend that has other rows where it stood before.
  moved() {
    if (this.width !== this.node._fullLayout.width) this.draw();
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.tellZoom(), TELL_MS);
  }

  tellZoom() {
    this.telling = null;
    const axis = this.node._fullLayout?.xaxis;
    if (!axis) return;
    const zoomed = JSON.stringify(axis.autorange ? null : axis.range);
    if (zoomed === this.told) return;
    this.told = zoomed;
    if (this.data.pushed) this.zoom(JSON.parse(zoomed));
    else this.tell("zoomed", JSON.parse(zoomed));
  }

  // Asks for the steps of that part one by one, as far as they can be seen.
  async zoom(range) {
    const { smoothing, metric, per_epoch: perEpoch } = this.data;
    const asked = (this.asked = {});
    if (!range || perEpoch) {
      this.detail = null;
      return this.draw();
    }
    const query = new URLSearchParams({ from: range[0], to: range[1], columns: this.node.clientWidth || 600, metric, smoothing });
    const curves = new Map();
    for (const feed of this.watched.feeds) {
      const until = feed.until ? `&until=${feed.until}` : "";
      const address = new URL(`api/runs/${feed.run}/curve?${query}${until}`, document.baseURI);
      const answer = await fetch(address).catch(() => null);
      if (answer?.ok) curves.set(feed, (await answer.json()).curves[metric]);
    }
    if (this.asked !== asked) return; // zoomed on meanwhile
    this.detail = { curves, smoothing };
    this.draw();
  }
}

function otherScale(range, type) {
  if (type === "linear") return range.map((end) => 10 ** end);
  return range.map((end) => Math.log10(Math.max(end, 1e-3 * range[1], Number.MIN_VALUE)));
}

// 1, 2 and 5 of each decade; over more than three decades the powers of ten alone.
function logTicks(traces) {
  const powers = traces.flatMap(({ y }) => y).filter((value) => value > 0).map(Math.log10);
  const low = Math.floor(powers.reduce((one, other) => Math.min(one, other), 0));
  const high = Math.ceil(powers.reduce((one, other) => Math.max(one, other), low));
  const decades = Array.from({ length: high - low + 3 }, (_, place) => 10 ** (low - 1 + place));
  return high - low > 3 ? decades : decades.flatMap((decade) => [decade, 2 * decade, 5 * decade]);
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
