// Lines of a message that are chart commands and nothing else: a user reads them, and can make nothing of them.

import { readText } from "./commands.js";
import { h } from "./dom.js";

/** A text as runs of lines: {kind: "words" or "commands", text}; runs of empty lines are left out. */
export function runsOf(text) {
  const runs = [];
  for (const line of text.split("\n")) {
    const kind = isCommand(line) ? "commands" : "words";
    if (runs.at(-1)?.kind === kind) runs.at(-1).lines.push(line);
    else runs.push({ kind, lines: [line] });
  }
  return runs.map(({ kind, lines }) => ({ kind, text: lines.join("\n") })).filter((run) => run.text.trim());
}

function isCommand(line) {
  const { commands } = readText(line);
  const isForPeople = /^\s*(?:[-*+•]|\d{1,3}[.)])\s/.test(line) && /[A-Z]:\s/.test(line);
  if (!commands.length || isForPeople) return false;
  let rest = line;
  for (const { start, end } of [...commands].reverse()) rest = rest.slice(0, start) + rest.slice(end);
  return !/[^\s,;|`*-]/.test(rest);
}

/** A run of such lines as its user reads them. */
export function shownCommands(...content) {
  return h("div", { class: "cmp-bubble cmp-leaked commands", role: "group", "aria-label": "Chart commands as text" },
    h("p", { class: "cmp-leak-sign" }, "⚠ chart commands that the user reads as text"), content,
  );
}

/** A text as its user reads it, in lines. */
export function asRead(text) {
  return h("p", { class: "cmp-as-read", dir: "auto" }, text);
}
