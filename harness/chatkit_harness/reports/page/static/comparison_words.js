// Small things that all views of a comparison say in the same way.

import { h } from "./dom.js";

export const SIDES = [["native", "Native"], ["agent_builder", "Agent Builder"]];

/** A verdict's sign in its colour. */
export function verdictMark({ state, sign }, big = false) {
  return h("span", { class: `mark ${state}${big ? " big" : ""}`, "aria-hidden": "true" }, sign);
}

/** A verdict: its sign and its words. */
export function verdictWords(scenario) {
  return h("span", { class: `cmp-verdict-words ${scenario.state}` }, verdictMark(scenario), " ", h("b", {}, scenario.verdict));
}

/** `chatkit-1.6.5+agents-0.24.0+py3.11+today` as a person would say it. */
export function cellName(id) {
  return id.split("+").map((part) => part.replace(/^py(?=\d)/, "Python ").replace(/^(chatkit|agents)-/, "$1 ")).join(", ");
}

/** The label of a side, in its colour. */
export function sideLabel(path, words) {
  return h("span", { class: `cmp-side-label ${path}` }, words);
}

/** Where a scenario is shown side by side. */
export function scenarioLink(comparison, at, words = comparison.scenarios[at].name) {
  return h("a", { href: `#comparison-${at + 1}`, dir: "auto" }, words);
}

/** A heading with an element of its own kind: `titled("h3", "Times", ...)`. */
export function titled(level, title, ...children) {
  return h("div", { class: "compared-part" }, h(level, {}, title), children);
}
