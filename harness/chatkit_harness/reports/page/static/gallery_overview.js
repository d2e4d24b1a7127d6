// The gallery's first page, with each component once, and the page of its icons.

import { count, h } from "./dom.js";
import { drawn } from "./gallery_component.js";
import { GROUPS, WORDS } from "./gallery_words.js";
import { hasIcon, renderIcon } from "./widget_icons.js";

/** Each component's plain example, with a link to all of it. */
export function showOverview(gallery) {
  const places = new Map(GROUPS.flatMap(([, names]) => names).map((name, at) => [name, at]));
  const order = (each) => places.get(each.name) ?? places.size;
  const components = [...gallery.components].sort((one, other) => order(one) - order(other));
  const values = components.reduce((sum, each) => sum + each.props.reduce((all, prop) => all + prop.variants.length, 0), 0);
  return h("article", { class: "overview" },
    h("h1", {}, "Everything that a widget may be"),
    h("p", { class: "lead" }, `${count(components.length, "component")} of chatkit ${gallery.releases.chatkit}`,
      gallery.releases.client ? ` and its client ${gallery.releases.client}` : "",
      `, with ${count(values, "value")} of their props. The drawings are approximate: the client's own renderer is not published.`),
    h("div", { class: "cards" }, components.map(card)));
}

function card(component) {
  return h("figure", { class: "card", "data-component": component.name },
    h("figcaption", {}, h("h2", {}, h("a", { href: `#${component.name}` }, component.name)), h("span", { class: "quiet" }, WORDS[component.name] ?? "")),
    h("div", { class: "stage" }, drawn(component.plain)));
}

/** All icons by name. */
export function showIcons(gallery) {
  const names = gallery.icons;
  const missing = names.filter((name) => !hasIcon(name));
  return h("article", {},
    h("h1", {}, "Icons"),
    h("p", { class: "lead" }, `The ${count(names.length, "name")} that chatkit ${gallery.releases.chatkit} lists. Names that begin with lucide: or vendor: `,
      "are taken as well; those are not drawn, their name stands in a small frame."),
    missing.length ? h("p", { class: "quiet" }, `Without a drawing here: ${missing.join(", ")}.`) : null,
    h("ul", { class: "icons" }, [...names, "lucide:rocket", "vendor:stripe"].map((name) => (
      h("li", {}, h("span", { class: "ck-widget glyph" }, renderIcon(name, { size: "xl" })), h("code", {}, name))))));
}
