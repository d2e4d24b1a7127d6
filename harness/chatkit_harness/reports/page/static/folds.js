// What is folded away until somebody asks for it, or prints the page.

import { h } from "./dom.js";

/** A `details` whose inside, an element or several, is made when it is opened first.
 *
 * `classes` come to its own; with `paper` it is open in print, whether it is on the screen or not.
 */
export function folded(summary, inside, { open = false, classes = "", paper = false, dataset = {} } = {}) {
  const element = h("details", { class: `fold ${classes}`.trim(), open, dataset: paper ? { ...dataset, paper: "" } : dataset }, h("summary", {}, summary));
  let made = false;
  const make = () => {
    if (made || !element.open) return;
    made = true;
    element.append(...[inside()].flat(Infinity).filter(Boolean));
  };
  element.addEventListener("toggle", make);
  make();
  return element;
}

/** Whoever prints cannot open a fold any more. */
export function openOnPaper() {
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details[data-paper]:not([open])")];
    for (const fold of opened) {
      fold.open = true;
      fold.dispatchEvent(new Event("toggle")); // the browser's own comes after the page has been printed
    }
  });
  window.addEventListener("afterprint", () => opened.forEach((fold) => { fold.open = false; }));
}
