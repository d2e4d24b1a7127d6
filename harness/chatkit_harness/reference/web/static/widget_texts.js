// The components that say or show something: text, badges, icons, images.

import { renderMarkdown } from "./markdown.js";
import { autofill } from "./widget_controls.js";
import { renderIcon } from "./widget_icons.js";
import { block, paint, put, size } from "./widget_style.js";

const IMAGE_DATA = /^data:image\/(png|jpeg|gif|webp|avif);base64,[A-Za-z0-9+/=\s]*$/;
const WEIGHTS = { normal: "400", medium: "500", semibold: "600", bold: "700" };

export const texts = {
  Title: (props) => worded("div", "Title", props, { role: "heading", "aria-level": "3" }),
  Text: text,
  Caption: (props) => worded("div", "Caption", props),
  Label: label,
  Markdown: (props) => {
    const element = renderMarkdown(props.value ?? "");
    streamed(element, props);
    return element;
  },
  Badge: badge,
  Icon: icon,
  Image: image,
};

function worded(tag, name, props, attributes = {}) {
  const element = document.createElement(tag);
  element.className = `ck-${name.toLowerCase()} ck-words`;
  element.dir = "auto";
  element.textContent = String(props.value ?? "");
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  styled(element, props);
  return element;
}

function styled(element, props) {
  for (const flag of ["size", "truncate", "italic", "lineThrough"]) {
    if (props[flag]) element.dataset[flag] = String(props[flag]);
  }
  paint(element, "color", props.color, "text");
  if (typeof props.weight === "string") put(element, "font-weight", WEIGHTS[props.weight]);
  if (typeof props.textAlign === "string") put(element, "text-align", props.textAlign);
  put(element, "width", size(props.width));
  if (Number.isInteger(props.minLines)) put(element, "min-height", `${props.minLines * 1.5}em`);
  if (Number.isInteger(props.maxLines) && props.maxLines > 0) {
    element.classList.add("ck-clamped");
    element.style.setProperty("-webkit-line-clamp", String(props.maxLines));
  }
}

function streamed(element, props) {
  if (props.streaming) element.dataset.streaming = "true";
}

function text(props, context) {
  if (props.editable && typeof props.editable === "object") return editable(props, context);
  const element = worded("div", "Text", props);
  streamed(element, props);
  return element;
}

/** A text that can be written over, by the field's name a part of the form. */
function editable(props, context) {
  const many = Number.isInteger(props.minLines) && props.minLines > 1;
  const given = props.editable;
  const field = document.createElement(many ? "textarea" : "input");
  field.className = "ck-text ck-words ck-editable";
  field.dir = "auto";
  field.name = String(given.name ?? "");
  field.value = String(props.value ?? "");
  if (many) field.rows = Math.min(props.minLines, 40);
  if (typeof given.placeholder === "string") field.placeholder = given.placeholder;
  autofill(field, given.allowAutofillExtensions);
  if (typeof given.autoComplete === "string") field.autocomplete = given.autoComplete;
  if (typeof given.pattern === "string" && !many) field.pattern = given.pattern;
  field.required = Boolean(given.required);
  field.dataset.autofocus = String(Boolean(given.autoFocus));
  if (given.autoSelect) field.addEventListener("focus", () => field.select());
  field.setAttribute("aria-label", String(given.placeholder ?? given.name ?? "Text"));
  styled(field, props);
  return field;
}

function label(props, context) {
  const element = worded("label", "Label", props);
  const name = String(props.fieldName ?? "");
  element.htmlFor = `${context.prefix}-${name}`;
  return element;
}

function badge(props) {
  const element = document.createElement("span");
  element.className = "ck-badge";
  element.dir = "auto";
  element.textContent = String(props.label ?? "");
  element.dataset.color = String(props.color ?? "secondary");
  element.dataset.variant = String(props.variant ?? "soft");
  element.dataset.size = String(props.size ?? "sm");
  if (props.pill) element.dataset.pill = "true";
  return element;
}

function icon(props) {
  const element = renderIcon(props.name, { size: props.size ?? "md" });
  paint(element, "color", props.color, "text");
  return element;
}

/** Why an image is not shown; null where it may be. */
function refused(address, remoteImages) {
  if (typeof address !== "string") return "it has no address";
  if (IMAGE_DATA.test(address)) return null;
  if (!/^https:\/\//i.test(address)) return "only https addresses and embedded png, jpeg, gif, webp or avif are shown";
  return remoteImages ? null : "it would have to be fetched";
}

function image(props, context) {
  const why = refused(props.src, context.remoteImages);
  const element = why ? noImage(props, why) : fetched(props);
  element.classList.add("ck-image");
  for (const flag of ["frame", "flush"]) if (props[flag]) element.dataset[flag] = "true";
  block(element, props);
  paint(element, "background-color", props.background, "fill");
  return element;
}

function fetched(props) {
  const element = document.createElement("img");
  element.alt = String(props.alt ?? "");
  element.loading = "lazy";
  element.decoding = "async";
  element.referrerPolicy = "no-referrer";
  if (typeof props.fit === "string") put(element, "object-fit", props.fit);
  if (typeof props.position === "string") put(element, "object-position", props.position);
  element.addEventListener("error", () => element.replaceWith(failed(element, props)), { once: true });
  element.src = props.src;
  return element;
}

function failed(element, props) {
  const box = noImage(props, "it could not be fetched");
  box.classList.add("ck-image");
  box.style.cssText = element.style.cssText;
  box.dataset.path = element.dataset.path ?? "";
  return box;
}

function noImage(props, why) {
  const element = document.createElement("span");
  element.classList.add("ck-no-image");
  element.setAttribute("role", "img");
  const words = props.alt ? String(props.alt) : "Image";
  element.setAttribute("aria-label", `${words} (not shown: ${why})`);
  element.title = `Not shown: ${why}`;
  element.textContent = words;
  return element;
}

