// A heat map: chatkit releases down, agents releases across, one cell a pair. A grid for the keyboard, with links.

import { h } from "./dom.js";
import { gridKeys } from "./grid_keys.js";
import { causesIn, counted, look, tally, together } from "./heat.js";

/** A matrix of the run as a table, over some columns.
 *
 * `picked` is a set of causes: cells without them fade. `differs` draws releases that look alike as one.
 * `content(spot, size)` is what stands in a cell (narrow, middle or roomy), `target(cell)` where it leads; `show(spot)` hears what is pointed at.
 * `reasons` is the id of the element that then tells why, so that a cell that is reached is told with its reasons.
 */
export function heatMap(run, matrix, { columns, picked, differs, content, target, show, label, reasons = null }) {
  const spots = spotsOf(run, matrix, columns);
  const plan = { ...plain(matrix, spots), ...(differs ? folded(matrix, spots) : {}) };
  const table = h("table", { role: "grid", class: `heat ${sizeOf(run, plan)}`, "aria-label": label, style: { "--across": String(plan.across.length) } });
  table.append(head(run, matrix, plan), body(run, plan, { picked, content, target, reasons }));
  listen(table, plan, show);
  return table;
}

/** The cells of a matrix, each with what its cases in these columns came to; null where there is none. */
export function spotsOf(run, matrix, columns) {
  const chosen = new Set(columns);
  const spot = (cell) => ({ cell, ...tally(run, cell, columns), causes: causesIn(run, cell, chosen), alike: [cell] });
  return matrix.cells.map((row) => row.map((cell) => (cell < 0 ? null : spot(cell))));
}

/** Whether a cell has one of the causes that were picked. */
export function isPicked(spot, picked) {
  return !picked.size || spot.causes.some((cause) => picked.has(cause));
}

function plain(matrix, spots) {
  return { down: matrix.chatkits.map((name) => [name]), across: matrix.agents.map((name) => [name]), spots };
}

/** Rows and columns that look like the one before them are one with it. */
function folded(matrix, spots) {
  const sign = (spot) => (spot ? `${look(spot)} ${spot.causes}` : "");
  const across = runs(matrix.agents, (n) => spots.map((row) => sign(row[n])).join("|"));
  const down = runs(matrix.chatkits, (n) => spots[n].map(sign).join("|"));
  const joined = down.map((rows) => across.map((places) => {
    const found = rows.flatMap((row) => places.map((place) => spots[row][place])).filter(Boolean);
    return found.length ? { ...found[0], ...together(found), alike: found.map((spot) => spot.cell) } : null;
  }));
  const named = (groups, names) => groups.map((group) => group.map((n) => names[n]));
  return { down: named(down, matrix.chatkits), across: named(across, matrix.agents), spots: joined };
}

function runs(names, sign) {
  const found = [];
  let before = null;
  names.forEach((_name, n) => {
    const here = sign(n);
    if (found.length && here === before) found.at(-1).push(n);
    else found.push([n]);
    before = here;
  });
  return found;
}

const spoken = (names) => (names.length > 1 ? `${names[0]} to ${names.at(-1)}` : names[0]);

function head(run, matrix, plan) {
  const own = new Set(run.cells.filter((cell) => cell.mine).map((cell) => cell.agents));
  const names = plan.across.map((group, n) => {
    const edge = isEdge(plan, n);
    const mine = group.some((name) => own.has(name));
    return h("th", { scope: "col", class: `${edge ? "edge" : ""} ${mine ? "mine" : ""}` }, h("div", {}, versions(group)));
  });
  return h("thead", {}, h("tr", {}, h("td", { class: "corner" }, h("span", { "aria-hidden": "true" }, "agents →"), h("span", { "aria-hidden": "true" }, "chatkit ↓")), names));
}

function versions(group) {
  return group.length > 1 ? [group[0], "\u200a–\u200a", group.at(-1)] : group[0];
}

function body(run, plan, options) {
  const own = new Set(run.cells.filter((cell) => cell.mine).map((cell) => cell.chatkit));
  const body = h("tbody");
  plan.spots.forEach((row, n) => {
    const mine = plan.down[n].some((name) => own.has(name));
    const line = h("tr", {}, h("th", { scope: "row", class: mine ? "mine" : null }, versions(plan.down[n])));
    row.forEach((spot, at) => line.append(square(run, spot, plan, n, at, options)));
    body.append(line);
  });
  return body;
}

function square(run, spot, plan, row, at, { picked, content, target, reasons }) {
  const edge = isEdge(plan, at);
  const place = { row, at };
  if (!spot) return h("td", { class: `gap ${edge ? "edge" : ""}`, dataset: place });
  const mine = spot.alike.some((cell) => run.cells[cell].mine);
  const cells = spot.alike.length > 1 ? ` in ${spot.alike.length} cells` : "";
  const said = `chatkit ${spoken(plan.down[row])}, agents ${spoken(plan.across[at])}: ${run.word(spot.state)}, ${counted(spot)}${cells}`;
  const classes = [look(spot), isPicked(spot, picked) ? "" : "faded", mine ? "mine" : "", edge ? "edge" : ""];
  const href = target(spot.cell);
  const link = h("a", { href, tabindex: "-1", "aria-label": mine ? `${said}, your own pair` : said, "aria-describedby": reasons }, content(spot, sizeOf(run, plan)));
  return h("td", { class: classes.filter(Boolean).join(" "), dataset: place }, link);
}

/** How much room a cell has: for its sign alone, a number below it, both side by side, or all that is known. */
function sizeOf(run, plan) {
  if (!run.many) return plan.across.length > 4 ? "tiles compact" : "tiles";
  if (plan.across.length > 36) return "narrow";
  return plan.across.length > 12 ? "middle" : "roomy";
}

/** Whether a column is the first of its minor release. */
function isEdge(plan, n) {
  const minor = (version) => version.split(".").slice(0, 2).join(".");
  return n > 0 && minor(plan.across[n - 1].at(-1)) !== minor(plan.across[n][0]);
}

function listen(table, plan, show) {
  const told = (event) => {
    const place = event.target.closest?.("td[data-row]");
    if (place) show(plan.spots[Number(place.dataset.row)][Number(place.dataset.at)]);
  };
  table.addEventListener("pointerover", told);
  table.addEventListener("focusin", told);
  gridKeys(table);
}
