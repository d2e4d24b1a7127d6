// The components that somebody can click or fill in. Each carries its name, so that a form knows its value.

import { renderIcon } from "./widget_icons.js";

const DATE = /^\d{4}-\d{2}-\d{2}/;
const MOST_OPTIONS = 500;

export const controls = {
  Button: button,
  Input: input,
  Textarea: textarea,
  Select: select,
  DatePicker: datePicker,
  RadioGroup: radioGroup,
  Checkbox: checkbox,
};

function flagged(element, props, flags) {
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

function words(text) {
  const element = document.createElement("span");
  element.dir = "auto";
  element.textContent = String(text);
  return element;
}

/** What every field shares: its name, its label's hook, and what is known of its looks. */
function field(element, props, context) {
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
      context.act(props.onChangeAction, element, { form: context.form, changed: { [element.name]: value } });
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
  element.autocomplete = "off";
  if (props.allowAutofillExtensions) element.autocomplete = "on";
  if (props.autoSelect) element.addEventListener("focus", () => element.select());
  return element;
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
    element.addEventListener("input", () => element.setCustomValidity(wanting(element.value, props.pattern)));
  }
  if (props.autoResize) {
    element.addEventListener("input", () => {
      element.rows = Math.max(props.rows ?? 3, Math.min(element.value.split("\n").length, most));
    });
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

function select(props, context) {
  const element = document.createElement("select");
  element.className = "ck-select";
  field(element, props, context);
  flagged(element, props, ["clearable", "searchable"]);
  const options = Array.isArray(props.options) ? props.options.slice(0, MOST_OPTIONS) : [];
  const empty = new Option(String(props.placeholder ?? (props.clearable ? "(none)" : "Choose…")), "");
  empty.disabled = !props.clearable;
  if (props.placeholder || props.clearable || props.defaultValue === undefined) element.append(empty);
  for (const each of options) {
    const label = each?.description ? `${each.label} – ${each.description}` : String(each?.label ?? each?.value ?? "");
    const option = new Option(label, String(each?.value ?? ""));
    option.disabled = Boolean(each?.disabled);
    element.append(option);
  }
  element.value = String(props.defaultValue ?? "");
  if (element.selectedIndex < 0) element.selectedIndex = 0;
  return element;
}

function datePicker(props, context) {
  const element = document.createElement("input");
  element.className = "ck-date";
  element.type = "date";
  field(element, props, context);
  flagged(element, props, ["side", "align"]);
  element.required = props.clearable === false;
  for (const [name, property] of [["defaultValue", "value"], ["min", "min"], ["max", "max"]]) {
    if (typeof props[name] === "string" && DATE.test(props[name])) element[property] = props[name].slice(0, 10);
  }
  element.defaultValue = element.value;
  if (props.placeholder) element.title = String(props.placeholder);
  return element;
}

function checkbox(props, context) {
  const element = document.createElement("label");
  element.className = "ck-checkbox";
  const box = document.createElement("input");
  box.type = "checkbox";
  field(box, { ...props, size: null }, context);
  box.defaultChecked = Boolean(props.defaultChecked);
  element.append(box);
  if (props.label) {
    box.removeAttribute("aria-label");
    element.append(words(props.label));
  }
  return element;
}

function radioGroup(props, context) {
  const group = document.createElement("div");
  group.className = "ck-radios";
  group.id = `${context.prefix}-${props.name}`;
  group.setAttribute("role", "radiogroup");
  group.setAttribute("aria-label", String(props.ariaLabel ?? props.name ?? "Choose"));
  flagged(group, props, ["direction"]);
  const options = Array.isArray(props.options) ? props.options.slice(0, MOST_OPTIONS) : [];
  options.forEach((each, number) => group.append(radio(each, number, props, context)));
  return group;
}

function radio(option, number, props, context) {
  const element = document.createElement("label");
  element.className = "ck-radio";
  const box = document.createElement("input");
  box.type = "radio";
  field(box, { ...props, size: null, placeholder: null }, context);
  box.id = `${context.prefix}-${props.name}-${number}`;
  box.value = String(option?.value ?? "");
  box.defaultChecked = props.defaultValue !== undefined && box.value === props.defaultValue;
  box.disabled = Boolean(props.disabled || option?.disabled);
  box.removeAttribute("aria-label");
  element.append(box, words(option?.label ?? option?.value ?? ""));
  return element;
}
