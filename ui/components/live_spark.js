// `mount` and `Watched` stand in stream.js, which is put in front of this.
export default (component) => mount(Spark, component);

// A metric so far as a small curve: of the held-out pictures by epochs or, before there are two, of the steps.
class Spark {
  constructor(parentElement) {
    this.node = parentElement.querySelector(".spark");
    this.watched = new Watched();
    this.changed = (feed) => this.draw(feed);
  }

  show({ data }) {
    this.data = data;
    this.node.querySelector(".label").textContent = data.label;
    this.watched.watch([data.source], data.events, this.changed);
    this.watched.feeds.forEach(this.changed);
  }

  draw({ epochs, curves, position }) {
    const { metric, label, how } = this.data;
    const { raw, smooth } = curves[metric] ?? {};
    const scores = [...epochs.values()].map((epoch) => epoch[`val_${metric}`] ?? epoch[metric]).filter(Number.isFinite);
    const values = scores.length > 1 ? scores : ((smooth ?? raw)?.value ?? []).filter(Number.isFinite);
    const shown = written(position?.scores[`val_${metric}`] ?? values.at(-1) ?? NaN, how, this.data.percent);
    this.node.querySelector(".value").textContent = shown;
    this.node.querySelector(".line").setAttribute("aria-label", `${label} ${shown}`);
    this.node.querySelector("polyline").setAttribute("points", this.points(values));
  }

  points(values) {
    const low = values.reduce((one, other) => Math.min(one, other), Infinity);
    const high = values.reduce((one, other) => Math.max(one, other), -Infinity);
    const x = (place) => (100 * place) / Math.max(1, values.length - 1);
    const y = (value) => 30 - (28 * (value - low)) / Math.max(1e-9, high - low);
    return values.map((value, place) => `${x(place).toFixed(2)},${y(value).toFixed(2)}`).join(" ");
  }
}
