// What was asked: each scenario with what it came to in every cell, by group.

import { remember } from "./address.js";
import { announce, count, h } from "./dom.js";
import { check, groupsOf, oneOf, textFilter } from "./filters.js";
import { countsIn } from "./heat.js";
import { headOf, rowOf } from "./scenario_rows.js";
import { scenarioWhole } from "./scenario.js";

const OPEN = 80; // lines that are drawn at once, whatever they are
const OPEN_FAILING = 500; // and lines of groups in which something fails

/** The view `#scenarios`; its filters are in the address: group, text, outcome, all, sort. */
export async function showScenarios({ run, query }) {
  const section = h("section", {}, h("h2", {}, "Scenarios"));
  if (!run.columns.length) {
    section.append(h("p", {}, "No case was driven."));
    return section;
  }
  const outcome = query.get("outcome") ?? "";
  const chosen = {
    group: query.get("group") ?? "", text: query.get("text") ?? "", sort: query.get("sort") ?? "", outcome,
    all: query.has("all") || outcome !== "",
  };
  const lines = linesOf(run);
  chosen.all ||= lines.every((line) => line.green);
  section.append(...view(run, lines, chosen));
  return section;
}

/** The view `#scenario-7`. */
export async function showScenario({ run, args }) {
  const number = Number(args[0]);
  if (run.scenarios[number]) return scenarioWhole(run, number);
  return h("section", {}, h("h2", {}, "There is no such scenario"), h("p", {}, h("a", { href: "#scenarios" }, "All scenarios")));
}

/** A line a scenario and store, with its column on each path: `{scenario, store, columns, counts, green, share}`. */
function linesOf(run) {
  const lines = new Map();
  run.columns.forEach(([scenario, path, store], column) => {
    const key = `${scenario} ${store ?? ""}`;
    if (!lines.has(key)) lines.set(key, { scenario, store, columns: run.paths.map(() => null) });
    lines.get(key).columns[path] = column;
  });
  return [...lines.values()].map((line) => ({ ...line, ...countsOf(run, line.columns.filter((column) => column !== null)) }));
}

function countsOf(run, columns) {
  const counts = countsIn(run, columns);
  const judged = counts.pass + counts.fail + counts.error;
  return { counts, green: !counts.fail && !counts.error && !counts.unresolvable && !counts["not run"] && counts.pass > 0, share: judged ? counts.pass / judged : 1 };
}

const SORTS = {
  "": (run) => (a, b) => run.scenarios[a.scenario].id.localeCompare(run.scenarios[b.scenario].id, "en", { numeric: true }),
  worst: () => (a, b) => a.share - b.share || b.counts.fail - a.counts.fail,
};

function view(run, lines, chosen) {
  const table = h("table", { class: `scenarios ${run.many ? "bars" : "marks"}` });
  const said = h("p", { class: "said quiet" });
  const draw = () => {
    const found = lines.filter((line) => has(run, line, chosen));
    table.replaceChildren(headOf(run), ...bodies(run, found, chosen));
    said.textContent = `${found.length.toLocaleString("en")} of ${count(lines.length, "scenario")}`;
  };
  const changed = (key) => (value) => {
    chosen[key] = value;
    draw();
    remember("scenarios", chosen);
    announce(said.textContent);
  };
  draw();
  return [h("div", { class: "filters" },
    groupsOf(run).length > 2 ? oneOf("Group", groupsOf(run), chosen.group, changed("group")) : null,
    textFilter("Scenarios named …", chosen.text, changed("text")),
    outcomesOf(run).length ? oneOf("Outcome", outcomesOf(run), chosen.outcome, changed("outcome")) : null,
    check("only what does not pass everywhere", !chosen.all, (value) => changed("all")(!value)),
    check("worst first", chosen.sort === "worst", (value) => changed("sort")(value ? "worst" : "")), said),
  h("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Scenarios by cell" }, table)];
}

function outcomesOf(run) {
  const there = run.outcomes.filter((outcome) => run.verdict.summary[outcome]);
  return there.length > 1 ? [["", "any outcome"], ...there.map((outcome) => [outcome, `${run.symbol(outcome)} ${outcome}`])] : [];
}

function has(run, line, { group, text, outcome, all }) {
  const { id, title, group: own } = run.scenarios[line.scenario];
  if ((group && own !== group) || (!all && line.green) || (outcome && !line.counts[outcome])) return false;
  const said = `${id} ${title} ${line.store ?? ""}`.toLowerCase();
  return text.toLowerCase().split(/\s+/).every((word) => said.includes(word));
}

function bodies(run, found, chosen) {
  if (!found.length) return [h("tbody", {}, h("tr", {}, h("td", { colspan: "99", class: "none" }, chosen.all ? "No scenario is like that." : "Every scenario passes everywhere, as far as it is asked for here.")))];
  const groups = groupsOf(run).slice(1).map(([group]) => [group, found.filter((line) => run.scenarios[line.scenario].group === group)]);
  const ordered = SORTS[chosen.sort] ?? SORTS[""];
  return groups.filter(([, lines]) => lines.length).flatMap(([group, lines]) => groupBodies(run, group, lines.sort(ordered(run)), opens(found, lines, chosen)));
}

function opens(found, lines, { group, text }) {
  if (found.length <= OPEN || group || text) return true;
  return found.length <= OPEN_FAILING && lines.some((line) => line.counts.fail);
}

/** A group is folded where there are very many scenarios; its lines are drawn when it is opened. */
function groupBodies(run, group, lines, open) {
  const body = h("tbody", { hidden: !open });
  const fill = () => { if (!body.firstChild) body.append(...lines.map((line) => rowOf(run, line))); };
  if (open) fill();
  const button = h("button", { type: "button", class: "group", "aria-expanded": String(open), onclick: () => {
    fill();
    body.hidden = !body.hidden;
    button.setAttribute("aria-expanded", String(!body.hidden));
  } }, group, h("small", {}, count(lines.length, "scenario")));
  const head = h("tbody", { class: "of-group" }, h("tr", {}, h("th", { colspan: "99", scope: "rowgroup" }, button)));
  return [head, body];
}
