// A cell set against the reader's own pair: what would an upgrade to it break, and what would it mend?

import { count, h } from "./dom.js";
import { folded } from "./folds.js";
import { caseLink, longList } from "./lists.js";

/** The number of the own cell that another is set against: resolved alike on the same Python, else any; null: none. */
export function ownFor(run, number) {
  const { resolution, python, mine } = run.cells[number];
  const own = run.cells.map((cell, n) => [cell, n]).filter(([cell]) => cell.mine);
  if (mine || !own.length) return null;
  const alike = own.find(([cell]) => cell.resolution === resolution && cell.python === python);
  return (alike ?? own.find(([cell]) => cell.python === python) ?? own[0])[1];
}

/** The columns that pass in the own cell and fail in this one, and the other way round: {broken, mended}. */
export function changes(run, own, number) {
  const all = run.columns.map((_, column) => column);
  const turned = (from, to) => all.filter((column) => run.outcome(own, column) === from && run.outcome(number, column) === to);
  return { broken: turned("pass", "fail"), mended: turned("fail", "pass") };
}

/** What the cell's view says of it; null where it has no own pair to be set against. */
export function againstOwn(run, number) {
  const own = ownFor(run, number);
  if (own === null) return null;
  const { broken, mended } = changes(run, own, number);
  const part = (columns, words) => columns.length > 0 && folded(`${count(columns.length, "case")} ${words}`,
    () => longList(columns, (column) => caseLink(run, number, column)), { open: columns.length <= 12, paper: true });
  const none = !broken.length && !mended.length && h("p", { class: "quiet" }, "Every case that passes in the one and is judged in the other comes to the same.");
  return h("div", { class: "against" }, h("h3", {}, "Against your own pair"),
    h("p", {}, h("span", { class: "star", "aria-hidden": "true" }, "★"), " ", h("a", { href: `#cell-${own}` }, run.cellName(own))),
    part(broken, "would break: passing there, failing here"), part(mended, "would be mended: failing there, passing here"), none);
}
