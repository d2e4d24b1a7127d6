// Every cell as a line: what it is, what came out, how fast.

import { remember } from "./address.js";
import { cellWhole } from "./cell.js";
import { announce, count, h, mark, ms } from "./dom.js";
import { oneOf, textFilter } from "./filters.js";
import { columnsOf, counted, tally } from "./heat.js";
import { moreButton } from "./lists.js";
import { stacked } from "./matrix_tile.js";

const FIRST = 200;

/** The view `#cells`; its filters are in the address: state, text. */
export async function showCells({ run, query }) {
  const section = h("section", {}, h("h2", {}, "Cells"));
  if (!run.cells.length) {
    section.append(h("p", {}, "There are none."));
    return section;
  }
  section.append(...view(run, { state: query.get("state") ?? "", text: query.get("text") ?? "" }));
  return section;
}

/** The view `#cell-2`. */
export async function showCell({ run, args, query }) {
  const number = Number(args[0]);
  if (run.cells[number]) return cellWhole(run, number, query);
  return h("section", {}, h("h2", {}, "There is no such cell"), h("p", {}, h("a", { href: "#cells" }, "All cells")));
}

function view(run, chosen) {
  const said = h("p", { class: "said quiet" });
  const place = h("div");
  const every = run.cells.map((cell, n) => ({ cell, n, said: `${cell.name} ${cell.id}`.toLowerCase() }));
  const draw = () => {
    const words = chosen.text.toLowerCase().split(/\s+/);
    const found = every.filter(({ cell, said: own }) => (!chosen.state || cell.state === chosen.state) && words.every((word) => own.includes(word)));
    said.textContent = found.length === every.length ? count(every.length, "cell") : `${found.length.toLocaleString("en")} of ${count(every.length, "cell")}`;
    place.replaceChildren(table(run, found));
  };
  const changed = (key) => (value) => {
    chosen[key] = value;
    draw();
    remember("cells", chosen);
    announce(said.textContent);
  };
  const states = run.outcomes.map((outcome) => [outcome, `${run.symbol(outcome)} ${run.word(outcome)}`, run.cells.filter((cell) => cell.state === outcome).length]).filter(([, , number]) => number);
  draw();
  return [h("div", { class: "filters" },
    states.length > 1 ? oneOf("State", [["", "all", run.cells.length], ...states], chosen.state, changed("state")) : null,
    run.cells.length > 3 ? textFilter("Cells with the words …", chosen.text, changed("text")) : null, said), place];
}

function table(run, found) {
  const columns = columnsOf(run);
  const body = h("tbody");
  const add = (from, to) => body.append(...found.slice(from, to).map(({ cell, n }) => line(run, cell, n, columns)));
  add(0, FIRST);
  const paths = run.paths.length > 1 ? run.paths.map((path) => `, ${path.name}`) : [""];
  const head = h("thead", {}, h("tr", {}, ["cell", "chatkit", "agents", "Python", "resolved", "cases"].map((name) => h("th", { scope: "col" }, name)),
    paths.map((path) => h("th", { scope: "col", class: "number" }, `whole case${path}`)), h("th", { scope: "col" }, "causes")));
  const whole = h("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Cells" }, h("table", { class: "cells" }, head, body));
  return h("div", {}, whole, moreButton(FIRST, found.length, "cell", add));
}

function line(run, cell, n, columns) {
  const told = tally(run, n, columns);
  const name = [mark(cell.state, run.symbol(cell.state)), ` ${run.word(cell.state)}`, cell.mine ? h("span", { class: "star", title: "your own pair" }, " ★") : null];
  return h("tr", {}, h("td", {}, h("a", { href: `#cell-${n}`, "aria-label": `${cell.name}: ${run.word(cell.state)}` }, name)),
    [cell.chatkit, cell.agents, cell.python, cell.resolution].map((each) => h("td", {}, each)),
    h("td", { class: "bar-cell" }, stacked(told.counts), h("span", { class: "numbers" }, counted(told))),
    (cell.times.length ? cell.times : [{}]).map((times) => h("td", { class: "number" }, ms(times.total_ms))),
    h("td", { class: "why" }, cell.causes.slice(0, 5).map((number) => [h("a", { class: "ordinal", href: `#cause-${number}`, "aria-label": `cause ${number}` }, number), " "]),
      cell.causes.length > 5 ? `… ${cell.causes.length - 5} more` : null, cell.causes.length || !cell.reason ? null : h("span", { class: "quiet", dir: "auto" }, cell.reason.slice(0, 120))));
}
