// The words that stand for colours, distances, radii and sizes, each as it is drawn.

import { h } from "./dom.js";
import { drawn } from "./gallery_component.js";
import { TOKENS } from "./widget_style.js";

const STEPS = [50, 100, 200, 300, 400, 500, 600, 700, 800, 900, 950];
const UNITS = [1, 2, 3, 4, 6, 8, 10, 12, 16];
const CHART = ["blue", "purple", "orange", "green", "red", "yellow", "pink"];
const SIZES = {
  Title: ["sm", "md", "lg", "xl", "2xl", "3xl", "4xl", "5xl"], Text: ["xs", "sm", "md", "lg", "xl"], Caption: ["sm", "md", "lg"],
};
const CONTROLS = ["3xs", "2xs", "xs", "sm", "md", "lg", "xl", "2xl", "3xl"];

/** The page of tokens. */
export function showTokens() {
  return h("article", {},
    h("h1", {}, "Tokens"),
    h("p", { class: "lead" }, "What a widget may say instead of a colour or a length. The client's own values are not published: the names are ChatKit's, the values this project's."),
    part("Colours of text", TOKENS.text.map((name) => swatch(name, { type: "Text", value: "Apple closed higher", color: name }))),
    part("Surfaces", TOKENS.surface.map((name) => swatch(name, box({ background: name, border: { size: 1, color: "subtle" }, height: 48, radius: "md" })))),
    part("Borders", TOKENS.border.map((name) => swatch(name, box({ border: { size: 2, color: name }, height: 48, radius: "md" })))),
    section("Palette", h("p", { class: "quiet" }, "Written with a step, such as ", h("code", {}, "blue-500"), ": the same in light and dark."), palette()),
    part("Colours of charts", CHART.map((name) => swatch(name, bars(name)))),
    part("Distances", UNITS.map((units) => swatch(`${units} = ${units * 4}px`, box({ background: "blue-500", width: units * 4, height: 16 })))),
    part("Radii", TOKENS.radius.map((name) => swatch(name, box({ background: "surface-tertiary", border: { size: 1, color: "strong" }, size: 64, radius: name })))),
    Object.entries(SIZES).map(([type, sizes]) => part(`Sizes of ${type}`, sizes.map((size) => swatch(size, { type, value: "190.17", size })))),
    part("Sizes of controls", CONTROLS.map((size) => swatch(size, { type: "Button", label: "Refresh", size }))));
}

function section(title, ...held) {
  return h("section", { class: "prop" }, h("h2", {}, title), held);
}

function part(title, swatches) {
  return section(title, h("div", { class: "tiles swatches" }, swatches));
}

function swatch(name, component) {
  const shown = drawn({ type: "Basic", children: [component] });
  return h("figure", { class: "tile" }, h("div", { class: "stage" }, shown), h("figcaption", {}, h("code", {}, name)));
}

function box(props) {
  return { type: "Box", ...props };
}

function bars(color) {
  const data = [3, 5, 4].map((value, at) => ({ at: String(at), value }));
  return { type: "Chart", data, series: [{ type: "bar", dataKey: "value", color }], xAxis: { dataKey: "at", hide: true }, showLegend: false, showTooltip: false, aspectRatio: 3 };
}

function palette() {
  const head = h("tr", {}, h("td", {}), STEPS.map((step) => h("th", { scope: "col" }, step)));
  const rows = TOKENS.hues.map((hue) => h("tr", {}, h("th", { scope: "row" }, hue), STEPS.map((step) => (
    h("td", {}, drawn({ type: "Box", background: `${hue}-${step}`, height: 28, minWidth: 28, radius: "sm" }))))));
  return h("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Palette" }, h("table", { class: "palette" }, h("thead", {}, head), h("tbody", {}, rows)));
}
