// Tabs as the keyboard knows them: one stop, arrows between them, Home and End.

import { h } from "./dom.js";

let made = 0;

/** A list of tabs over a panel: `labels` are their children, `chosen` the number of the first to show.
 *
 * `draw(number)` gives what the panel shows; `changed(number)` hears of each choice. In print the other panels follow.
 */
export function tabs(labels, { chosen = 0, draw, changed, name }) {
  made += 1;
  const own = `tabs-${made}`;
  const panel = h("div", { role: "tabpanel", id: `${own}-panel`, class: "tabpanel" });
  const buttons = labels.map((label, n) => h("button", {
    type: "button", role: "tab", id: `${own}-${n}`, "aria-controls": `${own}-panel`, onclick: () => choose(n),
  }, label));
  const choose = (n, quietly = false) => {
    buttons.forEach((button, at) => {
      button.setAttribute("aria-selected", String(at === n));
      button.tabIndex = at === n ? 0 : -1;
    });
    panel.setAttribute("aria-labelledby", `${own}-${n}`);
    panel.replaceChildren(draw(n));
    if (!quietly) changed?.(n);
  };
  const list = h("div", { role: "tablist", "aria-label": name, onkeydown: (event) => {
    const here = buttons.indexOf(event.target);
    const to = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (here < 0 || to === undefined) return;
    event.preventDefault();
    const next = (to + buttons.length) % buttons.length;
    choose(next);
    buttons[next].focus();
  } }, buttons);
  choose(Math.min(Math.max(chosen, 0), labels.length - 1), true);
  const element = h("div", { class: "tabs" }, list, panel);
  allOnPaper(element, buttons, draw);
  return { element, choose };
}

function allOnPaper(element, buttons, draw) {
  const rest = h("div", { class: "on-paper" });
  const print = () => {
    if (!element.isConnected) return window.removeEventListener("beforeprint", print); // a view that has been left
    const others = buttons.map((_, n) => n).filter((n) => buttons[n].tabIndex < 0);
    rest.replaceChildren(...others.map((n) => h("div", {}, h("h3", {}, [...buttons[n].childNodes].map((each) => [each.cloneNode(true), " "])), draw(n))));
    return element.append(rest);
  };
  window.addEventListener("beforeprint", print);
  window.addEventListener("afterprint", () => rest.remove());
}
