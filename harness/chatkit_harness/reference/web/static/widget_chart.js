// The Chart component: bars, lines and areas as SVG, with axes, a legend, and the figures as a hidden table.

import { block, colour } from "./widget_style.js";

const NS = "http://www.w3.org/2000/svg";
const WIDTH = 600;
const HEIGHT = 260;
const MOST_POINTS = 1000;
const MOST_ROWS = 60;
const TICKS = 4;
const WIDEST_BAR = 80;
const COLOURS = ["blue-500", "orange-500", "teal-500", "purple-500", "pink-500", "green-500", "yellow-600", "red-500"];
const STRAIGHT = new Set(["linear", "linearClosed"]);
const STEPS = { step: 0.5, stepBefore: 0, stepAfter: 1 };

/** The component's element: a figure. */
export function chart(props) {
  const rows = (Array.isArray(props.data) ? props.data : []).filter(isObject).slice(0, MOST_POINTS);
  const series = (Array.isArray(props.series) ? props.series : []).filter(isObject).map(withLooks);
  const axis = isObject(props.xAxis) ? props.xAxis : { dataKey: String(props.xAxis ?? "") };
  const figure = document.createElement("figure");
  figure.className = "ck-chart";
  block(figure, props);
  figure.append(drawing({ props, rows, series, axis }));
  if (props.showLegend !== false) figure.append(legend(series));
  figure.append(figures(rows, series, axis));
  return figure;
}

function isObject(value) {
  return Boolean(value) && typeof value === "object" && !Array.isArray(value);
}

function withLooks(given, number) {
  const fallback = colour(COLOURS[number % COLOURS.length], "fill");
  const key = String(given.dataKey ?? "");
  return { ...given, key, name: String(given.label ?? key), paint: colour(given.color, "fill") ?? fallback };
}

function svg(tag, attributes = {}, text = null) {
  const element = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  if (text !== null) element.textContent = text;
  return element;
}

function number(row, key) {
  const value = Number(row[key]);
  return Object.hasOwn(row, key) && row[key] !== null && Number.isFinite(value) ? value : null;
}

function drawing({ props, rows, series, axis }) {
  const plot = { left: props.showYAxis ? 56 : 12, right: WIDTH - 12, top: 12, bottom: HEIGHT - (axis.hide ? 12 : 32) };
  const stacks = stacked(rows, series);
  const [low, high] = range(stacks);
  const scale = (value) => plot.bottom - ((value - low) / (high - low)) * (plot.bottom - plot.top);
  const step = (plot.right - plot.left) / Math.max(rows.length, 1);
  const middle = (index) => plot.left + step * (index + 0.5);
  const element = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
  const names = series.map((each) => each.name).join(", ");
  element.setAttribute("aria-label", `Chart of ${names || "nothing"}, ${rows.length} points; the figures follow.`);
  element.append(grid(plot, low, high, scale, props.showYAxis));
  if (!axis.hide) element.append(labels(plot, rows, axis, middle));
  const bars = svg("g");
  element.append(bars);
  const beside = columns(series);
  series.forEach((each, index) => {
    const points = stacks[index].map((point, at) => point && { ...point, x: middle(at), at });
    if (each.type === "bar") drawBars(bars, { each, points, scale, step, beside, props, rows, axis });
    else drawLine(element, { each, points, scale, low });
    if (props.showTooltip !== false && each.type !== "bar") element.append(dots({ each, points, scale, rows, axis }));
  });
  return element;
}

/** For each series its points as {from, to, value}: those of one stack stand on each other. */
function stacked(rows, series) {
  const heights = rows.map(() => new Map());
  return series.map((each) => rows.map((row, at) => {
    const value = number(row, each.key);
    if (value === null) return null;
    const stack = each.stack ? `${each.stack}:${value < 0}` : null;
    const from = stack ? (heights[at].get(stack) ?? 0) : 0;
    if (stack) heights[at].set(stack, from + value);
    return { from, to: from + value, value };
  }));
}

function range(stacks) {
  let low = 0;
  let high = 0;
  let least = Infinity;
  for (const point of stacks.flat()) {
    if (!point) continue;
    low = Math.min(low, point.to);
    high = Math.max(high, point.to);
    least = Math.min(least, point.to);
  }
  if (least > 0 && least < Infinity && high - least < high / 4) low = least - (high - least || 1); // far from zero
  return high > low ? [low, high] : [low, low + 1];
}

function grid(plot, low, high, scale, shown) {
  const group = svg("g", { class: "ck-chart-grid" });
  for (let tick = 0; tick <= TICKS; tick += 1) {
    const value = low + ((high - low) * tick) / TICKS;
    const y = scale(value);
    group.append(svg("line", { x1: plot.left, x2: plot.right, y1: y, y2: y }));
    if (shown) group.append(svg("text", { x: plot.left - 6, y: y + 4, "text-anchor": "end" }, short(value)));
  }
  return group;
}

function short(value) {
  return new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 2 }).format(value);
}

function named(row, axis) {
  const value = String(row[axis.dataKey] ?? "");
  return isObject(axis.labels) && Object.hasOwn(axis.labels, value) ? String(axis.labels[value]) : value;
}

function labels(plot, rows, axis, middle) {
  const group = svg("g", { class: "ck-chart-labels" });
  const every = Math.max(1, Math.ceil(rows.length / 8));
  rows.forEach((row, at) => {
    if (at % every) return;
    group.append(svg("text", { x: middle(at), y: plot.bottom + 20, "text-anchor": "middle" }, named(row, axis).slice(0, 12)));
  });
  return group;
}

/** Which bar series stand beside which: those of one stack share a column. */
function columns(series) {
  const names = series.filter((each) => each.type === "bar").map((each) => (each.stack ? `stack ${each.stack}` : each));
  return [...new Set(names)];
}

function drawBars(group, { each, points, scale, step, beside, props, rows, axis }) {
  const between = Math.min(Math.max(props.barCategoryGap ?? step * 0.2, 0), step * 0.9);
  const gap = Math.min(Math.max(props.barGap ?? 2, 0), step / 2);
  const width = Math.min(Math.max((step - between - gap * (beside.length - 1)) / beside.length, 1), WIDEST_BAR);
  const place = beside.indexOf(each.stack ? `stack ${each.stack}` : each);
  const whole = width * beside.length + gap * (beside.length - 1);
  for (const point of points) {
    if (!point) continue;
    const [top, bottom] = [scale(Math.max(point.from, point.to)), scale(Math.min(point.from, point.to))];
    const x = point.x - whole / 2 + place * (width + gap);
    const bar = svg("rect", { x, y: top, width, height: Math.max(bottom - top, 0.5), rx: Math.min(2, width / 3) });
    bar.style.fill = each.paint;
    if (props.showTooltip !== false) bar.append(tip(each, point, rows, axis));
    group.append(bar);
  }
}

function tip(each, point, rows, axis) {
  return svg("title", {}, `${each.name}, ${named(rows[point.at], axis)}: ${point.value}`);
}

function drawLine(parent, { each, points, scale, low }) {
  const there = points.filter(Boolean).map((point) => ({ x: point.x, y: scale(point.to), base: scale(Math.max(point.from, low)) }));
  if (!there.length) return;
  const line = path(there, String(each.curveType ?? "natural"));
  if (each.type === "area") {
    const floor = [...there].reverse().map((point) => `L${point.x} ${point.base}`).join("");
    const area = svg("path", { d: `${line}${floor}Z`, class: "ck-chart-area" });
    area.style.fill = each.paint;
    parent.append(area);
  }
  const stroke = svg("path", { d: line, class: "ck-chart-line" });
  stroke.style.stroke = each.paint;
  stroke.dataset.curve = String(each.curveType ?? "natural");
  parent.append(stroke);
}

function path(points, curve) {
  const [first, ...rest] = points;
  let drawn = `M${first.x} ${first.y}`;
  let last = first;
  for (const point of rest) {
    drawn += segment(last, point, curve);
    last = point;
  }
  return curve.endsWith("Closed") ? `${drawn}Z` : drawn;
}

function segment(from, to, curve) {
  if (STRAIGHT.has(curve)) return `L${to.x} ${to.y}`;
  if (Object.hasOwn(STEPS, curve)) return `H${from.x + (to.x - from.x) * STEPS[curve]}V${to.y}H${to.x}`;
  const half = (from.x + to.x) / 2;
  if (curve === "bumpY") return `C${from.x} ${(from.y + to.y) / 2} ${to.x} ${(from.y + to.y) / 2} ${to.x} ${to.y}`;
  return `C${half} ${from.y} ${half} ${to.y} ${to.x} ${to.y}`;
}

function dots({ each, points, scale, rows, axis }) {
  const group = svg("g");
  for (const point of points) {
    if (!point) continue;
    const dot = svg("circle", { cx: point.x, cy: scale(point.to), r: points.length > 60 ? 2 : 3.5 });
    dot.style.fill = each.paint;
    dot.append(tip(each, point, rows, axis));
    group.append(dot);
  }
  return group;
}

function legend(series) {
  const list = document.createElement("ul");
  list.className = "ck-legend";
  for (const each of series) {
    const entry = document.createElement("li");
    const swatch = document.createElement("span");
    swatch.style.setProperty("background-color", each.paint);
    entry.append(swatch, each.name);
    list.append(entry);
  }
  return list;
}

function figures(rows, series, axis) {
  const table = document.createElement("table");
  table.className = "ck-hidden";
  const head = table.createTHead().insertRow();
  for (const name of [axis.dataKey, ...series.map((each) => each.name)]) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = name;
    head.append(cell);
  }
  const body = table.createTBody();
  for (const row of rows.slice(0, MOST_ROWS)) {
    const line = body.insertRow();
    line.insertCell().textContent = named(row, axis);
    for (const each of series) line.insertCell().textContent = String(row[each.key] ?? "");
  }
  return table;
}
