// What several components are made with: an element by its component's name, a status, a theme of its own.

import { hasIcon, renderIcon } from "./widget_icons.js";

/** An element of a component, with the props that the styles read from it. */
export function make(tag, name, props = {}, flags = []) {
  const element = document.createElement(tag);
  element.className = `ck-${name.toLowerCase()}`;
  for (const flag of flags) {
    if (props[flag] !== undefined && props[flag] !== null) element.dataset[flag] = String(props[flag]);
  }
  return element;
}

/** What stands above a widget: an icon or a site's own, and words. */
export function status(given, context) {
  const element = make("div", "Status");
  if (given.favicon) {
    const image = context.render({ type: "Image", src: given.favicon, alt: "", size: 16, frame: given.frame }, context);
    image.classList.add("ck-favicon");
    element.append(image);
  } else if (given.icon) {
    element.append(renderIcon(given.icon, { size: "sm" }));
    if (!hasIcon(given.icon)) element.dataset.noIcon = "true";
  }
  const words = document.createElement("span");
  words.dir = "auto";
  words.textContent = String(given.text ?? "");
  element.append(words);
  return element;
}

/** A widget may be light or dark whatever is around it. */
export function themed(element, props) {
  if (props.theme === "dark" || props.theme === "light") element.dataset.theme = props.theme;
}
