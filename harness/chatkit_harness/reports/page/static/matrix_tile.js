// A cell of a small matrix has room for what an engineer asks next: how much passes, how fast it is.

import { h, ms } from "./dom.js";
import { counted } from "./heat.js";

/** What stands in it: sign and word, how many pass, a bar, and the medians of its times on a path. */
export function tile(run, spot, path) {
  const cell = run.cells[spot.cell];
  const times = cell.times[path] ?? {};
  const timed = times.total_ms !== null && times.total_ms !== undefined;
  return h("span", { class: "tile" },
    h("span", { class: "tile-state" }, h("b", {}, run.symbol(spot.state)), " ", run.word(spot.state), cell.mine ? h("span", { class: "star" }, "★") : null),
    h("span", { class: "tile-counts" }, counted(spot)),
    spot.judged ? stacked(spot.counts) : null,
    spot.causes.length ? h("span", { class: "tile-causes" }, causesIn(spot.causes)) : null,
    timed ? h("span", { class: "tile-times" }, [["first event", times.first_event_ms], ["whole case", times.total_ms], ["processor", times.cpu_ms]]
      .map(([what, value]) => h("span", {}, h("small", {}, what), ms(value)))) : null);
}

function causesIn(causes) {
  const few = causes.slice(0, 6).map((number) => h("span", { class: "ordinal" }, number));
  return [causes.length > 1 ? "causes " : "cause ", few, causes.length > 6 ? ` and ${causes.length - 6} more` : null];
}

/** Outcomes as one bar, in the order of their signs; for the eye alone: the numbers stand beside it. */
export function stacked(counts) {
  const total = Object.values(counts).reduce((sum, number) => sum + number, 0) || 1;
  const parts = Object.entries(counts).filter(([, number]) => number);
  return h("span", { class: "stacked", "aria-hidden": "true" }, parts.map(([outcome, number]) =>
    h("span", { class: `part ${outcome.replace(" ", "-")}`, style: { width: `${(100 * number) / total}%` } })));
}
