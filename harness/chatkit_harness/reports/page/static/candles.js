// Price history for charts: made up market data, a day a row, put together to the bars of a timeframe.

import { block } from "./data.js";

const DAY = 86_400;
const USUAL_DAYS = 260;
// Timeframes that say how much history is shown, in trading days; the others say how long a candle is.
const DAYS = { "5D": 5, "3M": 63, "6M": 126, "1Y": 252, "2Y": 504, "5Y": 1260, MAX: 2600 };
// What the days of one bar have in common.
const PERIODS = {
  "1W": (time) => Math.floor((time / DAY + 3) / 7), // the first day of 1970 was a Thursday
  "2W": (time) => Math.floor((time / DAY + 719_163) / 14),
  "1M": (time) => new Date(time * 1000).toISOString().slice(0, 7),
};

export const MADE_UP = "The candles are made up market data, the built-in fixture's: no prices that anybody paid.";

/** {bars, note} of a symbol at a timeframe; null where the page has no history of it. `note` is what a reader has
 * to know of the bars, empty for nothing. */
export async function historyOf(symbol, timeframe = "1D") {
  const held = (await block("candles")) ?? {};
  if (!Object.hasOwn(held, symbol)) return null;
  let days = held[symbol].slice(-(DAYS[timeframe] ?? USUAL_DAYS));
  if (timeframe === "YTD") days = days.filter(([time]) => yearOf(time) === yearOf(days.at(-1)[0]));
  const short = /^\d+[mH]$/.test(timeframe);
  return {
    bars: together(days, PERIODS[timeframe] ?? ((time) => time)),
    note: short ? `There are daily bars only: these are days, not candles of ${timeframe}.` : "",
  };
}

function yearOf(time) {
  return new Date(time * 1000).getUTCFullYear();
}

function together(days, periodOf) {
  const bars = [];
  let period = null;
  for (const [time, open, high, low, close, volume] of days) {
    if (periodOf(time) !== period) {
      period = periodOf(time);
      bars.push({ time, open, high, low, close, volume });
      continue;
    }
    const bar = bars.at(-1);
    Object.assign(bar, { high: Math.max(bar.high, high), low: Math.min(bar.low, low), close, volume: bar.volume + volume });
  }
  return bars;
}
