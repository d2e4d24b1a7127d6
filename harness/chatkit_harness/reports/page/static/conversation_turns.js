// What stands around the messages of a turn: how it began, what came that is no message, and how it ended.

import { markFaults } from "./case_faults.js";
import { count, h, ms } from "./dom.js";
import { tracebackText } from "./findings.js";
import { folded } from "./folds.js";
import { inParts, jsonView } from "./json_view.js";
import { renderWidget } from "./widgets.js";

const SILENT = new Set(["thread.created", "thread.updated", "stream_options", "thread.item.updated", "thread.item.removed"]);
const ERRORS = { "stream.error": "The assistant could not answer.", "rate_limit.exceeded": "The model is asked too often at the moment." };
const FEW = 12;

/** The line above a turn: its number, its request and how long it took. */
export function turnHead(turn, n, saved) {
  const took = saved ? "saved: no times are known" : ms(turn.ended_at_ms - turn.sent_at_ms);
  const parts = [turn.request.type === "http" ? `${turn.request.method} ${turn.request.path}` : turn.request.type ?? "a request", took];
  if (turn.events.length) parts.push(count(turn.events.length, "event"));
  return h("header", { class: "talk-head" }, h("b", {}, `Turn ${n + 1}`), h("span", {}, parts.join(" · ")));
}

/** What the user did: said something, or anything else in words. */
export function openingOf(turn, isMessage) {
  if (isMessage) return h("div", { class: "item user", dir: "auto" }, turn.user);
  const { type, params } = turn.request;
  const known = String(turn.user ?? "").replace(/^\((.*)\)$/s, "$1");
  const action = params?.action?.type;
  const words = known === type && action ? `clicks ${action}` : known || type || "a request";
  const given = Object.hasOwn(GIVEN, type) ? params?.[GIVEN[type]] : null;
  return h("div", { class: "item did" }, h("span", { dir: "auto" }, words), given === null || given === undefined ? null : h("code", { dir: "auto" }, short(given)));
}

// What goes with a request that is no message, where it says more than the request's name.
const GIVEN = { "threads.add_client_tool_output": "result", "threads.add_structured_input": "input", "threads.custom_action": "action", "threads.sync_custom_action": "action" };

function short(given) {
  const payload = given?.payload === undefined ? given : given.payload;
  const text = typeof payload === "string" ? payload : JSON.stringify(payload) ?? "";
  return text === "{}" || text === "null" ? "" : text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

/** What an event shows a user that is no item. */
export function eventNote(event) {
  const { data } = event;
  if (!data || typeof data !== "object") return [note("problem", `Something that is no event: ${String(event.raw ?? JSON.stringify(data)).slice(0, 300)}`)];
  const draw = Object.hasOwn(NOTES, data.type) ? NOTES[data.type] : null;
  if (draw) return [draw(data)];
  if (SILENT.has(data.type)) return [];
  return [note("other", `An event that no page knows: ${wordsOf(data.type).slice(0, 80)}`)];
}

const NOTES = {
  progress_update: (data) => note("progress-note", wordsOf(data.text ?? "")),
  notice: (data) => note(`told ${data.level === "danger" ? "danger" : ""}`, [data.title, data.message].filter(Boolean).map(wordsOf).join(": ")),
  error: (data) => h("div", { class: "item problem" },
    h("p", { dir: "auto" }, wordsOf(data.message ?? ERRORS[data.code] ?? "The assistant could not answer.")),
    h("p", { class: "small" }, `error event, code ${wordsOf(data.code ?? "none")}${data.allow_retry === false ? "; no second try is offered" : "; a second try is offered"}`),
  ),
  client_effect: (data) => h("div", { class: "item effect" },
    h("p", {}, data.name === "chart_commands" ? "The chart is told:" : `The page is asked for the effect ${wordsOf(data.name).slice(0, 80)}`),
    Array.isArray(data.data?.commands) ? chips(data.data.commands) : folded("with this", () => jsonView(data.data)),
  ),
};

/** A text as it is; of what is none, its JSON. */
function wordsOf(value) {
  return typeof value === "string" ? value : String(JSON.stringify(value));
}

function note(kind, text) {
  return h("div", { class: `item ${kind}` }, h("p", { dir: "auto" }, text));
}

/** Short texts in a row; many are folded. */
export function chips(texts) {
  const made = texts.map((each) => h("code", { class: "chip", dir: "auto" }, typeof each === "string" ? each.slice(0, 400) : JSON.stringify(each)));
  if (made.length <= FEW) return h("div", { class: "chips" }, made);
  return h("div", { class: "chips" }, made.slice(0, FEW), h("details", {}, h("summary", {}, `${made.length - FEW} more`), made.slice(FEW)));
}

/** What follows a turn: a workflow's raw answer, a response, widgets that never went out, an exception. */
export function aftermath(turn, known, { authored, unsent }) {
  return [
    ...(known?.commands?.length && !turn.events.some(({ data }) => data?.type === "client_effect") ? [chartCommands(turn, known.commands)] : []),
    ...(known?.rejected?.length ? [note("other", `Not understood as chart commands: ${known.rejected.join("; ")}`)] : []),
    ...rawAnswer(turn, known),
    ...(typeof turn.message !== "string" && turn.response ? [response(turn)] : []),
    ...neverSent(turn, authored, unsent),
    ...(turn.raised ? [raised(turn.raised)] : []),
  ];
}

/** Commands that came without an effect: the frontend finds them in a workflow's answer; else they are text. */
function chartCommands(turn, commands) {
  const reached = typeof turn.message === "string" || turn.request.type === "http" || turn.events.some(({ data }) => data?.item?.type === "client_tool_call");
  return h("div", { class: "item effect" }, h("p", {}, reached ? "The chart is told:" : "Sent as text, for a page that looks for them there:"), chips(commands));
}

function rawAnswer(turn, known) {
  if (typeof turn.message !== "string") return [];
  const leaked = (known?.stray ?? []).map(([start, end]) => turn.message.slice(start, end).trim()).filter(Boolean);
  const unread = !known && "What a frontend makes of this answer is not known from the file: it is shown as the workflow gave it, and no user read it like this.";
  return [
    unread ? note("other", unread) : "",
    ...(leaked.length ? [h("p", { class: "leak" }, h("span", { class: "spot error", "aria-hidden": "true" }, "!"), " JSON that the user reads above: ", chips(leaked.map((each) => (each.length > 120 ? `${each.slice(0, 120)}…` : each))))] : []),
    h("details", { class: "fold raw-answer", open: Boolean(unread) },
      h("summary", {}, "The workflow's raw answer ", h("span", { class: "quiet" }, `${turn.message.length.toLocaleString("en")} characters`)),
      known?.found ? h("p", { class: "quiet" }, `The frontend finds ${known.found}.`) : null,
      inParts(turn.message),
    ),
  ];
}

function response(turn) {
  const { status } = turn.response;
  const isHttp = turn.request.type === "http" && Number.isInteger(status);
  const words = isHttp ? `Answered with status ${status}` : "Answered at once, without a stream";
  return h("div", { class: "item exchange" },
    folded(["Asked ", h("span", { class: "quiet" }, String(turn.request.type ?? ""))], () => jsonView(turn.request)),
    folded([h("span", { class: isHttp && status >= 400 ? "bad" : null }, words)], () => jsonView(isHttp ? turn.response.body : turn.response), { open: false }),
  );
}

function neverSent(turn, authored, unsent) {
  const mine = authored.filter((each) => (each.turn ?? turn.index) === turn.index && (each.refused || unsent.length));
  const refused = mine.filter((each) => each.refused);
  const shown = unsent.length && !refused.length ? mine.slice(0, 1) : refused;
  return shown.map((each, n) => {
    const box = h("div", { class: "item never-sent" },
      h("p", { class: "small" }, each.refused ? "Written by the server, and refused by its release of chatkit: no user saw this." : "Written by the server; it did not go out like this."),
      renderWidget(each.widget, { remoteImages: false }),
    );
    if (unsent.length && n === 0) markFaults(box, unsent);
    return box;
  });
}

function raised(error) {
  return h("div", { class: "item problem" },
    h("p", { dir: "auto" }, `raised ${error.type}: `, String(error.message ?? "").slice(0, 600)),
    folded("Traceback", () => h("pre", { tabindex: "0" }, tracebackText(error))),
  );
}

const ENDS = {
  done: "", raised: "The stream broke off: an exception was raised.", rejected: "The request was refused before there was a stream.",
  hung: "It did not end within the time limit.", cut: "The cell's process was gone before the turn ended.",
  left: "The user went away, as the scenario has it.",
};

/** How a turn ended, where that is worth a word. */
export function endWords(turn, saved) {
  const said = [ENDS[turn.end] ?? String(turn.end)];
  if (turn.left_at_ms !== undefined && turn.left_at_ms !== null && !saved) said.push(`Gone after ${ms(turn.left_at_ms - turn.sent_at_ms)}.`);
  const nothing = turn.end === "done" && !turn.events.length && !turn.message && !turn.response;
  if (nothing) said.push("Nothing came of it.");
  const words = said.filter(Boolean).join(" ");
  return words ? h("p", { class: "talk-end" }, words) : "";
}
