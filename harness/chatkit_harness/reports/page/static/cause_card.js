// One cause: its title, its facts, a picture of its cells; and by itself with all that belongs to it.

import { copyable } from "./copy.js";
import { count, h, mark } from "./dom.js";
import { folded } from "./folds.js";
import { caseLink, longList, longText } from "./lists.js";
import { miniMaps } from "./minimap.js";

const FEW = 200; // of more cases one wants to know first which scenarios and cells they are of

/** A cause among others. */
export function causeCard(run, cause) {
  const title = h("h3", {}, mark(cause.kind, run.symbol(cause.kind), run.word(cause.kind)), " ", h("span", { class: "ordinal" }, cause.number), " ", h("a", { href: `#cause-${cause.number}` }, longTitle(cause)));
  return h("article", { class: `cause ${cause.kind}`, id: `cause-${cause.number}` }, title, facts(run, cause), pictures(run, cause), traceback(cause, false), casesOf(run, cause, false));
}

/** A cause by itself: `#cause-3`. */
export function causeWhole(run, cause) {
  const on = [cause.number > 1 ? [cause.number - 1, "previous"] : null, run.causes[cause.number] ? [cause.number + 1, "next"] : null].filter(Boolean);
  return h("section", { class: `cause-whole ${cause.kind}` },
    h("p", { class: "trail" }, h("a", { href: "#causes" }, "Causes"), on.map(([number, words]) => h("a", { href: `#cause-${number}` }, words))),
    h("h2", {}, mark(cause.kind, run.symbol(cause.kind), run.word(cause.kind)), " ", `Cause ${cause.number}`),
    h("p", { class: "lead" }, longText(cause.title)), facts(run, cause),
    h("p", {}, h("a", { href: `#matrix?cause=${cause.number}` }, "Its cells in the matrix")),
    pictures(run, cause), traceback(cause, true), scenariosOf(run, cause), cellsOf(run, cause), casesOf(run, cause, true));
}

function longTitle(cause) {
  const said = cause.kind === "unresolvable" ? cause.reason || cause.title : cause.title;
  return h("span", { dir: "auto" }, said.length > 320 ? `${said.slice(0, 319)}…` : said);
}

function facts(run, cause) {
  const list = h("dl");
  for (const [what, words] of cause.facts) list.append(h("dt", {}, what), h("dd", { class: what.replaceAll(" ", "-") }, value(what, words)));
  if (cause.example) {
    const [cell, column] = cause.example;
    list.append(h("dt", {}, "one case"), h("dd", {}, caseLink(run, cell, column), " ", h("span", { class: "quiet" }, run.cellName(cell))));
  }
  return list;
}

function value(what, words) {
  if (what === "raised by") return h("b", { dir: "auto" }, words);
  if (what === "reproduce") return copyable(words);
  return longText(what === "advice" ? words.replaceAll("->", "→") : words);
}

function heldBy(cause) {
  return new Set(cause.cases.map(([cell]) => cell));
}

function pictures(run, cause) {
  const held = heldBy(cause);
  return held.size ? miniMaps(run, held, cause.kind) : null;
}

function traceback(cause, open) {
  if (!cause.traceback) return null;
  const framed = cause.traceback.includes("\n");
  return folded(framed ? "Traceback of that case" : "What it said in full", () => h("pre", { tabindex: "0", dir: "auto" }, cause.traceback), { open, paper: true });
}

function casesOf(run, cause, open) {
  if (!cause.cases.length) return null;
  const one = new Set(cause.cases.map(([cell]) => cell)).size === 1;
  const words = ([cell, column]) => (one ? run.columnName(column) : `${run.columnName(column)}, ${run.cellName(cell)}`);
  const few = open && cause.cases.length <= FEW;
  return folded(count(cause.cases.length, "case"), () => longList(cause.cases, (place) => caseLink(run, ...place, words(place))), { open: few, paper: open });
}

function scenariosOf(run, cause) {
  const numbers = new Map();
  for (const [, column] of cause.cases) numbers.set(run.columns[column][0], (numbers.get(run.columns[column][0]) ?? 0) + 1);
  const items = [...numbers].sort((a, b) => b[1] - a[1]);
  const draw = ([scenario, number]) => [h("a", { href: `#scenario-${scenario}` }, run.scenarios[scenario].id), " ", h("span", { class: "quiet" }, count(number, "cell"))];
  return items.length > 1 ? folded(count(items.length, "scenario"), () => longList(items, draw, { what: "scenario" }), { open: cause.cases.length > FEW, paper: true }) : null;
}

function cellsOf(run, cause) {
  const numbers = new Map();
  for (const [cell] of cause.cases) numbers.set(cell, (numbers.get(cell) ?? 0) + 1);
  const draw = ([cell, number]) => [h("a", { href: `#cell-${cell}` }, run.cellName(cell)), " ", h("span", { class: "quiet" }, count(number, "case"))];
  return numbers.size > 1 ? folded(count(numbers.size, "cell"), () => longList([...numbers], draw, { what: "cell" }), { open: cause.cases.length > FEW, paper: true }) : null;
}
