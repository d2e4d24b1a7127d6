// The transcript to the byte: events, requests to the model, what was stored, and all the rest.

import { count, h, ms } from "./dom.js";
import { folded } from "./folds.js";
import { inChunks, jsonView } from "./json_view.js";
import { tracebackText } from "./findings.js";
import { eventsView } from "./raw_events.js";
import { exchangesView } from "./raw_model.js";
import { isUnseen } from "./waterfall_data.js";

/** Everything of a transcript, folded. */
export function rawView(transcript, findings, about) {
  const events = transcript.turns.reduce((sum, turn) => sum + turn.events.length, 0);
  const unseen = isUnseen(transcript, about);
  const parts = [
    [events ? "Raw events" : "Requests and answers", events || transcript.turns.length, () => eventsView(transcript), events || transcript.turns.length],
    [`Sent to the model`, unseen ? null : transcript.exchanges.length, () => exchangesView(transcript, unseen), true],
    [`Stored`, transcript.stored?.items?.length ?? 0, () => stored(transcript, findings), transcript.stored],
    [`Widgets as written`, transcript.authored.length, () => listed(transcript.authored, (each) => [written(each), each.widget]), transcript.authored.length],
    [`Log`, transcript.log.length, () => listed(transcript.log, (each) => [logLine(each), each, each.raised && tracebackText(each.raised)]), transcript.log.length],
    [`Tools that ran`, transcript.ran.filter((each) => !each.ended).length, () => h("ul", {}, transcript.ran.map((each) => h("li", {}, h("code", {}, each.tool), ` ${each.ended ? "ended" : "began"} at ${ms(each.at_ms)}`))), transcript.ran.length],
    [`Widgets that tools streamed`, transcript.streamed.length, () => h("ul", {}, transcript.streamed.map((each) => h("li", {}, `${each.dropped ? "dropped, as a guardrail tripped," : "handed to chatkit"} at ${ms(each.at_ms)}`))), transcript.streamed.length],
    [`Read by other cells`, transcript.readings.length, () => listed(transcript.readings, (each) => [readingLine(each), each]), transcript.readings.length],
    [`The exam's breaches`, transcript.exam?.breaches?.length ?? 0, () => exam(transcript.exam), transcript.exam],
    [`Imports`, transcript.imports.length, () => listed(transcript.imports, (each) => [importLine(each), each, each.raised && tracebackText(each.raised)]), transcript.imports.length],
    [`Attempts to leave the machine`, transcript.attempts.length, () => jsonView(transcript.attempts), transcript.attempts.length],
    [`The cell as it found itself`, null, () => jsonView(transcript.cell), transcript.cell],
  ];
  return h("div", { class: "raw" }, parts.filter(([, , , there]) => there).map(([name, number, make]) => folded(
    [name, number === null ? null : h("span", { class: "count" }, number.toLocaleString("en"))], make, { dataset: { raw: name } },
  )));
}

function listed(entries, make) {
  return inChunks(entries, (each) => {
    const [words, document, text] = make(each);
    return folded(words, () => [text ? h("pre", { tabindex: "0" }, text) : null, jsonView(document)]);
  });
}

function written(each) {
  return [h("code", {}, each.widget?.type ?? "?"), ` at ${ms(each.at_ms)}${each.refused ? ", refused by this release" : ""}`];
}

function logLine(each) {
  return [h("code", {}, `${each.level} ${each.logger}`), " ", h("span", { dir: "auto" }, String(each.message).slice(0, 200))];
}

function readingLine(each) {
  const said = each.refused ? `could not be asked: ${each.refused}` : each.fails_alone ? "cannot answer on a thread of its own either" : count(each.turns.length, "answer");
  return [h("b", {}, `chatkit ${each.chatkit ?? "none"}, agents ${each.agents}`), ` ${said}`];
}

function importLine(each) {
  return [h("span", { class: each.ok ? "ok" : "bad" }, each.ok ? "✓" : "✗"), " ", h("code", {}, each.module), ` ${ms(each.ms)}`];
}

function stored({ stored: held }, findings) {
  const differences = findings.filter((each) => each.rule.startsWith("store/"));
  return [
    held.raised ? h("pre", { tabindex: "0" }, tracebackText(held.raised)) : null,
    differences.length ? h("ul", { class: "differences" }, differences.map((each) => h("li", { dir: "auto" }, h("code", {}, each.rule), " ", each.message)))
      : h("p", { class: "quiet" }, "The checks found no difference to what was shown."),
    held.thread ? folded("The thread", () => jsonView(held.thread)) : null,
    listed(held.items ?? [], (item) => [[h("code", {}, item?.type ?? "?"), " ", h("span", { class: "quiet" }, item?.id ?? "")], item]),
  ];
}

function exam(held) {
  return [
    h("p", {}, h("code", {}, held.name), ` ${held.outcome}${held.reason ? `: ${held.reason}` : ""}, ${count(held.asked ?? 0, "question")} asked`),
    listed(held.breaches ?? [], (each) => [[h("code", {}, each.rule), each.advice ? " (advice) " : " ", h("span", { dir: "auto" }, String(each.message).slice(0, 300))], each.evidence]),
  ];
}
