const NUMBERED = 20; // beyond this many classes a number no longer fits its cell

export default function ({ data, parentElement, setStateValue }) {
  const table = parentElement.querySelector("table");
  const drawn = JSON.stringify(data);
  table.choose = (row, column) => setStateValue("cell", row === null ? null : [row, column]);
  if (table.drawn === drawn) return;
  const restart = table.drawn === undefined || JSON.parse(table.drawn).names.length !== data.names.length;
  table.drawn = drawn;
  if (restart) Object.assign(table, { at: [0, 0], chosen: data.chosen });
  const focused = table.contains(parentElement.activeElement ?? document.activeElement);
  draw(table, data, parentElement);
  if (focused) cellAt(table, ...table.at).focus();
}

function draw(table, data, parentElement) {
  const { matrix, names, labels } = data;
  const numbered = names.length <= NUMBERED;
  name(parentElement.querySelector(".axis.predicted"), labels.predicted);
  name(parentElement.querySelector(".axis.true"), labels.true, true);
  table.setAttribute("aria-label", labels.caption);
  const upright = names.some((text) => text.length > 3);
  const wide = Math.max(...names.map((text) => [...text].reduce((sum, letter) => sum + (isHan(letter) ? 1.9 : 1), 0)));
  measure(table, names.length, numbered, wide);
  const corner = element("td");
  const head = element("tr", corner, ...names.map((text) => heading("col", text, upright)));
  const deepest = Math.max(0.01, ...matrix.map((counts, row) => share(Math.max(...counts.map((n, column) => (row === column ? 0 : n))), counts)));
  const rows = matrix.map((counts, row) =>
    element("tr", heading("row", names[row]), ...counts.map((_, column) => element("td", cell(table, data, row, column, deepest, numbered)))),
  );
  table.replaceChildren(head, ...rows);
  listen(table, names.length);
  mark(table);
}

function measure(table, classes, numbered, wide) {
  const head = Math.min(wide * 7 + 12, 96);
  const size = numbered ? 46 : 18;
  const columns = document.createElement("colgroup");
  for (let place = -1; place < classes; place++) {
    const column = document.createElement("col");
    column.style.width = place < 0 ? `${head}px` : "auto";
    columns.append(column);
  }
  table.style.width = numbered ? `min(${head + classes * (size + 2)}px, 100cqw - 28px)` : `${head + classes * (size + 2)}px`;
  table.style.setProperty("--number", `clamp(7.5px, calc((100cqw - ${head + 28}px) / ${classes} * 0.36), 14px)`);
  table.columns = columns;
}

function cell(table, { matrix, names, mode, labels }, row, column, deepest, numbered) {
  const count = matrix[row][column];
  const part = share(count, matrix[row]);
  const right = row === column;
  const depth = right ? 0.06 + 0.2 * part : count ? 0.1 + 0.9 * Math.sqrt(part / deepest) : 0;
  const percent = `${(100 * part).toFixed(1)} %`;
  const button = element("button");
  button.type = "button";
  button.className = `${right ? "right" : ""} ${!right && depth > 0.7 ? "deep" : ""}`;
  button.style.setProperty("--depth", `${(100 * depth).toFixed(0)}%`);
  if (numbered && count) button.textContent = mode === "percent" ? (100 * part).toFixed(1) : String(count);
  const facts = { true: names[row], predicted: names[column], count: count.toLocaleString(), percent };
  button.title = labels.cell.replace(/\{(\w+)\}/g, (gap, fact) => facts[fact] ?? gap);
  button.setAttribute("aria-label", button.title);
  Object.assign(button.dataset, { row, column });
  return button;
}

function listen(table, classes) {
  const place = ({ dataset }) => [Number(dataset.row), Number(dataset.column)];
  table.onclick = ({ target }) => target.dataset?.row && choose(table, place(target));
  table.onfocusin = null;
  table.onkeydown = (event) => {
    if (!event.target.dataset?.row) return;
    if (event.key === "Escape") return choose(table, null);
    const [row, column] = place(event.target);
    const steps = { ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1], Home: [row, 0], End: [row, classes - 1] };
    const next = steps[event.key];
    if (!next) return;
    event.preventDefault();
    walk(table, next.map((index) => Math.min(Math.max(index, 0), classes - 1)));
  };
  table.onmouseover = ({ target }) => light(table, target.dataset?.row ? place(target) : null);
  table.onmouseleave = () => light(table, null);
}
