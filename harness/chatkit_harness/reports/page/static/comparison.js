// Native against Agent Builder: all of it (#comparison), or one scenario side by side (#comparison-3).

import { block } from "./data.js";
import { overview } from "./comparison_overview.js";
import { scenarioView } from "./comparison_scenario.js";

/** What reports/page/compared.py tells; null where the page has no comparison. */
export function loadComparison() {
  return block("comparison");
}

/** The view: `args` is the number of a scenario, from 1, or nothing. */
export async function showComparison({ run, comparison, args, query }) {
  const at = Number(args[0]) - 1;
  return comparison.scenarios[at] ? scenarioView(comparison, at, run) : overview(comparison, query);
}
