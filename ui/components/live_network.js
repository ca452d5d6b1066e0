// `mount` and `Watched` stand in stream.js, which is put in front of this.
export default (component) => mount(Network, component);

const TALL = 48; // of a tile, in pixels of the page
const MATRIX = { width: 192, height: 64 }; // room for a matrix, which is one tile
const MOST = 127; // stands for the greatest weight
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
    this.table = colorTable(data.colors);
    this.canvases = this.drawn = null;
    this.node.setAttribute("aria-label", data.labels.title);
    this.node.replaceChildren(element("div", "empty", data.labels.empty));
    this.watched.watch([data.source], data.events, this.changed);
    this.watched.feeds.forEach(this.changed);
  }

  draw({ weights }) {
    const layers = weights?.layers ?? [];
    if (!layers.length || this.drawn === weights.step) return;
    this.drawn = weights.step;
    this.canvases ??= this.build(layers);
    layers.forEach((layer, place) => this.paint(layer, this.canvases[place]));
  }

  // The canvases of each layer, which are painted over and over: the layers of a run stay what they are.
  build(layers) {
    const figures = layers.map((layer) => this.figure(layer));
    this.node.replaceChildren(...figures, this.scale());
    return figures.map((figure) => [...figure.querySelectorAll("canvas")]);
  }

  figure({ layer, tiles, height, width }) {
    const name = this.data.names[layer] ?? "";
    const figure = element("figure", "layer");
    const row = element("div", "tiles");
    for (let tile = 0; tile < tiles; tile++) row.append(canvas(height, width, tiles));
    row.setAttribute("role", "img");
    figure.append(element("figcaption", "", name), row);
    return figure;
  }

  paint({ layer, height, width, greatest, values }, canvases) {
    const facts = { name: this.data.names[layer] ?? "", greatest: significant(greatest) };
    canvases[0].parentElement.setAttribute("aria-label", fill(this.data.labels.layer, facts));
    const bytes = Int8Array.from(atob(values), (letter) => letter.charCodeAt(0));
    canvases.forEach((canvas, tile) => {
      const image = new ImageData(width, height);
      const pixels = new Uint32Array(image.data.buffer);
      for (let place = 0; place < pixels.length; place++) pixels[place] = this.table[bytes[tile * pixels.length + place] + MOST + 1];
      canvas.getContext("2d").putImageData(image, 0, 0);
    });
  }

  scale() {
    const line = element("div", "scale");
    const ramp = element("span", "ramp");
    ramp.style.background = `linear-gradient(to right, ${this.data.colors.join(", ")})`;
    line.append(element("span", "", this.data.labels.negative), ramp, element("span", "", this.data.labels.positive));
    return line;
  }
}

function canvas(height, width, tiles) {
  const node = Object.assign(document.createElement("canvas"), { width, height });
  const scale = tiles > 1 ? TALL / height : Math.min(MATRIX.width / width, MATRIX.height / height);
  node.style.width = `${Math.round(width * scale)}px`;
  return node;
}

// A pixel for each value from -128 to 127, as ImageData holds it: between the colours of the ramp.
function colorTable(colors) {
  const ramp = colors.map((color) => [1, 3, 5].map((start) => parseInt(color.slice(start, start + 2), 16)));
  const bytes = new Uint8ClampedArray(4 * 256);
  for (let place = 0; place < 256; place++) bytes.set([...between(ramp, Math.max(-1, (place - MOST - 1) / MOST)), 255], 4 * place);
  return new Uint32Array(bytes.buffer);
}

function between(ramp, value) {
  const at = ((Math.sign(value) * Math.abs(value) ** GAMMA + 1) / 2) * (ramp.length - 1);
  const low = Math.min(Math.floor(at), ramp.length - 2);
  return ramp[low].map((channel, place) => channel + (ramp[low + 1][place] - channel) * (at - low));
}

function element(tag, name, text = "") {
  const node = document.createElement(tag);
  if (name) node.className = name;
  node.textContent = text;
  return node;
}
