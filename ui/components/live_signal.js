// `mount` and `Watched` stand in stream.js, which is put in front of this.
// Draws nothing: it asks the page to run again when something of a run is no longer as the page last saw it.
const SIGNAL_MS = 1000; // at least so long between two, for what changes often
const AGAIN_MS = 4000; // a run of the page may have been overtaken by another one that began before
const MOST_SIGNALS = 3;

export default (component) => mount(Signal, component);

class Signal {
  constructor(parentElement) {
    this.watched = new Watched();
    this.changed = (feed) => this.look(feed);
    this.seer = new IntersectionObserver(([entry]) => {
      this.isSeen = entry.isIntersecting;
      this.watched.feeds.forEach(this.changed);
    });
    this.seer.observe(parentElement.host ?? parentElement);
  }

  show({ data, setStateValue, setTriggerValue }) {
    Object.assign(this, { data, trigger: setTriggerValue, tellState: setStateValue });
    this.watched.watch(data.sources, null, this.changed);
    if (!window.Plotly) setTimeout(() => import(new URL(data.prefetch, document.baseURI).href).catch(() => null), SIGNAL_MS);
    this.watched.feeds.forEach(this.changed);
  }

  leave() {
    clearTimeout(this.timer);
    clearTimeout(this.again);
    this.seer.disconnect();
  }

  look(feed) {
    if (feed.failed) return this.tellState("unreachable", true);
    this.tellTab(feed);
    if (!feed.position || this.timer || !this.isNew(feed) || (this.data.only_seen && !this.isSeen)) return;
    const wait = Math.max(0, (this.last ?? 0) + SIGNAL_MS - performance.now());
    this.timer = setTimeout(() => this.tell(feed), wait);
  }

  tellTab({ position }) {
    const { title, percent: pattern } = this.data;
    if (!title || position?.state !== "RUNNING" || !position.steps) return;
    document.title = fill(title, { share: percent(position.step / position.steps, pattern, 0) });
  }

  tell(feed) {
    this.timer = null;
    if (!this.isNew(feed)) return;
    if (!isConnected()) {
      this.timer = setTimeout(() => this.tell(feed), SIGNAL_MS / 4); // the stream is back before Streamlit is
      return;
    }
    const now = this.now(feed);
    this.tries = now === this.tried ? this.tries + 1 : 1;
    Object.assign(this, { told: now, tried: now, last: performance.now() });
    this.trigger("changed", now);
    if (this.tries < MOST_SIGNALS) this.again = setTimeout(() => this.tellAgain(feed, now), AGAIN_MS);
  }

  tellAgain(feed, now) {
    if (this.data.seen === now || this.told !== now) return;
    this.told = null;
    this.look(feed);
  }

  isNew(feed) {
    const now = this.now(feed);
    return now !== this.data.seen && now !== this.told;
  }

  now({ run, position, saved, queue, gone }) {
    if (gone) return "gone";
    return {
      state: `${position.state}/${position.attempt}`,
      queue: [`${run}/${position.state}`, ...queue].join(),
      saved: saved.map(({ epoch }) => epoch).join(),
      compiler: position.compiler ?? "",
    }[this.data.what];
  }
}

// Whether Streamlit has its own connection: what it is told without one is lost.
function isConnected() {
  return (document.querySelector("[data-test-connection-state]")?.dataset.testConnectionState ?? "CONNECTED") === "CONNECTED";
}
