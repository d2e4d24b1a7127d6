// Draws ChatKit widgets. It is no copy of the real renderer, which is not to be had: an approximation after
// the components' declarations.
//
//   const element = renderWidget(widget, { onAction: (action, { values, element }) => promise });
//
// Pure: it asks nobody and keeps nothing. What stands in a widget becomes text, never markup; addresses of
// images and links are https, http (links only) or data (raster images only).

import { act } from "./widget_actions.js";
import { choices } from "./widget_choices.js";
import { controls } from "./widget_controls.js";
import { chart } from "./widget_chart.js";
import { lists } from "./widget_lists.js";
import { make, status, themed } from "./widget_parts.js";
import { box, paint, put, space, surface } from "./widget_style.js";
import { tables } from "./widget_tables.js";
import { texts } from "./widget_texts.js";

const DEEPEST = 60;
const MOST_COMPONENTS = 5000;
let drawn = 0;

/** The element of a widget (Card, ListView, Basic; any other component is drawn as well).
 *
 * onAction(action, {values, element}): somebody clicked. `action` is {type, payload, handler, loadingBehavior}
 * and `streaming` where that was given, the values of the form around it among the payload; what it returns is
 * awaited, and meanwhile the element is busy. Without it everything is drawn and nothing does anything. `remoteImages: false` shows no image that
 * would have to be fetched. Each element knows its place in the widget: `data-path="$.children[0]"`.
 */
export function renderWidget(widget, { onAction, remoteImages = true } = {}) {
  drawn += 1;
  const root = document.createElement("div");
  root.className = "ck-widget";
  const context = {
    root, onAction, remoteImages, form: null, depth: 0, count: { left: MOST_COMPONENTS }, path: "$",
    prefix: `ck-${drawn}`, act: (props, element, more) => act(context, props, element, more),
  };
  context.render = render;
  context.children = children;
  root.append(render(widget, context));
  new ResizeObserver(() => reachable(root)).observe(root);
  return root;
}

/** What scrolls has to be within the keyboard's reach. */
function reachable(root) {
  const scrolls = root.scrollWidth > root.clientWidth || root.scrollHeight > root.clientHeight;
  if (scrolls === root.hasAttribute("tabindex")) return;
  const attributes = { tabindex: "0", role: "group", "aria-label": "Widget" };
  for (const [name, value] of Object.entries(attributes)) {
    if (scrolls) root.setAttribute(name, value);
    else root.removeAttribute(name);
  }
}

const COMPONENTS = {
  Card: card,
  Basic: basic,
  Box: boxed("Box"),
  Row: boxed("Row"),
  Col: boxed("Col"),
  Form: form,
  Divider: divider,
  Spacer: spacer,
  Transition: transition,
  Chart: chart,
  ...lists,
  ...texts,
  ...controls,
  ...choices,
  ...tables,
};

/** The names of the components that are drawn; any other becomes a box that says so. */
export const COMPONENT_NAMES = Object.keys(COMPONENTS);

function render(props, context) {
  if (typeof props === "string" || typeof props === "number") return document.createTextNode(String(props));
  if (!props || typeof props !== "object" || Array.isArray(props)) return unknown("A value that is no component", context);
  context.count.left -= 1;
  if (context.count.left < 0 || context.depth > DEEPEST) return unknown("The widget goes on: it is too large", context);
  const draw = Object.hasOwn(COMPONENTS, props.type) ? COMPONENTS[props.type] : null;
  if (!draw) return unknown(`Unknown component: ${String(props.type ?? "(no type)").slice(0, 80)}`, context, props);
  const element = guarded(draw, props, context);
  element.dataset.path = context.path;
  if (typeof props.id === "string") element.dataset.id = props.id;
  if (props.key !== undefined && props.key !== null) element.dataset.key = String(props.key);
  return element;
}

/** What is wrong in one component takes no other with it. */
function guarded(draw, props, context) {
  try {
    return draw(props, { ...context, depth: context.depth + 1 });
  } catch (error) {
    return unknown(`${props.type} cannot be drawn: ${String(error?.message ?? error).slice(0, 200)}`, context);
  }
}

function children(props, context, parent) {
  const given = props.children ?? [];
  const several = Array.isArray(given);
  (several ? given : [given]).forEach((child, number) => {
    const path = `${context.path}.children${several ? `[${number}]` : ""}`;
    parent.append(render(child, { ...context, path }));
  });
  return parent;
}

function unknown(words, context, props) {
  const element = document.createElement("div");
  element.className = "ck-unknown";
  element.setAttribute("role", "note");
  element.dataset.path = context.path;
  const said = document.createElement("p");
  said.textContent = words;
  element.append(said);
  if (props && Array.isArray(props.children)) children(props, { ...context, depth: context.depth + 1 }, element);
  return element;
}

// Roots

function card(props, context) {
  const element = make("section", "Card", props, ["size", "collapsed", "asForm"]);
  themed(element, props);
  surface(element, props);
  if (props.status) element.append(status(props.status, context));
  const body = props.asForm ? formElement(null, context, element) : make("div", "Card-body");
  body.classList.add("ck-card-body");
  const inner = props.asForm ? { ...context, form: body } : context;
  children(props, inner, body);
  const buttons = cardButtons(props, inner);
  if (buttons) body.append(buttons);
  element.append(props.collapsed ? folded(body) : body);
  return element;
}

function cardButtons(props, context) {
  const given = [["cancel", "secondary"], ["confirm", "primary"]].filter(([name]) => props[name]);
  if (!given.length) return null;
  const row = make("div", "Card-actions");
  for (const [name, style] of given) {
    const action = props[name].action;
    const button = make("button", "Button", { style, color: style, variant: "solid", size: "md" }, ["style", "color", "variant", "size"]);
    button.type = "button";
    button.dataset.role = name;
    button.textContent = String(props[name].label ?? name);
    button.addEventListener("click", () => {
      if (name === "confirm" && props.asForm && !context.form.reportValidity()) return;
      context.act(action, button, { container: true });
    });
    row.append(button);
  }
  return row;
}

function folded(body) {
  const details = make("details", "Card-folded");
  const summary = document.createElement("summary");
  summary.textContent = "Show";
  details.append(summary, body);
  return details;
}

function basic(props, context) {
  const element = make("div", "Basic", props, ["direction"]);
  themed(element, props);
  box(element, { gap: props.gap, padding: props.padding, align: props.align, justify: props.justify });
  return children(props, context, element);
}

// Layout

function boxed(name) {
  return (props, context) => {
    const element = make("div", name, props, ["direction"]);
    box(element, props);
    return children(props, context, element);
  };
}

function form(props, context) {
  const element = formElement(props.onSubmitAction, context, null);
  element.classList.add("ck-form");
  if (props.direction) element.dataset.direction = props.direction;
  box(element, props);
  return children(props, { ...context, form: element }, element);
}

/** A form; inside another one a group, since forms hold no forms. */
function formElement(action, context) {
  const element = document.createElement(context.form ? "div" : "form");
  if (context.form) return element;
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter ?? element;
    if (action) context.act(action, button, { form: element, container: true });
  });
  return element;
}

function divider(props) {
  const element = make("hr", "Divider", props, ["flush"]);
  put(element, "border-top-width", space(props.size === undefined ? null : typeof props.size === "number" ? `${props.size}px` : props.size));
  paint(element, "border-top-color", props.color, "border");
  put(element, "margin-block", space(props.spacing));
  return element;
}

function spacer(props) {
  const element = make("div", "Spacer");
  const least = typeof props.minSize === "number" ? space(props.minSize) : props.minSize;
  put(element, "flex-basis", least); // along whichever way its parent lays out
  return element;
}

function transition(props, context) {
  return children(props, context, make("div", "Transition"));
}
