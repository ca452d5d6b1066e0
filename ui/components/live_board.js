// `mount` and `Watched` stand in stream.js, which is put in front of this.
const CHANGES_SHOWN = 3;
const SECOND_MS = 1000;
const PASSING_MS = 4000;

export default (component) => mount(Board, component);

class Board {
  constructor(parentElement) {
    this.node = parentElement.querySelector(".board");
    this.watched = new Watched();
    this.changed = (feed) => feed.position && this.draw(feed);
    this.clock = setInterval(() => this.tick(), SECOND_MS);
  }

  show({ data }) {
    this.data = data;
    this.passing = data.passing;
    clearTimeout(this.forgetting);
    this.forgetting = setTimeout(() => this.forget(), PASSING_MS);
    this.watched.watch([data.source], data.events, this.changed);
    const [feed] = this.watched.feeds;
    this.draw(feed.position ? feed : { position: data.first, changes: [], queue: data.queue, heardAt: performance.now() });
  }

  // What was true for a moment only.
  forget() {
    this.passing = "";
    if (this.feed) this.drawWords(this.feed);
  }

  leave() {
    clearInterval(this.clock);
    clearTimeout(this.forgetting);
  }

  draw(feed) {
    this.feed = feed;
    const { position } = feed;
    const badge = this.node.querySelector(".badge");
    const color = this.data.colors[position.state];
    badge.textContent = this.data.states[position.state];
    badge.dataset.state = position.state;
    badge.style.setProperty("--badge-background", `var(--st-${color}-background-color)`);
    badge.style.setProperty("--badge-text", `var(--st-${color}-text-color)`);
    this.drawWords(feed);
    this.drawBar(position);
    this.drawNumbers(position);
    if (position.state === "RUNNING" && position.steps) {
      const share = percent(position.step / position.steps, this.data.percent, 0);
      document.title = fill(this.data.title, { share });
    }
  }

  drawWords(feed) {
    const { result, notice } = this.data;
    const words = { told: this.told(feed), result: result.text, notice, passing: this.passing, changes: this.changes(feed) };
    for (const [name, text] of Object.entries(words)) write(this.node.querySelector(`.${name}`), text);
    this.node.querySelector(".result").dataset.tone = result.tone;
  }

  drawBar({ state, step, steps }) {
    const track = this.node.querySelector(".track");
    track.hidden = !(state === "RUNNING" || (step && ["QUEUED", "PAUSED"].includes(state)));
    const share = steps ? Math.min(100, (100 * step) / steps) : 0;
    track.setAttribute("aria-valuenow", share.toFixed(0));
    track.setAttribute("aria-label", this.data.labels.step);
    track.firstElementChild.style.width = `${share}%`;
  }

  drawNumbers(position) {
    const list = this.node.querySelector(".numbers");
    for (const [name, value] of Object.entries(this.numbers(position))) {
      const place = list.querySelector(`[data-number=${name}]`) ?? this.newNumber(list, name);
      write(place.querySelector("dt"), this.data.labels[name]);
      place.querySelector("dt").title = this.data.labels[`${name}_help`];
      write(place.querySelector("dd"), value);
    }
  }

  newNumber(list, name) {
    const place = list.appendChild(document.createElement("div"));
    place.dataset.number = name;
    place.style.setProperty("--width", `${this.data.widths[name]}px`);
    place.append(document.createElement("dt"), document.createElement("dd"));
    return place;
  }

  numbers(position) {
    const { epoch, epochs, step, steps, steps_per_second: speed, learning_rate: rate } = position;
    return {
      epoch: `${epoch} / ${epochs}`,
      step: `${NUMBERS.format(step)} / ${NUMBERS.format(steps)}`,
      speed: !speed ? "–" : speed >= 10 ? NUMBERS.format(Math.round(speed)) : significant(speed),
      elapsed: clock(position.elapsed),
      left: clock(position.left),
      learning_rate: rate ? String(Number(rate.toPrecision(6))) : "–",
      ...Object.fromEntries(this.data.scores.map((score) => [score.name, this.score(score, position)])),
    };
  }

  score(how, { scores }) {
    return written(scores[how.name] ?? NaN, how, this.data.percent);
  }

  // Time goes on between two events.
  tick() {
    const { position, heardAt } = this.feed ?? {};
    if (position?.state !== "RUNNING") return;
    const passed = (performance.now() - heardAt) / 1000;
    if (passed < 1) return;
    const value = position.elapsed === null ? null : position.elapsed + passed;
    write(this.node.querySelector("[data-number=elapsed] dd"), clock(value));
  }

  told({ position, queue }) {
    const words = this.data.words;
    const { state, phase, wish, attempt } = position;
    const asked = position.learning_rate_wished;
    let told = position.stopped_early ? words.ended_early : words[`ended_${state}`];
    if (state === "STOPPED" && !position.step) told = words.ended_cancelled;
    if (state === "QUEUED") {
      const place = Math.max(0, queue.indexOf(this.data.source.run)) + 1;
      told = fill(attempt === 1 ? words.waiting : words.waiting_again, { place });
    } else if (state === "RUNNING") told = wish ? words[`asked_${wish}`] : words[`phase_${phase}`];
    else if (state === "PAUSED") told = fill(words.paused, position);
    return paragraph(told, asked && fill(words.learning_rate_waits, { rate: asked }));
  }

  changes({ changes }) {
    if (!changes.length) return "";
    const words = this.data.words;
    const last = changes.slice(-CHANGES_SHOWN);
    const told = last.map((change) => fill(words[`learning_rate_by_${change.by}`], { ...change, rate: change.learning_rate }));
    const count = changes.length - last.length;
    if (count) told.unshift(fill(words.learning_rate_earlier, { count }));
    return paragraph(words.learning_rate_changes, told.join(" · "));
  }
}

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// Fixed width, for numbers that count while one looks: 00:07, 1:02:03.
function clock(seconds) {
  if (!Number.isFinite(seconds)) return "–";
  const two = (value) => String(Math.floor(value)).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), (seconds % 3600) / 60, seconds % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${two(minutes)}:${two(rest)}`;
}
