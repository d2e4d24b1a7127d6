// One case: what came of it, the conversation as a user would see it, its times, and everything that was recorded.

import { besideThePage } from "./case_file.js";
import { caseOf, complete } from "./case_data.js";
import { faultsOf } from "./case_faults.js";
import { caseHead, commandOf } from "./case_head.js";
import { chartOf } from "./chart_view.js";
import { Conversation } from "./conversation.js";
import { h } from "./dom.js";
import { findingsList } from "./findings.js";
import { rawView } from "./raw.js";
import { scrubber } from "./scrubber.js";
import { waterfalls } from "./waterfall.js";

/** The view `#case-CELL-COLUMN`. */
export async function showCase({ run, args }) {
  const [cell, column] = args.map(Number);
  if (!run?.cells[cell] || !run.columns[column]) {
    return h("section", {}, h("h2", {}, "There is no such case"), h("p", {}, "The run has no case of that number."));
  }
  const entry = await caseOf(run, cell, column);
  const about = entry?.about ?? {};
  const body = h("div", { class: "case-body" });
  const view = h("div", { class: "case" }, await caseHead({ run, cell, column, entry }), body);
  const draw = async (transcript) => body.replaceChildren(...await parts(run, column, { ...entry, transcript, about }));
  if (entry?.transcript) await draw(complete(entry.transcript));
  else body.append(...await without({ run, cell, column, entry, draw }));
  return view;
}

/** What can be told without a transcript. */
async function without({ run, cell, column, entry, draw }) {
  const link = await run.link(cell, column);
  const command = entry?.about?.reproduce ?? commandOf(run, cell, column);
  const beside = besideThePage({ link, command, outcome: run.outcome(cell, column), draw });
  return entry?.case.findings?.length ? [findingsPart(entry.case.findings, new Map()), beside] : [beside];
}

async function parts(run, column, { case: told, transcript, about }) {
  const findings = told?.findings ?? [];
  const faults = faultsOf(findings);
  const [chart, times] = [await chartPart(about, transcript), timesPart(transcript, about)];
  // A traceback takes the room of one side: what else there is stands on the other.
  const long = findings.some((each) => each.severity === "error" && each.evidence?.raised);
  const [left, right] = !long ? [null, [times, chart]] : chart ? [chart, times] : [times, null];
  return [
    h("div", { class: "case-columns" },
      h("div", { class: "case-side" }, conversationPart(transcript, about, faults), left),
      h("div", { class: "case-side" }, findingsPart(findings, faults.numbers, Boolean(told)), right),
    ),
    h("section", { class: "case-part" }, h("h3", {}, "As it was recorded"), rawView(transcript, findings)),
  ];
}

function findingsPart(findings, numbers, known = true) {
  return h("section", { class: "case-part findings-part" }, h("h3", {}, "Findings ", h("span", { class: "count" }, String(findings.length))),
    known ? findingsList(findings, numbers) : h("p", { class: "quiet" }, "A transcript alone holds none: they stand in the results, and are in the page for cases that it has in full."),
  );
}

function conversationPart(transcript, about, faults) {
  const talk = new Conversation({ transcript, about, faults });
  const stage = h("div", { class: "talk", dataset: { scheme: "page" } }, talk.title, talk.element, transcript.turns.length ? null : h("p", {}, withoutTurns(transcript)));
  const controls = transcript.saved ? null : scrubber(talk);
  return h("section", { class: "case-part talk-part" },
    h("div", { class: "talk-bar" }, h("h3", {}, "The conversation"), schemes(stage)),
    controls, stage,
    h("p", { class: "quiet approximate" }, "Widgets are drawn after their declarations; it is an approximation, since ChatKit's own renderer is not to be had. Images from the web are not fetched."),
  );
}

/** Why there is no conversation. */
function withoutTurns({ imports, exam }) {
  const failed = imports.find((each) => each.ok === false);
  if (failed) return `No turn was begun: ${failed.module} could not be imported.`;
  if (!exam) return "No turn was begun.";
  return `This is no conversation: the rule ${exam.name} was put to the test, and is ${exam.outcome}${exam.reason ? ` (${exam.reason})` : ""}.`;
}

/** A choice of the colours in which widgets are drawn. */
function schemes(stage) {
  const choice = ["page", "light", "dark"].map((name) => h("button", {
    type: "button", "aria-pressed": String(name === "page"), onclick: (event) => {
      stage.dataset.scheme = name;
      for (const each of event.currentTarget.parentElement.children) each.setAttribute("aria-pressed", String(each === event.currentTarget));
    },
  }, name === "page" ? "As the page" : name === "light" ? "Light" : "Dark"));
  return h("div", { class: "switch", role: "group", "aria-label": "Colours of the conversation" }, choice);
}

function timesPart(transcript, about) {
  return h("section", { class: "case-part times-part" }, h("h3", {}, "Over time"), waterfalls(transcript, about));
}

async function chartPart(about, transcript) {
  const turns = (about.turns ?? []).map((turn) => turn.commands ?? []);
  const last = turns.findLastIndex((commands) => commands.length);
  if (last < 0) return null;
  const { symbol = null, timeframe = null } = about.chart ?? {};
  const drawn = await chartOf(turns[last], { symbol, timeframe, before: turns.slice(0, last) });
  const several = turns.filter((commands) => commands.length).length > 1;
  return h("section", { class: "case-part chart-part" }, h("h3", {}, "The chart", several ? ` after turn ${last + 1} of ${transcript.turns.length}` : ""), drawn);
}
