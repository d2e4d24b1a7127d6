// The Chart component: bars, lines and areas as SVG, with axes, a legend, and the figures as a hidden table.

import { curved } from "./widget_curves.js";
import { block, colour } from "./widget_style.js";

const NS = "http://www.w3.org/2000/svg";
const WIDTH = 600;
const HEIGHT = 260;
const LEAST = 24;
const A_LABEL = 52;
const MOST_POINTS = 1000;
const MOST_ROWS = 60;
const TICKS = 4;
const WIDEST_BAR = 80;
const COLOURS = ["blue-500", "orange-500", "teal-500", "purple-500", "pink-500", "green-500", "yellow-600", "red-500"];
const TOKENS = new Set(["blue", "purple", "orange", "green", "red", "yellow", "pink"]);

/** The component's element: a figure. */
export function chart(props) {
  const rows = (Array.isArray(props.data) ? props.data : []).filter(isObject).slice(0, MOST_POINTS);
  const series = (Array.isArray(props.series) ? props.series : []).filter(isObject).map(withLooks);
  const axis = isObject(props.xAxis) ? props.xAxis : { dataKey: String(props.xAxis ?? "") };
  const figure = document.createElement("figure");
  figure.className = "ck-chart";
  block(figure, props);
  figure.append(fitted({ props, rows, series, axis }));
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
  return { ...given, key, name: String(given.label ?? key), paint: painted(given.color) ?? fallback };
}

/** A chart's colours have names of their own, which are colours of CSS too, and meant otherwise. */
function painted(given) {
  return colour(TOKENS.has(given) ? `${given}-${given === "yellow" ? 600 : 500}` : given, "fill");
}

/** The drawing, done again whenever it has got another size: its words keep theirs. */
function fitted(what) {
  const element = svg("svg", { role: "img" });
  draw(element, what, { width: WIDTH, height: HEIGHT });
  let last = "";
  new ResizeObserver(([{ contentRect }]) => {
    const [width, height] = [contentRect.width, contentRect.height].map(Math.round);
    if (width < LEAST || height < LEAST || last === `${width} ${height}`) return;
    last = `${width} ${height}`;
    draw(element, what, { width, height });
  }).observe(element);
  return element;
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

function draw(element, { props, rows, series, axis }, { width, height }) {
  const plot = { left: props.showYAxis ? 48 : 8, right: width - 8, top: 10, bottom: height - (axis.hide ? 10 : 28) };
  const stacks = stacked(rows, series);
  const [low, high] = range(stacks, series.some((each) => each.type === "bar"));
  const scale = (value) => plot.bottom - ((value - low) / (high - low)) * (plot.bottom - plot.top);
  const step = (plot.right - plot.left) / Math.max(rows.length, 1);
  const middle = (index) => plot.left + step * (index + 0.5);
  element.setAttribute("viewBox", `0 0 ${width} ${height}`);
  element.replaceChildren();
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

/** From where to where the values go; bars stand on zero, lines may be far from it. */
function range(stacks, bars) {
  let low = 0;
  let high = 0;
  let least = Infinity;
  for (const point of stacks.flat()) {
    if (!point) continue;
    low = Math.min(low, point.to);
    high = Math.max(high, point.to);
    least = Math.min(least, point.to);
  }
  if (!bars && least > 0 && least < Infinity && high - least < high / 4) low = least - (high - least || 1);
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
  const every = Math.max(1, Math.ceil((rows.length * A_LABEL) / (plot.right - plot.left)));
  rows.forEach((row, at) => {
    if (at % every) return;
    group.append(svg("text", { x: middle(at), y: plot.bottom + 18, "text-anchor": "middle" }, named(row, axis).slice(0, 12)));
  });
  return group;
}

/** Which bar series stand beside which: those of one stack share a column. */
function columns(series) {
  const names = series.filter((each) => each.type === "bar").map((each) => (each.stack ? `stack ${each.stack}` : each));
  return [...new Set(names)];
}

function drawBars(group, { each, points, scale, step, beside, props, rows, axis }) {
  const between = within(props.barCategoryGap, step * 0.2, step * 0.9);
  const gap = within(props.barGap, 2, step / 2);
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

/** A number that was given, from zero to the most; the usual one for anything else. */
function within(given, usual, most) {
  return Math.min(Math.max(Number.isFinite(given) ? given : usual, 0), most);
}

function tip(each, point, rows, axis) {
  return svg("title", {}, `${each.name}, ${named(rows[point.at], axis)}: ${point.value}`);
}

function drawLine(parent, { each, points, scale, low }) {
  const there = points.filter(Boolean).map((point) => ({ x: point.x, y: scale(point.to), base: scale(Math.max(point.from, low)) }));
  if (!there.length) return;
  const curve = String(each.curveType ?? "natural");
  const line = curved(there, curve);
  if (each.type === "area") {
    const floor = there.map(({ x, base }) => ({ x, y: base })).reverse();
    const below = curve.endsWith("Closed") ? "" : `${curved(floor, curve, { start: "L", backwards: true })}Z`;
    const area = svg("path", { d: `${line}${below}`, class: "ck-chart-area" });
    area.style.fill = each.paint;
    parent.append(area);
  }
  const stroke = svg("path", { d: line, class: "ck-chart-line" });
  stroke.style.stroke = each.paint;
  parent.append(stroke);
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
