// One cell: what it is made of, what every case came to and why, and its pins.

import { remember } from "./address.js";
import { againstOwn } from "./against.js";
import { copyButton } from "./copy.js";
import { announce, append, count, h, mark, ms } from "./dom.js";
import { textFilter } from "./filters.js";
import { folded } from "./folds.js";
import { columnsOf, counted, tally } from "./heat.js";
import { caseLink, longList, longText } from "./lists.js";
import { stacked } from "./matrix_tile.js";

/** `#cell-2`. */
export function cellWhole(run, number, query) {
  const cell = run.cells[number];
  const told = tally(run, number, columnsOf(run));
  return h("section", { class: "cell-whole" },
    h("p", { class: "trail" }, h("a", { href: "#cells" }, "Cells"), h("a", { href: "#matrix" }, "Matrix")),
    h("h2", {}, mark(cell.state, run.symbol(cell.state), run.word(cell.state)), " ", cell.name, cell.mine ? h("span", { class: "badge mine" }, "★ your own pair") : null),
    h("p", { class: "lead" }, counted(told)), stacked(told.counts),
    cell.reason ? h("p", {}, longText(cell.reason)) : null,
    cell.lacks ? h("p", {}, "Read alone, it ", longText(cell.lacks), ".") : null,
    facts(run, cell), relatives(run, number), againstOwn(run, number), cases(run, number, query.get("text") ?? ""), pins(run, cell));
}

function facts(run, cell) {
  const list = h("dl");
  const add = (what, words) => words && list.append(h("dt", {}, what), h("dd", {}, words));
  if (cell.resolution === "running") add("runs", "elsewhere: its versions and its Python are not known here");
  else {
    add("Python", cell.python);
    add("resolved", `${cell.resolution}${cell.as_of ? `, as of ${cell.as_of}` : ""}`);
    add("isolation", cell.isolation);
    add("lock", cell.lock && h("code", {}, cell.lock));
  }
  add("took", cell.seconds !== null && cell.seconds !== undefined ? `${cell.seconds.toFixed(1)} s` : "");
  cell.times.forEach((times, path) => {
    if (times.total_ms === null) return;
    const said = `first event ${ms(times.first_event_ms)}, whole case ${ms(times.total_ms)}, processor ${ms(times.cpu_ms)}`;
    add(run.paths.length > 1 ? `a case, ${run.paths[path].name}` : "a case", said);
  });
  return list;
}

/** The same pair, otherwise resolved or on another Python. */
function relatives(run, number) {
  const own = run.cells[number];
  const others = run.cells.map((cell, n) => [cell, n]).filter(([cell, n]) => n !== number && cell.chatkit === own.chatkit && cell.agents === own.agents);
  if (!others.length) return null;
  const words = h("p", {}, "The same pair: ");
  others.slice(0, 8).forEach(([cell, n], at) => append(words, [at ? ", " : "", h("a", { href: `#cell-${n}` }, mark(cell.state, run.symbol(cell.state), run.word(cell.state)), ` ${cell.resolution}, Python ${cell.python}`)]));
  return words;
}

function cases(run, number, text) {
  const place = h("div", { class: "cases" });
  const draw = (wanted) => {
    const columns = columnsOf(run, { text: wanted });
    place.replaceChildren(...grouped(run, number, columns));
    return columns.length;
  };
  const changed = (wanted) => {
    announce(count(draw(wanted), "case"));
    remember(`cell-${number}`, { text: wanted });
  };
  const field = run.columns.length > 8 ? h("div", { class: "filters" }, textFilter("Scenarios named …", text, changed)) : null;
  draw(text);
  return h("div", {}, h("h3", {}, "Cases"), field, place);
}

function grouped(run, number, columns) {
  const parts = [];
  const taken = new Set();
  const of = (outcome) => columns.filter((column) => run.outcome(number, column) === outcome);
  for (const outcome of ["fail", "error", "unresolvable"]) {
    const found = of(outcome);
    for (const cause of [...new Set(found.flatMap((column) => run.causesOf(number, column)))]) {
      const held = found.filter((column) => run.causesOf(number, column).includes(cause));
      held.forEach((column) => taken.add(column));
      parts.push(causePart(run, number, cause, outcome, held));
    }
    const rest = found.filter((column) => !taken.has(column));
    if (rest.length) parts.push(part(run, number, outcome, rest, [run.word(outcome)], true));
  }
  for (const outcome of ["pass", "skipped", "not run"]) {
    const found = of(outcome);
    if (found.length) parts.push(part(run, number, outcome, found, [outcome], outcome === "pass" && !parts.length));
  }
  return parts.length ? parts : [h("p", { class: "quiet" }, "There is no such case.")];
}

function causePart(run, number, cause, outcome, held) {
  const title = run.cause(cause)?.title ?? "";
  const words = [h("span", { class: "ordinal" }, cause), " ", title.length > 200 ? `${title.slice(0, 199)}…` : title];
  const element = part(run, number, outcome, held, words, held.length <= 12);
  element.querySelector("summary").after(h("p", { class: "quiet" }, h("a", { href: `#cause-${cause}` }, `Cause ${cause} in full`)));
  return element;
}

function part(run, number, outcome, columns, words, open) {
  const confirmed = new Set(run.cells[number].confirmed);
  const draw = (column) => [outcome === "not run" ? run.columnName(column) : caseLink(run, number, column), confirmed.has(column) ? h("span", { class: "quiet" }, " confirmed in a fresh environment") : null];
  const summary = [mark(outcome, run.symbol(outcome), outcome), " ", words, " ", h("span", { class: "quiet" }, count(columns.length, "case"))];
  return folded(summary, () => longList(columns, draw), { open, paper: true });
}

function pins(run, cell) {
  const others = (run.pins[cell.pins] ?? "").split(" ").filter(Boolean);
  if (!others.length) return null;
  const pair = [`openai-agents==${cell.agents}`, cell.chatkit === "none" ? "" : `openai-chatkit==${cell.chatkit}`].filter(Boolean);
  const lines = [...others, ...pair].sort();
  const inside = () => {
    const list = h("ul", { class: "pins" }, lines.map((line) => h("li", {}, h("code", {}, line))));
    return h("div", {}, copyButton(lines.join("\n"), list, "Copy as requirements"), list);
  };
  return folded(count(lines.length, "pin"), inside, { open: lines.length < 40, paper: true });
}
