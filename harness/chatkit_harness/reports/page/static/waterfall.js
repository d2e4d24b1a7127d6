// The turns of a case over time: what the server and the framework took, what the model, and when the user saw what.

import { count, h, ms } from "./dom.js";
import { folded } from "./folds.js";
import { inChunks } from "./json_view.js";
import { drawTurn } from "./waterfall_svg.js";
import { tableRows, turnTimes } from "./waterfall_data.js";

const AT_ONCE = 6;
const KEYS = [
  ["bar own", "own work of server and framework"], ["bar together", "server and model together"], ["bar model", "model answering"], ["event text", "text"], ["event item", "item"],
  ["event widget", "widget"], ["event effect", "effect"], ["event progress", "progress"], ["event error", "error"], ["event log", "log"],
];

/** The pictures of all turns with their legend; words where no times are known. */
export function waterfalls(transcript, about) {
  if (transcript.saved) return h("p", { class: "quiet" }, "These answers were saved from a hosted workflow: no times are known.");
  if (!transcript.turns.length) return h("p", { class: "quiet" }, "No turn was begun.");
  const seen = new Set();
  const all = transcript.turns.map((turn, n) => {
    const times = turnTimes(transcript, n, about);
    seen.add(times.unseen ? "bar together" : "bar own");
    if (times.exchanges.length) seen.add("bar model");
    for (const each of times.events) seen.add(`event ${each.kind}`);
    if (times.log.length) seen.add("event log");
    return { turn, n, times };
  });
  const draw = (each) => oneTurn(transcript, each, about);
  const later = all.slice(AT_ONCE);
  return h("div", { class: "waterfalls" },
    legend(seen),
    all.slice(0, AT_ONCE).map(draw),
    later.length ? folded(`${count(later.length, "more turn")}`, () => later.map(draw)) : null,
  );
}

function legend(seen) {
  return h("ul", { class: "keys" }, KEYS.filter(([kind]) => seen.has(kind)).map(([kind, words]) => h("li", {}, h("i", { class: kind, "aria-hidden": "true" }), words)));
}

function oneTurn(transcript, { turn, n, times }, about) {
  const label = sentence(times, n);
  const room = h("div", { class: "waterfall-room" });
  let before = 0;
  new ResizeObserver(([entry]) => {
    const width = Math.round(entry.contentRect.width);
    if (width < 60 || width === before) return;
    before = width;
    room.replaceChildren(drawTurn(times, width, label));
  }).observe(room);
  return h("figure", { class: "turn-times", dataset: { turn: String(n) } },
    h("figcaption", {}, h("b", {}, `Turn ${n + 1}`), " ", h("span", { class: "quiet", dir: "auto" }, String(turn.user ?? "").slice(0, 90))),
    room,
    h("p", { class: "quiet" }, modelWords(transcript, times, about)),
    folded("As a table", () => table(times), { classes: "behind" }),
  );
}

function sentence(times, n) {
  const parts = times.marks.map((mark) => {
    const judged = mark.budget === null ? "" : mark.over ? `, over its budget of ${ms(mark.budget)}` : `, within its budget of ${ms(mark.budget)}`;
    return `${mark.words} after ${ms(mark.at)}${judged}`;
  });
  return `Turn ${n + 1} over time: ${parts.join("; ")}. ${count(times.events.length, "event")}, ${times.unseen ? "what the model did is not known" : `${count(times.exchanges.length, "request")} to the model`}.`;
}

function modelWords(transcript, times, about) {
  if (times.unseen) return "The server runs elsewhere: what its model did is not known here, and times are those of both together.";
  const own = times.marks.find((mark) => mark.key === "total_ms")?.own;
  const first = own === null || own === undefined ? "" : `Own work ${ms(own)}`;
  const starved = first && times.starved >= 1 ? `, not counting ${ms(times.starved)} without a processor` : "";
  const calls = times.exchanges;
  if (!calls.length) return `${first}${starved}. The model was not asked.`.replace(/^\. /, "");
  const known = calls.map(({ each }) => each.critical_ms).filter((value) => value !== undefined && value !== null);
  const scripted = about?.scripted ?? transcript.cassette?.origin === "script";
  const model = known.length === calls.length ? `recorded model time ${ms(known.reduce((a, b) => a + b, 0))}${calls.length > 1 ? " of all together" : ""}`
    : scripted ? "a script has no model time" : "its recorded time is not known";
  return [`${first}${starved}`, `${count(calls.length, "request")} to the model, ${model}`].filter(Boolean).join("; ") + ".";
}

function table(times) {
  const head = h("thead", {}, h("tr", {}, ["after", "took", "what", "which"].map((name) => h("th", { scope: "col" }, name))));
  const body = inChunks(tableRows(times), (row) => h("tr", {},
    h("td", { class: "number" }, ms(row.at)), h("td", { class: "number" }, row.to === undefined ? "" : ms(row.to - row.at)), h("td", {}, row.what),
    h("td", { class: "name", dir: "auto" }, row.name.length > 160 ? `${row.name.slice(0, 160)}…` : row.name),
  ), { tag: "tbody", name: "rows" });
  const rows = body.querySelector("tbody");
  const made = h("table", { class: "times" }, head, rows);
  body.prepend(h("div", { class: "wide", tabindex: "0", role: "group", "aria-label": "Times of the turn" }, made));
  return body;
}
