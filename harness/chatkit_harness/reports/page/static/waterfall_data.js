// What happened in a turn and when, as numbers: times are milliseconds since the turn's request was sent.

const MARKS = [["first_event_ms", "first event"], ["widget_ms", "first widget"], ["total_ms", "end"]];
const ITEM = /^thread\.item\.(added|done|replaced|removed)$/;

/** Whether nobody saw what the model was asked: then a time is that of server and model together. */
export function isUnseen(transcript, about) {
  return Boolean(about?.unseen_model) && !transcript.exchanges.length;
}

/** Of a turn: {length, unseen, events, exchanges, own, stages, tools, log, marks}. */
export function turnTimes(transcript, n, about) {
  const turn = transcript.turns[n];
  const zero = turn.sent_at_ms;
  const since = (at) => at - zero;
  const mine = (at) => turnAt(transcript, at) === n;
  const exchanges = transcript.exchanges.filter((each) => mine(each.at_ms)).map((each) => ({
    from: since(each.at_ms), to: since(each.ended_at_ms ?? turn.ended_at_ms), each,
  }));
  const length = Math.max(turn.ended_at_ms - zero, 0.001);
  const unseen = isUnseen(transcript, about);
  return {
    length,
    unseen,
    starved: turn.starved_ms ?? 0,
    events: turn.events.map((event, number) => ({ at: since(event.at_ms), number, ...kindOf(event) })),
    exchanges,
    own: gaps(exchanges, length),
    stages: turn.stages.map((each) => ({ from: since(each.at_ms), to: since(each.ended_at_ms), name: String(each.name ?? ""), agent: each.agent })),
    tools: transcript.ran.filter((each) => (each.turn ?? turnAt(transcript, each.at_ms)) === n).map((each) => ({ at: since(each.at_ms), name: `${each.tool ?? ""}${each.ended ? " (end)" : ""}` })),
    log: transcript.log.filter((each) => (each.turn ?? turnAt(transcript, each.at_ms)) === n).map((each) => ({ at: since(each.at_ms), name: `${each.level} ${each.logger}: ${each.message}` })),
    marks: marksOf(turn, about?.turns?.[n], { exchanges, unseen, budgets: about?.budgets ?? {} }),
  };
}

/** The number of the turn that ran at a moment; 0 before the first. */
export function turnAt(transcript, at) {
  let found = 0;
  transcript.turns.forEach((turn, n) => { if (turn.sent_at_ms <= at) found = n; });
  return found;
}

function marksOf(turn, known, { exchanges, unseen, budgets }) {
  const times = known?.times ?? { first_event_ms: turn.events.length ? turn.events[0].at_ms - turn.sent_at_ms : null, total_ms: turn.ended_at_ms - turn.sent_at_ms };
  return MARKS.filter(([key]) => times[key] !== null && times[key] !== undefined).map(([key, words]) => {
    const own = unseen ? null : known ? known.overhead?.[key] ?? null : ownWork(times[key], turn, exchanges);
    const budget = own === null ? null : budgets[key] ?? null; // it is for the own work alone
    return { key, words, at: times[key], own, budget, over: budget !== null && own > budget };
  });
}

/** What of a time is the server's and the framework's own, as budgets judge it (see reports/page/about.py). */
function ownWork(took, turn, exchanges) {
  const ended = exchanges.filter(({ each }) => each.ended_at_ms !== null && each.ended_at_ms !== undefined);
  const idle = gaps(ended, took).reduce((sum, { from, to }) => sum + to - from, 0); // requests side by side count once
  return Math.max(0, idle - (turn.starved_ms ?? 0));
}

/** What of a time no span covers. */
function gaps(spans, length) {
  const found = [];
  let at = 0;
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    if (from > at) found.push({ from: at, to: Math.min(from, length) });
    at = Math.max(at, to);
  }
  if (at < length) found.push({ from: at, to: length });
  return found.filter((each) => each.to > each.from);
}

/** An event's kind, {kind, name}: text, widget, item, error, effect, progress or other. */
export function kindOf({ data, raw }) {
  if (!data || typeof data !== "object") return { kind: "error", name: raw ? "no event: its text is no JSON" : "no event" };
  const type = String(data.type ?? "(no type)");
  if (type === "error") return { kind: "error", name: `error ${data.code ?? ""}`.trim() };
  if (type === "client_effect") return { kind: "effect", name: `client_effect ${data.name ?? ""}`.trim() };
  if (type === "progress_update" || type === "notice") return { kind: "progress", name: `${type} ${String(data.text ?? data.message ?? "").slice(0, 60)}` };
  if (type === "thread.item.updated") return updateKind(data.update);
  if (ITEM.test(type)) {
    const item = data.item?.type ?? "";
    return { kind: item === "widget" ? "widget" : "item", name: `${type} ${item}`.trim() };
  }
  return { kind: "other", name: type };
}

function updateKind(update) {
  const name = String(update?.type ?? "update");
  const kind = name.endsWith("text_delta") || name.endsWith("value_delta") ? "text" : name.startsWith("widget.") ? "widget" : "item";
  return { kind, name };
}

/** The turn in rows of a table: {at, to, what, name}, in the order of time. */
export function tableRows(times) {
  const rows = [
    { at: 0, what: "request", name: "sent" },
    ...times.stages.map((each) => ({ at: each.from, to: each.to, what: "stage", name: [each.name, each.agent].filter(Boolean).join(", ") })),
    ...times.exchanges.map(({ from, to, each }) => ({ at: from, to, what: "model", name: exchangeWords(each) })),
    ...times.tools.map((each) => ({ at: each.at, what: "tool", name: String(each.name ?? "") })),
    ...times.events.map((each) => ({ at: each.at, what: "event", name: String(each.name ?? "") })),
    ...times.log.map((each) => ({ at: each.at, what: "log", name: String(each.name ?? "") })),
    { at: times.length, what: "end", name: "" },
  ];
  return rows.map((row, n) => ({ ...row, n })).sort((a, b) => a.at - b.at || a.n - b.n);
}

/** A request to the model in one line. */
export function exchangeWords(each) {
  const recorded = each.critical_ms === undefined || each.critical_ms === null ? "" : `, recorded ${Math.round(each.critical_ms)} ms`;
  return `${each.method} ${each.path}, ${each.outcome}, status ${each.status}${recorded}`;
}
