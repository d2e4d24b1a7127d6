// What a cell's cases came to: counted over the columns that are looked at, and how that looks.

const WORST_FIRST = ["fail", "error", "unresolvable"];

/** The numbers of the columns of a path (null: of all) whose scenario is of the group and has the words. */
export function columnsOf(run, { path = null, group = "", text = "" } = {}) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = [];
  run.columns.forEach(([scenario, where], column) => {
    const { id, title, group: own } = run.scenarios[scenario];
    if ((path !== null && where !== path) || (group && own !== group)) return;
    const said = `${id} ${title}`.toLowerCase();
    if (words.every((word) => said.includes(word))) found.push(column);
  });
  return found;
}

/** A cell's cases in these columns: `{counts, state, passed, judged, share}`; share is null where none was judged. */
export function tally(run, cell, columns) {
  const numbers = new Array(run.outcomes.length).fill(0);
  const codes = run.cells[cell].codes;
  for (const column of columns) numbers[codes.charCodeAt(column) - 48] += 1;
  const counts = Object.fromEntries(run.outcomes.map((outcome, n) => [outcome, numbers[n]]));
  const judged = counts.pass + counts.fail + counts.error;
  const share = judged ? counts.pass / judged : null;
  return { counts, state: stateOf(run.cells[cell], counts), passed: counts.pass, judged, share };
}

/** What several cells' cases came to, as one: their state is the same, and their numbers are added up. */
export function together(tallies) {
  const sum = (pick) => tallies.reduce((whole, each) => whole + pick(each), 0);
  const counts = Object.fromEntries(Object.keys(tallies[0].counts).map((outcome) => [outcome, sum((each) => each.counts[outcome])]));
  const judged = sum((each) => each.judged);
  return { counts, passed: counts.pass, judged, share: judged ? counts.pass / judged : null };
}

/** What all cells' cases in these columns came to, by outcome. */
export function countsIn(run, columns) {
  const numbers = new Array(run.outcomes.length).fill(0);
  for (const { codes } of run.cells) for (const column of columns) numbers[codes.charCodeAt(column) - 48] += 1;
  return Object.fromEntries(run.outcomes.map((outcome, n) => [outcome, numbers[n]]));
}

function stateOf(cell, counts) {
  const worst = WORST_FIRST.find((outcome) => counts[outcome]);
  if (worst) return worst;
  // What an interrupted run did not come to may be anything.
  if (counts.pass) return cell.state === "not run" && counts["not run"] ? "not run" : "pass";
  if (counts.skipped) return "skipped";
  return ["unresolvable", "error"].includes(cell.state) ? cell.state : "not run";
}

/** The numbers of the causes that a cell has in the columns of a set. */
export function causesIn(run, cell, columns) {
  const { because, causes } = run.cells[cell];
  const entries = Object.entries(because);
  if (!entries.length) return causes; // a cell without any case has them by itself
  const found = new Set();
  for (const [column, numbers] of entries) if (columns.has(Number(column))) numbers.forEach((n) => found.add(n));
  return [...found].sort((a, b) => a - b);
}

/** The class of a heat map's cell: of failures four depths, by the share that fails. */
export function look({ state, share }) {
  if (state !== "fail") return `heat-${state.replace(" ", "-")}`;
  const failing = 1 - (share ?? 0);
  return `heat-fail${failing < 0.05 ? 1 : failing < 0.3 ? 2 : failing < 0.8 ? 3 : 4}`;
}

/** The share as a number of two digits: `97`, never 100 where one fails, never 0 where one passes. */
export function percent({ share }) {
  if (share === null) return "";
  if (share > 0 && share < 0.01) return "1";
  return String(Math.floor(share * 100));
}

/** `376 of 399 pass, 23 fail`. */
export function counted({ counts, passed, judged }) {
  const told = judged ? [`${passed.toLocaleString("en")} of ${judged.toLocaleString("en")} pass`] : [];
  if (counts.fail) told.push(`${counts.fail.toLocaleString("en")} fail`);
  if (counts.error) told.push(`${counts.error.toLocaleString("en")} not judged`);
  for (const outcome of ["unresolvable", "skipped", "not run"]) {
    if (counts[outcome]) told.push(`${counts[outcome].toLocaleString("en")} ${outcome === "unresolvable" ? "without pins" : outcome}`);
  }
  return told.join(", ") || "nothing was run";
}
