// A square to draw on: by mouse, finger, pen and arrow keys; over a picture, if there is one.
const STEP = 0.04; // of the side, that an arrow key moves the pen
const PAPER = 336; // pixels of the canvas

class Pad {
  // `changed(isOver)` is told of whatever changes what is drawn; `isOver`: a stroke has ended.
  constructor(canvas, changed) {
    Object.assign(this, { canvas, changed, strokes: [], thickness: 8, picture: null, look: {}, pen: null });
    canvas.width = canvas.height = PAPER;
    this.context = canvas.getContext("2d", { willReadFrequently: true });
    canvas.onpointerdown = (event) => this.begin(event);
    canvas.onpointermove = (event) => this.go(event);
    canvas.onpointerup = canvas.onpointercancel = () => this.end();
    canvas.onkeydown = (event) => this.press(event);
    canvas.onblur = () => this.lift();
  }

  begin(event) {
    if (event.button) return;
    event.preventDefault();
    this.lift();
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    this.start(this.place(event));
  }

  go(event) {
    if (!this.drawing) return;
    for (const moved of event.getCoalescedEvents?.() ?? [event]) this.extend(this.place(moved));
    this.draw();
    this.changed(false);
  }

  end() {
    if (!this.drawing) return;
    this.drawing = null;
    this.changed(true);
  }

  start(point) {
    this.drawing = { thickness: this.thickness, points: [point] };
    this.strokes.push(this.drawing);
    this.draw();
    this.changed(false);
  }

  extend(point) {
    this.drawing.points.push(point);
  }

  place({ clientX, clientY }) {
    const box = this.canvas.getBoundingClientRect();
    return [(clientX - box.left) / box.width, (clientY - box.top) / box.height].map((at) => Math.round(1000 * at) / 1000);
  }

  // The arrows move a pen, Space sets it down and lifts it.
  press(event) {
    const way = { ArrowUp: [0, -STEP], ArrowDown: [0, STEP], ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0] }[event.key];
    const isUndo = event.key === "Backspace" || ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z");
    if (way) this.walk(way);
    else if (event.key === " ") this.pen?.down ? this.lift() : this.set();
    else if (isUndo) this.undo();
    else if (event.key === "Escape" || event.key === "Delete") this.clear();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  walk([across, down]) {
    const [x, y] = this.pen?.at ?? [0.5, 0.5];
    const at = [Math.min(0.98, Math.max(0.02, x + across)), Math.min(0.98, Math.max(0.02, y + down))];
    this.pen = { ...this.pen, at };
    if (this.drawing) {
      this.extend(at);
      this.changed(false);
    }
    this.draw();
  }

  set() {
    this.pen = { at: this.pen?.at ?? [0.5, 0.5], down: true };
    this.start(this.pen.at);
  }

  lift() {
    if (this.pen) this.pen.down = false;
    this.end();
    this.draw();
  }

  undo() {
    this.drawing = null;
    this.strokes.pop();
    this.draw();
    this.changed(true);
  }

  clear() {
    this.drawing = this.pen = null;
    this.strokes = [];
    this.draw();
    this.changed(true);
  }

  get isEmpty() {
    return !this.strokes.length && !this.picture;
  }

  draw() {
    this.ink(this.context, PAPER);
    if (!this.pen) return;
    const [x, y] = this.pen.at.map((at) => at * PAPER);
    this.context.strokeStyle = "#9a99ff";
    this.context.lineWidth = 2;
    this.context.beginPath();
    this.context.arc(x, y, 10, 0, 7);
    this.context.stroke();
  }

  // What is on the paper, without the pen.
  ink(context, side) {
    context.fillStyle = "#000";
    context.fillRect(0, 0, side, side);
    if (this.picture) this.put(context, side);
    Object.assign(context, { strokeStyle: "#fff", fillStyle: "#fff", lineCap: "round", lineJoin: "round" });
    for (const { thickness, points } of this.strokes) {
      const [[x, y], ...rest] = points.map(([across, down]) => [across * side, down * side]);
      context.lineWidth = (thickness / 100) * side;
      context.beginPath();
      context.moveTo(x, y);
      rest.length ? rest.forEach(([a, b]) => context.lineTo(a, b)) : context.lineTo(x + 0.01, y);
      context.stroke();
    }
  }

  put(context, side) {
    const { across = 0, down = 0, turn = 0, noise = 0 } = this.look;
    const { width, height } = this.picture;
    const scale = side / Math.max(width, height);
    context.imageSmoothingEnabled = turn !== 0 || width > side;
    context.save();
    context.translate(side / 2 + (across / 100) * side, side / 2 + (down / 100) * side);
    context.rotate((turn * Math.PI) / 180);
    context.drawImage(this.picture, (-width * scale) / 2, (-height * scale) / 2, width * scale, height * scale);
    context.restore();
    if (noise) this.sprinkle(context, side, noise);
  }

  // The same grains at every look, or the answer would tremble.
  sprinkle(context, side, noise) {
    const pixels = context.getImageData(0, 0, side, side);
    let state = 1;
    for (let at = 0; at < pixels.data.length; at += 4) {
      state = (state * 48271) % 2147483647;
      const grain = (state / 2147483647 - 0.5) * 5.1 * noise;
      for (let color = 0; color < 3; color += 1) pixels.data[at + color] += grain;
    }
    context.putImageData(pixels, 0, 0);
  }

  // As a PNG of this side.
  async png(side) {
    const paper = Object.assign(document.createElement("canvas"), { width: side, height: side });
    this.ink(paper.getContext("2d"), side);
    return new Promise((resolve) => paper.toBlob(resolve, "image/png"));
  }
}
