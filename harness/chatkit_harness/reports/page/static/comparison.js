// Native against Agent Builder: all of it (#comparison), or one scenario side by side (#comparison-3).

import { block } from "./data.js";
import { h } from "./dom.js";
import { overview } from "./comparison_overview.js";
import { scenarioView } from "./comparison_scenario.js";

/** What reports/page/compared.py tells; null where the page has no comparison. */
export function loadComparison() {
  return block("comparison");
}

/** The view: `args` is the number of a scenario, from 1, or nothing. */
export async function showComparison({ run, comparison, args, query }) {
  const at = Number(args[0]) - 1;
  if (comparison.scenarios[at]) return scenarioView(comparison, at, run);
  const whole = overview(comparison, query);
  if (args.length) whole.prepend(h("p", { class: "notice quiet" }, `No scenario of the comparison has the number ${args[0].slice(0, 20)}; these are all of them.`));
  return whole;
}
