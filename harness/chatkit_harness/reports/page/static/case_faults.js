// Where in a drawn widget something is wrong: an outline and a number at the component, and a list below.

import { h } from "./dom.js";
import { severityOf } from "./findings.js";

const LONGEST = 160;

/** The faults of a case's widgets.
 *
 * `places`: by item id lists of {number, path, findings}; `unsent`: the same of widgets that never went out, by
 * turn; `numbers`: finding to {number, severity}. Findings at one place have one number.
 */
export function faultsOf(findings) {
  const faults = { places: new Map(), unsent: new Map(), numbers: new Map() };
  const known = new Map();
  let last = 0;
  for (const finding of findings) {
    const { path, item, turn, sent } = finding.evidence ?? {};
    if (typeof path !== "string" || !path.startsWith("$") || !/^(widgets|client)\//.test(finding.rule)) continue;
    const never = sent === false;
    if (!never && !item) continue;
    const key = JSON.stringify([never ? turn ?? 0 : item, never, path]);
    if (!known.has(key)) {
      last += 1;
      const fault = { number: last, path, findings: [] };
      known.set(key, fault);
      const shelf = never ? faults.unsent : faults.places;
      const at = never ? turn ?? 0 : item;
      shelf.set(at, [...(shelf.get(at) ?? []), fault]);
    }
    known.get(key).findings.push(finding);
    faults.numbers.set(finding, known.get(key));
  }
  for (const [finding, fault] of faults.numbers) faults.numbers.set(finding, { number: fault.number, severity: worst(fault) });
  return faults;
}

/** Mark faults in an element that holds a drawn widget, and tell them below it. */
export function markFaults(element, faults) {
  const widget = element.querySelector(".ck-widget");
  if (!widget) {
    element.append(faultList(faults));
    return;
  }
  const frame = h("div", { class: "faulty-widget" });
  widget.replaceWith(frame);
  frame.append(widget);
  const spots = faults.map((fault) => {
    const target = place(widget, fault.path);
    const severity = worst(fault);
    target.classList.add("faulty", severity);
    target.dataset.fault = String(fault.number);
    const spot = h("span", { class: `spot ${severity}`, "aria-hidden": "true" }, String(fault.number));
    frame.append(spot);
    return { spot, target };
  });
  const settle = () => settled(frame, spots);
  new ResizeObserver(settle).observe(frame);
  element.append(faultList(faults));
}

/** The element of a path in a drawn widget, or the nearest one around it. */
export function place(widget, path) {
  let at = path;
  while (at) {
    const found = widget.querySelector(`[data-path="${CSS.escape(at)}"]`);
    if (found) return found;
    const shorter = at.replace(/(\.[^.[\]]+|\[[^\]]*\])$/, "");
    if (shorter === at) break;
    at = shorter;
  }
  return widget.firstElementChild ?? widget;
}

function worst(fault) {
  return ["error", "warning", "expected", "note"].find((each) => fault.findings.some((finding) => severityOf(finding) === each)) ?? "note";
}

/** Put each number at the corner of its component; numbers that would hide each other stand side by side. */
function settled(frame, spots) {
  const around = frame.getBoundingClientRect();
  const taken = new Set();
  for (const { spot, target } of spots) {
    const box = seen(target, frame).getBoundingClientRect();
    let left = Math.max(0, Math.min(box.left - around.left - 7, around.width - 18));
    const top = Math.max(-8, box.top - around.top - 8);
    while (taken.has(`${Math.round(left / 18)}:${Math.round(top / 12)}`)) left += 18;
    taken.add(`${Math.round(left / 18)}:${Math.round(top / 12)}`);
    spot.style.setProperty("left", `${left}px`);
    spot.style.setProperty("top", `${top}px`);
  }
}

/** The element, or the nearest one around it that takes room: a folded card hides what is in it. */
function seen(target, frame) {
  let at = target;
  while (at !== frame && !at.getBoundingClientRect().width) at = at.parentElement;
  return at;
}

function faultList(faults) {
  return h("ol", { class: "fault-list", "aria-label": "What is wrong in this widget" }, faults.map((fault) => {
    const [finding] = fault.findings;
    const { component, prop, value } = finding.evidence;
    return h("li", { dataset: { fault: String(fault.number) } },
      h("span", { class: `spot ${worst(fault)}` }, String(fault.number)),
      h("div", {},
        h("p", {},
          h("code", {}, [component, prop].filter(Boolean).join(".")), " ",
          value === undefined || value === null ? null : h("code", { class: "value", dir: "auto" }, short(value)), " ",
          h("span", { class: "quiet" }, `at ${fault.path}`),
        ),
        fault.findings.map((each) => h("p", { dir: "auto", class: "said" },
          h("span", { class: `sev ${severityOf(each)}` }, severityOf(each)), " ", each.message,
        )),
      ),
    );
  }));
}

function short(value) {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
