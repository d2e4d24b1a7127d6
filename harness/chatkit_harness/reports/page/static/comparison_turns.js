// The turns of a scenario on both paths: text, widgets, chart, what went wrong, and the raw answer.

import { chartOf } from "./chart_view.js";
import { asRead, runsOf, shownCommands } from "./command_lines.js";
import { h, ms } from "./dom.js";
import { renderMarkdown } from "./markdown.js";
import { SIDES, sideLabel } from "./comparison_words.js";
import { renderWidget } from "./widgets.js";

const LONG = 900;

/** Every turn, the sides beside each other. */
export async function turns(comparison, { sides }) {
  const most = Math.max(...SIDES.map(([path]) => sides[path].turns.length));
  const drawn = [];
  for (let n = 0; n < most; n += 1) drawn.push(await turn(comparison, sides, n, most));
  const left = Math.max(...SIDES.map(([path]) => sides[path].turns_left_out));
  if (left) drawn.push(h("p", { class: "quiet" }, `… and ${left} more turns in comparison.json`));
  return drawn.length ? drawn : h("p", { class: "quiet" }, "Nothing was driven.");
}

async function turn(comparison, sides, n, most) {
  const asked = SIDES.map(([path]) => sides[path].turns[n]?.user).filter((user) => user !== undefined);
  const shared = asked.every((user) => user === asked[0]);
  const drawn = [];
  for (const [path, name] of SIDES) drawn.push(await sideOf(comparison, sides[path], n, { path, name, asked: !shared }));
  return h("div", { class: "compared-turn", role: "group", "aria-label": `Turn ${n + 1}` },
    most > 1 && h("h4", {}, `Turn ${n + 1}`),
    shared && question(comparison.texts[asked[0]]),
    h("div", { class: "cmp-sides" }, drawn),
  );
}

function question(text) {
  return h("p", { class: "cmp-asked", dir: "auto" }, h("span", { class: "unseen" }, "The user: "), text);
}

async function sideOf(comparison, side, n, { path, name, asked }) {
  const held = side.turns[n];
  const label = h("p", { class: "cmp-side-name" }, sideLabel(path, name));
  if (!held) return h("div", { class: `cmp-side ${path}` }, label, h("p", { class: "cmp-nothing" }, (n === 0 && side.reason) || "This turn was not driven."));
  return h("div", { class: `cmp-side ${path}` },
    label,
    asked && question(comparison.texts[held.user]),
    held.parts.map(([kind, text]) => (kind === "leak" ? leak(comparison.texts[text]) : said(comparison.texts[text]))),
    held.widgets.map((at) => widget(comparison.widgets[at])),
    held.commands.length > 0 && await chartOf(side.turns.slice(0, n + 1)),
    held.problems.map((problem) => h("p", { class: "cmp-went-wrong", dir: "auto" }, h("b", {}, "✗ "), problem)),
    held.nothing && h("p", { class: "cmp-nothing" }, "Nothing came of it: the user is left without an answer."),
    stages(held.stages),
    raw(comparison, held),
  );
}

/** What the assistant said; lines that are chart commands stand apart, since a user can make nothing of them. */
function said(text) {
  return runsOf(text).map((run) => (run.kind === "words"
    ? h("div", { class: "cmp-bubble" }, cut(run.text, renderMarkdown)) : shownCommands(cut(run.text, asRead))));
}

function leak(text) {
  return h("div", { class: "cmp-bubble cmp-leaked", role: "group", "aria-label": "Raw JSON that leaked" },
    h("p", { class: "cmp-leak-sign" }, "⚠ raw JSON that leaked: this is what the user reads"), cut(text, asRead));
}

/** A long text is folded, so that the other side stays beside it. */
function cut(text, draw) {
  if (text.length <= LONG * 1.5) return draw(text);
  return [draw(`${text.slice(0, LONG)}…`), h("details", {}, h("summary", {}, `All ${text.length.toLocaleString("en")} characters`), draw(text))];
}

function widget(document) {
  return h("div", { class: "compared-widget" },
    renderWidget(document, { remoteImages: false }),
    h("details", {}, h("summary", {}, "JSON of the widget"), h("pre", { tabindex: 0 }, JSON.stringify(document, null, 2))),
  );
}

/** The steps to an answer: their share of the time as a strip, and in words. */
function stages(held) {
  if (!held.length) return null;
  const words = held.map(([name, agent, took], n) => [n > 0 && " → ", h("b", {}, name), agent && ` (${agent})`, ` ${ms(took)}`]);
  return h("div", { class: "cmp-stages" },
    h("div", { class: "cmp-strip", "aria-hidden": "true" }, held.map(([, , took]) => h("span", { style: { "flex-grow": Math.max(took, 0.001) } }))),
    h("p", { class: "quiet", dir: "auto" }, words),
  );
}

function raw(comparison, { message, found }) {
  if (message === null) return null;
  return h("details", { class: "cmp-raw-answer" },
    h("summary", {}, "The raw answer, before the frontend read it"),
    found && h("p", { class: "quiet", dir: "auto" }, `The frontend found ${found}.`),
    h("pre", { tabindex: 0, dir: "auto" }, comparison.texts[message]),
  );
}
