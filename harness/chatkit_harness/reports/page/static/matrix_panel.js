// What is pointed at, in words, where the eye finds it without leaving the map.

import { changes, ownFor } from "./against.js";
import { append, count, h, mark } from "./dom.js";
import { counted } from "./heat.js";

const MOST = 3;

let made = 0;

/** A strip that tells of one cell at a time: `show(spot)`; its reasons are in the element with the id `reasons`. */
export function strip(run) {
  made += 1;
  const hint = "Point at a cell, or go through the map with the arrow keys; Enter opens the cell.";
  const list = h("ul", { class: "reasons", id: `reasons-${made}` });
  const title = h("p", { class: "quiet" }, hint);
  const element = h("div", { class: "strip" }, title, list);
  let shown = null;
  const show = (spot) => {
    if (!spot || spot === shown) return;
    shown = spot;
    element.classList.add("used");
    title.className = "";
    title.replaceChildren(...told(run, spot));
    list.replaceChildren(...reasons(run, spot, run.cells[spot.cell]).filter(Boolean));
  };
  return { element, show, reasons: list.id };
}

/** What an upgrade from the reader's own pair to this cell would break, in a few words. */
function upgrade(run, number) {
  const own = ownFor(run, number);
  if (own === null) return null;
  const { broken, mended } = changes(run, own, number);
  const words = [broken.length && `${broken.length.toLocaleString("en")} would break`, mended.length && `${mended.length.toLocaleString("en")} would be mended`].filter(Boolean);
  return h("span", { class: "quiet" }, ` against your own pair: ${words.join(", ") || "nothing breaks"}`);
}

function told(run, spot) {
  const cell = run.cells[spot.cell];
  const more = spot.alike.length > 1 ? ` and ${count(spot.alike.length - 1, "more that looks", "more that look")} alike` : "";
  const title = h("p", {}, mark(spot.state, run.symbol(spot.state), run.word(spot.state)), " ", h("b", {}, `${cell.name}${more}`));
  append(title, [" ", h("span", { class: "quiet" }, counted(spot))]);
  if (spot.alike.some((each) => run.cells[each].mine)) append(title, [" ", h("span", { class: "badge mine" }, "★ your own pair")]);
  append(title, [upgrade(run, spot.cell)]);
  return [...title.childNodes];
}

function reasons(run, spot, cell) {
  const lines = spot.causes.slice(0, MOST).map((number) => {
    const cause = run.cause(number);
    if (!cause) return null;
    return h("li", {}, h("span", { class: "ordinal" }, number), " ", short(cause.kind === "unresolvable" ? cause.reason : cause.title, 170));
  });
  if (spot.causes.length > MOST) lines.push(h("li", { class: "quiet" }, `and ${spot.causes.length - MOST} more`));
  if (!lines.length && cell.reason) lines.push(h("li", {}, short(cell.reason, 240)));
  return lines;
}

/** The beginning of a text that is longer. */
export function short(text, limit) {
  const flat = text.replaceAll(/\s+/g, " ");
  return flat.length > limit ? `${flat.slice(0, limit - 1).trimEnd()}…` : flat;
}
