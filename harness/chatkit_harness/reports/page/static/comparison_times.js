// How long each path took, as bars: the server's and the framework's own work, and the model's time beside it.

import { h } from "./dom.js";
import { SIDES, sideLabel } from "./comparison_words.js";

const UNKNOWN_PART = 14; // percent of the width: how long it is, nobody knows

/** Bars for [{what, sides: [native, agent_builder], words}], a side being [overhead ms, model ms or null, at most,
 * assumed model ms or null] or null where nothing is known; `words` say the same. All are drawn to one scale. */
export function timeBars(rows) {
  const sides = rows.flatMap((row) => row.sides).filter(Boolean);
  const most = Math.max(1, ...sides.map((side) => side[0] + (side[1] ?? side[3] ?? 0)));
  const unknown = sides.some(isUnknown);
  const room = unknown ? 100 - UNKNOWN_PART : 100;
  const share = (value) => `${Math.max((value / most) * room, 0.5)}%`;
  return [
    h("dl", { class: "cmp-time-bars" }, rows.map(({ what, sides, words }) => [
      h("dt", {}, what),
      SIDES.map(([path, name], n) => h("dd", { class: path }, sideLabel(path, name), track(sides[n], share), h("span", { class: "cmp-told" }, words[n]))),
    ])),
    legend(sides, unknown),
  ];
}

function isUnknown([, model, , assumed]) {
  return model === null && assumed === null;
}

function track(side, share) {
  if (!side) return h("span", { class: "cmp-track", "aria-hidden": "true" });
  const [overhead, model, , assumed] = side;
  return h("span", { class: "cmp-track", "aria-hidden": "true" },
    h("span", { class: "cmp-bar overhead", style: { width: share(overhead) } }),
    isUnknown(side)
      ? h("span", { class: "cmp-bar unknown", style: { width: `${UNKNOWN_PART}%` } }, "?")
      : h("span", { class: `cmp-bar ${model === null ? "assumed" : "model"}`, style: { width: share(model ?? assumed) } }),
  );
}

function legend(sides, unknown) {
  const known = sides.some((side) => side[1] !== null);
  const assumed = sides.some((side) => side[1] === null && side[3] !== null);
  const entry = (kind, words) => h("li", {}, h("span", { class: `cmp-bar ${kind}`, "aria-hidden": "true" }, kind === "unknown" && "?"), words);
  return h("ul", { class: "cmp-time-legend" },
    entry("overhead", "overhead: the server's and the framework's own work"),
    known && entry("model", "the model's time, as it was recorded"),
    assumed && entry("assumed", "the model's time as it is assumed: nobody measured it"),
    unknown && entry("unknown", "the model's time comes to it, and is not known: a script has none"),
  );
}
