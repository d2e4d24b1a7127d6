// One scenario on both paths, side by side: the verdict and what decides it, each turn, times, tokens, findings.

import { count, h, mark } from "./dom.js";
import { timeBars } from "./comparison_times.js";
import { turns } from "./comparison_turns.js";
import { SIDES, cellName, scenarioLink, sideLabel, titled, verdictMark } from "./comparison_words.js";

/** The scenario at a place of the comparison; `run` is the page's run, or null. */
export async function scenarioView(comparison, at, run) {
  const scenario = comparison.scenarios[at];
  return h("div", { class: "comparison one" },
    steps(comparison, at, "Scenarios compared"),
    verdict(scenario),
    h("section", { class: "compared-turns" },
      h("h3", {}, "What the user had"),
      h("div", { class: "cmp-sides cmp-heads" }, SIDES.map(([path, name]) => sideHead(scenario.sides[path], path, name, run))),
      await turns(comparison, scenario),
    ),
    h("section", { class: "compared-costs" }, times(scenario), numbers(scenario)),
    h("section", { class: "compared-findings" }, findings(scenario), facts(scenario)),
    scenario.pairings.length > 1 && h("section", { class: "compared-cells" }, cells(scenario, run)),
    steps(comparison, at, "Scenarios compared, once more"),
  );
}

function steps(comparison, at, label) {
  const step = (to, words) => (comparison.scenarios[to] ? scenarioLink(comparison, to, words(comparison.scenarios[to].name)) : h("span"));
  return h("div", { class: "compared-steps", role: "navigation", "aria-label": label },
    step(at - 1, (name) => `← ${name}`),
    h("a", { href: "#comparison" }, "All scenarios"),
    step(at + 1, (name) => `${name} →`),
  );
}

// The verdict

function verdict(scenario) {
  const { name, title, fault, cells: judged, reasons } = scenario;
  const deciding = reasons.filter((each) => each.decides);
  const besides = reasons.filter((each) => !each.decides);
  return h("section", { class: `compared-verdict ${scenario.state}` },
    h("h2", { dir: "auto" }, name),
    (title && title !== name || fault) && h("p", { class: "quiet" }, [title !== name && title, fault && `under the fault ${fault}`].filter(Boolean).join("; ")),
    h("p", { class: "cmp-verdict-line" }, verdictMark(scenario, true), h("b", {}, scenario.verdict), judged && h("span", { class: "quiet" }, judged)),
    !reasons.length && h("p", {}, `The same facts and commands on both sides${scenario.same ? `: ${count(scenario.same, "fact")}` : ""}.`),
    deciding.length > 0 && titled("h3", "What decides", reasonList(deciding)),
    besides.length > 0 && titled("h3", "Told besides, decides nothing", reasonList(besides)),
  );
}

const FAVOURS = { native: "for native", agent_builder: "for Agent Builder", neither: "for neither" };

function reasonList(reasons) {
  return h("ul", { class: "cmp-reasons" }, reasons.map(({ words, favours, cells: held }) => h("li", {},
    h("span", { class: `cmp-favours ${favours}` }, FAVOURS[favours]),
    h("span", {}, h("span", { dir: "auto" }, words), held && h("span", { class: "quiet" }, ` ${held}`)),
  )));
}

// The sides

function sideHead(side, path, name, run) {
  const link = run && caseAddress(run, side, path);
  return h("div", { class: `cmp-side ${path}` },
    h("p", {}, sideLabel(path, name), " ", mark(side.outcome, side.sign), " ", h("span", {}, side.outcome)),
    h("p", { class: "quiet" }, side.words_of),
    h("p", { class: "quiet" }, cellName(side.cell), link && [" · ", h("a", { href: link }, "the case in full")]),
    side.reason && h("p", { class: "quiet", dir: "auto" }, side.reason),
  );
}

/** Where the run shows a side's case. */
function caseAddress(run, side, path) {
  const cell = run.cells.findIndex((each) => each.id === side.cell);
  const scenario = side.case.slice(side.case.indexOf(`/${path}/`) + path.length + 2);
  const column = run.columns.findIndex(([at, of]) => run.paths[of].id === path && run.scenarios[at].id === scenario);
  return cell >= 0 && column >= 0 ? `#case-${cell}-${column}` : null;
}

// Figures

function times({ moments, numbers: told }) {
  const words = Object.fromEntries(told.map(([what, ...sides]) => [what, sides]));
  return titled("h3", "Times", timeBars(moments.map(([what, ...sides]) => ({ what, sides, words: words[what] }))));
}

function numbers({ numbers: told, moments }) {
  const drawn = new Set(moments.map(([what]) => what));
  const rows = told.filter(([what]) => !drawn.has(what));
  return titled("h3", "Costs", h("table", { class: "compared-numbers" },
    h("thead", {}, h("tr", {}, h("td"), SIDES.map(([path, name]) => h("th", { scope: "col" }, sideLabel(path, name))))),
    h("tbody", {}, rows.map(([what, native, there]) => h("tr", {}, h("th", { scope: "row" }, what), h("td", {}, native), h("td", {}, there)))),
  ));
}

function findings({ sides }) {
  return titled("h3", "What the checks found", h("div", { class: "cmp-sides" }, SIDES.map(([path, name]) => {
    const { defects } = sides[path];
    return h("div", { class: `cmp-side ${path}` },
      sideLabel(path, name),
      !defects.length && h("p", { class: "quiet" }, "No errors and no warnings."),
      defects.map((each) => h("div", { class: `finding ${each.severity.replaceAll(" ", "-")}` },
        h("p", {}, h("b", { class: "badge" }, each.severity), " ", h("code", {}, each.rule), each.count > 1 && h("span", { class: "quiet" }, ` ${each.count} times`)),
        h("p", { dir: "auto" }, each.words))),
    );
  })));
}

function facts({ same, only }) {
  const told = only.native.length + only.agent_builder.length;
  if (!told && !same) return null;
  const chips = (path) => h("ul", { class: "cmp-chips" }, only[path].map((fact) => h("li", { dir: "auto" }, fact)));
  return titled("h3", "Facts that the user reads",
    h("p", {}, `${count(same, "fact")} on both sides${told ? "." : ", none on one alone."}`),
    told > 0 && h("div", { class: "cmp-sides" }, SIDES.map(([path, name]) => h("div", { class: `cmp-side ${path}` },
      sideLabel(path, name), h("p", { class: "quiet" }, only[path].length ? "This side alone:" : "None that the other side lacks."), chips(path)))),
  );
}

function cells({ pairings, cell, joined }, run) {
  const rows = pairings.map((each) => h("li", { class: each.cell === cell && "shown" },
    h("b", {}, each.verdict), ` with ${cellName(each.cell)}`,
    each.alike > 0 && h("span", { class: "quiet" }, `, and ${count(each.alike, "cell")} with the same outcomes and findings`),
    each.cell === cell && h("span", { class: "quiet" }, `, shown above${joined === "the same cell" ? "" : ` (${joined})`}`),
    run && casesIn(run, each.cases)));
  return titled("h3", "Cell by cell", h("ul", {}, rows));
}

/** Both cases of a pairing, as links. */
function casesIn(run, cases) {
  const links = SIDES.map(([path, name]) => [caseAddress(run, cases[path], path), name, cases[path]]).filter(([address]) => address);
  return links.map(([address, name, { outcome, sign }]) => [" · ", h("a", { href: address }, mark(outcome, sign), ` ${name}`)]);
}
