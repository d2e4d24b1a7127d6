// The run at a glance: every pair as a cell of a heat map, what is wrong with it, and where that holds.

import { remember } from "./address.js";
import { announce, count, h } from "./dom.js";
import { check, groupsOf, oneOf, textFilter } from "./filters.js";
import { heatMap, isPicked, spotsOf } from "./grid.js";
import { columnsOf, percent } from "./heat.js";
import { causeFilter, ranges } from "./matrix_causes.js";
import { legend, ownPair } from "./matrix_legend.js";
import { strip } from "./matrix_panel.js";
import { tile } from "./matrix_tile.js";
import { tabs } from "./tabs.js";

/** The view `#matrix`; its filters are in the address: group, text, cause, differs, tab. */
export async function showMatrix({ run, query }) {
  const section = h("section", { class: "matrix" }, h("h2", {}, "Matrix"));
  if (!run.cells.length) {
    section.append(h("p", {}, "No cell was run."));
    return section;
  }
  const chosen = {
    tab: query.has("tab") ? Number(query.get("tab")) || 0 : null, // null: nobody has chosen one
    group: query.get("group") ?? "",
    text: query.get("text") ?? "",
    causes: new Set((query.get("cause") ?? "").split(",").map(Number).filter(Boolean)),
    differs: query.has("differs"),
  };
  const map = new Maps(run, chosen);
  section.append(...[ownPair(run), bar(run, chosen, map), map.element, legend(run, map.states()), ranges(run, chosen, map)].filter(Boolean));
  return section;
}

function bar(run, chosen, map) {
  const set = (key) => (value) => { chosen[key] = value; map.draw(); };
  const parts = [];
  if (groupsOf(run).length > 2) parts.push(oneOf("Group of scenarios", groupsOf(run), chosen.group, set("group")));
  if (run.scenarios.length > 1) parts.push(textFilter("Scenarios named …", chosen.text, set("text")));
  if (run.many) parts.push(check("only what differs", chosen.differs, set("differs")));
  const causes = causeFilter(run, chosen, () => map.draw());
  return h("div", { class: "filters" }, parts, causes, map.said);
}

/** The maps of a run, one a resolution, Python and path, as they are filtered. */
class Maps {
  constructor(run, chosen) {
    Object.assign(this, { run, chosen });
    this.said = h("p", { class: "said quiet" });
    this.strip = strip(run);
    this.maps = run.matrices.flatMap((matrix) => (run.paths.length ? run.paths : [null]).map((path, n) => ({
      matrix, path, number: n, title: path && run.paths.length > 1 ? `${matrix.title}, ${path.name}` : matrix.title,
    })));
    // Where all are seen at once, what fails comes first.
    if (!run.many) this.maps.sort((one, other) => (this.failing(other).length > 0) - (this.failing(one).length > 0));
    this.body = h("div", { class: "maps" });
    this.element = h("div", {}, this.body, this.strip.element);
    this.draw(true);
  }

  draw(first = false) {
    const { run, chosen, maps } = this;
    if (run.many && maps.length > 1) this.drawTabs();
    else this.body.replaceChildren(h("div", { class: this.room() }, maps.map((map) => this.card(map))));
    this.tell(first);
    if (!first) this.remember();
  }

  remember() {
    const { tab, group, text, causes, differs } = this.chosen;
    remember("matrix", { tab, group, text, cause: [...causes].join(","), differs });
  }

  /** Maps stand side by side where they are small. */
  room() {
    if (this.run.many) return null;
    return this.run.matrices.some((matrix) => matrix.agents.length > 2) ? "map-cards whole" : "map-cards";
  }

  drawTabs() {
    const { element } = tabs(this.maps.map((map) => this.label(map)), {
      chosen: this.chosen.tab ?? this.telling(),
      name: "How the rest was resolved",
      draw: (n) => h("div", { class: "wide" }, this.drawn(this.maps[n])),
      changed: (n) => { this.chosen.tab = n; this.remember(); },
    });
    const held = this.body.querySelector('[role="tab"]:focus') !== null;
    this.body.replaceChildren(element);
    if (held) element.querySelector('[aria-selected="true"]').focus();
  }

  /** The map to open on: the first with the causes that were picked; else the first on which the reader's own pair
   * fails, else the first on which anything does. */
  telling() {
    if (this.chosen.causes.size) return Math.max(0, this.maps.findIndex((map) => this.picked(map).length));
    const failing = this.maps.map((map) => this.failing(map));
    const own = failing.findIndex((cells) => cells.some((cell) => this.run.cells[cell].mine));
    return Math.max(0, own >= 0 ? own : failing.findIndex((cells) => cells.length));
  }

  /** What the cells of the maps are, before they are filtered. */
  states() {
    const spots = this.maps.flatMap(({ matrix, path, number }) => spotsOf(this.run, matrix, columnsOf(this.run, { path: path ? number : null })).flat());
    return new Set(spots.filter(Boolean).map((spot) => spot.state));
  }

  /** The cells of a map that fail, as it is filtered. */
  failing(map) {
    const spots = spotsOf(this.run, map.matrix, this.columns(map)).flat();
    return spots.filter((spot) => spot?.state === "fail").map((spot) => spot.cell);
  }

  /** The cells of a map that have one of the causes that were picked. */
  picked(map) {
    const spots = spotsOf(this.run, map.matrix, this.columns(map)).flat();
    return spots.filter((spot) => spot && isPicked(spot, this.chosen.causes)).map((spot) => spot.cell);
  }

  columns(map) {
    return columnsOf(this.run, { path: map.path ? map.number : null, group: this.chosen.group, text: this.chosen.text });
  }

  drawn(map) {
    const { run, chosen } = this;
    return heatMap(run, map.matrix, {
      columns: this.columns(map),
      picked: chosen.causes,
      differs: chosen.differs,
      label: `chatkit releases down, agents releases across: ${map.title}`,
      content: run.many ? (spot, size) => sign(run, spot, size) : (spot) => tile(run, spot, map.path ? map.number : 0),
      target: (cell) => `#cell-${cell}`,
      show: this.strip.show,
      reasons: this.strip.reasons,
    });
  }

  card(map) {
    return h("article", { class: this.run.many ? null : "map-card" }, h("h3", {}, map.title), h("div", { class: "wide" }, this.drawn(map)));
  }

  label(map) {
    const numbers = map.matrix.cells.flat().filter((cell) => cell >= 0);
    if (this.chosen.causes.size) return [map.title, h("small", {}, `${this.picked(map).length.toLocaleString("en")} of ${count(numbers.length, "cell")}`)];
    const failing = this.failing(map).length;
    return [map.title, h("small", {}, count(numbers.length, "cell"), failing ? h("span", { class: "failing" }, ` ${this.run.symbol("fail")} ${failing.toLocaleString("en")}`) : null)];
  }

  tell(first) {
    const { run, chosen, maps } = this;
    const columns = columnsOf(run, chosen);
    const told = [];
    if (chosen.group && !run.scenarios.some(({ group }) => group === chosen.group)) told.push(`this run has no group ${chosen.group.slice(0, 40)}`);
    if (chosen.group || chosen.text) told.push(`${columns.length.toLocaleString("en")} of ${count(run.columns.length, "case")} a cell are counted`);
    if (chosen.causes.size) {
      const found = new Set(maps.flatMap((map) => this.picked(map)));
      const unknown = [...chosen.causes].filter((number) => !run.cause(number));
      if (unknown.length) told.push(`this run has no cause ${unknown.slice(0, 3).join(", ")}`);
      told.push(`${found.size.toLocaleString("en")} of ${count(run.cells.length, "cell")} have ${chosen.causes.size > 1 ? "one of these causes" : "this cause"}`);
    }
    this.said.textContent = told.length ? `${told.join("; ")}.` : "";
    if (!first) announce(this.said.textContent || "All is counted.");
  }
}

function sign(run, spot, size) {
  const told = size !== "narrow" && spot.state === "fail";
  return [run.symbol(spot.state), told ? h("small", {}, size === "roomy" ? ` ${percent(spot)}%` : percent(spot)) : null];
}
