// Which words of a widget are too faint: WCAG's AA, 4.5 to 1, or 3 to 1 for large ones.

import { renderWidget } from "/widgets.js";
import { fresh } from "/looks.js";

const GROUND = { light: [255, 255, 255], dark: [26, 32, 41] };
const pen = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
const known = new Map();

/** What is too faint where the widgets are drawn in a scheme: [{at, text, ratio, color, ground}]. */
export function faint(widgets, scheme) {
  const room = fresh(scheme);
  const roots = widgets.map((widget) => room.appendChild(renderWidget(widget)));
  return roots.flatMap((root, at) => worded(root).map((element) => judged(element, root, scheme, at)).filter(Boolean));
}

function worded(root) {
  return [...root.querySelectorAll("*")].filter((element) => (
    element.matches("input, textarea, select") || [...element.childNodes].some((each) => each.nodeType === 3 && each.data.trim())));
}

function judged(element, root, scheme, at) {
  if (element.closest(".ck-hidden, option, :disabled, title") || element.matches("[type=checkbox], [type=radio]")) return null;
  if (element.querySelector(":disabled") || element.closest("label")?.querySelector(":disabled")) return null;
  const style = getComputedStyle(element);
  if (style.visibility === "hidden" || !element.getClientRects().length || style.color === "rgba(0, 0, 0, 0)") return null;
  const grounds = behind(element, root);
  const ground = grounds.reduceRight((under, over) => over_(under, over), GROUND[scheme]);
  const empty = element.matches("input, textarea") && !element.value && element.placeholder;
  const colors = [rgba(element instanceof SVGElement ? style.fill : style.color)];
  if (empty) colors.push(rgba(getComputedStyle(element, "::placeholder").color));
  const ratio = Math.min(...colors.map((color) => contrast(over_(ground, color), ground)));
  const size = parseFloat(style.fontSize);
  const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
  if (ratio >= (large ? 3 : 4.5)) return null;
  return { at, text: element.textContent.slice(0, 40) || element.value, ratio: ratio.toFixed(2), color: style.color, ground: ground.join() };
}

function behind(element, root) {
  const found = [];
  for (let each = element; each && each !== root.parentElement; each = each.parentElement) {
    found.push(rgba(getComputedStyle(each).backgroundColor));
  }
  return found;
}

function rgba(text) {
  if (!known.has(text)) {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = text;
    pen.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = pen.getImageData(0, 0, 1, 1).data;
    known.set(text, [red, green, blue, alpha / 255]);
  }
  return known.get(text);
}

function over_(under, [red, green, blue, alpha]) {
  return [red, green, blue].map((each, at) => each * alpha + under[at] * (1 - alpha));
}

function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color) {
  const [red, green, blue] = color.map((each) => {
    const share = each / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
