// A run as the views ask for it: cells, columns, outcomes, causes; and each case, in full where the page has it.

import { block, bytesOf } from "./data.js";

/** The run of the page; null where it holds a comparison alone. What its parts are, reports/page/index.py says. */
export async function loadRun() {
  const index = await block("run");
  return index && new Run(index);
}

class Run {
  constructor(index) {
    Object.assign(this, index);
    this.causes.forEach((cause, n) => { cause.number = n + 1; });
  }

  /** Whether there are too many cells to show each by itself. */
  get many() {
    return this.cells.length > 24;
  }

  /** The outcome of a cell's case in a column, in one word. */
  outcome(cell, column) {
    return this.outcomes[Number(this.cells[cell].codes[column])];
  }

  /** The sign of an outcome, and what it is called for a cell. */
  symbol(outcome) {
    return this.symbols[this.outcomes.indexOf(outcome)];
  }

  word(outcome) {
    return this.words[this.outcomes.indexOf(outcome)];
  }

  /** What is told of a cause here: all of it, or its kind and title where the rest is in results.json. */
  cause(number) {
    const [kind, title] = this.beyond[number - this.causes.length - 1] ?? [];
    return this.causes[number - 1] ?? (kind ? { number, kind, title, reason: title } : null);
  }

  /** The numbers of the causes of a cell's case in a column. */
  causesOf(cell, column) {
    const found = this.cells[cell].because[column];
    return found ?? [];
  }

  /** How a scenario and path are called in this run. */
  columnName(column) {
    const [scenario, path, store] = this.columns[column];
    const apart = this.paths.length > 1 ? ` (${this.paths[path].name})` : "";
    return `${this.scenarios[scenario].id}${apart}${store ? `, ${store}` : ""}`;
  }

  /** What the scenario of a column says of its cases beforehand: their budgets, and the charts that are open. */
  planOf(column) {
    return this.plans[this.plan[column]];
  }

  /** How a cell is called. */
  cellName(cell) {
    return this.cells[cell].name;
  }

  /** A cell's pins but its pair: {name: version}. */
  pinsOf(cell) {
    const words = (this.pins[this.cells[cell].pins] ?? "").split(" ").filter(Boolean);
    return Object.fromEntries(words.map((each) => each.split("==")));
  }

  /** Whether the page names every transcript that lies beside it; those of very many cases have no room. */
  get named() {
    return !this.endings.left_out;
  }

  /** Where a case's transcript lies beside the page, as an address; null where it has none. */
  async link(cell, column) {
    const digests = await bytesOf("digests");
    if (!digests) return null;
    const start = (cell * this.columns.length + column) * 32;
    const bytes = digests.subarray(start, start + 32);
    if (!bytes.some(Boolean)) return null;
    const digest = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    const ending = this.endings.others[digest] ?? this.endings.usual;
    return `${this.transcripts}/${digest.slice(0, 2)}/${digest}${ending}`;
  }
}
