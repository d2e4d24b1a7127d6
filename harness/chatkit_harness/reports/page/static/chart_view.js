// A chart that commands have drawn, with the same in words: what a user of the page with the chart would see.
//
//   const element = await chartOf([{ commands: ["LOAD:TSLA", "SUPPORT:395.56"] }]);
//
// The picture is drawn once the element has a width. What is then on the chart is counted in its data attributes:
// data-levels, data-trendlines, data-fibonacci, data-indicators, data-lines, data-bars.

import { MADE_UP, historyOf } from "./candles.js";
import { PriceChart } from "./chart.js";
import { applyCommands, describe, emptyState, readCommands } from "./commands.js";
import { append, count, h } from "./dom.js";
import { computeIndicator } from "./indicators.js";

const SHOWN_AT_ONCE = 12;
const MOST_WORDS = 100;
const FAR = 1.5;
const ATTRIBUTION = "https://www.tradingview.com/";
const HELP = "Arrow keys select a day, with Shift several; a click does so too. Escape selects none.";
const money = (value) => value.toFixed(2);

/** The element of turns, oldest first: [{commands, opened}]. `commands` are in their text form, those of the last turn
 * are told; `opened` is {symbol, timeframe} where the page shows a chart when the turn is asked, whoever loaded it. */
export async function chartOf(turns) {
  let state = emptyState();
  let shown = null;
  let rejected = [];
  for (const { commands, opened = null } of turns) {
    if (opened && !same(opened, shown)) state = { ...state, symbol: opened.symbol, timeframe: opened.timeframe ?? state.timeframe };
    shown = opened;
    const told = readCommands(commands);
    state = applyCommands(state, told.commands);
    rejected = told.rejected;
  }
  const { commands } = turns.at(-1);
  const history = state.symbol ? await historyOf(state.symbol, state.timeframe ?? "1D") : null;
  const said = [words(state, history), asGiven(commands, rejected)];
  if (!history) return h("figure", { class: "chart-view none", dataset: { drawn: "none" } }, caption(state, null), h("p", { class: "chart-note" }, missing(state)), said);
  const view = h("figure", { class: "chart-view" }, caption(state, history));
  return append(view, [picture(view, state, history), said, source()]);
}

function same(one, other) {
  return one.symbol === other?.symbol && one.timeframe === other?.timeframe;
}

function missing(state) {
  if (!state.symbol) return "No command loads a symbol, and none was on the chart before: there is nothing to draw on.";
  return `There is no price history of ${state.symbol} on this page, so the chart is told in words alone.`;
}

function caption(state, history) {
  const { symbol, timeframe, style } = state;
  const bars = history ? `${count(history.bars.length, "bar")} as ${style}` : null;
  return h("figcaption", {},
    h("b", { dir: "auto" }, symbol ?? "Chart"), " ",
    h("span", { class: "quiet" }, [symbol && (timeframe ?? "1D"), bars].filter(Boolean).join(", ")),
  );
}

function picture(view, state, history) {
  const last = history.bars.at(-1);
  const label = `${state.symbol}, timeframe ${state.timeframe ?? "1D"}, last close ${money(last.close)}; what is drawn is told below. ${HELP}`;
  const box = h("div", {
    class: "chart-box", tabindex: 0, role: "group", "aria-roledescription": "price chart", "aria-label": label,
  });
  const selected = h("p", { class: "chart-note", role: "status" }, "");
  const far = tooFar(state, history.bars);
  const notes = [history.note, far.length ? `Too far from these prices to be in the picture: ${far.join(", ")}.` : ""];
  whenWide(box, () => draw(view, box, { state, history, selected }));
  return [box, selected, ...notes.filter(Boolean).map((note) => h("p", { class: "chart-note" }, note))];
}

/** Charts are drawn into what has a size: a page that is not shown, or a fold that is closed, has none. */
function whenWide(box, act) {
  const observer = new ResizeObserver(() => {
    if (!box.clientWidth) return;
    observer.disconnect();
    act();
  });
  observer.observe(box);
}

function draw(view, box, { state, history, selected }) {
  const library = window.LightweightCharts;
  if (!library) {
    selected.textContent = "The chart library is not on this page.";
    return;
  }
  const onSelect = (selection) => { selected.textContent = selectionWords(selection); };
  const chart = new PriceChart(box, { library, onSelect, wheel: false });
  const dark = matchMedia("(prefers-color-scheme: dark)");
  chart.setTheme(dark.matches);
  chart.show(history.bars, state);
  Object.assign(view.dataset, chart.drawn, { bars: history.bars.length, symbol: state.symbol });
  const follow = () => {
    if (view.isConnected) chart.setTheme(dark.matches);
    else dark.removeEventListener("change", follow);
  };
  dark.addEventListener("change", follow);
}

function selectionWords(selection) {
  if (!selection) return "";
  const { from, to, bars } = selection;
  const [first] = bars;
  if (bars.length === 1) {
    return `${from}: open ${money(first.open)}, high ${money(first.high)}, low ${money(first.low)}, close ${money(first.close)}`;
  }
  const change = bars.at(-1).close - first.open;
  return `${from} to ${to}: ${bars.length} bars, ${change >= 0 ? "+" : ""}${money(change)}`;
}

function tooFar({ levels, trade, drawings }, bars) {
  const least = Math.min(...bars.map((bar) => bar.low)) / FAR;
  const most = Math.max(...bars.map((bar) => bar.high)) * FAR;
  const prices = [...levels, ...trade, ...drawings].map((each) => each.price).filter(Number.isFinite);
  return prices.filter((price) => price < least || price > most).map(money);
}

function words(state, history) {
  const unknown = state.indicators.filter((each) => history && !computeIndicator(each.name, each.params, history.bars));
  const all = describe({ ...state, indicators: state.indicators.filter((each) => !unknown.includes(each)) });
  const told = all.slice(0, MOST_WORDS).map((text) => h("li", { dir: "auto" }, text));
  const lost = unknown.map((each) => h("li", { class: "rejected" }, `✗ Indicator ${each.name} is not drawn: this page cannot work it out.`));
  if (!told.length && !lost.length) return h("p", { class: "chart-note" }, "Nothing is drawn on it.");
  const list = h("ul", { class: "chart-words" }, told.slice(0, SHOWN_AT_ONCE), lost);
  const rest = told.slice(SHOWN_AT_ONCE);
  if (!rest.length) return list;
  return [list, h("details", {}, h("summary", {}, `${count(all.length - SHOWN_AT_ONCE, "more thing")} drawn`), h("ul", { class: "chart-words" }, rest))];
}

function asGiven(commands, rejected) {
  const given = commands.slice(0, MOST_WORDS).map((each) => h("li", {}, h("code", { dir: "auto" }, String(each).slice(0, 400))));
  const rest = commands.length - given.length;
  return [
    rejected.length > 0 && h("div", { class: "rejected" },
      h("p", {}, `✗ ${count(rejected.length, "command")} not understood:`),
      h("ul", {}, rejected.slice(0, MOST_WORDS).map((each) => h("li", {}, h("code", { dir: "auto" }, each.slice(0, 400)))))),
    h("details", { class: "chart-commands" },
      h("summary", {}, count(commands.length, "command")),
      h("ol", {}, given), rest > 0 && h("p", { class: "quiet" }, `… and ${count(rest, "more")}`)),
  ];
}

function source() {
  const link = h("a", { href: ATTRIBUTION, target: "_blank", rel: "noopener noreferrer" }, "TradingView");
  return h("p", { class: "chart-source" }, `${MADE_UP} Charts by `, link, " (Lightweight Charts).");
}
