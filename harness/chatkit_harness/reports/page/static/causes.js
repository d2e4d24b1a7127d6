// Why cells are not green: each cause once, with where it holds, whose it is, and how to see it.

import { remember } from "./address.js";
import { causeCard, causeWhole } from "./cause_card.js";
import { announce, count, h, mark } from "./dom.js";
import { oneOf, textFilter } from "./filters.js";
import { folded } from "./folds.js";
import { longText } from "./lists.js";

const FIRST = 40;

/** The views `#causes` and `#cause-3`. */
export async function showCauses({ run, args, query }) {
  const number = Number(args[0] ?? 0);
  if (args.length) return run.causes[number - 1] ? causeWhole(run, run.causes[number - 1]) : missing(run, args[0]);
  const section = h("section", {}, h("h2", {}, "Causes"));
  if (!run.causes.length) section.append(h("p", {}, run.pinless ?? "Nothing to explain: nothing failed."));
  else section.append(...listed(run, query));
  if (run.caught.length) section.append(onPurpose(run));
  return section;
}

function missing(run, word) {
  const beyond = run.cause(Number(word));
  if (beyond) return elsewhere(run, beyond);
  return h("section", {}, h("h2", {}, "There is no such cause"), h("p", {}, `This run has ${count(run.causes.length + run.more_causes, "cause")}, and none is called ${word}. `, h("a", { href: "#causes" }, "All causes")));
}

/** A cause that the page knows the title of alone. */
function elsewhere(run, { number, kind, title }) {
  return h("section", { class: `cause-whole ${kind}` },
    h("p", { class: "trail" }, h("a", { href: "#causes" }, "Causes")),
    h("h2", {}, mark(kind, run.symbol(kind), run.word(kind)), " ", `Cause ${number}`),
    h("p", { class: "lead" }, longText(title)),
    h("p", {}, `This page tells the first ${count(run.causes.length, "cause")} in full; the facts of this one are in results.json.`),
    h("p", {}, h("a", { href: `#matrix?cause=${number}` }, "Its cells in the matrix")));
}

function listed(run, query) {
  const chosen = { kind: query.get("kind") ?? "", text: query.get("text") ?? "" };
  const list = h("div");
  const said = h("p", { class: "said quiet" });
  const draw = () => {
    const found = bySize(run).filter((cause) => has(cause, chosen));
    list.replaceChildren(...drawn(run, found));
    said.textContent = found.length === run.causes.length ? "" : `${found.length.toLocaleString("en")} of ${count(run.causes.length, "cause")}`;
  };
  const changed = (key) => (value) => {
    chosen[key] = value;
    draw();
    remember("causes", chosen);
    announce(said.textContent || "All causes are shown.");
  };
  const kinds = ["fail", "error", "unresolvable"].map((kind) => [kind, run.word(kind), run.causes.filter((cause) => cause.kind === kind).length]).filter(([, , number]) => number);
  const bar = h("div", { class: "filters" },
    kinds.length > 1 ? oneOf("Kind of cause", [["", "all", run.causes.length], ...kinds], chosen.kind, changed("kind")) : null,
    run.causes.length > 3 ? textFilter("Causes with the words …", chosen.text, changed("text")) : null, said);
  draw();
  const more = run.more_causes ? h("p", { class: "quiet" }, `… and ${count(run.more_causes, "cause")} more in results.json`) : null;
  return [bar, list, more].filter(Boolean);
}

function bySize(run) {
  const rank = { fail: 0, error: 1, unresolvable: 2 };
  return [...run.causes].sort((a, b) => (rank[a.kind] ?? 1) - (rank[b.kind] ?? 1) || b.cases.length - a.cases.length || a.number - b.number);
}

function has(cause, { kind, text }) {
  if (kind && cause.kind !== kind) return false;
  const said = [cause.title, ...cause.facts.map(([, words]) => words)].join(" ").toLowerCase();
  return text.toLowerCase().split(/\s+/).every((word) => said.includes(word));
}

function drawn(run, found) {
  const shown = found.filter((cause) => cause.kind !== "unresolvable");
  const pinless = found.filter((cause) => cause.kind === "unresolvable");
  const parts = shown.slice(0, FIRST).map((cause) => causeCard(run, cause));
  if (shown.length > FIRST) parts.push(folded(count(shown.length - FIRST, "further cause"), () => h("div", {}, shown.slice(FIRST).map((cause) => causeCard(run, cause))), { paper: true }));
  if (pinless.length) {
    const words = run.pinless ?? `${count(pinless.length, "reason")} why cells have no set of pins`;
    const inside = () => h("div", {}, pinless.map((cause) => causeCard(run, cause)));
    parts.push(folded([mark("unresolvable", run.symbol("unresolvable")), " ", words], inside, { open: !shown.length && pinless.length < 6 }));
  }
  if (!parts.length) parts.push(h("p", { class: "quiet" }, "No cause is like that."));
  return parts;
}

function onPurpose(run) {
  const words = `Caught as expected: ${count(run.caught.length, "defect")} that scenarios show on purpose`;
  return folded(words, () => h("ul", { class: "caught" }, run.caught.slice(0, 400).map((each) => h("li", {}, longText(each)))));
}
