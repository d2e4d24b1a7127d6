// JSON to be read: indented, cut where it is endless, with a way to see the rest.

import { h } from "./dom.js";

const AT_ONCE = 12_000;

/** A document as indented JSON in a <pre>. */
export function jsonView(document) {
  return inParts(indented(document));
}

/** A text that may be very long: its beginning in a <pre>, and a button for more of it. */
export function inParts(text, { tag = "pre" } = {}) {
  const shown = h(tag, { dir: "auto", tabindex: "0" }, text.slice(0, AT_ONCE));
  if (text.length <= AT_ONCE) return shown;
  let at = AT_ONCE;
  const more = h("button", { type: "button", class: "plain", onclick: grow }, "");
  function label() {
    more.textContent = `Show more (${(text.length - at).toLocaleString("en")} characters are left)`;
  }
  function grow() {
    shown.append(text.slice(at, at + 8 * AT_ONCE));
    at += 8 * AT_ONCE;
    if (at >= text.length) more.remove();
    else label();
  }
  label();
  return h("div", {}, shown, more);
}

/** A document as indented JSON; words where it cannot be written. */
export function indented(document) {
  try {
    return JSON.stringify(document, null, 2) ?? "nothing";
  } catch (error) {
    return `(cannot be shown: ${error.message})`;
  }
}

/** Any number of entries, so many at a time. `make(entry, number)` gives an element. */
export function inChunks(entries, make, { size = 200, tag = "div", name = "entries" } = {}) {
  const list = h(tag, { class: "chunks" });
  const more = h("button", { type: "button", class: "plain", onclick: grow }, "");
  let at = 0;
  function grow() {
    const until = Math.min(entries.length, at + size);
    list.append(...entries.slice(at, until).map((entry, n) => make(entry, at + n)));
    at = until;
    more.hidden = at >= entries.length;
    more.textContent = `Show ${Math.min(size, entries.length - at)} more of ${(entries.length - at).toLocaleString("en")} ${name}`;
  }
  grow();
  return h("div", {}, list, more);
}
