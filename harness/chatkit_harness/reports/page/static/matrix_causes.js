// Causes beside a heat map: each picks its cells out of it, and says in words where it holds.

import { count, h, mark } from "./dom.js";
import { short } from "./matrix_panel.js";

const CHIPS = 8;
const REST = 60;
const RANGES = 12;

/** Buttons of the causes, the largest first: those that are pressed leave only their cells in colour. */
export function causeFilter(run, chosen, changed) {
  if (!run.causes.length) return null;
  const ordered = run.causes.filter((cause) => chosen.causes.has(cause.number) || cause.kind !== "unresolvable");
  const first = ordered.slice(0, CHIPS);
  const rest = run.causes.filter((cause) => !first.includes(cause));
  const chips = (causes) => causes.map((cause) => chip(run, cause, chosen, changed));
  return h("div", { class: "chips causes-filter", role: "group", "aria-label": "Only cells with these causes" },
    h("span", { class: "quiet" }, "causes"), chips(first),
    rest.length ? h("details", { class: "more" }, h("summary", {}, `${rest.length} more`), h("div", { class: "chips" }, chips(rest.slice(0, REST)), rest.length > REST ? h("a", { href: "#causes" }, `and ${rest.length - REST} more`) : null)) : null);
}

function chip(run, cause, chosen, changed) {
  const words = short(cause.kind === "unresolvable" ? cause.reason : cause.title, 44);
  const button = h("button", {
    type: "button", class: `chip ${cause.kind}`, title: short(cause.title, 300), "aria-pressed": String(chosen.causes.has(cause.number)),
    onclick: () => {
      if (!chosen.causes.delete(cause.number)) chosen.causes.add(cause.number);
      button.setAttribute("aria-pressed", String(chosen.causes.has(cause.number)));
      changed();
    },
  }, h("b", {}, cause.number), " ", words);
  return button;
}

/** Where each cause holds, in words. */
export function ranges(run) {
  const causes = run.causes.filter((cause) => cause.kind !== "unresolvable");
  const lines = causes.map((cause) => line(run, cause));
  if (!lines.length && !run.pinless) return null;
  return h("div", { class: "ranges" }, h("h3", {}, "Where it holds"), h("ol", {}, lines.slice(0, RANGES)),
    lines.length > RANGES ? h("details", { dataset: { paper: "" } }, h("summary", {}, count(lines.length - RANGES, "further cause")), h("ol", {}, lines.slice(RANGES))) : null,
    run.pinless ? h("p", { class: "quiet" }, mark("unresolvable", run.symbol("unresolvable")), " ", run.pinless) : null);
}

function line(run, cause) {
  const told = cause.facts.filter(([what]) => what === "range").map(([, words]) => words);
  const cells = new Set(cause.cases.map(([cell]) => cell)).size;
  return h("li", {}, mark(cause.kind, run.symbol(cause.kind)), " ", h("a", { class: "ordinal", href: `#cause-${cause.number}`, "aria-label": `Cause ${cause.number}` }, cause.number),
    h("div", {}, h("a", { href: `#cause-${cause.number}` }, short(cause.title, 160)), h("p", { class: "quiet" }, short(told.join("; ") || count(cells, "cell"), 400))));
}
