// What stands above a case: its outcome, what it is a case of, what came before and after it, and its facts.

import { copyable } from "./copy.js";
import { count, h, mark, ms } from "./dom.js";

const TIMES = [["total_ms", "whole case"], ["first_event_ms", "first event"], ["widget_ms", "first widget"], ["cpu_ms", "processor"], ["driver_ms", "in the cell"], ["harness_ms", "the harness's own"]];

/** The head of a case. */
export async function caseHead({ run, cell, column, entry }) {
  const outcome = run.outcome(cell, column);
  const [scenario] = run.columns[column];
  const { title } = run.scenarios[scenario];
  const link = await run.link(cell, column);
  return h("section", { class: `case-head ${outcome.replaceAll(" ", "-")}` },
    h("h2", {}, mark(outcome, run.symbol(outcome), run.word(outcome)), " ", h("span", { dir: "auto" }, run.columnName(column)), h("small", {}, run.cellName(cell))),
    title ? h("p", { class: "case-title", dir: "auto" }, title) : null,
    reason(entry, run, cell, column),
    h("div", { class: "case-ways", role: "navigation", "aria-label": "Other cases" }, ways(run, cell, column)),
    facts(run, cell, column, entry, link),
  );
}

function reason(entry, run, cell, column) {
  const told = entry?.case.reason;
  const found = new Set((entry?.case.findings ?? []).map((finding) => finding.message));
  const causes = run.causesOf(cell, column).map((number) => run.causes[number - 1]).filter(Boolean);
  return [
    told && !found.has(told) ? h("p", { class: "case-reason", dir: "auto" }, told) : null,
    causes.map((cause) => h("p", { class: "case-cause" }, h("a", { href: `#cause-${cause.number}` }, `Cause ${cause.number}`), ": ", h("span", { dir: "auto" }, cause.title))),
    entry?.about?.unread ? h("p", { class: "bad" }, entry.about.unread) : null,
    (entry?.about?.notes ?? []).map((note) => h("p", { class: "case-note", dir: "auto" }, note)),
  ];
}

/** Ways to the cases before and after this one: of its causes, of its cell, of its scenario. */
function ways(run, cell, column) {
  const here = (places) => places.findIndex(([c, n]) => c === cell && n === column);
  const was = (c, n) => run.outcome(c, n) !== "not run";
  const ofCell = run.columns.map((_, n) => [cell, n]).filter(([c, n]) => was(c, n));
  const ofScenario = run.cells.map((_, c) => [c, column]).filter(([c, n]) => was(c, n));
  const causes = run.causesOf(cell, column).slice(0, 3).map((number) => [`Cause ${number}`, run.causes[number - 1]?.cases ?? [], `#cause-${number}`]);
  return [...causes, ["This cell", ofCell, `#cell-${cell}`], ["This scenario", ofScenario, `#scenario-${run.columns[column][0]}`]]
    .map(([name, places, to]) => way(name, places, here(places), to, run));
}

function way(name, places, at, to, run) {
  const step = (n, sign, words) => {
    const place = places[n];
    if (at < 0 || !place) return h("span", { class: "none", "aria-hidden": "true" }, sign);
    const what = `${words} of ${name.toLowerCase()}: ${run.columnName(place[1])}, ${run.cellName(place[0])}, ${run.word(run.outcome(...place))}`;
    return h("a", { href: `#case-${place[0]}-${place[1]}`, "aria-label": what, title: what }, sign);
  };
  return h("span", { class: "way" }, step(at - 1, "‹", "Before"), h("a", { href: to }, name), h("span", { class: "quiet" }, at < 0 ? count(places.length, "case") : `${at + 1} of ${places.length}`), step(at + 1, "›", "Next"));
}

function facts(run, cell, column, entry, link) {
  const about = entry?.about ?? {};
  const timing = entry?.case.timing ?? {};
  const times = TIMES.filter(([key]) => timing[key] !== undefined && timing[key] !== null).map(([key, words]) => `${words} ${ms(timing[key])}`);
  const calls = about.calls === undefined ? null : count(about.calls, "request to the model", "requests to the model");
  const rows = [
    ["the model's words", [about.cassette, calls].filter(Boolean).join("; ")],
    ["who answers", about.words_of],
    ["times", times.join(", ")],
    ["budgets a turn", budgets(run.planOf(column).budgets)],
    ["confirmed", confirmedWords(run.cells[cell], entry)],
    ["attempt", entry?.case.attempt > 1 ? String(entry.case.attempt) : ""],
    ["case", entry ? h("code", {}, entry.case.id) : ""],
    ["transcript", link ? h("a", { href: link, class: "path" }, link) : ""],
  ];
  const command = about.reproduce ?? commandOf(run, cell, column);
  return h("details", { class: "case-facts" }, h("summary", {}, "Facts, and the line that shows it again"),
    h("dl", {}, rows.filter(([, value]) => value).flatMap(([name, value]) => [h("dt", {}, name), h("dd", { dir: "auto" }, value)])),
    otherwise(about), command ? copyable(command) : null, command ? lineNote(run, cell) : null,
  );
}

// What each kind of isolation shares with others: a failure there may be one of the sharing.
const SHARED = { fork: "a forked process", process: "an environment of shared layers" };

function confirmedWords({ isolation, resolution }, entry) {
  if (entry?.case.outcome !== "fail" || resolution === "running" || !Object.hasOwn(SHARED, isolation)) return "";
  return entry.case.confirmed ? "in a fresh virtual environment, too" : `no: seen in ${SHARED[isolation]} alone`;
}

function budgets(given) {
  const words = { first_event_ms: "first event", widget_ms: "first widget", total_ms: "end", model_calls: "requests to the model" };
  return Object.entries(given ?? {}).map(([key, value]) => `${words[key] ?? key} ${key.endsWith("_ms") ? ms(value) : value}`).join(", ");
}

function otherwise(about) {
  if (!about.otherwise?.length) return null;
  return h("details", {}, h("summary", {}, `What the requests say otherwise than ${about.scripted ? "the script" : "what was recorded"} (${about.otherwise.length})`),
    h("p", { class: "quiet" }, "None of it kept a request from being answered."),
    h("ul", { class: "quiet" }, about.otherwise.map((line) => h("li", { dir: "auto" }, line))),
  );
}

/** The command line that drives a case again, from what the page knows of its run and cell. */
export function commandOf(run, cell, column) {
  const [scenario, path, store] = run.columns[column];
  const read = run.paths[path].id === "native"; // the other path has no threads that others could read
  const recorded = /^(recorded-streams|answers)\//.test(run.scenarios[scenario].id); // no other reads recordings
  const unneeded = [read ? "" : "--read-by", recorded ? "" : "--data"].filter(Boolean);
  const options = (run.again.options ?? [])
    .filter((word, n, all) => !unneeded.includes(word) && !unneeded.includes(all[n - 1]))
    .map((word, n, all) => (store && all[n - 1] === "--store" ? store : word));
  const words = ["--scenario", run.scenarios[scenario].id, "--path", run.paths[path].id, ...options];
  return ["chatkit-harness run", run.again.cells[cell], words.map(quoted).join(" ")].filter(Boolean).join(" ");
}

/** A word about a line that may lack something; null where the run told all that it was asked for. */
export function lineNote(run, cell) {
  const named = run.cells[cell].resolution !== "running" || run.again.options?.some((word) => ["--endpoint", "--server"].includes(word));
  return run.again.options && named ? null : h("p", { class: "quiet" }, "The results do not say what else the run was asked for, such as a server of one's own: the line may lack it.");
}

function quoted(word) {
  return /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}
