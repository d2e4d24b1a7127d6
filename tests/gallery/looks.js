// What a widget looks like, what else its elements say, and what it does: each as texts that can be compared.

import { renderWidget } from "/widgets.js";

const STYLES = [
  "display", "position", "color", "background-color", "background-image", "opacity", "filter", "color-scheme",
  "font-size", "font-weight", "font-style", "line-height", "text-align", "text-decoration-line", "text-overflow",
  "white-space", "-webkit-line-clamp", "vertical-align", "overflow-x", "overflow-y",
  "width", "height", "min-width", "min-height", "max-width", "max-height", "aspect-ratio",
  "flex-direction", "flex-wrap", "flex-grow", "flex-shrink", "flex-basis", "align-items", "align-self",
  "justify-content", "column-gap", "row-gap", "object-fit", "object-position", "fill", "stroke", "stroke-width",
  "border-top-left-radius", "animation-name", "cursor", "list-style-type",
  ...["top", "right", "bottom", "left"].flatMap((side) => [
    `margin-${side}`, `padding-${side}`, `border-${side}-width`, `border-${side}-style`, `border-${side}-color`,
  ]),
];
const DRAWN = ["fill", "stroke", "opacity"];
const SAID = /^(data-.*|id|name|for|autocomplete)$/;
const NOT_LOOKS = new Set(["class", "style", "aria-busy"]);
let stage;

/** For widgets that are held against each other their looks, and what their elements say: [{looks, said}].
 *
 * They are drawn in both schemes where one of them speaks of the dark one.
 */
export function seen(widgets) {
  const schemes = JSON.stringify(widgets).includes('"dark"') ? ["light", "dark"] : ["light"];
  const drawn = schemes.map((scheme) => {
    const room = fresh(scheme);
    return widgets.map((widget) => placed(room, renderWidget(widget)));
  });
  return widgets.map((_, at) => ({
    looks: drawn.map((side) => digest(looks(side[at], side[at].getBoundingClientRect()))).join(),
    said: said(drawn[0][at]).join("\n"),
  }));
}

/** Empty the stage, and give a new room on it in one scheme. */
export function fresh(scheme) {
  if (!stage) document.body.append((stage = document.createElement("main")));
  if (scheme === "light") stage.replaceChildren();
  const room = stage.appendChild(document.createElement("div"));
  room.style.cssText = `width: 340px; color-scheme: ${scheme}`;
  return room;
}

/** All at one place: rounding would make the same widget another one further down. */
function placed(room, root) {
  const own = room.appendChild(document.createElement("div"));
  own.style.cssText = "position: absolute; inset: 0 auto auto 0; width: 340px";
  own.append(root);
  return root;
}

function looks(element, origin) {
  if (element.classList.contains("ck-hidden")) return [element.textContent];
  const parts = [element.tagName, ...attributes(element), ...state(element), ...place(element, origin)];
  const style = getComputedStyle(element);
  const drawn = element instanceof SVGElement && element.tagName !== "svg";
  for (const name of drawn ? DRAWN : STYLES) parts.push(style.getPropertyValue(name));
  for (const pseudo of drawn ? [] : ["::before", "::after"]) parts.push(getComputedStyle(element, pseudo).content);
  for (const child of element.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) parts.push(`text ${child.data}`);
    else parts.push("(", ...looks(child, origin), ")");
  }
  return parts;
}

function attributes(element) {
  return [...element.attributes]
    .filter(({ name }) => !SAID.test(name) && !NOT_LOOKS.has(name))
    .map(({ name, value }) => `${name}=${value}`);
}

function state(element) {
  return ["value", "checked", "disabled", "selectedIndex"].map((name) => String(element[name]));
}

function place(element, origin) {
  const box = element.getBoundingClientRect();
  return [box.x - origin.x, box.y - origin.y, box.width, box.height].map((each) => each.toFixed(1));
}

function digest(parts) {
  let value = 5381n;
  for (const letter of parts.join("\u0001")) value = (value * 33n + BigInt(letter.codePointAt(0))) & 0xffffffffffffn;
  return value.toString(16);
}

function said(element) {
  const own = [...element.attributes].filter(({ name }) => SAID.test(name) && name !== "data-path");
  const words = own.map(({ name, value }) => `${element.tagName} ${name}=${value.replace(/^ck-\d+-/, "")}`);
  return [...words, ...[...element.children].flatMap(said)];
}

/** What happens where everything in each widget is used: focused, filled in, changed, clicked. */
export async function done(widgets) {
  const found = [];
  for (const widget of widgets) found.push(await used(widget));
  return found;
}

async function used(widget) {
  const log = [];
  const onAction = (action) => { log.push(JSON.stringify(action), busy(root)); };
  const root = renderWidget(widget, { onAction });
  fresh("light").append(root);
  await new Promise((resolve) => setTimeout(resolve));
  for (const field of root.querySelectorAll("input:not([type=checkbox], [type=radio]), textarea")) fill(field, log);
  for (const field of root.querySelectorAll("input, textarea, select")) {
    field.dispatchEvent(new Event("change", { bubbles: true }));
    await settled();
  }
  for (const target of root.querySelectorAll("button, [role=button]")) {
    target.click();
    await settled();
  }
  return log.join("\n");
}

function settled() {
  return new Promise((resolve) => setTimeout(resolve));
}

function fill(field, log) {
  field.focus();
  if (["text", "textarea"].includes(field.type)) log.push(`selected ${field.selectionEnd - field.selectionStart}`);
  const typed = { number: "7", date: "2026-11-20", email: "a@b.invalid", url: "https://a.invalid" };
  field.value = typed[field.type] ?? "a\nb\nc\nd\ne\nf";
  field.dispatchEvent(new Event("input", { bubbles: true }));
  log.push(`rows ${field.rows}, ${field.validity.valid}`);
}

function busy(root) {
  const elements = [root, ...root.querySelectorAll("*")].filter((each) => each.ariaBusy === "true");
  return `busy ${elements.map((each) => each.className)} ${root.inert}`;
}
