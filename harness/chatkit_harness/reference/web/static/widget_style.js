// What a widget's props say about looks, as style of an element. Values that no stylesheet would take, and
// anything that could fetch something, are left out.

const TEXT_TOKENS = new Set([
  "prose", "primary", "emphasis", "secondary", "tertiary", "success", "warning", "danger", "info", "discovery",
  "caution",
]);
const SURFACE_TOKENS = new Set([
  "surface", "surface-secondary", "surface-tertiary", "surface-elevated", "surface-elevated-secondary",
]);
const BORDER_TOKENS = new Set(["default", "subtle", "strong"]);
const HUES = {
  gray: [0.008, 250], red: [0.2, 25], orange: [0.17, 55], yellow: [0.16, 90], green: [0.16, 150],
  teal: [0.11, 190], blue: [0.17, 255], purple: [0.19, 300], pink: [0.19, 350],
};
const ALIGN = { start: "flex-start", center: "center", end: "flex-end", baseline: "baseline", stretch: "stretch" };
const JUSTIFY = {
  start: "flex-start", center: "center", end: "flex-end", between: "space-between", around: "space-around",
  evenly: "space-evenly", stretch: "stretch",
};
const RADII = {
  none: "0", "2xs": "2px", xs: "4px", sm: "6px", md: "8px", lg: "10px", xl: "12px", "2xl": "16px",
  "3xl": "20px", "4xl": "24px", full: "9999px", "100%": "100%",
};
/** What a widget may say for colours and radii, in the order in which it is best shown. */
export const TOKENS = {
  text: [...TEXT_TOKENS], surface: [...SURFACE_TOKENS], border: [...BORDER_TOKENS], hues: Object.keys(HUES), radius: Object.keys(RADII),
};
const SPACE_UNIT = 4;
const LONGEST_VALUE = 100;

/** A declaration that a browser takes and that fetches nothing. */
function usable(property, value) {
  return value.length <= LONGEST_VALUE && !/url|image|var\s*\(|attr\s*\(|env\s*\(/i.test(value) &&
    CSS.supports(property, value);
}

/** Set one style where the value is usable. */
export function put(element, property, value) {
  if (typeof value === "string" && usable(property, value)) element.style.setProperty(property, value);
}

/** A colour token, a CSS colour or a {light, dark} pair as a CSS value; null for anything else. */
export function colour(value, kind = "text") {
  if (value && typeof value === "object") {
    const light = colour(value.light, kind);
    const dark = colour(value.dark, kind);
    return light && dark ? `light-dark(${light}, ${dark})` : null;
  }
  if (typeof value !== "string" || !value) return null;
  if (kind === "border" && BORDER_TOKENS.has(value)) return `var(--ck-border-${value})`;
  if (SURFACE_TOKENS.has(value)) return `var(--ck-${value})`;
  if (TEXT_TOKENS.has(value)) return `var(--ck-${kind === "text" ? "text" : "fill"}-${value})`;
  return primitive(value) ?? (usable("color", value) ? value : null);
}

/** A colour of the palette such as `blue-500` or `alpha-10`. */
function primitive(value) {
  const found = /^(gray|red|orange|yellow|green|teal|blue|purple|pink|alpha)-(\d{1,4})$/.exec(value);
  if (!found) return null;
  const step = Number(found[2]);
  if (found[1] === "alpha") return `color-mix(in srgb, currentColor ${Math.min(step, 100)}%, transparent)`;
  const [chroma, hue] = HUES[found[1]];
  const share = Math.min(step, 1000) / 1000;
  const lively = Math.min(1, 4.4 * share * (1 - share)); // both ends are near white and black
  return `oklch(${(0.98 - 0.8 * share).toFixed(3)} ${(chroma * lively).toFixed(3)} ${hue})`;
}

/** Set a colour; these come from `colour` alone, so their variables are ours. */
export function paint(element, property, value, kind) {
  const css = colour(value, kind);
  if (css) element.style.setProperty(property, css);
}

/** A distance: a number counts steps of four pixels, a text is CSS. */
export function space(value) {
  if (typeof value === "number" && Number.isFinite(value)) return `${value * SPACE_UNIT}px`;
  return cssLength(value);
}

/** A size: a number is pixels, a text is CSS. */
export function size(value) {
  if (typeof value === "number" && Number.isFinite(value)) return `${value}px`;
  return cssLength(value);
}

function cssLength(value) {
  if (typeof value !== "string") return null;
  return /^\d+(\.\d+)?$/.test(value) ? `${Number(value) * SPACE_UNIT}px` : value;
}

/** Padding or margin: one distance, or one a side. */
function spacing(element, property, value) {
  if (value && typeof value === "object") {
    const sides = { top: value.top ?? value.y, bottom: value.bottom ?? value.y };
    Object.assign(sides, { left: value.left ?? value.x, right: value.right ?? value.x });
    for (const [side, given] of Object.entries(sides)) put(element, `${property}-${side}`, space(given));
  } else {
    put(element, property, space(value));
  }
}

function border(element, side, value) {
  const given = typeof value === "number" ? { size: value } : value;
  if (!given || typeof given.size !== "number") return;
  put(element, `border${side}-width`, `${given.size}px`);
  put(element, `border${side}-style`, given.style ?? "solid");
  element.style.setProperty(`border${side}-color`, colour(given.color, "border") ?? "var(--ck-border-default)");
}

function borders(element, value) {
  if (typeof value !== "number" && (typeof value !== "object" || !value)) return;
  if (typeof value === "number" || Object.hasOwn(value, "size")) {
    border(element, "", value);
    return;
  }
  border(element, "-top", value.top ?? value.y);
  border(element, "-bottom", value.bottom ?? value.y);
  border(element, "-left", value.left ?? value.x);
  border(element, "-right", value.right ?? value.x);
}

/** Width, height and the like, radius, margin and the share of the room. */
export function block(element, props) {
  const both = [["size", "width", "height"], ["minSize", "min-width", "min-height"], ["maxSize", "max-width", "max-height"]];
  for (const [name, ...properties] of both) {
    for (const property of properties) put(element, property, size(props[name]));
  }
  const plain = {
    width: "width", height: "height", minWidth: "min-width", minHeight: "min-height",
    maxWidth: "max-width", maxHeight: "max-height",
  };
  for (const [name, property] of Object.entries(plain)) put(element, property, size(props[name]));
  if (props.aspectRatio !== undefined) put(element, "aspect-ratio", String(props.aspectRatio));
  if (typeof props.radius === "string") put(element, "border-radius", RADII[props.radius]);
  if (props.flex !== undefined && props.flex !== null) put(element, "flex", String(props.flex));
  spacing(element, "margin", props.margin);
}

/** How children lie beside each other. */
export function flow(element, props) {
  if (typeof props.align === "string") put(element, "align-items", ALIGN[props.align]);
  if (typeof props.justify === "string") put(element, "justify-content", JUSTIFY[props.justify]);
  if (typeof props.wrap === "string") put(element, "flex-wrap", props.wrap);
  put(element, "gap", space(props.gap));
}

/** Everything that boxes, rows, columns and forms share. */
export function box(element, props) {
  block(element, props);
  flow(element, props);
  spacing(element, "padding", props.padding);
  borders(element, props.border);
  paint(element, "background-color", props.background, "fill");
}

/** What only the surface of a card has. */
export function surface(element, props) {
  spacing(element, "padding", props.padding);
  borders(element, props.border);
  paint(element, "background-color", props.background, "fill");
}
