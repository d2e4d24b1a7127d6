// Cases as they stand in the page's blocks, put together again: what several share stands once in a block, and a
// transcript once in the page (see reports/page/cases.py).

import { block } from "./data.js";

/** A case in full: {case, transcript, about}; null where the page does not have it. */
export async function caseOf(run, cell, column) {
  const place = run.embedded[`${cell}:${column}`];
  return place ? entryAt(place) : null;
}

async function entryAt([name, position]) {
  const list = await block(`cases-${name}`);
  const entry = list[position].shared ? whole(list[position], list[0]) : list[position];
  if (!entry.same) return entry;
  const other = await entryAt(entry.same);
  return { ...entry, transcript: other.transcript, about: { ...other.about, ...entry.about } };
}

function whole(entry, shelf) {
  const put = (value) => (value && typeof value === "object" && Number.isInteger(value.$shared) ? shelf[value.$shared] : value);
  const each = (object) => Object.fromEntries(Object.entries(object ?? {}).map(([key, value]) => [key, put(value)]));
  const findings = (entry.case.findings ?? []).map((finding) => ({ ...finding, evidence: each(finding.evidence) }));
  return { ...entry, case: { ...entry.case, findings }, transcript: entry.transcript && unshelved(entry.transcript, put) };
}

function unshelved(transcript, put) {
  const request = (asked) => Object.fromEntries(Object.entries(asked).map(
    ([key, value]) => [key, Array.isArray(value) ? value.map(put) : put(value)],
  ));
  return {
    ...transcript,
    cell: { ...transcript.cell, pins: put(transcript.cell?.pins) },
    turns: (transcript.turns ?? []).map((turn) => ({ ...turn, passed: put(turn.passed) })),
    exchanges: (transcript.exchanges ?? []).map(
      (each) => (each.request ? { ...each, request: request(each.request) } : each),
    ),
  };
}

const SHAPES = {
  turns: ["events", "stages", "passed"], exchanges: ["difference", "noted"], log: [], authored: [], ran: [], streamed: [], imports: [],
  readings: ["turns", "log"], attempts: [], notes: [], leaks: [],
};

/** A transcript in which every list is there, whoever wrote the file; throws where it is none. */
export function complete(document) {
  const knows = typeof document?.scenario === "string" || Array.isArray(document?.turns);
  if (!document || typeof document !== "object" || !knows || !Array.isArray(document.turns ?? [])) {
    throw new Error("This is no transcript of chatkit-harness: it has no turns.");
  }
  const list = (value) => (Array.isArray(value) ? value : []);
  const told = { ...document };
  for (const [name, inner] of Object.entries(SHAPES)) {
    told[name] = list(document[name]).map((each) => {
      if (!inner.length || !each || typeof each !== "object") return each;
      return { ...each, ...Object.fromEntries(inner.map((key) => [key, list(each[key])])) };
    });
  }
  told.turns = told.turns.map((turn, n) => timed(turn, n));
  return told;
}

function timed(turn, n) {
  const sent = Number(turn.sent_at_ms) || 0;
  const ended = Math.max(sent, Number(turn.ended_at_ms) || sent);
  return { ...turn, index: turn.index ?? n, request: turn.request ?? {}, sent_at_ms: sent, ended_at_ms: ended };
}
