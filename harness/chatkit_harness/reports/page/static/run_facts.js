// The run itself: when, with what, on which machine; what of it is in this page, and where the rest lies.

import { copyable } from "./copy.js";
import { count, h } from "./dom.js";
import { longText } from "./lists.js";

/** The view `#run`. */
export async function showRun({ run }) {
  const list = h("dl");
  for (const [what, words] of run.facts) list.append(h("dt", {}, what), h("dd", {}, what === "command" ? copyable(words) : longText(words)));
  list.append(h("dt", {}, "times"), h("dd", {}, run.timing_note));
  list.append(h("dt", {}, "in this page"), h("dd", {}, held(run)));
  return h("section", {}, h("h2", {}, "The run"), list);
}

function held(run) {
  const whole = Object.values(run.verdict.summary).reduce((sum, number) => sum + number, 0);
  const inside = Object.keys(run.embedded).length;
  const every = `The outcomes of ${count(whole, "case")} in ${count(run.cells.length, "cell")}`;
  if (inside >= whole) return `${every}, each in full.`;
  return `${every}; ${inside.toLocaleString("en")} of them in full: of what fails one of each cause and scenario first, then one that passes of each scenario, then more of both. The others lie beside the page, in ${run.transcripts}.`;
}
