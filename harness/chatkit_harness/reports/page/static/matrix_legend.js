// How a heat map is read, and what it says of the reader's own pair.

import { append, h, mark } from "./dom.js";

const DEPTHS = [[1, "under 5% of the cases fail"], [2, "under 30%"], [3, "under 80%"], [4, "more"]];

/** The signs with their words, and the depths of red; `there` are the states of the cells that are drawn. */
export function legend(run, there) {
  const shown = run.outcomes.filter((outcome) => there.has(outcome) && (outcome !== "fail" || !run.many));
  const parts = shown.map((outcome) => h("span", {}, mark(outcome, run.symbol(outcome), outcome), " ", run.word(outcome)));
  if (there.has("fail") && run.many) {
    const steps = DEPTHS.map(([step, words]) => [h("span", { class: `swatch heat-fail${step}`, "aria-hidden": "true" }, run.symbol("fail")), ` ${words} `]);
    parts.splice(shown.includes("pass") ? 1 : 0, 0, h("span", {}, "fails: ", steps));
  }
  if (run.own) parts.push(h("span", {}, h("span", { class: "swatch mine", "aria-hidden": "true" }, "★"), ` your own pair: ${run.own}`));
  return h("p", { class: "legend quiet" }, parts, run.many ? null : h("span", {}, run.timing_note));
}

/** The first question of everybody: does my pair work? Null where nobody knows which it is. */
export function ownPair(run) {
  if (run.nowhere) {
    return h("p", { class: "own-pair" }, h("span", { class: "star", "aria-hidden": "true" }, "★"), " Your own pair, ", h("b", {}, run.nowhere), ", is in no cell of this run.");
  }
  const own = run.cells.map((cell, n) => [cell, n]).filter(([cell]) => cell.mine);
  if (!run.own || !own.length) return null;
  const words = h("p", { class: "own-pair" }, h("span", { class: "star", "aria-hidden": "true" }, "★"), " Your own pair, ", h("b", {}, run.own), ": ");
  own.slice(0, 6).forEach(([cell, n], at) => {
    const because = cell.causes.slice(0, 3).flatMap((number) => [" ", h("a", { class: "ordinal", href: `#cause-${number}`, "aria-label": `cause ${number}` }, number)]);
    append(words, [at ? "; " : "", h("a", { href: `#cell-${n}` }, mark(cell.state, run.symbol(cell.state)), ` ${run.word(cell.state)} ${cell.resolution}`), because]);
  });
  return append(words, [own.length > 6 ? ` and ${own.length - 6} more cells.` : "."]);
}
