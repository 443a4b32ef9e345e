// What each kind of chart draws from its table: options for ECharts, in the theme's colours.
// How a page asks for one: charts.js.

// Marks whose value is known, and the symbol of those that are not plainly measured.
const SYMBOLS = { L: "rect", H: "triangle", S: "diamond", P: "circle" };

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const energyOf = (element) => getComputedStyle(element).getPropertyValue("--energy").trim();
// The root's size is what a theme makes big: 12 px at a desk, 20 px on a wall.
const fontSize = () => Math.round(parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.857);
const number = (text) => (text === undefined || text === "" ? null : Number(text));

export function colours(figure) {
  return {
    line: energyOf(figure),
    ink: token("--ink-2"),
    faint: token("--line"),
    paper: token("--paper"),
    band: token("--mute-tint"),
    edge: token("--line-strong"),
    estimated: token("--est"),
    rejected: token("--bad"),
    steps: [0, 1, 2, 3].map((step) => token(`--step-${step}`)),
    inks: [0, 1, 2, 3].map((step) => token(`--step-${step}-ink`)),
  };
}

export function rowsOf(figure) {
  return [...figure.querySelectorAll("tbody tr[data-at]")].map((row) => ({
    at: row.dataset.at,
    value: number(row.dataset.value),
    estimated: Number(row.dataset.estimated || 0),
    shown: row.dataset.shown || "",
    mark: row.dataset.mark || "",
    word: row.dataset.word || "",
    hue: row.dataset.energy === undefined ? null : energyOf(row),
    link: row.dataset.rowLink,
  }));
}

// A table of several columns: the series of its head, and each row's cells in their order.
function columnsOf(figure) {
  const heads = [...figure.querySelectorAll("thead th[data-series]")];
  const rows = [...figure.querySelectorAll("tbody tr[data-at]")].map((row) => ({
    at: row.dataset.at,
    cells: [...row.querySelectorAll("td[data-value]")].map((cell) => ({
      value: number(cell.dataset.value),
      shown: cell.dataset.shown || cell.textContent.trim(),
    })),
  }));
  const series = heads.map((head) => ({
    name: head.dataset.series,
    hue: energyOf(head),
    isFaint: head.dataset.style === "faint",
  }));
  return { series, rows };
}

const textOf = (hues) => ({ color: hues.ink, fontFamily: token("--sans"), fontSize: fontSize() });

function tip(hues, formatter, more = {}) {
  return {
    renderMode: "richText",
    backgroundColor: hues.paper,
    borderColor: hues.edge,
    textStyle: { ...textOf(hues), color: token("--ink") },
    axisPointer: { lineStyle: { color: hues.edge }, shadowStyle: { color: token("--hover") } },
    formatter,
    ...more,
  };
}

function frame(figure, rows, hues) {
  const text = textOf(hues);
  const narrow = figure.clientWidth < 520;
  return {
    animation: false,
    textStyle: text,
    grid: { left: 8, right: text.fontSize * 1.4, top: 22 + text.fontSize, bottom: 6, containLabel: true },
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
    tooltip: tip(
      hues,
      (found) => {
        const row = rows.find((one) => one.at === found[0].axisValue);
        return [row.at, row.shown, row.word].filter(Boolean).join("\n");
      },
      { trigger: "axis" },
    ),
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

// Lying bars in the table's order: what is longest stands where the table has it.
function ranked(figure, rows, hues) {
  const text = textOf(hues);
  const data = rows.map((row) => ({ value: row.value, itemStyle: { color: row.hue || hues.line } }));
  return {
    animation: false,
    textStyle: text,
    grid: { left: 8, right: text.fontSize * 5, top: 4, bottom: 4, containLabel: true },
    xAxis: { type: "value", show: false },
    yAxis: {
      type: "category",
      inverse: true,
      data: rows.map((row) => row.at),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { ...text, interval: 0 },
    },
    tooltip: tip(
      hues,
      ({ dataIndex: place }) =>
        [rows[place].at, rows[place].shown, rows[place].word].filter(Boolean).join("\n"),
      { trigger: "item" },
    ),
    series: {
      type: "bar",
      data,
      barMaxWidth: text.fontSize * 1.4,
      barCategoryGap: "28%",
      label: {
        show: true,
        position: "right",
        ...text,
        formatter: ({ dataIndex: place }) => rows[place].shown,
      },
    },
  };
}

function several(figure, hues, shape) {
  const { series, rows } = columnsOf(figure);
  const drawn = frame(figure, rows, hues);
  drawn.tooltip.formatter = (found) => {
    const row = rows.find((one) => one.at === found[0].axisValue);
    return [row.at, ...series.map((one, place) => `${one.name}  ${row.cells[place].shown}`)].join("\n");
  };
  return {
    ...drawn,
    legend: {
      show: series.length > 1,
      top: 0,
      right: 8,
      selectedMode: false,
      itemWidth: 14,
      itemHeight: 8,
      textStyle: textOf(hues),
    },
    series: series.map((one, place) => ({
      name: one.name,
      data: rows.map((row) => row.cells[place].value),
      itemStyle: { color: one.isFaint ? hues.edge : one.hue },
      ...shape(one, hues),
    })),
  };
}

const stacked = (figure, _rows, hues) =>
  several(figure, hues, () => ({ type: "bar", stack: "whole", barMaxWidth: 40, silent: true }));

const lines = (figure, _rows, hues) =>
  several(figure, hues, (one) => ({
    type: "line",
    silent: true,
    connectNulls: false,
    showSymbol: false,
    lineStyle: { width: one.isFaint ? 1.5 : 3, color: one.isFaint ? hues.edge : one.hue, type: one.isFaint ? "dashed" : "solid" },
  }));

// Shares by row and column. Every cell bears its number where there is room for it.
function heat(figure, _rows, hues) {
  const text = textOf(hues);
  const columns = [...figure.querySelectorAll("thead th[data-at]")].map((head) => head.dataset.at);
  const lying = [...figure.querySelectorAll("tbody tr[data-row]")];
  const cells = lying.flatMap((row, y) =>
    [...row.querySelectorAll("td[data-value]")].map((cell, x) => ({
      at: [x, y],
      value: number(cell.dataset.value),
      shown: cell.dataset.shown || "",
    })),
  );
  const steps = figure.querySelector("table").dataset.steps.split(",").map(Number);
  const step = (value) => steps.filter((from) => value >= from).length;
  const isRoomy = figure.clientWidth / (columns.length + 6) > text.fontSize * 1.9;
  const style = (value) =>
    value === null
      ? { color: "transparent", borderColor: hues.edge, borderType: "dashed" }
      : { color: hues.steps[step(value)], borderColor: hues.paper, borderWidth: 2 };
  const axis = { type: "category", axisLine: { show: false }, axisTick: { show: false } };
  return {
    animation: false,
    textStyle: text,
    grid: { left: 8, right: 8, top: 4, bottom: 4, containLabel: true },
    xAxis: { ...axis, data: columns, position: "top", axisLabel: { ...text, hideOverlap: true } },
    yAxis: { ...axis, inverse: true, data: lying.map((row) => row.dataset.row), axisLabel: { ...text, interval: 0 } },
    tooltip: tip(
      hues,
      ({ dataIndex: place }) => {
        const [x, y] = cells[place].at;
        return [lying[y].dataset.row, columns[x], cells[place].shown].join("\n");
      },
      { trigger: "item" },
    ),
    series: {
      type: "heatmap",
      data: cells.map((cell) => ({
        value: [...cell.at, cell.value ?? "-"],
        itemStyle: style(cell.value),
        label: { color: cell.value === null ? hues.ink : hues.inks[step(cell.value)] },
      })),
      label: {
        show: isRoomy,
        fontSize: text.fontSize * 0.85,
        fontFamily: text.fontFamily,
        formatter: ({ dataIndex: place }) =>
          cells[place].value === null ? "" : String(Math.floor(cells[place].value * 100)),
      },
    },
  };
}

export const KINDS = { curve, bars, ranked, stacked, lines, heat };
