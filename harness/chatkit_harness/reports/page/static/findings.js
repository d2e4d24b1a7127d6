// What the checks say of a case, and where in its widgets.

import { count, h } from "./dom.js";
import { folded } from "./folds.js";
import { indented, inParts } from "./json_view.js";

const ORDER = ["error", "warning", "expected", "note"];
const FEW = 6;

/** `error`, `warning`, `note`, or `expected` for what the scenario shows on purpose. */
export function severityOf(finding) {
  return finding.evidence?.expected === true ? "expected" : finding.severity;
}

/** The findings as a list, the worst first; many notes are folded. `numbers` are those of marks in widgets. */
export function findingsList(findings, numbers) {
  if (!findings.length) return h("p", { class: "quiet" }, "The checks found nothing to tell.");
  const sorted = [...findings].sort((a, b) => ORDER.indexOf(severityOf(a)) - ORDER.indexOf(severityOf(b)));
  const drawn = sorted.map((each, n) => oneFinding(each, numbers.get(each), n === 0));
  const serious = sorted.filter((each) => ["error", "warning"].includes(severityOf(each))).length;
  const atOnce = serious || FEW; // beside something serious, notes mostly follow from it
  if (drawn.length <= atOnce + (serious ? 0 : 1)) return h("div", { class: "findings" }, drawn);
  const rest = h("details", { class: "more-findings" }, h("summary", {}, `${count(drawn.length - atOnce, "note")}${serious ? " beside" : ""}`));
  rest.append(...drawn.slice(atOnce));
  return h("div", { class: "findings" }, drawn.slice(0, atOnce), rest);
}

function oneFinding(finding, spot, first) {
  const severity = severityOf(finding);
  return h("article", { class: `finding ${severity}`, dataset: { rule: finding.rule } },
    h("p", {},
      h("b", { class: "badge" }, severity), " ", h("code", {}, finding.rule), " ",
      spot ? h("span", { class: `spot ${spot.severity}`, title: "its number in the drawn widget" }, String(spot.number)) : null,
    ),
    message(finding.message),
    behind(finding, first && severity === "error"),
  );
}

function message(text) {
  const words = String(text ?? "");
  if (words.length < 700) return h("p", { dir: "auto" }, words);
  return h("details", {}, h("summary", { dir: "auto" }, `${words.slice(0, 300)}…`), inParts(words, { tag: "p" }));
}

function behind({ evidence }, opened) {
  const held = evidence ?? {};
  const parts = [];
  if (held.raised) parts.push(folded("Traceback", () => h("pre", { tabindex: "0" }, tracebackText(held.raised)), { classes: "behind", open: opened, paper: true }));
  const rest = Object.fromEntries(Object.entries(held).filter(([key]) => key !== "raised"));
  if (Object.keys(rest).length) parts.push(folded("Evidence", () => inParts(indented(rest)), { classes: "behind" }));
  return parts.length ? h("div", { class: "behinds" }, parts) : null;
}

/** An exception with what led to it, oldest first, a frame a line. */
export function tracebackText(raised) {
  if (!raised || typeof raised !== "object") return String(raised ?? "");
  const above = raised.cause ? `${tracebackText(raised.cause)}\n\nwhich led to\n\n` : "";
  const frames = (Array.isArray(raised.frames) ? raised.frames : []).map(frameText);
  return above + [...frames, `${raised.type ?? "an exception"}: ${raised.message ?? ""}`].join("\n");
}

function frameText(frame) {
  const owner = [frame.distribution, frame.version].filter(Boolean).join(" ");
  const code = frame.code ? `\n    ${frame.code}` : "";
  return `${frame.file}:${frame.line} in ${frame.function}${owner ? `  (${owner})` : ""}${code}`;
}
