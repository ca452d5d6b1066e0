// `Pad` stands in pad.js, `mount` in stream.js; both are put in front of this.
const SPACING_MS = 200; // between two questions while one draws
const SENT = 112; // pixels of the side that is sent
const ALIKE = 6;

export default (component) => mount(TryIt, component);

class TryIt {
  constructor(parentElement) {
    this.node = parentElement.querySelector(".try");
    this.find = (name) => this.node.querySelector(name);
    this.pad = new Pad(this.find("canvas"), (isOver) => this.drawn(isOver));
    this.asked = this.shown = 0;
    this.pasted = (event) => this.paste(event);
    document.addEventListener("paste", this.pasted);
    this.find(".undo").onclick = () => this.pad.undo();
    this.find(".clear").onclick = () => this.pad.clear();
    this.find(".thickness input").oninput = ({ target }) => {
      this.pad.thickness = Number(target.value);
      this.keep();
    };
  }

  show({ data, setStateValue, setTriggerValue }) {
    const before = this.data;
    Object.assign(this, { data, setStateValue, setTriggerValue });
    if (before?.place !== data.place) this.restore();
    this.say(data.labels);
    this.drawChanges();
    const isOther = !before || before.place !== data.place || before.epoch !== data.epoch || before.url !== data.url;
    if (before?.picture !== data.picture) return this.load(data.picture);
    if (data.answered && data.answered !== this.answered) this.hear((this.answered = data.answered));
    if (isOther) this.drawn(true);
  }

  leave() {
    clearTimeout(this.later);
    document.removeEventListener("paste", this.pasted);
  }

  say(labels) {
    for (const name of ["undo", "clear"]) this.find(`.${name}`).textContent = labels[name];
    this.find(".thickness span").textContent = labels.thickness;
    this.find("canvas").setAttribute("aria-label", labels.canvas);
    this.find(".hint").textContent = labels.hint;
    this.find(".seen h2").textContent = labels.seen;
    this.find(".alike h2").textContent = labels.alike;
    this.find(".alike").hidden = this.find(".seen").hidden = true;
    this.sayKeep(labels.keep);
    this.drawBars(null);
  }

  // One button a class, which keeps the drawing as what it was meant to be.
  sayKeep(label) {
    const box = this.find(".keep");
    box.querySelector("legend").textContent = label;
    box.hidden = true;
    const buttons = Object.entries(this.data.classes).map(([name, told]) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: told });
      button.onclick = () => this.keepAs(name);
      return button;
    });
    box.querySelector("div").replaceChildren(...buttons);
  }

  async keepAs(label) {
    const reader = new FileReader();
    reader.onload = () => {
      this.setTriggerValue("kept", { picture: reader.result, label });
      this.pad.clear();
    };
    reader.readAsDataURL(await this.pad.png(SENT));
  }

  // What was drawn stays with the tab, so that a refresh loses nothing.
  restore() {
    let kept = {};
    try {
      kept = JSON.parse(sessionStorage.getItem(this.data.place)) ?? {};
    } catch {} // written by somebody else
    this.pad.strokes = Array.isArray(kept.strokes) ? kept.strokes : [];
    this.pad.thickness = kept.thickness ?? 8;
    this.pad.look = kept.look ?? {};
    this.left = new Set(Array.isArray(kept.left) ? kept.left : []); // the steps that are left out
    this.find(".thickness input").value = this.pad.thickness;
    this.pad.draw();
  }

  keep() {
    const { strokes, thickness, look } = this.pad;
    sessionStorage.setItem(this.data.place, JSON.stringify({ strokes, thickness, look, left: [...this.left] }));
  }

  load(picture) {
    const canvas = this.find("canvas");
    canvas.classList.toggle("coarse", Boolean(picture) && this.data.exact);
    if (!picture) {
      this.pad.picture = null;
      this.pad.draw();
      return this.drawn(true);
    }
    const image = new Image();
    image.onload = () => {
      this.pad.picture = image;
      this.pad.draw();
      this.drawChanges();
      this.drawn(true);
    };
    image.src = picture;
  }

  paste({ clipboardData }) {
    const file = [...(clipboardData?.files ?? [])].find(({ type }) => type.startsWith("image/"));
    if (!file || !this.data.pasting) return;
    const reader = new FileReader();
    reader.onload = () => this.load(reader.result);
    reader.readAsDataURL(file);
  }

  drawn(isOver) {
    this.find(".hint").hidden = !this.pad.isEmpty;
    this.find(".undo").disabled = this.find(".clear").disabled = !this.pad.strokes.length;
    this.find(".keep").hidden = !this.data.keeping || !this.pad.strokes.length;
    if (isOver) this.keep();
    if (this.pad.isEmpty) return this.forget();
    if (isOver) return this.ask(true);
    this.later ??= setTimeout(() => this.ask(false), SPACING_MS);
  }

  forget() {
    this.shown = this.asked += 1;
    clearTimeout(this.later);
    this.later = null;
    this.find(".answer strong").textContent = this.find(".answer span").textContent = this.find(".problem").textContent = "";
    this.find(".alike").hidden = this.find(".seen").hidden = true;
    this.drawBars(null);
  }

  async ask(isOver) {
    clearTimeout(this.later);
    this.later = null;
    const number = (this.asked += 1);
    const began = performance.now();
    const picture = await this.pad.png(this.data.exact ? this.data.side : SENT);
    if (!this.data.pushed) return isOver && this.handIn(picture);
    try {
      const response = await fetch(this.address(isOver), { method: "POST", body: picture, headers: { "Content-Type": "image/png" } });
      const answer = await response.json();
      if (number < this.shown) return;
      this.shown = number;
      this.hear({ ...answer, milliseconds: performance.now() - began });
    } catch {
      if (number >= this.shown) this.find(".problem").textContent = this.data.labels.unreachable;
    }
  }

  address(isOver) {
    const steps = this.data.steps.map(({ name }) => name).filter((name) => name && !this.left.has(name));
    const query = { steps: steps.join(","), seen: "1", ...(this.data.epoch ? { epoch: this.data.epoch } : {}) };
    if (isOver) query.alike = ALIKE;
    return new URL(`${this.data.url}?${new URLSearchParams(query)}`, document.baseURI);
  }

  // Where the route cannot be reached the page asks the network itself.
  handIn(picture) {
    const reader = new FileReader();
    reader.onload = () => this.setStateValue("asked", { picture: reader.result, left: [...this.left], number: this.asked });
    reader.readAsDataURL(picture);
  }

  hear(answer) {
    const { labels } = this.data;
    if (answer.error) {
      const sentence = labels.problems[`${answer.error}_${answer.reason}`] ?? labels.problems[answer.error] ?? labels.unreachable;
      this.forget();
      this.find(".problem").textContent = sentence;
      if (["missing", "starting", "taken"].includes(answer.reason)) this.later = setTimeout(() => this.ask(true), 1000); // it is being made
      return;
    }
    this.find(".problem").textContent = "";
    const name = this.data.classes[answer.answer] ?? answer.answer;
    const strong = this.find(".answer strong");
    strong.textContent = name;
    strong.style.setProperty("--answer-size", `${Math.min(4.5, 16 / Math.max(3, name.length))}rem`);
    this.find(".answer span").textContent = fill(labels.sure, { share: sure(answer.confidence, this.data.percent) });
    this.find("canvas").dataset.milliseconds = Math.round(answer.milliseconds ?? 0);
    this.drawBars(answer);
    this.drawSeen(answer.seen);
    if (answer.alike) this.drawAlike(answer.alike);
  }

  drawBars(answer) {
    const list = this.find(".bars");
    const names = Object.keys(this.data.classes);
    const longest = Math.max(...Object.values(this.data.classes).map((name) => name.length));
    list.style.setProperty("--names", `${Math.min(9, 0.6 * longest + 1)}rem`);
    if (list.children.length !== names.length) list.replaceChildren(...names.map(bar));
    names.forEach((name, at) => {
      const line = list.children[at];
      const share = answer?.probabilities?.[name];
      line.querySelector(".name").textContent = this.data.classes[name];
      line.querySelector(".share").style.setProperty("--share", share ?? 0);
      line.querySelector(".percent").textContent = share === undefined ? "" : sure(share, this.data.percent);
      line.classList.toggle("best", answer?.answer === name);
    });
  }

  drawSeen(seen) {
    if (!seen) return;
    const section = this.find(".seen");
    const steps = this.data.steps.filter(({ picture }) => seen[picture]);
    section.hidden = false;
    const list = section.querySelector("ol");
    if (list.children.length !== steps.length) list.replaceChildren(...steps.map((step) => this.step(step)));
    steps.forEach(({ picture, name }, at) => {
      paint(list.children[at].querySelector("canvas"), seen[picture]);
      const box = list.children[at].querySelector("input");
      if (box) box.checked = !this.left.has(name);
    });
  }

  step({ name, label }) {
    const item = document.createElement("li");
    const caption = document.createElement("label");
    if (name) {
      const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: true });
      box.onchange = () => {
        box.checked ? this.left.delete(name) : this.left.add(name);
        this.drawn(true);
      };
      caption.append(box);
    }
    caption.append(label);
    item.append(document.createElement("canvas"), caption);
    return item;
  }

  drawAlike({ pictures, names, among }) {
    const section = this.find(".alike");
    section.hidden = false;
    section.querySelector("h2").textContent = this.data.labels.alike.replace("{among}", NUMBERS.format(among));
    const items = pictures.map((picture, at) => {
      const item = document.createElement("li");
      const caption = document.createElement("span");
      caption.textContent = this.data.classes[names[at]] ?? names[at];
      const canvas = document.createElement("canvas");
      paint(canvas, picture);
      item.append(canvas, caption);
      return item;
    });
    section.querySelector("ol").replaceChildren(...items);
  }

  // Sliders that shift, turn and disturb a picture.
  drawChanges() {
    const box = this.find(".changes");
    box.hidden = !this.pad.picture && !this.data.picture;
    if (box.children.length) return;
    for (const { name, label, low, high } of this.data.changes) {
      const slider = Object.assign(document.createElement("input"), { type: "range", min: low, max: high, step: 1 });
      slider.value = this.pad.look[name] ?? 0;
      slider.oninput = () => {
        this.pad.look[name] = Number(slider.value);
        this.pad.draw();
        this.drawn(false);
      };
      slider.onchange = () => this.drawn(true);
      const line = document.createElement("label");
      line.append(label, slider);
      box.append(line);
    }
  }
}

// Never 100 %: a network is not certain, even where its probability is rounded to 1.
const sure = (share, pattern) => (share >= 0.9995 ? `>${percent(0.999, pattern)}` : percent(share, pattern));

function bar() {
  const item = document.createElement("li");
  const [name, track, percent] = ["name", "track", "percent"].map((kind) => Object.assign(document.createElement("span"), { className: kind }));
  track.append(Object.assign(document.createElement("div"), { className: "share" }));
  item.append(name, track, percent);
  return item;
}

function paint(canvas, { width, height, channels, pixels }) {
  const bytes = Uint8Array.from(atob(pixels), (letter) => letter.charCodeAt(0));
  Object.assign(canvas, { width, height, className: "coarse" });
  canvas.setAttribute("aria-hidden", "true");
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let at = 0; at < width * height; at += 1) {
    for (let color = 0; color < 3; color += 1) image.data[4 * at + color] = bytes[at * channels + (channels === 3 ? color : 0)];
    image.data[4 * at + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}
