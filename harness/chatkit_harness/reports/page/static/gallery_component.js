// A component of the gallery: a plain example, and each prop with each of its values.

import { announce, count, h } from "./dom.js";
import { WORDS } from "./gallery_words.js";
import { renderWidget } from "./widgets.js";

const SMALL = new Set(["Badge", "Icon", "Button", "Checkbox", "Spacer", "Title", "Caption", "Label", "Text"]);
const FEW_PARTS = 12;
const SHORT = 42;

/** The view of one component. */
export function showComponent(component, gallery) {
  const props = new Map();
  for (const group of component.props) props.set(group.prop, [...(props.get(group.prop) ?? []), group]);
  return h("article", { class: SMALL.has(component.name) ? "small" : "" },
    h("h1", {}, component.name),
    h("p", { class: "lead" }, WORDS[component.name] ?? ""),
    h("p", { class: "facts" }, facts(component, gallery)),
    plain(component),
    h("ul", { class: "toc", "aria-label": "Props" }, [...props.keys()].map((prop) => (
      h("li", {}, h("a", { href: `#${component.name}.${prop}` }, prop))))),
    [...props.entries()].map(([prop, groups]) => section(component, prop, groups)));
}

function facts(component, gallery) {
  const values = component.props.reduce((sum, each) => sum + each.variants.length, 0);
  const { chatkit, client } = gallery.releases;
  const said = [count(new Set(component.props.map((each) => each.prop)).size, "prop"), count(values, "value")];
  if (component.root) said.push("may be a whole widget");
  if (!component.sides.includes("client")) said.push(`not declared by the client ${client}`);
  if (!component.sides.includes("chatkit")) said.push(`not known to chatkit ${chatkit}, declared by the client ${client}`);
  return said.map((each) => h("span", { class: "fact" }, each));
}

function plain(component) {
  const both = ["light", "dark"].map((scheme) => h("div", { class: "stage", "data-stage": scheme }, drawn(component.plain)));
  return h("section", { class: "plain" }, h("h2", { class: "unseen" }, "Example"), h("div", { class: "both" }, both), json(component.plain));
}

/** A widget as it is drawn; what its actions ask for is told at the foot of the page. */
export function drawn(widget) {
  return renderWidget(widget, { onAction: tell });
}

function tell(action) {
  const text = JSON.stringify(action);
  const place = document.getElementById("asked") ?? document.body.appendChild(h("p", { id: "asked", class: "asked" }));
  place.replaceChildren(h("b", {}, "Action "), h("code", { dir: "auto" }, text));
  announce(`Action ${text}`);
}

function json(widget) {
  return h("pre", { class: "json", tabindex: "0", role: "region", "aria-label": "JSON" }, h("code", {}, shorter(widget)));
}

/** The JSON of a widget, without the bytes of pictures. */
function shorter(widget) {
  const cut = (key, value) => (typeof value === "string" && value.startsWith("data:image/") ? `${value.slice(0, 30)}…` : value);
  return JSON.stringify(widget, cut, 2);
}

function section(component, prop, groups) {
  const own = groups.find((each) => each.path === prop);
  const parts = groups.filter((each) => each.path !== prop);
  const needed = groups.some((each) => each.path === prop ? each.needed : false);
  return h("section", { class: "prop", "data-place": prop },
    h("h2", {}, h("a", { class: "anchor", href: `#${component.name}.${prop}` }, h("code", {}, prop)), " ", needed ? h("span", { class: "fact" }, "required") : null,
      onlyClient(groups[0]) && groups.every(onlyClient) ? h("span", { class: "fact" }, "client only") : null),
    own ? tiles(own) : null,
    parts.length ? parted(component, parts) : null);
}

function onlyClient(group) {
  return group.sides.length === 1 && group.sides[0] === "client";
}

/** The parts of a prop: those of many are drawn once they are asked for. */
function parted(component, parts) {
  const draw = () => parts.map((group) => h("div", { class: "part", "data-place": group.path },
    h("h3", {}, h("a", { class: "anchor", href: `#${encodeURIComponent(`${component.name}.${group.path}`)}` }, h("code", {}, group.path)), " ",
      group.needed ? h("span", { class: "fact" }, "required there") : null), tiles(group)));
  const values = parts.reduce((sum, each) => sum + each.variants.length, 0);
  if (values <= FEW_PARTS) return h("div", { class: "parts" }, draw());
  const inside = h("div", { class: "parts" }, parts.map((group) => h("div", { "data-place": group.path })));
  const details = h("details", { class: "many" },
    h("summary", {}, `${count(parts.length, "part")}, ${count(values, "value")}: `, h("code", {}, parts.map((each) => each.path).join(", "))), inside);
  details.addEventListener("toggle", () => inside.replaceChildren(...draw()), { once: true });
  return details;
}

function tiles(group) {
  const many = group.variants.length > 24 ? " many" : "";
  return [
    group.unseen ? h("p", { class: "quiet note" }, `Not to be seen. ${group.unseen}`) : null,
    h("div", { class: `tiles${many}` },
      group.without ? tile(h("i", {}, "not given"), group.without) : null,
      group.variants.map((each) => tile(named(each), each.widget, schemeOf(group)))),
  ];
}

/** What holds in one scheme alone is drawn in that one. */
function schemeOf(group) {
  return /\.(light|dark)$/.exec(group.path)?.[1] ?? null;
}

function tile(name, widget, scheme = null) {
  const details = h("details", { class: "source" }, h("summary", { "aria-label": "JSON of this widget", title: "JSON" }, "{ }"));
  details.addEventListener("toggle", () => details.append(json(widget)), { once: true });
  return h("figure", { class: "tile" }, h("div", { class: "stage", "data-stage": scheme }, drawn(widget)), h("figcaption", {}, name, details));
}

function named(variant) {
  const text = typeof variant.part === "string" && variant.part.startsWith("data:") ? '"data:image/png;…"' : JSON.stringify(variant.part);
  const shown = text.length > SHORT ? `${text.slice(0, SHORT)}…` : text;
  const only = variant.sides.length === 1 && variant.sides[0] === "client" && h("span", { class: "fact" }, "client only");
  return [h("code", { dir: "auto", title: text.length > SHORT ? text.slice(0, 600) : null }, shown), only];
}
