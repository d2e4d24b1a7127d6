// The components that let somebody choose: from a list, of a calendar, one of several, yes or no.

import { field, flagged, words } from "./widget_controls.js";
import { renderIcon } from "./widget_icons.js";

const DATE = /^\d{4}-\d{2}-\d{2}/;
const MOST_OPTIONS = 500;

export const choices = { Select: select, DatePicker: datePicker, RadioGroup: radioGroup, Checkbox: checkbox };

function select(props, context) {
  const element = document.createElement("select");
  element.className = "ck-select";
  field(element, props, context);
  const options = Array.isArray(props.options) ? props.options.slice(0, MOST_OPTIONS) : [];
  const empty = new Option(String(props.placeholder ?? (props.clearable ? "(none)" : "Choose…")), "");
  empty.disabled = !props.clearable;
  if (props.placeholder || props.clearable || props.defaultValue === undefined || props.defaultValue === null) element.append(empty);
  for (const each of options) {
    const label = each?.description ? `${each.label} – ${each.description}` : String(each?.label ?? each?.value ?? "");
    const option = new Option(label, String(each?.value ?? ""));
    option.disabled = Boolean(each?.disabled);
    element.append(option);
  }
  element.value = String(props.defaultValue ?? "");
  if (element.selectedIndex < 0) element.selectedIndex = 0;
  return shell(element, props, { start: props.searchable ? "search" : null });
}

/** A field with what stands in it: an icon before, a button that empties it behind. */
function shell(element, props, { start = null, placeholder = null } = {}) {
  const around = flagged(document.createElement("span"), props, ["block", "clearable", "searchable", "disabled", "size"]);
  around.className = "ck-shell";
  if (start) around.append(renderIcon(start, { size: "sm" }));
  around.append(element);
  if (placeholder) around.append(placeholder);
  if (props.clearable) around.append(clearing(element, props));
  const note = () => { around.dataset.empty = String(!element.value); };
  for (const event of ["input", "change"]) element.addEventListener(event, note);
  note();
  return around;
}

function clearing(element, props) {
  const button = document.createElement("button");
  button.className = "ck-clear";
  button.type = "button";
  button.textContent = "×";
  button.disabled = Boolean(props.disabled);
  button.setAttribute("aria-label", `Clear ${String(props.placeholder ?? props.name ?? "")}`.trim());
  button.addEventListener("click", () => {
    element.value = "";
    element.dispatchEvent(new Event("change", { bubbles: true }));
    element.focus();
  });
  return button;
}

function datePicker(props, context) {
  const element = document.createElement("input");
  element.className = "ck-date";
  element.type = "date";
  field(element, props, context);
  flagged(element, props, ["side", "align"]); // where the calendar opens is the browser's affair
  element.required = props.clearable === false;
  for (const [name, property] of [["defaultValue", "value"], ["min", "min"], ["max", "max"]]) {
    if (typeof props[name] === "string" && DATE.test(props[name])) element[property] = props[name].slice(0, 10);
  }
  element.defaultValue = element.value;
  return shell(element, props, { placeholder: props.placeholder ? placeholder(props.placeholder) : null });
}

/** A date field has no placeholder of its own. */
function placeholder(text) {
  const element = words(text);
  element.className = "ck-placeholder";
  element.setAttribute("aria-hidden", "true");
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
  // Buttons of one name are one group: that of another widget is another.
  box.name = `${context.prefix}-${props.name}`;
  box.dataset.name = String(props.name ?? "");
  box.id = `${context.prefix}-${props.name}-${number}`;
  box.value = String(option?.value ?? "");
  box.defaultChecked = props.defaultValue !== undefined && box.value === props.defaultValue;
  box.disabled = Boolean(props.disabled || option?.disabled);
  box.removeAttribute("aria-label");
  element.append(box, words(option?.label ?? option?.value ?? ""));
  return element;
}
