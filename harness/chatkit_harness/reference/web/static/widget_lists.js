// Lists: rows that may be clicked, and what is too much behind a button.

import { renderIcon } from "./widget_icons.js";
import { flow } from "./widget_style.js";
import { make, status, themed } from "./widget_parts.js";

const AUTO_LIMIT = 5;
const INTERACTIVE = "a, button, input, select, textarea, summary, [tabindex]";

export const lists = { ListView: listView, ListViewItem: listViewItem };

function listView(props, context) {
  const element = make("section", "ListView", props, ["limit"]);
  themed(element, props);
  if (props.status) element.append(status(props.status, context));
  const list = make("ul", "List");
  const given = Array.isArray(props.children) ? props.children : [];
  given.forEach((child, number) => {
    const entry = document.createElement("li");
    entry.append(context.render(child, { ...context, path: `${context.path}.children[${number}]` }));
    list.append(entry);
  });
  element.append(list);
  const limit = props.limit === "auto" ? AUTO_LIMIT : props.limit;
  if (Number.isInteger(limit) && limit > 0 && given.length > limit) element.append(more(list, limit));
  return element;
}

function more(list, limit) {
  const rest = [...list.children].slice(limit);
  for (const entry of rest) entry.hidden = true;
  const button = make("button", "More");
  button.type = "button";
  button.textContent = `Show ${rest.length} more`;
  button.addEventListener("click", () => {
    for (const entry of rest) entry.hidden = false;
    rest[0].tabIndex = -1;
    rest[0].focus();
    button.remove();
  });
  return button;
}

function listViewItem(props, context) {
  const element = make("div", "ListViewItem");
  flow(element, props);
  context.children(props, context, element);
  if (!props.onClickAction) return element;
  const click = () => context.act(props.onClickAction, element);
  element.classList.add("ck-clickable");
  if (element.querySelector(INTERACTIVE)) {
    element.append(openButton(click)); // a button may hold no other
    return element;
  }
  element.setAttribute("role", "button");
  element.tabIndex = 0;
  element.addEventListener("click", click);
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    click();
  });
  return element;
}

function openButton(click) {
  const button = make("button", "Button", { variant: "ghost", size: "sm" }, ["variant", "size"]);
  button.type = "button";
  button.setAttribute("aria-label", "Open");
  button.append(renderIcon("chevron-right", { size: "sm" }));
  button.addEventListener("click", click);
  return button;
}
