// The answer first, then what breaks, what gets better, what is not known, and every scenario with its verdict.

import { remember } from "./address.js";
import { scenarioLink, sideLabel, verdictMark, verdictWords } from "./comparison_words.js";
import { announce, count, h } from "./dom.js";
import { longText } from "./lists.js";

const FEW = 3;
const TONES = ["worse", "better", "unknown"];
const TIMES_NOTE = "Times are medians over the cells; “+”: overhead, to which the model's time comes, which is not " +
  "known: a script has none.";
const ASSUMED_NOTE = " “~”: with a model's time that is assumed.";

/** All of a comparison; `query` may have `verdict` and `find` to begin with. */
export function overview(comparison, query) {
  return h("div", { class: "comparison" },
    answer(comparison),
    h("div", { class: "statements" }, comparison.sections.map((each, n) => statements(comparison, each, n))),
    comparison.scenarios.length > 0 && scenarios(comparison, query),
    comparison.figures.length > 0 && figures(comparison.figures),
    comparison.notes.length > 0 && notes(comparison.notes),
  );
}

/** What was left out and why; it decides nothing of those that were compared. */
function notes(told) {
  const lines = told.map((note) => h("li", {}, longText(note)));
  return h("section", { class: "compared-notes" },
    h("details", { open: told.length < 3 }, h("summary", {}, count(told.length, "note")), h("ul", {}, lines)));
}

function answer({ state, head, answer: words, demonstration, assumption, labels }) {
  const sign = { pass: "✓", fail: "✗" }[state] ?? "?";
  return h("section", { class: `compared-answer ${state}` },
    h("h2", {}, verdictMark({ state, sign }, true), " Should we move, and what breaks?"),
    h("p", { class: "compared-head" }, head),
    h("p", { class: "lead" }, words),
    demonstration && h("p", { class: "cmp-demo" }, h("b", {}, demonstration[0]), `: ${demonstration[1]}`),
    assumption && h("p", { class: "cmp-demo" }, assumption),
    labels.length > 0 && h("ul", { class: "compared-labels" }, labels.map((label) => h("li", {}, label))),
  );
}

function statements(comparison, { title, statements: told, more }, n) {
  const tone = comparison.sections.length > 1 ? TONES[n] : "unknown";
  const breaking = told.some((each) => each.breaks);
  return h("section", { class: `statement-card ${breaking ? "breaking" : told.length ? tone : "empty"}` },
    h("h3", {}, title),
    told.length === 0 && h("p", { class: "quiet" }, "Nothing."),
    told.length > 0 && h("ul", {}, told.map((each) => statement(comparison, each))),
    more > 0 && h("p", { class: "quiet" }, `… and ${more} more in comparison.json`),
  );
}

function statement(comparison, { about, scenarios: at, words, breaks }) {
  return h("li", { class: breaks && "breaks" },
    breaks && h("span", { class: "cmp-break-sign", role: "img", "aria-label": "breaks: " }, "✗"),
    h("span", { dir: "auto" }, words),
    at.length > 0 && h("span", { class: "statement-about" }, aboutWhat(comparison, about, at)),
  );
}

function aboutWhat(comparison, about, at) {
  const links = (numbers) => numbers.map((n, place) => [place > 0 && ", ", scenarioLink(comparison, n)]);
  if (at.length <= FEW) return links(at);
  return h("details", {}, h("summary", {}, about), h("p", {}, links(at)));
}

// Scenarios

function scenarios(comparison, query) {
  const rows = comparison.scenarios.map((_, at) => row(comparison, at));
  const chosen = { verdict: query.get("verdict") ?? "", find: query.get("find") ?? "" };
  const none = h("p", { class: "quiet", hidden: true }, "No scenario is like that.");
  const tools = filters(comparison, chosen, () => {
    const shown = filter(comparison, rows, chosen);
    none.hidden = shown > 0;
    remember("comparison", chosen);
    announce(count(shown, "scenario"));
  });
  none.hidden = filter(comparison, rows, chosen) > 0;
  return h("section", { class: "compared-scenarios" },
    h("h3", {}, "Scenarios"), tools,
    table(comparison, rows), none,
    comparison.left_out > 0 && h("p", { class: "quiet" }, `… and ${comparison.left_out} more in comparison.json`),
    h("p", { class: "quiet" }, TIMES_NOTE, comparison.assumption && ASSUMED_NOTE),
  );
}

function filters(comparison, chosen, changed) {
  const buttons = comparison.verdicts.map((verdict) => h("button", {
    type: "button", class: `cmp-verdict-filter ${verdict.state}`, "aria-pressed": String(verdict.name === chosen.verdict), disabled: !verdict.count,
    onclick: (event) => {
      chosen.verdict = chosen.verdict === verdict.name ? "" : verdict.name;
      for (const button of buttons) button.setAttribute("aria-pressed", String(button === event.currentTarget && chosen.verdict !== ""));
      changed();
    },
  }, verdictMark(verdict), h("b", {}, verdict.count), " ", verdict.name));
  const find = h("input", {
    type: "search", placeholder: "Find a scenario", "aria-label": "Find a scenario", value: chosen.find,
    oninput: (event) => {
      chosen.find = event.currentTarget.value;
      changed();
    },
  });
  return h("div", { class: "compared-filters" }, h("div", { role: "group", "aria-label": "Verdicts" }, buttons), find);
}

function filter(comparison, rows, { verdict, find }) {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (scenario) => {
    const text = [scenario.name, scenario.title, scenario.verdict, scenario.fault, ...scenario.words].join(" ").toLowerCase();
    return (!verdict || scenario.verdict === verdict) && words.every((word) => text.includes(word));
  };
  const shown = comparison.scenarios.map(fits);
  rows.forEach((element, at) => { element.hidden = !shown[at]; });
  return shown.filter(Boolean).length;
}

// The roles are said, since on a narrow screen a row becomes a block and would be no row of a table any more.
function table(comparison, rows) {
  const [first] = comparison.scenarios;
  const two = (what) => h("th", { colspan: 2, class: "cmp-apart", role: "columnheader", scope: "colgroup" }, what);
  const one = (what) => h("th", { rowspan: 2, role: "columnheader", scope: "col" }, what);
  const sides = first.brief.map(() => [
    h("th", { class: "cmp-apart", role: "columnheader", scope: "col" }, sideLabel("native", "Native")),
    h("th", { role: "columnheader", scope: "col" }, sideLabel("agent_builder", "Agent Builder")),
  ]);
  return h("table", { class: "compared-table", role: "table" },
    h("thead", { role: "rowgroup" },
      h("tr", { role: "row" }, one("Scenario"), one("Verdict"), one("In what"), first.brief.map(([what]) => two(what))),
      h("tr", { role: "row" }, sides)),
    h("tbody", { role: "rowgroup" }, rows),
  );
}

function row(comparison, at) {
  const scenario = comparison.scenarios[at];
  const { name, title, fault, cells, words, brief } = scenario;
  const cell = (attributes, ...children) => h("td", { role: "cell", ...attributes }, children);
  return h("tr", { role: "row", dataset: { scenario: name, verdict: scenario.verdict } },
    cell({ class: "cmp-named" }, scenarioLink(comparison, at), title && title !== name && h("span", { class: "quiet" }, title),
      fault && h("span", { class: "quiet" }, `under the fault ${fault}`)),
    cell({ class: "cmp-judged" }, verdictWords(scenario), cells && h("span", { class: "quiet" }, cells)),
    cell({ class: "cmp-what" }, h("div", { dir: "auto" }, words.slice(0, FEW).join("; "))),
    brief.map(([what, native, there]) => [
      cell({ class: "cmp-apart cmp-figure", dataset: { what, side: "native" } }, native),
      cell({ class: "cmp-figure", dataset: { what, side: "Agent Builder" } }, there),
    ]),
  );
}

function figures(rows) {
  const heads = ["What", "Documented", "Seen in its own evidence", "Measured here", "Kind of measure"];
  return h("section", { class: "compared-figures" },
    h("h3", {}, "What the documents say, and what was measured"),
    h("div", { class: "wide", tabindex: 0, role: "group", "aria-label": "Figures of the documents" }, h("table", {},
      h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell) => h("td", {}, cell))))),
    )),
  );
}
