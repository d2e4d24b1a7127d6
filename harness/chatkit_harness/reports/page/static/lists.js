// Lists that may be long: links to cases, and tables of which the rest is drawn when it is asked for.

import { append, count, h, mark } from "./dom.js";

/** A link to a cell's case in a column, with its sign. */
export function caseLink(run, cell, column, words = run.columnName(column)) {
  const outcome = run.outcome(cell, column);
  return h("a", { class: "case-link", href: `#case-${cell}-${column}` }, mark(outcome, run.symbol(outcome)), " ", h("span", {}, words));
}

/** A list in columns, its first items drawn, and the rest behind a button. */
export function longList(items, draw, { first = 60, what = "case", classes = "links" } = {}) {
  const list = h("ul", { class: classes });
  const element = h("div", {}, list);
  const add = (from, to) => append(list, items.slice(from, to).map((item) => h("li", {}, draw(item))));
  add(0, first);
  if (items.length > first) element.append(moreButton(items.length - first, what, () => add(first, items.length)));
  return element;
}

/** A button that draws the rest, once. */
export function moreButton(number, what, draw) {
  const button = h("button", { type: "button", class: "more", onclick: () => { draw(); button.remove(); } }, `Show ${count(number, `more ${what}`)}`);
  return button;
}

/** A `details` whose inside is made when it is opened first. */
export function folded(summary, inside, { open = false, classes = "fold" } = {}) {
  const element = h("details", { class: classes, open }, h("summary", {}, summary));
  let made = false;
  const make = () => {
    if (made) return;
    made = true;
    append(element, [inside()]);
  };
  element.addEventListener("toggle", make);
  if (open) make();
  return element;
}

/** A text of any length and origin: its beginning, and the rest when it is asked for. */
export function longText(text, limit = 600) {
  if (text.length <= limit) return h("span", { class: "said-by-others", dir: "auto" }, text);
  return h("details", { class: "long" }, h("summary", {}, h("span", { dir: "auto" }, `${text.slice(0, limit)}…`)), h("span", { class: "said-by-others", dir: "auto" }, text.slice(limit)));
}
