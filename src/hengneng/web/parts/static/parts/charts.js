// Draws a figure from the table of its numbers, the one source of both; without this script the
// table stands there. Gaps stay gaps; what is not measured looks different in shape, not in colour
// alone. Colours and fonts come from the tokens of the theme in force, on paper too.
//
// A page asks for a chart with <c-figure kind="…" label="…" uom="…">, a table inside, and these two
// scripts: vendor/echarts/echarts.min.js (defer) and parts/charts.js (type="module"). The kinds, and
// what their tables must say (numbers plain, with a point; an empty data-value: nothing known):
//   curve    rows  <tr data-at data-value data-mark [data-shown data-word]>: slots, by rules.marks
//   bars     rows  the same and data-estimated: the part of the value that is estimated
//   ranked   rows  the same, lying bars in the table's order; data-energy on a row colours it
//   stacked  columns <th data-series="name" [data-energy]>, rows <tr data-at> with a
//   lines    <td data-value [data-shown]> for each series, in their order; lines: data-style="faint"
//            on a <th> draws a line that is there for comparison
//   heat     columns <th data-at>, rows <tr data-row> with a <td data-value data-shown> for each;
//            data-steps="0.5,0.9,1" on the table: from where on a share is warn, nearly, whole
// data-row-link on a <tr> of ranked or heat leads there on a click; the table holds the same link.

import { KINDS, colours, rowsOf } from "./chart-kinds.js";

const PAPER = { width: 720, height: 240, line: 18 };
const charts = new Map();
const LINKED = { ranked: "tbody tr[data-at]", heat: "tbody tr[data-row]" };
// Figures whose numbers a reader opened, by the id that holds them: they stay open when a board
// fetches its figures anew.
const opened = new Set();

// On a click a bar or a row of the map leads where its row of the table leads.
function lead(figure, chart) {
  const rows = LINKED[figure.dataset.chart];
  if (!rows) return;
  chart.on("click", ({ dataIndex, value }) => {
    const place = figure.dataset.chart === "heat" ? value[1] : dataIndex;
    const address = figure.querySelectorAll(rows)[place]?.dataset.rowLink;
    if (address) window.location.assign(address);
  });
}

function isEmpty(figure, rows) {
  if (["stacked", "lines", "heat"].includes(figure.dataset.chart)) {
    return !figure.querySelector("tbody td[data-value]:not([data-value=''])");
  }
  return !rows.some((row) => row.value !== null || (row.mark && row.mark !== "."));
}

function draw(figure) {
  const rows = rowsOf(figure);
  const place = figure.querySelector(".drawing");
  if (isEmpty(figure, rows)) return;
  place.hidden = false;
  const onPaper = matchMedia("print").matches;
  charts.get(figure)?.dispose();
  const size = onPaper ? paperOf(figure) : {};
  place.style.height = "";
  place.style.aspectRatio = onPaper ? `${size.width} / ${size.height}` : "";
  if (!onPaper) grow(figure, place);
  const chart = window.echarts.init(place, null, { renderer: "svg", ...size });
  chart.setOption(KINDS[figure.dataset.chart](figure, rows, colours(figure)));
  lead(figure, chart);
  charts.set(figure, chart);
  if (onPaper) fit(place, size);
}

// Rows need their height, be there nine or ninety; a wall gives what it has.
function grow(figure, place) {
  const rows = LINKED[figure.dataset.chart];
  if (!rows || document.documentElement.dataset.theme === "bigscreen") return;
  const line = parseFloat(getComputedStyle(figure).fontSize) * 2;
  place.style.height = `${(figure.querySelectorAll(rows).length + 2) * line}px`;
}

// On paper too rows need their height.
function paperOf(figure) {
  const rows = LINKED[figure.dataset.chart];
  const { width, height, line } = PAPER;
  return { width, height: rows ? (figure.querySelectorAll(rows).length + 2) * line : height };
}

// Scales the drawing to whatever width the paper has.
function fit(place, { width, height }) {
  const svg = place.querySelector("svg");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("width", "100%");
  svg.setAttribute("height", "100%");
  for (let box = svg.parentElement; box !== place; box = box.parentElement) {
    box.style.width = "100%";
    box.style.height = "100%";
  }
}

const nameOf = (figure) => figure.closest("[id]")?.id;

function toggle(figure) {
  const numbers = figure.querySelector(".numbers");
  const button = figure.querySelector("[data-toggle]");
  numbers.hidden = !numbers.hidden;
  button.setAttribute("aria-expanded", String(!numbers.hidden));
  button.textContent = numbers.hidden ? button.dataset.numbers : button.dataset.drawing;
  opened[numbers.hidden ? "delete" : "add"](nameOf(figure));
}

function prepare(figure) {
  draw(figure);
  if (!charts.has(figure)) return;
  const button = figure.querySelector("[data-toggle]");
  button.hidden = false;
  button.addEventListener("click", () => toggle(figure));
  // Only while the focus is inside: a key for the whole page would surprise (WCAG 2.1.4).
  figure.addEventListener("keydown", (event) => {
    const isTyping = event.target.matches("input, select, textarea");
    if (event.key.toLowerCase() === "t" && !isTyping && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      toggle(figure);
    }
  });
  if (!opened.has(nameOf(figure))) toggle(figure);
  else button.textContent = button.dataset.drawing;
}

function forget() {
  for (const [figure, chart] of charts) {
    if (!figure.isConnected) {
      chart.dispose();
      charts.delete(figure);
    }
  }
}

function prepareAll(within) {
  forget();
  for (const figure of within.querySelectorAll("[data-chart]")) {
    if (!charts.has(figure)) prepare(figure);
  }
}

const redraw = () => [...charts.keys()].forEach(draw);
prepareAll(document);
document.addEventListener("htmx:afterSettle", () => prepareAll(document));
window.addEventListener("resize", () => charts.forEach((chart) => chart.resize()));
matchMedia("print").addEventListener("change", redraw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
document.fonts?.ready.then(redraw);
