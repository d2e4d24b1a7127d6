// A line to be taken elsewhere: with a button that copies it, or selects it where a page may not copy.

import { announce, h } from "./dom.js";

/** The text as code, with a button beside it. */
export function copyable(text) {
  const code = h("code", { dir: "ltr" }, text);
  return h("div", { class: "copyable" }, code, copyButton(text, code));
}

/** A button that copies a text, or selects the element that shows it. */
export function copyButton(text, shown, words = "Copy") {
  const button = h("button", { type: "button", class: "copy", onclick: () => copy(text, shown, button, words) }, words);
  return button;
}

async function copy(text, shown, button, words) {
  const done = (await written(text)) || selectedAndCopied(shown);
  const said = done ? "Copied" : "Selected: press Ctrl+C";
  button.textContent = said;
  announce(said);
  setTimeout(() => { button.textContent = words; }, 2500);
}

async function written(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // not allowed in a page from disk or in a frame, in some browsers
  }
}

function selectedAndCopied(shown) {
  getSelection().selectAllChildren(shown);
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  }
}
