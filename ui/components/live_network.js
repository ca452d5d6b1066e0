export default (component) => mount(Network, component);

const TALL = 48; // of a tile, in pixels of the page
const MATRIX = { width: 192, height: 64 }; // room for a matrix, which is one tile
const GAMMA = 0.6; // most weights are much smaller than the greatest one, and shall be seen too

// What each layer holds, as small pictures in which negative and positive weights have a colour each.
class Network {
  constructor(parentElement) {
    this.node = parentElement.querySelector(".network");
    this.watched = new Watched();
    this.changed = (feed) => this.draw(feed);
  }

  show({ data }) {
    this.data = data;
    this.drawn = null;
    this.node.setAttribute("aria-label", data.labels.title);
    this.node.replaceChildren(element("div", "empty", data.labels.empty));
    this.watched.watch([data.source], data.events, this.changed);
    this.watched.feeds.forEach(this.changed);
  }

  draw({ weights }) {
    const layers = weights?.layers ?? [];
    if (!layers.length || this.drawn === weights.step) return;
    this.drawn = weights.step;
    this.ramp = this.data.colors.map((color) => [1, 3, 5].map((start) => parseInt(color.slice(start, start + 2), 16)));
    const figures = layers.map((layer) => this.figure(layer));
    this.node.replaceChildren(...figures, this.scale());
  }

  figure({ layer, tiles, height, width, greatest, values }) {
    const bytes = Int8Array.from(atob(values), (letter) => letter.charCodeAt(0));
    const name = this.data.names[layer] ?? "";
    const figure = element("figure", "layer");
    const row = element("div", "tiles");
    for (let tile = 0; tile < tiles; tile++) row.append(this.tile(bytes.subarray(tile * height * width, (tile + 1) * height * width), height, width, tiles));
    row.setAttribute("role", "img");
    row.setAttribute("aria-label", fill(this.data.labels.layer, { name, greatest: significant(greatest) }));
    figure.append(element("figcaption", "", name), row);
    return figure;
  }

  tile(values, height, width, tiles) {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width, height });
    const scale = tiles > 1 ? TALL / height : Math.min(MATRIX.width / width, MATRIX.height / height);
    canvas.style.width = `${Math.round(width * scale)}px`;
    const image = new ImageData(width, height);
    values.forEach((value, place) => image.data.set([...this.color(value / 127), 255], 4 * place));
    canvas.getContext("2d").putImageData(image, 0, 0);
    return canvas;
  }

  // From -1 to 1, between the colours of the ramp.
  color(value) {
    const at = ((Math.sign(value) * Math.abs(value) ** GAMMA + 1) / 2) * (this.ramp.length - 1);
    const low = Math.min(Math.floor(at), this.ramp.length - 2);
    return this.ramp[low].map((channel, place) => Math.round(channel + (this.ramp[low + 1][place] - channel) * (at - low)));
  }

  scale() {
    const line = element("div", "scale");
    const ramp = element("span", "ramp");
    ramp.style.background = `linear-gradient(to right, ${this.data.colors.join(", ")})`;
    line.append(element("span", "", this.data.labels.negative), ramp, element("span", "", this.data.labels.positive));
    return line;
  }
}

function element(tag, name, text = "") {
  const node = document.createElement(tag);
  if (name) node.className = name;
  node.textContent = text;
  return node;
}
