// Lists that may be long: links to cases, and tables of which the rest is drawn when it is asked for.

import { announce, append, count, h, mark } from "./dom.js";

/** A link to a cell's case in a column, with its sign. */
export function caseLink(run, cell, column, words = run.columnName(column)) {
  const outcome = run.outcome(cell, column);
  return h("a", { class: "case-link", href: `#case-${cell}-${column}` }, mark(outcome, run.symbol(outcome)), " ", h("span", {}, words));
}

const STEP = 1000; // a browser draws that many at once without being noticed

/** A list in columns, its first items drawn, and the rest behind a button. */
export function longList(items, draw, { first = 60, what = "case", classes = "links" } = {}) {
  const list = h("ul", { class: classes });
  const add = (from, to) => append(list, items.slice(from, to).map((item) => h("li", {}, draw(item))));
  add(0, first);
  return h("div", {}, list, moreButton(first, items.length, what, add));
}

/** A button that draws what comes after the first `drawn` of `all`, step by step, by `add(from, to)`; null where nothing does. */
export function moreButton(drawn, all, what, add) {
  if (drawn >= all) return null;
  let from = drawn;
  const button = h("button", { type: "button", class: "more", onclick: () => {
    const to = Math.min(from + STEP, all);
    add(from, to);
    from = to;
    announce(`${from.toLocaleString("en")} of ${count(all, what)} are shown.`);
    if (from < all) button.textContent = words();
    else button.remove();
  } });
  const words = () => {
    const left = all - from;
    return left > STEP ? `Show ${STEP.toLocaleString("en")} more of ${count(all, what)}` : `Show ${count(left, `more ${what}`)}`;
  };
  button.textContent = words();
  return button;
}

/** A text of any length and origin: its beginning, and the rest when it is asked for. */
export function longText(text, limit = 600) {
  if (text.length <= limit) return h("span", { class: "said-by-others", dir: "auto" }, text);
  return h("details", { class: "long" }, h("summary", {}, h("span", { dir: "auto" }, `${text.slice(0, limit)}…`)), h("span", { class: "said-by-others", dir: "auto" }, text.slice(limit)));
}
