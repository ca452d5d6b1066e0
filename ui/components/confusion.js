const NUMBERED = 20; // beyond this many classes a number does not fit its cell
// On the window, because this script is read anew for every grid that is mounted.
const grids = (window.__livefitGrids ??= new WeakMap());

export default function ({ data, parentElement, setStateValue }) {
  const table = parentElement.querySelector("table");
  const grid = grids.get(table) ?? { at: [0, 0] };
  grids.set(table, grid);
  const { chosen, ...content } = data;
  const drawn = JSON.stringify(content);
  if (grid.drawn !== drawn) {
    if (grid.size !== data.names.length) grid.at = chosen ?? [0, 0];
    Object.assign(grid, { drawn, size: data.names.length });
    const focused = table.contains(table.getRootNode().activeElement);
    draw(table, content, parentElement);
    walk(table, grid, grid.at, focused);
  }
  mark(table, chosen);
  listen(table, grid, (cell) => {
    mark(table, cell);
    setStateValue("cell", cell);
  });
}

function draw(table, content, parentElement) {
  const { matrix, names, labels } = content;
  const worst = content.mode === "difference" ? greatest(matrix) : worstMistake(matrix);
  const tall = names.some((name) => name.length > 2);
  measure(parentElement.querySelector(".frame"), names);
  turn(parentElement.querySelector(".axis.true"), labels.true);
  parentElement.querySelector(".axis.predicted").textContent = labels.predicted;
  table.setAttribute("aria-label", labels.caption);
  if (table.rows.length !== names.length + 1) table.replaceChildren(...[null, ...names].map(() => row(names)));
  const [head, ...lines] = table.rows;
  head.replaceChildren(corner(), ...names.map((name) => heading("col", name, tall)));
  lines.forEach(({ cells: [first, ...boxes] }, line) => {
    first.replaceWith(heading("row", names[line]));
    boxes.forEach((box, column) => fillCell(box.firstElementChild, content, line, column, worst));
  });
}

function measure(frame, names) {
  const numbered = names.length <= NUMBERED;
  const longest = Math.max(...names.map((name) => [...name].reduce((width, letter) => width + (isHan(letter) ? 14 : 7.5), 0)));
  const head = Math.min(longest + 14, 92);
  frame.classList.toggle("dense", !numbered);
  frame.style.setProperty("--classes", names.length);
  frame.style.setProperty("--head", `${head}px`);
  frame.style.setProperty("--cell", numbered ? `${Math.max(46, Math.min(96, 300 / names.length))}px` : "18px");
  frame.style.setProperty("--widest", numbered ? "100cqw - 28px" : "999999px");
  frame.style.setProperty("--number", `clamp(8px, (100cqw - ${head + 28}px) / ${names.length} * 0.38, 14px)`);
}

function worstMistake(matrix) {
  return Math.max(0.01, ...matrix.flatMap((counts, row) => counts.map((count, column) => (row === column ? 0 : shareOf(count, counts)))));
}

const greatest = (matrix) => Math.max(1, ...matrix.flat().map(Math.abs));

function fillCell(button, content, line, column, worst) {
  const { matrix, names, labels, mode } = content;
  const count = matrix[line][column];
  const facts = { true: names[line], predicted: names[column] };
  button.classList.toggle("right", line === column);
  if (mode === "difference") fillDifference(button, count, worst, line === column, facts);
  else fill(button, content, line, column, worst, facts);
  if (!count || names.length > NUMBERED) button.textContent = "";
  button.title = labels.cell.replace(/\{(\w+)\}/g, (gap, fact) => facts[fact] ?? gap);
  button.setAttribute("aria-label", button.title);
}

/* White at no difference; else the hue of the one it speaks for: who has more right answers, or fewer of a mistake. */
function fillDifference(button, count, greatest, right, facts) {
  button.classList.toggle("for-first", right ? count > 0 : count < 0);
  button.classList.toggle("for-second", right ? count < 0 : count > 0);
  button.style.setProperty("--depth", `${count ? Math.round(10 + 38 * Math.sqrt(Math.abs(count) / greatest)) : 0}%`);
  facts.count = `${count > 0 ? "+" : count < 0 ? "\u2212" : ""}${Math.abs(count).toLocaleString("en")}`;
  button.textContent = facts.count;
}

function fill(button, { matrix, mode }, line, column, worst, facts) {
  const count = matrix[line][column];
  const share = shareOf(count, matrix[line]);
  const depth = Math.sqrt(share / worst);
  const strong = line !== column && depth > 0.8;
  const tint = line === column ? 0.05 + 0.2 * share : strong ? 0.74 : count ? 0.1 + 0.44 * depth : 0;
  button.classList.toggle("strong", strong);
  button.style.setProperty("--depth", `${Math.round(100 * tint)}%`);
  Object.assign(facts, { count: count.toLocaleString("en"), percent: (100 * share).toFixed(1) });
  button.textContent = mode === "percent" ? facts.percent : facts.count;
}

function listen(table, grid, choose) {
  table.onclick = ({ target }) => {
    if (target.type !== "button") return;
    walk(table, grid, placeOf(target), true);
    choose(grid.at);
  };
  table.onkeydown = (event) => {
    if (event.key === "Escape") return choose(null);
    const next = step(event.key, grid);
    if (!next) return;
    event.preventDefault();
    walk(table, grid, next, true);
  };
  table.onfocusin = ({ target }) => target.type === "button" && light(table, placeOf(target));
  table.onmouseover = ({ target }) => light(table, target.type === "button" ? placeOf(target) : null);
  table.onmouseleave = table.onfocusout = () => light(table, null);
}

function step(key, { at: [line, column], size }) {
  const last = size - 1;
  const up = Math.max(line - 1, 0), down = Math.min(line + 1, last);
  const left = Math.max(column - 1, 0), right = Math.min(column + 1, last);
  return { ArrowUp: [up, column], ArrowDown: [down, column], ArrowLeft: [line, left], ArrowRight: [line, right], Home: [line, 0], End: [line, last] }[key];
}

/* One cell is reached with Tab, the others from it with the arrows. */
function walk(table, grid, place, focus) {
  buttonAt(table, grid.at).tabIndex = -1;
  grid.at = place;
  buttonAt(table, place).tabIndex = 0;
  if (focus) buttonAt(table, place).focus();
}

function mark(table, cell) {
  table.querySelectorAll("[aria-pressed=true]").forEach((button) => button.setAttribute("aria-pressed", "false"));
  if (cell) buttonAt(table, cell)?.setAttribute("aria-pressed", "true");
}

function light(table, place) {
  table.querySelectorAll(".lit").forEach((heading) => heading.classList.remove("lit"));
  if (!place) return;
  table.rows[place[0] + 1].cells[0].classList.add("lit");
  table.rows[0].cells[place[1] + 1].classList.add("lit");
}

/* The cells are made once and filled anew: ten thousand of them take a second to be laid out. */
function row(names) {
  const line = document.createElement("tr");
  line.append(corner(), ...names.map(emptyCell));
  return line;
}

function emptyCell() {
  const box = document.createElement("td");
  const button = Object.assign(document.createElement("button"), { type: "button", tabIndex: -1 });
  button.setAttribute("aria-pressed", "false");
  box.append(button);
  return box;
}

function corner() {
  const box = document.createElement("td");
  box.className = "corner";
  return box;
}

function heading(scope, name, tall) {
  const box = document.createElement("th");
  const text = document.createElement("span");
  box.scope = scope;
  box.title = name;
  text.textContent = name;
  if (tall) turn(text, name);
  box.append(text);
  return box;
}

/* Latin letters are turned, Chinese ones stand upright above each other. */
function turn(node, text) {
  const line = document.createElement("span");
  line.className = [...text].some(isHan) ? "upright" : "sideways";
  line.textContent = text;
  node.replaceChildren(line);
}

const buttonAt = (table, [line, column]) => table.rows[line + 1]?.cells[column + 1]?.firstElementChild;
const placeOf = (button) => [button.closest("tr").rowIndex - 1, button.closest("td").cellIndex - 1];
const shareOf = (count, counts) => count / Math.max(1, counts.reduce((sum, each) => sum + each, 0));
const isHan = (letter) => /\p{Script=Han}/u.test(letter);
