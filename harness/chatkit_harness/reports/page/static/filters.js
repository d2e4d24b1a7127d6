// The parts that filters are made of: one of several, some of several, a text, yes or no.

import { h } from "./dom.js";

/** One of several as buttons side by side: `options` are [value, words, number]. */
export function oneOf(name, options, chosen, changed) {
  const buttons = options.map(([value, words, number]) => h("button", {
    type: "button", class: "chip", "aria-pressed": String(value === chosen), onclick: () => {
      buttons.forEach((button, n) => button.setAttribute("aria-pressed", String(options[n][0] === value)));
      changed(value);
    },
  }, words, number === undefined ? null : h("small", {}, number.toLocaleString("en"))));
  return h("div", { class: "chips", role: "group", "aria-label": name }, buttons);
}

/** A text to filter by; `changed` hears of it when the typing pauses. */
export function textFilter(name, value, changed) {
  let waiting = 0;
  const field = h("input", { type: "search", "aria-label": name, placeholder: name, value, oninput: () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => changed(field.value.trim()), 120);
  } });
  return field;
}

/** Yes or no. */
export function check(words, checked, changed) {
  const box = h("input", { type: "checkbox", checked, onchange: () => changed(box.checked) });
  return h("label", { class: "check" }, box, " ", words);
}

const KNOWN = ["everyday", "catalogue", "faults", "conformance", "store"];

/** The groups of a run's scenarios in their usual order, each with how many there are; the first is all of them. */
export function groupsOf(run) {
  const numbers = new Map();
  for (const { group } of run.scenarios) numbers.set(group, (numbers.get(group) ?? 0) + 1);
  const rank = (group) => (KNOWN.includes(group) ? KNOWN.indexOf(group) : KNOWN.length);
  const found = [...numbers].sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b)).map(([group, number]) => [group, group, number]);
  return [["", "all", run.scenarios.length], ...found];
}
