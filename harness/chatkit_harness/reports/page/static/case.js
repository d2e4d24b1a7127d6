// One case: what came of it, the conversation as a user would see it, its times, and everything that was recorded.

import { besideThePage, foreign } from "./case_file.js";
import { caseOf, complete } from "./case_data.js";
import { faultsOf } from "./case_faults.js";
import { caseHead, commandOf, lineNote } from "./case_head.js";
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
  if (args.length !== 2 || !args.every((each) => /^\d+$/.test(each)) || !run?.cells[cell] || !run.columns[column]) {
    return h("section", {}, h("h2", {}, "There is no such case"), h("p", {}, "The run has no case of that number."));
  }
  const entry = await caseOf(run, cell, column);
  // Of a server that runs elsewhere nobody saw what its model was asked.
  const unseen = run.cells[cell].resolution === "running";
  const about = { ...run.planOf(column), ...(entry?.about ?? { unseen_model: unseen }) };
  const body = h("div", { class: "case-body" });
  const view = h("div", { class: "case" }, await caseHead({ run, cell, column, entry }), body);
  const draw = async (transcript, file) => body.replaceChildren(
    ...(file === undefined ? [] : [fromFile(file, foreign(run, cell, column, transcript))]),
    ...await parts({ ...entry, transcript, about }),
  );
  if (entry?.transcript) await draw(complete(entry.transcript));
  else body.append(...await without({ run, cell, column, entry, draw }));
  return view;
}

/** What can be told without a transcript. */
async function without({ run, cell, column, entry, draw }) {
  const link = await run.link(cell, column);
  const command = entry?.about?.reproduce ?? commandOf(run, cell, column);
  const place = h("code", { class: "path" }, [run.cells[cell].id, run.columnName(column)].join(" "));
  const digest = entry?.case.transcript;
  const beside = besideThePage({
    link: entry?.about.unread ? null : link, known: Boolean(entry), digest, named: run.named, place, command, outcome: run.outcome(cell, column), note: lineNote(run, cell), draw,
  });
  return entry?.case.findings?.length ? [findingsPart(entry.case.findings, new Map()), beside] : [beside];
}

/** Whose words are shown below, where somebody opened a file. */
function fromFile(name, complaint) {
  const words = "What the checks and the scenario say of it is not in the file.";
  return h("section", { class: "case-part from-file" },
    h("p", { class: "quiet", dir: "auto" }, `From the file ${String(name).slice(0, 120)}. ${words}`),
    complaint ? h("p", { class: "bad", role: "alert", dir: "auto" }, `⚠ ${complaint}`) : null,
  );
}

/** A part of the case; where something in it is so strange that it cannot be drawn, the other parts still are. */
async function shown(name, draw) {
  try {
    return await draw();
  } catch (error) {
    console.warn(error);
    return h("section", { class: "case-part" }, h("h3", {}, name), h("p", { class: "bad", dir: "auto" }, `This part cannot be shown: ${String(error.message).slice(0, 300)}`));
  }
}

async function parts({ case: told, transcript, about }) {
  const findings = told?.findings ?? [];
  const faults = faultsOf(findings);
  const talk = await shown("The conversation", () => conversationPart(transcript, about, faults));
  const chart = await shown("The chart", () => chartPart(about, transcript));
  const times = await shown("Over time", () => timesPart(transcript, about));
  const raw = await shown("All of it", () => rawView(transcript, findings, about));
  // A traceback takes the room of one side: what else there is stands on the other.
  const long = findings.some((each) => each.severity === "error" && each.evidence?.raised);
  const [left, right] = !long ? [null, [times, chart]] : chart ? [chart, times] : [times, null];
  return [
    h("div", { class: "case-columns" },
      h("div", { class: "case-side" }, talk, left),
      h("div", { class: "case-side" }, findingsPart(findings, faults.numbers, Boolean(told)), right),
    ),
    h("section", { class: "case-part" }, h("h3", {}, "As it was recorded"), raw),
  ];
}

function findingsPart(findings, numbers, known = true) {
  return h("section", { class: "case-part findings-part" }, h("h3", {}, "Findings ", known ? h("span", { class: "count" }, String(findings.length)) : null),
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

/** What a turn's own events tell the chart, where the page has nobody else's reading of it. */
function effects({ events }) {
  const lists = events.filter(({ data }) => data?.type === "client_effect").map(({ data }) => data.data?.commands);
  return lists.filter(Array.isArray).flat().filter((each) => typeof each === "string");
}

async function chartPart(about, transcript) {
  const told = about.turns ? about.turns.map((turn) => turn.commands ?? []) : transcript.turns.map(effects);
  const turns = told.map((commands, n) => ({ commands, opened: about.opened[transcript.turns[n]?.index ?? n] ?? null }));
  const last = turns.findLastIndex(({ commands }) => commands.length);
  if (last < 0) return null;
  const drawn = await chartOf(turns.slice(0, last + 1));
  const several = turns.filter(({ commands }) => commands.length).length > 1;
  return h("section", { class: "case-part chart-part" }, h("h3", {}, "The chart", several ? ` after turn ${last + 1} of ${transcript.turns.length}` : ""), drawn);
}
