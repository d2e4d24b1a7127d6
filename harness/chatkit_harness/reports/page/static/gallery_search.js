// Looking for a component, a prop or a value by its name.

import { count, h } from "./dom.js";

const MOST = 40;

/** The field with what it finds below. The key / leads to it. */
export function searchBox(gallery) {
  const entries = gallery.components.flatMap(entriesOf);
  const field = h("input", { type: "search", placeholder: "Search", "aria-label": "Search components, props and values", autocomplete: "off", "aria-controls": "found" });
  const found = h("div", { class: "found", id: "found" });
  const close = () => { field.value = ""; found.replaceChildren(); };
  field.addEventListener("input", () => found.replaceChildren(...results(entries, field.value)));
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key === "Enter") found.querySelector("a")?.click();
  });
  window.addEventListener("hashchange", close);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target.closest("input, textarea, select")) return;
    event.preventDefault();
    field.focus();
  });
  return h("div", { class: "search", role: "search" }, field, found);
}

function entriesOf(component) {
  const own = { address: component.name, text: component.name, rank: 0 };
  const parts = component.props.flatMap((group) => {
    const address = `${component.name}.${group.path}`;
    const rank = group.path === group.prop ? 1 : 3;
    const values = group.variants.filter(({ part }) => typeof part === "string" && part.length < 30);
    return [
      { address, text: address, rank },
      ...values.map(({ part }) => ({ address, text: `${address} ${JSON.stringify(part)}`, rank: rank + 1 })),
    ];
  });
  return [own, ...parts];
}

function results(entries, asked) {
  const words = asked.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const fitting = entries.filter(({ text }) => words.every((word) => text.toLowerCase().includes(word)));
  fitting.sort((one, other) => one.rank - other.rank || one.text.length - other.text.length);
  const links = fitting.slice(0, MOST).map(({ address, text }) => h("li", {}, h("a", { href: `#${encodeURIComponent(address)}` }, text)));
  const rest = fitting.length > MOST ? `, the first ${MOST} here` : "";
  return [h("p", { class: "quiet", role: "status" }, `${count(fitting.length, "place")}${rest}`), h("ul", {}, links)];
}
