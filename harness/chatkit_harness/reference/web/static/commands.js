// The chart-command language in its written form: `VERB:args "label"`, read into small objects, and applied to
// what a chart shows. A reader for this page: the harness judges commands by a stricter one.

const ALIASES = {
  CHART: "LOAD", STOP: "STOPLOSS", STOP_LOSS: "STOPLOSS", ADD: "INDICATOR", SHOW: "INDICATOR",
  REMOVE: "INDICATOR", HIDE: "INDICATOR",
};
export const TIMEFRAMES = [
  "1m", "5m", "15m", "30m", "1H", "4H", "1D", "5D", "1W", "2W", "1M", "3M", "6M", "1Y", "2Y", "5Y", "YTD", "MAX",
];
const LONGEST = 400;
const MOST = 500;
const SYMBOL = "\\$?([A-Za-z](?:[A-Za-z0-9.-]{0,8}[A-Za-z0-9])?)";
const PRICE = "\\$?((?:\\d{1,3}(?:,\\d{3})+|\\d{1,12})(?:\\.\\d{1,8})?)";
const TIME = "(\\d{4}-\\d{2}-\\d{2}(?:T\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d+)?)?(?:Z|[+-]\\d{2}:?\\d{2})?)?|\\d{9,12})";
const NAME = "([A-Za-z][A-Za-z0-9_-]{0,39})";
const ID = "([A-Za-z0-9][A-Za-z0-9_.#-]{0,63})";
const LEVEL_ROLES = { SUPPORT: "support", RESISTANCE: "resistance", ENTRY: "entry", TARGET: "target", STOPLOSS: "stop" };
const VERBS = [
  "LOAD", "TIMEFRAME", ...Object.keys(LEVEL_ROLES), "TRENDLINE", "FIBONACCI", "INDICATOR", "PATTERN", "DRAW",
  "ANNOTATE", "CLEAR", "ZOOM", "PAN", "SCROLL", "STYLE", "RESET", "CROSSHAIR", "ANALYZE", ...Object.keys(ALIASES),
];
const START = new RegExp(`(?<![\\w/$@.#&=])(${VERBS.join("|")}):\\s{0,3}`, "g");
const IN_ORDER = { MACD: ["fast", "slow", "signal"], STOCH: ["k", "d", "smooth"], BOLLINGER: ["period", "deviation"] };
const SAME = { BB: "BOLLINGER", BBANDS: "BOLLINGER", BOLLINGER_BANDS: "BOLLINGER", STOCHASTIC: "STOCH", VOL: "VOLUME" };

const READERS = {
  LOAD: [[SYMBOL, ([symbol]) => ({ kind: "load", symbol: symbol.toUpperCase() })]],
  TIMEFRAME: [["(\\d{0,3} ?[A-Za-z]{1,5}\\d{0,2})", ([value]) => timeframe(value)]],
  ...Object.fromEntries(Object.entries(LEVEL_ROLES).map(([verb, role]) => [
    verb, [[PRICE, ([value]) => priced({ kind: "level", role, price: price(value) })]],
  ])),
  TRENDLINE: [
    [`${PRICE}[:,]${TIME}[:,]${PRICE}[:,]${TIME}`, ([p, t, q, u]) => line("trendline", t, p, u, q)],
    [`${TIME}[:,]${PRICE}[:,]${TIME}[:,]${PRICE}`, ([t, p, u, q]) => line("trendline", t, p, u, q)],
  ],
  FIBONACCI: [[`${PRICE}[:,]${PRICE}`, ([a, b]) => fibonacci(price(a), price(b))]],
  INDICATOR: [[`${NAME}((?::[A-Za-z0-9_.=,]{1,80})*)`, ([name, rest]) => indicator(name, rest)]],
  PATTERN: [[`${NAME}(?::${TIME}:${TIME})?`, ([name, start, end]) => ({
    kind: "pattern", name: name.toUpperCase(), since: time(start), until: time(end),
  })]],
  DRAW: [
    [`LEVEL:${ID}:${NAME}:${PRICE}`, ([id, type, value]) => priced({ kind: "drawing", what: "level", id, type: type.toUpperCase(), price: price(value) })],
    [`TARGET:${ID}:${PRICE}`, ([id, value]) => priced({ kind: "drawing", what: "target", id, price: price(value) })],
    [`TRENDLINE:${ID}:${TIME}:${PRICE}:${TIME}:${PRICE}(?::${NAME})?`, ([id, t, p, u, q, style]) => ({
      ...line("drawing", t, p, u, q), what: "trendline", id, style: style?.toLowerCase(),
    })],
  ],
  ANNOTATE: [[`PATTERN:${ID}:${NAME}(?::([^"\\n]{1,300}))?`, ([id, status, text]) => ({
    kind: "annotation", id, status: status.toLowerCase(), text: text?.trim(),
  })]],
  CLEAR: [["ALL", () => ({ kind: "clear" })], [`PATTERN:${ID}`, ([id]) => ({ kind: "clear", id })]],
  ZOOM: [["(IN|OUT)", ([value]) => ({ kind: "zoom", value: value.toLowerCase() })]],
  PAN: [["(LEFT|RIGHT)", ([value]) => ({ kind: "pan", value: value.toLowerCase() })]],
  SCROLL: [[TIME, ([date]) => ({ kind: "scroll", date: time(date) })]],
  STYLE: [["(CANDLE|LINE|AREA)(?:STICK)?S?", ([value]) => ({ kind: "style", value: value === "CANDLE" ? "candles" : value.toLowerCase() })]],
  RESET: [["(VIEW|SCALE)", ([value]) => ({ kind: "reset", value: value.toLowerCase() })]],
  CROSSHAIR: [["(ON|OFF|TOGGLE)", ([value]) => ({ kind: "crosshair", value: value.toLowerCase() })]],
  ANALYZE: [[NAME, ([value]) => ({ kind: "analyze", value: value.toLowerCase() })]],
};
const COMPILED = Object.fromEntries(Object.entries(READERS).map(([verb, forms]) => [
  verb,
  forms.map(([pattern, make]) => [new RegExp(`${pattern}(?=$|[\\s,;|)"“*\`]|[.!?](?!\\d))`, "y"), make]),
]));
const LABEL = /\s{0,4}["“]([^"”\n]{0,300})["”]/y;

function price(written) {
  return Number(written.replaceAll(",", ""));
}

function priced(command) {
  return command.price > 0 && command.price < 1e9 ? command : null;
}

function time(written) {
  if (!written) return null;
  const seconds = /^\d+$/.test(written) ? Number(written) : Date.parse(written) / 1000;
  return Number.isFinite(seconds) ? seconds : null;
}

function line(kind, firstTime, firstPrice, secondTime, secondPrice) {
  return {
    kind, first: { time: time(firstTime), price: price(firstPrice) },
    second: { time: time(secondTime), price: price(secondPrice) },
  };
}

function fibonacci(first, second) {
  return first === second ? null : { kind: "fibonacci", high: Math.max(first, second), low: Math.min(first, second) };
}

function timeframe(written) {
  const text = written.replaceAll(" ", "");
  const upper = text.toUpperCase();
  const candidates = [text, upper === "ALL" ? "MAX" : upper, upper.replace(/MON?$/, "M"), upper.replace(/MIN$/, "m")];
  const swapped = /^([HDWM])(\d+)$/.exec(upper);
  if (swapped) candidates.push(`${swapped[2]}${swapped[1] === "M" ? "m" : swapped[1]}`);
  if (/^\d+[mM]$/.test(text)) candidates.push(text.toLowerCase());
  const value = candidates.find((each) => TIMEFRAMES.includes(each));
  return value ? { kind: "timeframe", value } : null;
}

function indicator(written, rest) {
  let name = written.toUpperCase().replaceAll("-", "_");
  const numbered = /^([A-Z]{2,4})_?(\d{1,3})$/.exec(name);
  const command = { kind: "indicator", name, enabled: true, params: {} };
  if (numbered) {
    name = numbered[1];
    command.params.period = Number(numbered[2]);
  }
  command.name = SAME[name] ?? name;
  const plain = [];
  for (const part of rest.split(/[:,]/).filter(Boolean)) {
    const given = /^([A-Za-z]\w*)=(\d+(?:\.\d+)?)$/.exec(part);
    if (/^(ON|OFF|TRUE|FALSE)$/i.test(part)) command.enabled = /^(ON|TRUE)$/i.test(part);
    else if (given) command.params[given[1].toLowerCase()] = Number(given[2]);
    else if (/^\d+(\.\d+)?$/.test(part)) plain.push(Number(part));
    else return null;
  }
  const names = IN_ORDER[command.name] ?? ["period"];
  plain.slice(0, names.length).forEach((value, number) => { command.params[names[number]] = value; });
  return command;
}

/** Every command of a text, in order, with the characters `[start, end)` that it stands in; and what looks
 * like a command and cannot be read, as it was written. */
export function readText(text) {
  const found = { commands: [], rejected: [] };
  let passed = 0;
  for (const start of text.matchAll(START)) {
    if (found.commands.length >= MOST) break;
    if (start.index < passed) continue; // a part of the command before, such as DRAW:TARGET:
    const from = start.index + start[0].length;
    const verb = ALIASES[start[1]] ?? start[1];
    const read = readArgument(verb, text, from);
    if (!read) {
      const [written] = text.slice(start.index, start.index + LONGEST).split(/\s/, 1);
      found.rejected.push(written);
      passed = start.index + written.length;
      continue;
    }
    passed = read.end;
    if (start[1] === "REMOVE" || start[1] === "HIDE") read.command.enabled = false;
    found.commands.push({ ...read.command, start: start.index, end: read.end });
  }
  return found;
}

function readArgument(verb, text, from) {
  for (const [pattern, make] of COMPILED[verb]) {
    pattern.lastIndex = from;
    const match = pattern.exec(text);
    const command = match && make(match.slice(1));
    if (!command) continue;
    LABEL.lastIndex = pattern.lastIndex;
    const label = LABEL.exec(text);
    return { command: { ...command, label: label?.[1].trim() || null }, end: label ? LABEL.lastIndex : pattern.lastIndex };
  }
  return null;
}

/** The commands of a list of texts, one or more a text; anything else in the list is rejected. */
export function readCommands(list) {
  const found = { commands: [], rejected: [] };
  for (const each of Array.isArray(list) ? list.slice(0, MOST) : []) {
    const read = readText(typeof each === "string" ? each : "");
    found.commands.push(...read.commands);
    found.rejected.push(...read.rejected);
    if (!read.commands.length && !read.rejected.length) found.rejected.push(String(each).slice(0, LONGEST));
  }
  return found;
}

/** A message's text without the lines that are commands and nothing else, and those commands: what servers on
 * chatkit releases before 1.4.0 send. */
export function splitText(text) {
  const kept = [];
  const commands = [];
  for (const row of text.split("\n")) {
    const read = readText(row);
    let rest = row;
    for (const each of [...read.commands].reverse()) rest = rest.slice(0, each.start) + rest.slice(each.end);
    const said = /^\s*(?:[-*+•]|\d{1,3}[.)])\s/.test(row) && /[A-Z]:\s/.test(row); // a list for people
    if (read.commands.length && !said && !/[^\s,;|`*-]/.test(rest)) commands.push(...read.commands);
    else kept.push(row);
  }
  return { text: kept.join("\n").trim(), commands };
}

// What a chart shows

/** A chart that shows nothing. */
export function emptyState() {
  return {
    symbol: null, timeframe: null, style: "candles", indicators: [], levels: [], fibonacci: [], trendlines: [],
    patterns: [], drawings: [], trade: [], annotations: [], analysis: [], crosshair: true, moves: [],
  };
}

const ORDER = [
  "clear", "load", "timeframe", "style", "indicator", "level", "fibonacci", "trendline", "drawing", "pattern",
  "trade", "annotation", "zoom", "pan", "scroll", "reset", "crosshair", "analyze",
];
const SHELVES = { fibonacci: "fibonacci", trendline: "trendlines", pattern: "patterns", drawing: "drawings", annotation: "annotations" };
const DRAWN = ["levels", "fibonacci", "trendlines", "patterns", "drawings", "trade", "annotations", "analysis"];

/** The state after the commands, in the order of the language whatever order they come in: clear, load,
 * timeframe, style, indicators, levels, Fibonacci, trendlines, drawings, trade levels, annotations, view,
 * analysis. `moves` are the steps of the view that these commands asked for. */
export function applyCommands(state, commands) {
  const next = structuredClone({ ...state, moves: [] });
  for (const command of [...commands].sort((a, b) => rank(a) - rank(b))) take(next, command);
  return next;
}

function isTrade(command) {
  return command.kind === "level" && !["support", "resistance"].includes(command.role);
}

function rank(command) {
  return ORDER.indexOf(isTrade(command) ? "trade" : command.kind);
}

function wipe(state) {
  for (const name of DRAWN) state[name] = [];
}

function take(state, command) {
  const { kind } = command;
  if (kind === "clear") clear(state, command.id);
  else if (kind === "load") load(state, command.symbol);
  else if (kind === "timeframe" || kind === "style") state[kind] = command.value;
  else if (kind === "indicator") switchIndicator(state, command);
  else if (kind === "level") keep(state, isTrade(command) ? "trade" : "levels", command);
  else if (SHELVES[kind]) keep(state, SHELVES[kind], command);
  else if (kind === "crosshair") state.crosshair = command.value === "toggle" ? !state.crosshair : command.value === "on";
  else if (kind === "analyze") state.analysis = [...new Set([...state.analysis, command.value])];
  else state.moves.push(command);
}

function load(state, symbol) {
  if (symbol === state.symbol) return;
  wipe(state);
  state.symbol = symbol;
}

function clear(state, id) {
  if (!id) {
    wipe(state);
    return;
  }
  const belongs = (each) => each.id === id || each.id?.startsWith(`${id}_`);
  state.drawings = state.drawings.filter((each) => !belongs(each));
  state.annotations = state.annotations.filter((each) => each.id !== id);
  state.patterns = state.patterns.filter((each) => each.name !== id.toUpperCase());
}

function switchIndicator(state, command) {
  const same = (each) => each.name === command.name &&
    (!Object.keys(command.params).length || JSON.stringify(each.params) === JSON.stringify(command.params));
  if (!command.enabled) state.indicators = state.indicators.filter((each) => !same(each));
  else if (!state.indicators.some((each) => each.name === command.name && JSON.stringify(each.params) === JSON.stringify(command.params))) {
    state.indicators.push(command);
  }
}

function identity({ label, start, end, ...bare }) {
  return bare.id ? `${bare.kind === "drawing" ? "d" : "a"}:${bare.id}` : JSON.stringify(bare);
}

function keep(state, shelf, command) {
  const same = (each) => identity(each) === identity(command);
  const there = state[shelf].find(same);
  if (there && !command.id && there.label) return;
  state[shelf] = [...state[shelf].filter((each) => !same(each)), command];
}

/** What is drawn, one sentence a thing: the chart in words. */
export function describe(state) {
  const money = (value) => value.toFixed(2);
  const labelled = (text, { label }) => (label ? `${text} (${label})` : text);
  const day = (seconds) => (seconds ? new Date(seconds * 1000).toISOString().slice(0, 10) : "an unknown day");
  const lines = (each) => `from ${money(each.first.price)} on ${day(each.first.time)} to ${money(each.second.price)} on ${day(each.second.time)}`;
  const words = { support: "Support", resistance: "Resistance", entry: "Entry", target: "Target", stop: "Stop loss" };
  return [
    ...[...state.levels, ...state.trade].map((each) => labelled(`${words[each.role]} at ${money(each.price)}`, each)),
    ...state.fibonacci.map((each) => labelled(`Fibonacci from ${money(each.high)} to ${money(each.low)}`, each)),
    ...state.trendlines.map((each) => labelled(`Trendline ${lines(each)}`, each)),
    ...state.drawings.map((each) => labelled(
      each.what === "trendline" ? `Trendline ${each.id} ${lines(each)}` : `${each.type ?? "Target"} ${each.id} at ${money(each.price)}`, each,
    )),
    ...state.indicators.map((each) => labelled(`Indicator ${each.name} ${Object.values(each.params).join(", ")}`.trim(), each)),
    ...state.patterns.map((each) => labelled(`Pattern ${each.name.toLowerCase()}`, each)),
    ...state.annotations.map((each) => `Pattern ${each.id}: ${each.status}${each.text ? `, ${each.text}` : ""}`),
    ...state.analysis.map((each) => `Analysis asked for: ${each}`),
  ];
}
