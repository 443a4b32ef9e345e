// Draws a figure from the table of its numbers, the one source of both; without this script the
// table stands there. Gaps stay gaps; what is not measured looks different in shape, not in colour
// alone. Colours and fonts come from the tokens of the theme in force, on paper too.

// Marks whose value is known, and the symbol of those that are not plainly measured.
const SYMBOLS = { L: "rect", H: "triangle", S: "diamond", P: "circle" };
const PAPER = { width: 720, height: 240 };
const charts = new Map();

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function colours(figure) {
  return {
    line: getComputedStyle(figure).getPropertyValue("--energy").trim(),
    ink: token("--ink-2"),
    faint: token("--line"),
    paper: token("--paper"),
    band: token("--mute-tint"),
    edge: token("--line-strong"),
    estimated: token("--est"),
    rejected: token("--bad"),
  };
}

function rowsOf(figure) {
  return [...figure.querySelectorAll("tbody tr[data-at]")].map((row) => ({
    at: row.dataset.at,
    value: row.dataset.value === "" ? null : Number(row.dataset.value),
    estimated: Number(row.dataset.estimated || 0),
    shown: row.dataset.shown || "",
    mark: row.dataset.mark || "",
    word: row.dataset.word || "",
  }));
}

function frame(figure, rows, hues) {
  const text = { color: hues.ink, fontFamily: token("--sans"), fontSize: 12 };
  const narrow = figure.clientWidth < 520;
  return {
    animation: false,
    textStyle: text,
    grid: { left: 8, right: 16, top: 34, bottom: 6, containLabel: true },
    xAxis: {
      type: "category",
      data: rows.map((row) => row.at),
      axisLine: { lineStyle: { color: hues.edge } },
      axisTick: { show: false },
      axisLabel: { ...text, hideOverlap: true, interval: narrow ? "auto" : undefined },
    },
    yAxis: {
      type: "value",
      name: figure.dataset.uom,
      nameGap: 14,
      nameTextStyle: { ...text, align: "left", padding: [0, 0, 0, -24] },
      axisLabel: text,
      splitNumber: 4,
      splitLine: { lineStyle: { color: hues.faint } },
    },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      backgroundColor: hues.paper,
      borderColor: hues.edge,
      textStyle: { ...text, color: token("--ink") },
      axisPointer: { lineStyle: { color: hues.edge } },
      formatter: (found) => {
        const row = rows.find((one) => one.at === found[0].axisValue);
        return [row.at, row.shown, row.word].filter(Boolean).join("\n");
      },
    },
  };
}

// Runs of slots of which nothing is known, as [first, last].
function gapsOf(rows) {
  const gaps = [];
  rows.forEach((row, place) => {
    if (row.mark !== ".") return;
    const last = gaps.at(-1);
    if (last && last[1] === place - 1) last[1] = place;
    else gaps.push([place, place]);
  });
  return gaps;
}

// Whole slots: a band from the beginning of the first to the end of the last.
function bands(rows, hues) {
  const style = { fill: hues.band, stroke: hues.edge, lineWidth: 0.5, lineDash: [3, 3] };
  return {
    type: "custom",
    silent: true,
    z: 1,
    data: gapsOf(rows),
    encode: { x: [0, 1] },
    renderItem: (params, api) => {
      const [width] = api.size([1, 0]);
      const [left] = api.coord([api.value(0), 0]);
      const slots = api.value(1) - api.value(0) + 1;
      const { y, height } = params.coordSys;
      return {
        type: "rect",
        shape: { x: left - width / 2, y, width: width * slots, height },
        style,
      };
    },
  };
}

function curve(figure, rows, hues) {
  const isSure = (row) => row && row.value !== null && row.mark !== "E";
  const isEstimate = (row) => row && row.value !== null && row.mark === "E";
  const sure = rows.map((row) => (isSure(row) ? row.value : null));
  // The dotted line begins and ends at its measured neighbours, so that no step is invented.
  const estimated = rows.map((row, place) =>
    isEstimate(row) || isEstimate(rows[place - 1]) || isEstimate(rows[place + 1])
      ? row.value
      : null,
  );
  const lone = (values) => (value, place) =>
    values[place.dataIndex - 1] == null && values[place.dataIndex + 1] == null ? 5 : 0;
  const line = { type: "line", silent: true, connectNulls: false, symbol: "circle" };
  const series = [
    bands(rows, hues),
    {
      ...line,
      data: sure,
      symbolSize: lone(sure),
      lineStyle: { color: hues.line, width: 2 },
      itemStyle: { color: hues.line },
    },
    {
      ...line,
      data: estimated,
      symbolSize: lone(estimated),
      lineStyle: { color: hues.estimated, width: 2, type: [2, 4] },
      itemStyle: { color: hues.estimated },
    },
  ];
  for (const [mark, symbol] of Object.entries(SYMBOLS)) {
    series.push(points(rows, mark, symbol, hues.line, hues.paper, mark !== "P"));
  }
  series.push(points(rows, "R", "circle", hues.rejected, hues.paper, false));
  return { ...frame(figure, rows, hues), series };
}

function points(rows, mark, symbol, colour, paper, isFull) {
  // A rejected value does not count; its mark stands on the axis.
  const data = rows.map((row) => (row.mark === mark ? (row.value ?? 0) : null));
  const itemStyle = { color: isFull ? colour : paper, borderColor: colour, borderWidth: 2 };
  return { type: "scatter", silent: true, symbol, symbolSize: mark === "R" ? 9 : 6, data, itemStyle, z: 4 };
}

function bars(figure, rows, hues) {
  const column = { type: "bar", stack: "whole", silent: true, barMaxWidth: 28 };
  const sure = rows.map((row) => (row.value === null ? null : row.value - row.estimated));
  const estimated = rows.map((row) => row.estimated || null);
  return {
    ...frame(figure, rows, hues),
    series: [
      bands(rows, hues),
      {
        ...column,
        data: sure,
        itemStyle: { color: hues.line },
      },
      {
        ...column,
        data: estimated,
        itemStyle: {
          color: hues.paper,
          borderColor: hues.estimated,
          borderWidth: 1.5,
          borderType: "dashed",
        },
      },
    ],
  };
}

const KINDS = { curve, bars };

function draw(figure) {
  const rows = rowsOf(figure);
  const place = figure.querySelector(".drawing");
  if (!rows.some((row) => row.mark !== "." || row.value !== null)) return;
  place.hidden = false;
  const onPaper = matchMedia("print").matches;
  charts.get(figure)?.dispose();
  const size = onPaper ? PAPER : {};
  const chart = window.echarts.init(place, null, { renderer: "svg", ...size });
  chart.setOption(KINDS[figure.dataset.chart](figure, rows, colours(figure)));
  charts.set(figure, chart);
  if (onPaper) fit(place);
}

// Scales the drawing to whatever width the paper has.
function fit(place) {
  const svg = place.querySelector("svg");
  svg.setAttribute("viewBox", `0 0 ${PAPER.width} ${PAPER.height}`);
  svg.setAttribute("width", "100%");
  svg.setAttribute("height", "100%");
  for (let box = svg.parentElement; box !== place; box = box.parentElement) {
    box.style.width = "100%";
    box.style.height = "100%";
  }
}

function toggle(figure) {
  const numbers = figure.querySelector(".numbers");
  const button = figure.querySelector("[data-toggle]");
  numbers.hidden = !numbers.hidden;
  button.setAttribute("aria-expanded", String(!numbers.hidden));
  button.textContent = numbers.hidden ? button.dataset.numbers : button.dataset.drawing;
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
  toggle(figure);
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
