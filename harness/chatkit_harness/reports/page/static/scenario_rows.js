// The lines of the table of scenarios: a mark a cell where there are few, else how many pass as a bar.

import { h, mark } from "./dom.js";
import { countsIn } from "./heat.js";
import { short } from "./matrix_panel.js";
import { stacked } from "./matrix_tile.js";

/** The table's head: cells by path, or the paths alone. */
export function headOf(run) {
  const several = run.paths.length > 1;
  if (run.many) return h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "scenario"), run.paths.map((path) => h("th", { scope: "col" }, several ? `cells, ${path.name}` : "cells"))));
  const cells = run.paths.map((_path, path) => run.cells.map((cell, n) => h("th", { scope: "col", class: `turned ${path > 0 && n === 0 ? "apart" : ""}` },
    h("div", {}, h("a", { href: `#cell-${n}` }, cell.name.replace(/^chatkit /, "").replace(" agents ", " · ").replace(/ py[\d.?]+ /, " · ")))) ));
  const groups = several ? h("tr", {}, h("td"), run.paths.map((path, n) => h("th", { scope: "colgroup", colspan: String(run.cells.length), class: `path ${n ? "apart" : ""}` }, path.name)), h("td")) : null;
  return h("thead", {}, groups, h("tr", {}, h("th", { scope: "col" }, "scenario"), cells, h("th", { scope: "col", class: "why" }, "why")));
}

/** The line of a scenario on a store. */
export function rowOf(run, line) {
  const { id, title } = run.scenarios[line.scenario];
  const name = h("th", { scope: "row" }, h("a", { href: `#scenario-${line.scenario}` }, id), line.store ? h("span", { class: "badge" }, line.store) : null,
    title && title !== id ? h("span", { class: "quiet title", dir: "auto" }, title) : null);
  const parts = run.many ? line.columns.map((column) => bar(run, column)) : line.columns.flatMap((column, path) => marks(run, column, path));
  return h("tr", {}, name, parts, run.many ? null : h("td", { class: "why" }, reasons(run, line)));
}

/** Why it does not pass, in as many words as fit. */
function reasons(run, line) {
  const found = new Set();
  for (const column of line.columns.filter((each) => each !== null)) run.cells.forEach((_cell, cell) => run.causesOf(cell, column).forEach((number) => found.add(number)));
  const told = [...found].slice(0, 2).map((number) => run.cause(number)).filter(Boolean);
  return told.map((cause) => h("div", {}, h("a", { class: "ordinal", href: `#cause-${cause.number}`, "aria-label": `cause ${cause.number}` }, cause.number), " ", h("span", { class: "quiet" }, short(cause.title, 100))));
}

function marks(run, column, path) {
  return run.cells.map((cell, n) => {
    const apart = path > 0 && n === 0 ? "apart" : "";
    if (column === null) return h("td", { class: `dot ${apart}` });
    const outcome = run.outcome(n, column);
    const words = `${run.columnName(column)} in ${cell.name}: ${outcome}`;
    const sign = mark(outcome, run.symbol(outcome), words);
    return h("td", { class: `dot ${apart}` }, outcome === "not run" ? sign : h("a", { href: `#case-${n}-${column}`, title: words }, sign));
  });
}

function bar(run, column) {
  if (column === null) return h("td");
  const counts = countsIn(run, [column]);
  const told = run.outcomes.filter((outcome) => counts[outcome]).map((outcome) => h("span", { class: "counted" }, mark(outcome, run.symbol(outcome)), ` ${counts[outcome].toLocaleString("en")}`));
  return h("td", { class: "bar-cell" }, stacked(counts), h("span", { class: "numbers" }, told));
}
