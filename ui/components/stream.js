// What is known of each run that is in sight: one connection a run for all that is drawn of it, on the window because
// every component that is mounted reads this script anew. Where nothing is pushed, the page hands in the same events.
const REACHED_MS = 2000; // whoever has said nothing by then will not
const HIDDEN_MS = 5000; // browsers allow six connections to a server: a tab in the background gives its own away
const MOST_POINTS = 6000;
const MOST_TRIES = 15; // once a second: a server that starts anew takes less

class Feed {
  constructor(source) {
    Object.assign(this, { listeners: new Set(), curves: {}, epochs: new Map(), saved: [], changes: [], queue: [], baseline: {} });
    Object.assign(this, { position: null, cursor: "", step: 0, before: 0, missed: null, failed: false, tries: 0 });
    Object.assign(this, source); // run, until, live, pushed, smoothing
  }

  address(query) {
    const smoothing = this.smoothing ? { smoothing: this.smoothing } : {};
    const until = this.until ? { until: this.until } : {};
    return new URL(`api/runs/${this.run}/live?${new URLSearchParams({ ...smoothing, ...until, ...query })}`, document.baseURI);
  }

  open() {
    if (!this.pushed || this.source || this.over || (this.reached && !this.live)) return;
    if (!this.live || document.hidden) return this.ask();
    const source = (this.source = new EventSource(this.address({ after: this.cursor })));
    const patience = setTimeout(() => this.reached || this.fail(), REACHED_MS);
    source.onmessage = ({ data }) => {
      clearTimeout(patience);
      if (this.source === source) this.hear(JSON.parse(data));
    };
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED || this.source !== source) return; // else it tries again by itself
      this.close();
      this.tries += 1;
      if (this.reached && this.tries < MOST_TRIES) this.timer = setTimeout(() => this.open(), 1000);
      else this.fail();
    };
  }

  close() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  // One event, asked for: of a run that has ended, for a tab in the background, or anew and whole.
  async ask(whole = false) {
    if (this.asking) {
      this.again ||= whole;
      return;
    }
    this.asking = true;
    if (whole) this.missed = [];
    try {
      const query = whole || !this.cursor ? { once: 1 } : { once: 1, after: this.cursor };
      const answer = await fetch(this.address(query), { signal: AbortSignal.timeout(this.reached ? 20000 : REACHED_MS) });
      if (!answer.ok) throw new Error(`${answer.status}`);
      this.catchUp([await answer.json()]);
    } catch (error) {
      this.catchUp([]);
      if (!this.reached) this.fail();
    } finally {
      this.asking = false;
    }
    if (!this.again) return;
    this.again = false;
    this.ask(true);
  }

  // What has come while one asked follows the answer.
  catchUp(answers) {
    const missed = this.missed ?? [];
    this.missed = null;
    for (const news of [...answers, ...missed]) this.hear(news);
  }

  hear(news) {
    Object.assign(this, { reached: true, tries: 0 });
    if (news.gone) return this.lose();
    if (this.missed && !news.curves && !news.over) this.missed.push(news);
    else this.accept(news);
    if (news.over && !this.over) this.end();
    for (const listener of this.listeners) listener(this);
    if (this.pushed && !this.over && this.wants(news)) this.ask(true);
  }

  // More points than can be seen, or curves that were sent before their smoothing was known.
  wants({ curves }) {
    const isLong = !this.asking && Object.values(this.curves).some(({ raw }) => raw.step.length > MOST_POINTS);
    return isLong || (curves && this.smoothing && Object.values(curves).some(({ smooth }) => !smooth));
  }

  // The run is no longer there: what is drawn stays, and the page finds out the rest.
  lose() {
    Object.assign(this, { over: true, live: false, gone: true });
    this.close();
    for (const listener of this.listeners) listener(this);
  }

  // The last event has come; what was added up here on the way is asked for once more, exactly.
  end() {
    Object.assign(this, { over: true, live: false });
    this.close();
    this.ask(true);
  }

  fail() {
    this.close();
    this.failed = true;
    for (const listener of this.listeners) listener(this);
  }

  accept(news) {
    if (news.curves && this.pushed && news.step < this.step) return; // an answer that was overtaken
    if (news.curves) {
      this.before = news.before;
      Object.assign(this.curves, news.curves);
      this.epochs = new Map();
    } else if (news.columns) {
      for (const [metric, curve] of Object.entries(this.curves)) this.append(metric, curve, news);
    }
    for (const epoch of news.epochs) this.epochs.set(epoch.epoch, epoch);
    for (const name of ["saved", "changes", "baseline", "queue", "weights"]) if (news[name]) this[name] = news[name];
    Object.assign(this, { position: news.position, cursor: news.cursor, step: news.step, heardAt: performance.now() });
  }

  append(metric, { raw, smooth }, { columns, extremes }) {
    const last = raw.step.at(-1) ?? this.before;
    const points = extremes?.[metric] ?? { step: columns.step, value: columns[metric] };
    points.step.forEach((step, place) => {
      if (step <= last) return;
      raw.step.push(step);
      raw.value.push(points.value[place]);
    });
    if (smooth) this.extend(smooth, columns.step, columns[metric]);
  }

  // The exponential moving average goes on column by column, corrected for its empty start as the server's is.
  extend(smooth, ends, means) {
    const weight = this.smoothing;
    let count = (smooth.step.at(-1) ?? this.before) - this.before;
    let sum = (smooth.value.at(-1) ?? 0) * (1 - weight ** count);
    ends.forEach((end, place) => {
      const added = end - this.before - count;
      if (added <= 0 || means[place] === null) return;
      const left = weight ** added;
      sum = sum * left + means[place] * (1 - left);
      count += added;
      smooth.step.push(end);
      smooth.value.push(sum / (1 - weight ** count));
    });
  }

  smoothAs(smoothing) {
    if (smoothing === null || smoothing === this.smoothing) return;
    this.smoothing = smoothing;
    if (this.pushed && (this.reached || this.source)) this.ask(true);
  }
}

class Feeds {
  constructor() {
    this.known = new Map();
    document.addEventListener("visibilitychange", () => this.turned());
    addEventListener("pagehide", () => this.known.forEach((feed) => feed.close()));
    addEventListener("pageshow", ({ persisted }) => persisted && this.known.forEach((feed) => feed.open()));
  }

  // The feed of a run, which tells `listener` whenever there is news, until the function that is returned is called.
  watch(source, listener) {
    const key = `${source.run}/${source.until ?? ""}/${source.pushed}`;
    const feed = this.known.get(key) ?? new Feed(source);
    this.known.set(key, feed);
    if (source.live && !feed.live) Object.assign(feed, { live: true, over: false });
    feed.smoothAs(source.smoothing);
    feed.listeners.add(listener);
    setTimeout(() => feed.open()); // when all that is mounted with this has said how it wants its curves
    const leave = () => {
      feed.listeners.delete(listener);
      setTimeout(() => this.forget(key, feed), 1000); // whoever is mounted anew comes back at once
    };
    return [feed, leave];
  }

  forget(key, feed) {
    if (feed.listeners.size || this.known.get(key) !== feed) return;
    feed.close();
    this.known.delete(key);
  }

  turned() {
    clearTimeout(this.hiding);
    clearInterval(this.asking);
    if (!document.hidden) return this.known.forEach((feed) => feed.open());
    this.hiding = setTimeout(() => {
      this.known.forEach((feed) => feed.close());
      this.asking = setInterval(() => this.known.forEach((feed) => feed.live && feed.open()), HIDDEN_MS);
    }, HIDDEN_MS);
  }
}

const feeds = (window.__livefitFeeds ??= new Feeds());

// Holds what a component watches: call it at every run of the component, and `leave` when it goes.
class Watched {
  constructor() {
    this.leaving = new Map();
    this.feeds = [];
  }

  watch(sources, events, listener) {
    const before = this.leaving;
    this.leaving = new Map();
    this.feeds = sources.map((source) => {
      const [feed, leave] = feeds.watch(source, listener);
      this.leaving.set(feed, leave);
      const news = events?.[source.run];
      if (news) feed.hear(news);
      return feed;
    });
    before.forEach((leave, feed) => this.leaving.has(feed) || leave());
  }

  leave() {
    this.leaving.forEach((leave) => leave());
    this.leaving.clear();
  }
}

// What a component's `export default` returns: one object of the kind for each place it is mounted at, shown anew at
// every run and let go when the place has gone. On the window, too, because each mount reads its script anew.
function mount(Kind, { parentElement, ...shown }) {
  const known = ((window.__livefitMounted ??= {})[Kind.name] ??= new WeakMap());
  const drawn = known.get(parentElement) ?? new Kind(parentElement);
  known.set(parentElement, drawn);
  drawn.show(shown);
  return () =>
    setTimeout(() => {
      const root = parentElement.host ?? parentElement;
      if (root.isConnected) return; // Streamlit cleans up after a call that a newer one has overtaken, too
      known.delete(parentElement);
      drawn.watched.leave();
      drawn.leave?.();
    });
}

const NUMBERS = new Intl.NumberFormat("en-US");

// A sentence with its gaps filled: {name} or, for a number with separators, {name:,}.
function fill(template, facts) {
  return template.replace(/\{(\w+)(:,)?\}/g, (gap, name, grouped) => {
    if (!(name in facts)) return gap; // a name that somebody gave a run may have braces
    return grouped ? NUMBERS.format(facts[name]) : facts[name];
  });
}

// As `pattern` has it, such as "{number} %".
function percent(share, pattern, digits = 1) {
  const number = (Math.round(share * 100 * 10 ** digits + 1e-7) / 10 ** digits).toFixed(digits);
  return Number.isFinite(share) ? fill(pattern, { number }) : "–";
}

// One after another; Chinese ones have no space between them.
function paragraph(...sentences) {
  return sentences.filter(Boolean).reduce((told, next) => (!told || /[。：！？；]$/.test(told) ? told + next : `${told} ${next}`), "");
}

function significant(value) {
  if (!Number.isFinite(value)) return "–";
  return value >= 1000 ? value.toExponential(2) : String(Number(value.toPrecision(3)));
}

// A score as `how` has it: a share, or a number in the target's unit, which has thousands where a loss has powers of ten.
function written(value, { is_share: isShare, unit }, pattern) {
  if (isShare) return percent(value, pattern);
  if (unit === null || !Number.isFinite(value)) return significant(value);
  const text = Math.abs(value) >= 1000 ? NUMBERS.format(Math.round(value)) : significant(value);
  return `${text} ${unit}`.trimEnd();
}
