// The components that somebody can click or write into. Each carries its name, so that a form knows its value.

import { renderIcon } from "./widget_icons.js";

export const controls = {
  Button: button,
  Input: input,
  Textarea: textarea,
};

/** Props that the styles read from the element. */
export function flagged(element, props, flags) {
  for (const flag of flags) {
    const value = props[flag];
    if (value !== undefined && value !== null && value !== false) element.dataset[flag] = String(value);
  }
  return element;
}

function button(props, context) {
  const element = document.createElement("button");
  element.className = "ck-button";
  element.type = props.submit ? "submit" : "button";
  const colour = props.color ?? props.style ?? "secondary";
  const variant = props.variant ?? "solid";
  flagged(element, { ...props, color: colour, variant, size: props.size ?? "md" }, [
    "style", "color", "variant", "size", "pill", "uniform", "block", "iconSize",
  ]);
  if (props.iconStart) element.append(renderIcon(props.iconStart, { size: props.iconSize ?? "sm" }));
  if (props.label) element.append(words(props.label));
  else element.setAttribute("aria-label", String(props.iconStart ?? props.iconEnd ?? props.onClickAction?.type ?? "Button"));
  if (props.iconEnd) element.append(renderIcon(props.iconEnd, { size: props.iconSize ?? "sm" }));
  element.disabled = Boolean(props.disabled);
  if (props.onClickAction) {
    element.addEventListener("click", (event) => {
      if (props.submit) event.preventDefault();
      if (props.submit && context.form?.reportValidity && !context.form.reportValidity()) return;
      context.act(props.onClickAction, element, { form: context.form });
    });
  }
  return element;
}

/** A text in whichever direction it is written. */
export function words(text) {
  const element = document.createElement("span");
  element.dir = "auto";
  element.textContent = String(text);
  return element;
}

/** What every field shares: its name, its label's hook, and what is known of its looks. */
export function field(element, props, context) {
  element.classList.add("ck-field");
  element.name = String(props.name ?? "");
  element.id = `${context.prefix}-${element.name}`;
  element.disabled = Boolean(props.disabled);
  element.required = Boolean(props.required);
  if (props.placeholder) element.setAttribute("aria-label", String(props.placeholder));
  else element.setAttribute("aria-label", element.name || String(props.type));
  queueMicrotask(() => unlabel(element, context));
  flagged(element, { ...props, size: props.size ?? "md", variant: props.variant ?? "outline" }, [
    "size", "variant", "pill", "block", "gutterSize",
  ]);
  if (props.onChangeAction) {
    element.addEventListener("change", () => {
      const value = element.type === "checkbox" ? element.checked : element.value;
      const name = element.dataset.name ?? element.name;
      context.act(props.onChangeAction, element, { form: context.form, changed: { [name]: value } });
    });
  }
  return element;
}

/** A label in the widget says more than the placeholder. */
function unlabel(element, context) {
  const labels = [...context.root.querySelectorAll("label[for]")];
  if (labels.some((label) => label.htmlFor === element.id)) element.removeAttribute("aria-label");
}

function typed(element, props) {
  element.dir = "auto";
  element.placeholder = String(props.placeholder ?? "");
  element.value = String(props.defaultValue ?? "");
  element.defaultValue = element.value;
  element.dataset.autofocus = String(Boolean(props.autoFocus));
  autofill(element, props.allowAutofillExtensions);
  if (props.autoSelect) element.addEventListener("focus", () => element.select());
  return element;
}

/** Keep the browser's own suggestions and those of password managers away unless they are asked for. */
export function autofill(element, allowed) {
  element.autocomplete = allowed ? "on" : "off";
  if (!allowed) Object.assign(element.dataset, { "1pIgnore": "true", lpignore: "true", bwignore: "true" });
}

function input(props, context) {
  const element = document.createElement("input");
  element.className = "ck-input";
  const kinds = ["email", "number", "password", "tel", "text", "url"];
  element.type = kinds.includes(props.inputType) ? props.inputType : "text";
  if (element.type === "number") element.step = "any";
  if (typeof props.pattern === "string") element.pattern = props.pattern;
  return typed(field(element, props, context), props);
}

function textarea(props, context) {
  const element = document.createElement("textarea");
  element.className = "ck-textarea";
  const most = Number.isInteger(props.maxRows) ? Math.min(props.maxRows, 100) : 12;
  element.rows = Math.max(1, Math.min(Number.isInteger(props.rows) ? props.rows : 3, most));
  field(element, props, context);
  typed(element, props);
  if (typeof props.pattern === "string") {
    element.dataset.pattern = props.pattern; // a textarea has none of its own
    element.addEventListener("input", () => element.setCustomValidity(wanting(element.value, props.pattern)));
  }
  if (props.autoResize) {
    const least = element.rows;
    const fit = () => { element.rows = Math.max(least, Math.min(element.value.split("\n").length, most)); };
    element.addEventListener("input", fit);
    fit();
  }
  return element;
}

function wanting(value, pattern) {
  try {
    return value && !new RegExp(`^(?:${pattern})$`, "u").test(value) ? "Please match the format that is asked for." : "";
  } catch {
    return ""; // a pattern that is none asks for nothing
  }
}
