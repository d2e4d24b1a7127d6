// One scenario: what it asks, and what every cell made of it.

import { count, h, mark } from "./dom.js";
import { folded } from "./folds.js";
import { heatMap } from "./grid.js";
import { longList } from "./lists.js";
import { short, strip } from "./matrix_panel.js";
import { tabs } from "./tabs.js";

/** `#scenario-7`. */
export function scenarioWhole(run, number) {
  const { id, title, description, group } = run.scenarios[number];
  const columns = run.columns.map(([scenario], column) => [scenario, column]).filter(([scenario]) => scenario === number).map(([, column]) => column);
  return h("section", {},
    h("p", { class: "trail" }, h("a", { href: "#scenarios" }, "Scenarios"), h("a", { href: `#scenarios?group=${encodeURIComponent(group)}` }, group)),
    h("h2", {}, id), title && title !== id ? h("p", { class: "lead", dir: "auto" }, title) : null,
    description ? h("p", { class: "described", dir: "auto" }, description) : null,
    columns.map((column) => columnPart(run, column, columns.length > 1)));
}

function columnPart(run, column, named) {
  const [, path, store] = run.columns[column];
  const words = [run.paths.length > 1 ? run.paths[path].name : "", store ?? ""].filter(Boolean).join(", ");
  return h("div", { class: "column" }, named ? h("h3", {}, words || run.columnName(column)) : null,
    run.many ? maps(run, column) : marks(run, column, path), reasons(run, column));
}

function marks(run, column, path) {
  const rows = run.cells.map((cell, n) => {
    const outcome = run.outcome(n, column);
    const causes = run.causesOf(n, column);
    return h("li", {}, h("a", { class: "case-link", href: outcome === "not run" ? `#cell-${n}` : `#case-${n}-${column}` }, mark(outcome, run.symbol(outcome), outcome), " ", cell.name),
      causes.map((cause) => [" ", h("a", { class: "ordinal", href: `#cause-${cause}`, "aria-label": `cause ${cause}` }, cause)]));
  });
  return h("ul", { class: "links", dataset: { path } }, rows);
}

function maps(run, column) {
  const told = strip(run);
  const map = (matrix) => h("div", { class: "wide" }, heatMap(run, matrix, {
    columns: [column], picked: new Set(), differs: false, label: `${run.columnName(column)}: ${matrix.title}`,
    content: (spot) => run.symbol(spot.state), target: (cell) => `#case-${cell}-${column}`, show: told.show, reasons: told.reasons,
  }));
  const drawn = run.matrices.length > 1
    ? tabs(run.matrices.map((matrix) => matrix.title), { name: "How the rest was resolved", draw: (n) => map(run.matrices[n]) }).element
    : map(run.matrices[0]);
  return h("div", { class: "matrix" }, drawn, told.element);
}

function reasons(run, column) {
  const numbers = new Map();
  run.cells.forEach((_cell, cell) => run.causesOf(cell, column).forEach((cause) => numbers.set(cause, [...(numbers.get(cause) ?? []), cell])));
  if (!numbers.size) return null;
  return h("div", {}, h("h3", {}, "Why it does not pass everywhere"), [...numbers].map(([number, cells]) => {
    const cause = run.cause(number);
    if (!cause) return null;
    const words = [h("span", { class: "ordinal" }, number), " ", short(cause.title, 300), " ", h("span", { class: "quiet" }, count(cells.length, "cell"))];
    const inside = () => h("div", {}, h("p", { class: "quiet" }, h("a", { href: `#cause-${number}` }, `Cause ${number} in full`)),
      longList(cells, (cell) => h("a", { href: `#case-${cell}-${column}` }, run.cellName(cell)), { what: "cell" }));
    return folded(words, inside, { open: cells.length < 6, paper: true });
  }));
}
