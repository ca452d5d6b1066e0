// What the whole page minds: its language, one step back for each page, one file for each click that was meant, and
// keys that nothing else would hear.
const HEARS = "a[href], button, input, select, textarea, summary, [contenteditable], [role], [tabindex]:not(.stMain)";
const AGAIN_MS = 1000; // a file may be made only when it is asked for: somebody who sees nothing come clicks once more

export default function ({ data }) {
  document.documentElement.lang = data.language;
  Object.assign((window.__livefitManners ??= begin({})), data);
}

function begin(manners) {
  const push = history.pushState.bind(history);
  // Streamlit keeps a step for every change of the address, so that Back would walk through choices, not pages.
  history.pushState = (state, unused, address) => {
    const isSamePage = address && new URL(address, location.href).pathname === location.pathname;
    return isSamePage ? history.replaceState(state, unused, address) : push(state, unused, address);
  };
  document.addEventListener("keydown", (event) => press(manners, event));
  const heard = new WeakMap();
  document.addEventListener("click", (event) => download(heard, event), { capture: true });
  return manners;
}

function download(heard, event) {
  const button = event.target.closest?.(".stDownloadButton button");
  if (!button) return;
  if (event.timeStamp - heard.get(button) < AGAIN_MS) event.stopPropagation();
  else heard.set(button, event.timeStamp);
}

function press({ keys }, event) {
  const hasModifier = event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
  const widgets = keys[event.key];
  if (!widgets || hasModifier || event.repeat || event.defaultPrevented || focused().closest(HEARS)) return;
  const buttons = widgets.flatMap((key) => [...document.querySelectorAll(`.st-key-${key} button`)]);
  const button = buttons.find((button) => !button.disabled && button.checkVisibility());
  if (!button) return;
  event.preventDefault(); // or the page would scroll
  button.click();
}

function focused() {
  let node = document.activeElement ?? document.body;
  while (node.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node;
}
