// What was sent to the model, request by request: its messages, its tools, and how it was matched.

import { count, h, ms } from "./dom.js";
import { folded } from "./folds.js";
import { inChunks, inParts, jsonView } from "./json_view.js";

/** All requests to the model; `unseen` where nobody was there to see them. */
export function exchangesView(transcript, unseen) {
  if (unseen) return h("p", { class: "quiet" }, "The server runs elsewhere: what it asked its model is not known here.");
  if (!transcript.exchanges.length) return h("p", { class: "quiet" }, "The model was never asked.");
  return inChunks(transcript.exchanges, exchange, { size: 50, name: "requests" });
}

function exchange(each, n) {
  const bad = each.outcome !== "matched";
  return folded([
    h("b", {}, `${n + 1}`), " ", h("code", {}, `${each.method} ${each.path}`), " ",
    h("span", { class: bad ? "bad" : "ok" }, each.outcome), h("span", { class: "quiet" }, ` ${facts(each).join(" · ")}`),
  ], () => [
    difference(each),
    list("Said otherwise than what answers it, which mattered nothing", each.noted),
    messages(each.request ?? {}),
    tools(each.request?.tools),
    folded("The request whole", () => jsonView(each.request)),
  ]);
}

function facts(each) {
  const known = (value) => value !== undefined && value !== null;
  return [
    `status ${each.status}`,
    known(each.interaction) ? `answered by interaction ${each.interaction + 1}` : null,
    known(each.ended_at_ms) ? `${ms(each.ended_at_ms - each.at_ms)} here` : "never ended",
    known(each.critical_ms) ? `recorded ${ms(each.critical_ms)}` : null,
    known(each.input_tokens) ? `${each.input_tokens} tokens in, ${each.output_tokens ?? "?"} out` : null,
    each.streamed ? count(each.chunks ?? 0, "chunk") : null,
    each.aborted ? "the cell hung up" : null,
  ].filter(Boolean);
}

function difference(each) {
  if (each.outcome !== "unmatched") return null;
  const nearest = Number.isInteger(each.nearest) ? ` The nearest is interaction ${each.nearest + 1}.` : "";
  return h("div", { class: "finding error" },
    h("p", {}, `No recorded request is like this one.${nearest}`), list("It differs in", each.difference),
  );
}

function list(words, lines) {
  if (!Array.isArray(lines) || !lines.length) return null;
  return h("div", {}, h("p", { class: "quiet" }, words), h("ul", {}, lines.map((line) => h("li", { dir: "auto" }, String(line)))));
}

function messages(request) {
  const told = [];
  if (request.instructions) told.push(said("instructions", request.instructions, true));
  for (const each of [request.input, request.messages].flat()) {
    if (typeof each === "string") told.push(said("user", each));
    else if (each && typeof each === "object") told.push(oneMessage(each));
  }
  return h("div", { class: "messages" }, told);
}

function oneMessage(each) {
  if (each.type === "function_call") return said(`calls ${each.name}`, String(each.arguments ?? ""));
  if (each.type === "function_call_output") return said("tool's output", textOf(each.output));
  const calls = Array.isArray(each.tool_calls) ? each.tool_calls.map((call) => `calls ${call?.function?.name}(${call?.function?.arguments ?? ""})`).join("\n") : "";
  const text = [textOf(each.content), calls].filter(Boolean).join("\n");
  return said(each.role ?? each.type ?? "entry", text || JSON.stringify(each), each.role === "system");
}

function textOf(content) {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return content === undefined || content === null ? "" : JSON.stringify(content);
  return content.map((part) => part?.text ?? part?.refusal ?? JSON.stringify(part)).join("\n");
}

function said(who, text, quiet = false) {
  const body = inParts(text, { tag: "p" });
  const long = quiet && text.length > 240;
  return h("div", { class: "message" }, h("span", { class: "role" }, who), long ? h("details", {}, h("summary", { dir: "auto" }, `${text.slice(0, 120)}…`), body) : body);
}

function tools(given) {
  if (!Array.isArray(given) || !given.length) return null;
  return folded(`${count(given.length, "tool")}: ${given.map((each) => each?.name ?? each?.function?.name ?? each?.type).join(", ").slice(0, 300)}`, () => jsonView(given));
}
