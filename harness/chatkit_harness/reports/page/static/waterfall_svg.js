// A turn over time as a picture: lanes of bars and marks, as wide as there is room.

import { ms } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const LANE = 24;
const FLAG = 16;
const GUTTER = 72;
const NARROW = 420;

/** An SVG element. */
function s(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** The picture of `turnTimes`, `width` pixels wide; `label` says what is to be seen. */
export function drawTurn(times, width, label) {
  const lanes = lanesOf(times);
  const gutter = width < NARROW ? 0 : GUTTER;
  const lane = gutter ? LANE : LANE + 12;
  const top = 6 + times.marks.length * FLAG;
  const bottom = top + lanes.length * lane;
  const x = scale(times.length, gutter + 4, width - 8);
  const picture = s("svg", { role: "img", "aria-label": label, width, height: bottom + 22, class: "waterfall" });
  picture.append(axis(times.length, x, top, bottom));
  lanes.forEach(([name, draw], n) => {
    const y = top + n * lane;
    picture.append(s("text", { x: 0, y: gutter ? y + 16 : y + 11, class: "lane" }, name));
    const group = s("g", { transform: `translate(0 ${gutter ? y : y + 12})` });
    group.append(...draw(x));
    picture.append(group);
  });
  times.marks.forEach((mark, n) => picture.append(flag(mark, x, n, top, bottom, width)));
  return picture;
}

function scale(length, from, to) {
  return (at) => from + (Math.max(0, Math.min(at, length)) / length) * (to - from);
}

function lanesOf(times) {
  const lanes = [];
  if (times.stages.length) lanes.push(["stages", (x) => times.stages.map((each) => stage(each, x))]);
  lanes.push(["time", (x) => [
    ...times.own.map((each) => ownBar(each, x, times.unseen)),
    ...times.exchanges.map((each) => bar(each, x, "model", `the model is answering, ${ms(each.to - each.from)}`)),
  ]]);
  if (times.tools.length) lanes.push(["tools", (x) => named(times.tools, x, x(times.length))]);
  if (times.events.length) lanes.push(["events", (x) => apart(times.events, x).map((each) => event(each, x))]);
  if (times.log.length) lanes.push(["log", (x) => times.log.slice(0, 200).map((each) => titled(cross(x(each.at)), `${ms(each.at)} ${each.name.slice(0, 300)}`))]);
  return lanes;
}

function ownBar(each, x, unseen) {
  const words = unseen ? "server and model together" : "the server's and the framework's own work";
  return bar(each, x, unseen ? "together" : "own", `${words}, ${ms(each.to - each.from)}`);
}

function bar({ from, to }, x, kind, words) {
  const width = Math.max(1.5, x(to) - x(from));
  return titled(s("rect", { x: x(from), y: kind === "model" ? 4 : 8, width, height: kind === "model" ? 16 : 8, rx: 2, class: `bar ${kind}` }), words);
}

function stage({ from, to, name, agent }, x) {
  const width = Math.max(2, x(to) - x(from));
  const group = s("g", {}, s("rect", { x: x(from), y: 3, width, height: 18, rx: 3, class: `bar stage ${name}` }));
  if (width > name.length * 6.5 + 8) group.append(s("text", { x: x(from) + 5, y: 16, class: "in-bar" }, name));
  return titled(group, `${[name, agent].filter(Boolean).join(", ")}: ${ms(to - from)}`);
}

/** Marks with their names, as far as those do not run into each other. */
function named(marks, x, edge) {
  let free = -1;
  return marks.map((each) => {
    const at = x(each.at);
    const group = s("g", {}, s("path", { d: `M${at} 6v12`, class: "tick" }));
    const long = Math.min(30, each.name.length) * 6.2;
    const before = at + long > edge;
    if ((before ? at - long : at) > free) {
      group.append(s("text", { x: before ? at - 4 : at + 4, y: 16, class: "name", "text-anchor": before ? "end" : "start" }, each.name.slice(0, 30)));
      free = before ? at : at + 10 + long;
    }
    return titled(group, `${each.name} at ${ms(each.at)}`);
  });
}

const SHAPES = {
  text: (at) => s("circle", { cx: at, cy: 12, r: 2.2 }),
  item: (at) => s("rect", { x: at - 4, y: 8, width: 8, height: 8 }),
  widget: (at) => s("path", { d: `M${at} 4l8 8l-8 8l-8-8z` }),
  error: (at) => s("path", { d: `M${at} 3l8 15h-16z` }),
  effect: (at) => s("path", { d: `M${at - 5} 5l11 7l-11 7z` }),
  progress: (at) => s("circle", { cx: at, cy: 12, r: 4, "fill-opacity": 0 }),
  other: (at) => s("path", { d: `M${at} 7v10` }),
};

/** Of events of one kind that would cover each other to the pixel, the first. */
function apart(events, x) {
  const taken = new Set();
  return events.filter(({ at, kind }) => {
    const place = `${kind} ${Math.round(x(at) * 2)}`;
    return !taken.has(place) && taken.add(place);
  });
}

function event({ at, kind, name }, x) {
  const shape = SHAPES[kind](x(at));
  shape.setAttribute("class", `event ${kind}`);
  return titled(shape, `${ms(at)} ${name}`);
}

function cross(at) {
  return s("path", { d: `M${at - 4} 8l8 8m0-8l-8 8`, class: "event log" });
}

function titled(element, words) {
  element.append(s("title", {}, words));
  return element;
}

function flag({ at, words, budget, own, over }, x, n, top, bottom, width) {
  const place = x(at);
  const y = 4 + n * FLAG + 9;
  const end = place > width * 0.62;
  const judged = budget === null ? "" : over ? ` ✗ ${ms(own)} own work, budget ${ms(budget)}` : ` ✓ budget ${ms(budget)}`;
  const group = s("g", { class: `flag${over ? " over" : ""}` },
    s("path", { d: `M${place} ${y - 8}V${bottom}` }),
    s("text", { x: end ? place - 5 : place + 5, y, "text-anchor": end ? "end" : "start" }, `${words} ${ms(at)}${judged}`),
  );
  if (budget !== null && over && budget > 0) group.append(s("path", { d: `M${x(budget)} ${top}V${bottom}`, class: "budget" }));
  return group;
}

function axis(length, x, top, bottom) {
  const group = s("g", { class: "axis" });
  for (const at of ticks(length)) {
    group.append(s("path", { d: `M${x(at)} ${top}V${bottom}` }));
    group.append(s("text", { x: x(at), y: bottom + 14, "text-anchor": at === 0 ? "start" : x(at) > x(length) - 20 ? "end" : "middle" }, at === 0 ? "0" : ms(at).replace(".0 ms", " ms")));
  }
  return group;
}

/** Round numbers from 0 to a length, some four of them. */
function ticks(length) {
  const raw = length / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= raw);
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, n) => n * step);
}
