// Elements out of names and texts. What is given as a child is text, never markup: whatever a model, a server or
// a file said passes through here.

const SAFE_LINK = /^(#|https:\/\/|http:\/\/|\.{0,2}\/|[\w.-]+\/)/;

/** An element: `h("p", { class: "quiet", onclick: f, dataset: { n: 1 } }, "text", child, [more], null)`.
 *
 * Attributes that are null, undefined or false are left out; `on...` are listeners; `href` is kept only where
 * it is a place in this page, a relative address or one of the web.
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "dataset") Object.assign(element.dataset, value);
    else if (name === "style") for (const [key, set] of Object.entries(value)) element.style.setProperty(key, set);
    else if (name === "href" && !SAFE_LINK.test(String(value))) continue;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

/** Put children into an element: elements as they are, everything else as text. */
export function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/** An outcome's sign, in its colour; `words` is what it is called for those who do not see it. */
export function mark(outcome, symbol, words = outcome) {
  return h("span", { class: `mark ${outcome.replaceAll(" ", "-")}`, role: "img", "aria-label": words }, symbol);
}

/** `12 ms`, `1.20 s`, `–` for what is not known. */
export function ms(value) {
  if (value === null || value === undefined) return "–";
  if (value < 10) return `${value.toFixed(1)} ms`;
  return value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(2)} s`;
}

/** `1 case`, `2,070 cases`. */
export function count(number, one, many = `${one}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

/** Say something to those who do not see what has changed. */
export function announce(text) {
  document.getElementById("live").textContent = text;
}
