// Indicators from bars: each a list of {time, value}, shorter than the bars by what it needs to begin.

function closes(bars) {
  return bars.map((bar) => bar.close);
}

function timed(bars, values) {
  return values
    .map((value, at) => ({ time: bars[at].time, value }))
    .filter((point) => point.value !== null && Number.isFinite(point.value));
}

function simple(values, period) {
  let sum = 0;
  return values.map((value, at) => {
    sum += value - (at >= period ? values[at - period] : 0);
    return at >= period - 1 ? sum / period : null;
  });
}

function exponential(values, period) {
  const share = 2 / (period + 1);
  let last = null;
  return values.map((value, at) => {
    if (at < period - 1) return null;
    if (last === null) last = values.slice(0, period).reduce((a, b) => a + b, 0) / period;
    else last = value * share + last * (1 - share);
    return last;
  });
}

function weighted(values, period) {
  const whole = (period * (period + 1)) / 2;
  return values.map((_, at) => {
    if (at < period - 1) return null;
    return values.slice(at - period + 1, at + 1).reduce((sum, value, place) => sum + value * (place + 1), 0) / whole;
  });
}

/** Wilder's: an average that moves by one part in `period`. */
function smoothed(values, period) {
  let last = null;
  return values.map((value, at) => {
    if (at < period - 1) return null;
    if (last === null) last = values.slice(0, period).reduce((a, b) => a + b, 0) / period;
    else last = (last * (period - 1) + value) / period;
    return last;
  });
}

function bollinger(bars, period, deviation) {
  const values = closes(bars);
  const middle = simple(values, period);
  const spread = middle.map((mean, at) => {
    if (mean === null) return null;
    const part = values.slice(at - period + 1, at + 1);
    return Math.sqrt(part.reduce((sum, value) => sum + (value - mean) ** 2, 0) / period) * deviation;
  });
  const moved = (sign) => middle.map((mean, at) => (mean === null ? null : mean + sign * spread[at]));
  return [
    { title: "upper band", points: timed(bars, moved(1)) },
    { title: "middle band", points: timed(bars, middle) },
    { title: "lower band", points: timed(bars, moved(-1)) },
  ];
}

function rsi(bars, period) {
  const values = closes(bars);
  const changes = values.slice(1).map((value, at) => value - values[at]);
  const gains = smoothed(changes.map((change) => Math.max(change, 0)), period);
  const losses = smoothed(changes.map((change) => Math.max(-change, 0)), period);
  const strength = gains.map((gain, at) => {
    if (gain === null) return null;
    return losses[at] ? 100 - 100 / (1 + gain / losses[at]) : 100;
  });
  return [{ title: `RSI ${period}`, points: timed(bars, [null, ...strength]), marks: [30, 70] }];
}

function macd(bars, fast, slow, signal) {
  const values = closes(bars);
  const slowly = exponential(values, slow);
  const line = exponential(values, fast).map((value, at) => (value === null || slowly[at] === null ? null : value - slowly[at]));
  const points = timed(bars, line);
  const signals = exponential(points.map((point) => point.value), signal);
  const signalled = timed(points, signals);
  const difference = timed(points, signals.map((value, at) => (value === null ? null : points[at].value - value)));
  return [
    { title: "MACD", points },
    { title: "signal", points: signalled },
    { title: "histogram", points: difference, histogram: true },
  ];
}

function averageRange(bars, period) {
  const ranges = bars.map((bar, at) => {
    const before = at ? bars[at - 1].close : bar.close;
    return Math.max(bar.high - bar.low, Math.abs(bar.high - before), Math.abs(bar.low - before));
  });
  return [{ title: `ATR ${period}`, points: timed(bars, smoothed(ranges, period)) }];
}

function stochastic(bars, k, d) {
  const raw = bars.map((bar, at) => {
    if (at < k - 1) return null;
    const part = bars.slice(at - k + 1, at + 1);
    const low = Math.min(...part.map((each) => each.low));
    const high = Math.max(...part.map((each) => each.high));
    return high > low ? (100 * (bar.close - low)) / (high - low) : 50;
  });
  const points = timed(bars, raw);
  return [
    { title: `Stochastic ${k}`, points, marks: [20, 80] },
    { title: `mean of ${d}`, points: timed(points, simple(points.map((point) => point.value), d)) },
  ];
}

function average(name, compute) {
  return (bars, { period = 20 }) => ({
    pane: false, lines: [{ title: `${name} ${whole(period)}`, points: timed(bars, compute(closes(bars), whole(period))) }],
  });
}

function whole(value) {
  return Math.max(1, Math.min(Math.round(value), 400));
}

const KNOWN = {
  SMA: average("SMA", simple),
  MA: average("MA", simple),
  EMA: average("EMA", exponential),
  WMA: average("WMA", weighted),
  BOLLINGER: (bars, { period = 20, deviation = 2 }) => ({ pane: false, lines: bollinger(bars, whole(period), deviation) }),
  RSI: (bars, { period = 14 }) => ({ pane: true, lines: rsi(bars, whole(period)) }),
  MACD: (bars, { fast = 12, slow = 26, signal = 9 }) => ({ pane: true, lines: macd(bars, whole(fast), whole(slow), whole(signal)) }),
  ATR: (bars, { period = 14 }) => ({ pane: true, lines: averageRange(bars, whole(period)) }),
  STOCH: (bars, { k = 14, d = 3 }) => ({ pane: true, lines: stochastic(bars, whole(k), whole(d)) }),
  VOLUME: (bars) => ({
    pane: true, lines: [{ title: "Volume", points: bars.map((bar) => ({ time: bar.time, value: bar.volume })), histogram: true }],
  }),
};

/** An indicator's lines on the price or in a pane of its own; null for one that this page cannot work out. */
export function computeIndicator(name, params, bars) {
  return Object.hasOwn(KNOWN, name) && bars.length ? KNOWN[name](bars, params) : null;
}
