// A price chart on TradingView's Lightweight Charts: candles, and what chart commands have drawn on them.
//
//   const chart = new PriceChart(element, { library: window.LightweightCharts, onSelect: (selection) => {} });
//   chart.show(bars, state);
//
// `wheel: false` leaves the mouse's wheel to the page around it.
//
// Bars are {time (unix seconds, UTC), open, high, low, close, volume}, oldest first; `state` is one of
// commands.js. A click selects a bar, another one with Shift all between them; so do the arrow keys.

import { LINES, NAMES, THEMES } from "./chart_looks.js";
import { computeIndicator } from "./indicators.js";

const RATIOS = [0, 0.236, 0.382, 0.5, 0.618, 0.786, 1];
const MOST_LINES = 200;
const NEAR = 1.5; // a level that is further off than that is none of the candles'
const NARROW = 480; // pixels
const LETTER = 7;

export class PriceChart {
  #element;
  #field;
  #library;
  #onSelect;
  #wheel;
  #chart = null;
  #main = null;
  #bars = [];
  #state = null;
  #dark = false;
  #selected = null;
  #lines = [];
  #kinds = new Map();
  #longest = 0;

  /** Draw into an element, which gets the keyboard's focus as well. */
  constructor(element, { library, onSelect = () => {}, wheel = true }) {
    this.#element = element;
    this.#library = library;
    this.#onSelect = onSelect;
    this.#wheel = wheel;
    this.#field = document.createElement("div");
    this.#field.className = "chart-field";
    this.#field.setAttribute("aria-hidden", "true"); // pictures: the words for them stand beside the chart
    element.append(this.#field);
    element.addEventListener("keydown", (event) => this.#key(event));
    new ResizeObserver(() => this.#fit()).observe(element);
  }

  /** How many horizontal lines are drawn, and how many series; and how many things of each kind: levels,
   * fibonacci, trendlines, indicators. Counted on the chart, whatever was asked for. */
  get drawn() {
    const series = this.#chart ? this.#chart.panes().flatMap((pane) => pane.getSeries()) : [];
    const lines = this.#lines.slice(0, this.#main?.priceLines().length ?? 0);
    const told = { lines: lines.length, series: series.length, levels: 0, fibonacci: 0, trendlines: 0, indicators: 0 };
    // A thing may be several lines: a Fibonacci retracement, Bollinger's bands.
    for (const thing of new Set([...series, ...lines].map((each) => this.#kinds.get(each)))) if (thing) told[thing.kind] += 1;
    return told;
  }

  /** What is selected: {from, to, bars} with ISO dates; null for nothing. */
  get selection() {
    if (!this.#selected || !this.#bars.length) return null;
    const [first, last] = [...this.#selected].sort((a, b) => a - b);
    return { from: iso(this.#bars[first].time), to: iso(this.#bars[last].time), bars: this.#bars.slice(first, last + 1) };
  }

  /** The days that are in view: {from, to}. */
  get visible() {
    const range = this.#chart?.timeScale().getVisibleRange();
    return range ? { from: iso(range.from), to: iso(range.to) } : null;
  }

  /** Light or dark. */
  setTheme(dark) {
    if (this.#dark === dark && this.#chart) return;
    this.#dark = dark;
    if (this.#state) this.show(this.#bars, this.#state);
  }

  /** Draw the bars and everything that the state holds; the view stays where bars and style are the same. */
  show(bars, state) {
    const same = bars === this.#bars && this.#chart;
    const view = same ? this.#chart.timeScale().getVisibleLogicalRange() : null;
    if (bars !== this.#bars) this.#selected = null;
    this.#bars = bars;
    this.#state = state;
    this.#rebuild();
    if (view) this.#chart.timeScale().setVisibleLogicalRange(view);
    else this.#wholeView();
    for (const move of state.moves) this.#move(move);
    if (this.#selected) this.#mark();
  }

  /** Select bars by their places; null for none. */
  select(range) {
    this.#selected = range;
    this.#mark();
    this.#onSelect(this.selection);
  }

  #colours() {
    return THEMES[this.#dark ? "dark" : "light"];
  }

  #rebuild() {
    this.#chart?.remove();
    this.#lines = [];
    this.#kinds = new Map();
    this.#longest = 0;
    this.#marks = null;
    const colours = this.#colours();
    const { createChart, CrosshairMode } = this.#library;
    this.#chart = createChart(this.#field, {
      width: Math.max(this.#field.clientWidth, 50),
      height: Math.max(this.#field.clientHeight, 50),
      // The notice and the link to TradingView stand on the page: the library's own would need a style in it.
      layout: { background: { color: colours.background }, textColor: colours.text, attributionLogo: false, panes: { separatorColor: colours.grid } },
      grid: { vertLines: { color: colours.grid }, horzLines: { color: colours.grid } },
      rightPriceScale: { borderVisible: false },
      timeScale: { borderVisible: false, timeVisible: false },
      crosshair: { mode: this.#state.crosshair ? CrosshairMode.Normal : CrosshairMode.Hidden },
      handleScroll: { vertTouchDrag: false, mouseWheel: this.#wheel },
      handleScale: { mouseWheel: this.#wheel },
    });
    this.#chart.subscribeClick((event) => this.#click(event));
    this.#addMain(colours);
    this.#drawLevels(colours);
    this.#drawTrends(colours);
    this.#drawIndicators(colours);
    this.#drawPatterns(colours);
  }

  #addMain(colours) {
    const { CandlestickSeries, LineSeries, AreaSeries } = this.#library;
    const { style } = this.#state;
    if (style === "line" || style === "area") {
      const look = style === "line" ? { color: colours.line } : { lineColor: colours.line, topColor: `${colours.line}66`, bottomColor: `${colours.line}11` };
      this.#main = this.#chart.addSeries(style === "line" ? LineSeries : AreaSeries, { ...look, ...this.#reach() });
      this.#main.setData(this.#bars.map((bar) => ({ time: bar.time, value: bar.close })));
      return;
    }
    const look = { upColor: colours.up, downColor: colours.down, wickUpColor: colours.up, wickDownColor: colours.down, borderVisible: false };
    this.#main = this.#chart.addSeries(CandlestickSeries, { ...look, ...this.#reach() });
    this.#main.setData(this.#bars);
  }

  /** The scale takes in the levels as well, but none so far away that the candles would be a line. */
  #reach() {
    const { levels, trade, fibonacci, drawings } = this.#state;
    const given = [...levels, ...trade, ...drawings].map((each) => each.price);
    const prices = [...given, ...fibonacci.flatMap(({ high, low }) => [high, low])].filter(Number.isFinite);
    return {
      autoscaleInfoProvider: (original) => {
        const info = original();
        if (!info?.priceRange) return info;
        const { minValue, maxValue } = info.priceRange;
        const near = prices.filter((price) => price >= minValue / NEAR && price <= maxValue * NEAR);
        return { ...info, priceRange: { minValue: Math.min(minValue, ...near), maxValue: Math.max(maxValue, ...near) } };
      },
    };
  }

  #priceLine(price, color, title, { thing, label, lineStyle = LINES.solid }) {
    if (this.#lines.length >= MOST_LINES) return;
    const narrow = this.#field.clientWidth < NARROW; // then the label is told below the chart alone
    const said = shortened(label && !narrow ? `${title}: ${label}` : title, 28);
    this.#longest = Math.max(this.#longest, said.length);
    const line = this.#main.createPriceLine({ price, color, title: said, lineStyle, lineWidth: 1, axisLabelVisible: true });
    this.#lines.push(line);
    this.#kinds.set(line, thing);
  }

  #drawLevels(colours) {
    const { levels, trade, fibonacci, drawings } = this.#state;
    const level = (label, lineStyle) => ({ thing: { kind: "levels" }, label, lineStyle });
    for (const each of levels) this.#priceLine(each.price, colours[each.role], NAMES[each.role], level(each.label));
    for (const each of trade) this.#priceLine(each.price, colours[each.role], NAMES[each.role], level(each.label, LINES.dashed));
    for (const { high, low } of fibonacci) {
      const thing = { kind: "fibonacci" };
      for (const ratio of RATIOS) {
        const look = { thing, lineStyle: LINES.dotted };
        this.#priceLine(high - (high - low) * ratio, colours.fibonacci, `Fib ${(ratio * 100).toFixed(1)}%`, look);
      }
    }
    for (const each of drawings) {
      if (each.what === "trendline") continue;
      this.#priceLine(each.price, colours.mark, each.type ?? `Target ${each.id}`, level(each.label, LINES.dashed));
    }
  }

  #drawTrends(colours) {
    const drawn = this.#state.drawings.filter((each) => each.what === "trendline");
    for (const each of [...this.#state.trendlines, ...drawn]) {
      const points = [each.first, each.second].map((point) => ({ time: this.#nearest(point.time), value: point.price }));
      points.sort((a, b) => a.time - b.time);
      if (points.some((point) => point.time === null) || points[0].time === points[1].time) continue;
      const series = this.#chart.addSeries(this.#library.LineSeries, {
        color: colours.trend, lineWidth: 2, lineStyle: LINES[each.style] ?? LINES.solid, lastValueVisible: false,
        priceLineVisible: false, crosshairMarkerVisible: false,
      });
      series.setData(points);
      this.#kinds.set(series, { kind: "trendlines" });
    }
  }

  /** The time of the bar that is nearest: a point between two bars would make a bar of its own. */
  #nearest(time) {
    if (time === null || !this.#bars.length) return null;
    return this.#bars.reduce((best, bar) => (Math.abs(bar.time - time) < Math.abs(best - time) ? bar.time : best), this.#bars[0].time);
  }

  #drawIndicators(colours) {
    let pane = 0;
    let shade = 0;
    for (const { name, params } of this.#state.indicators) {
      const computed = computeIndicator(name, params, this.#bars);
      if (!computed) continue;
      if (computed.pane) pane += 1;
      const thing = { kind: "indicators" };
      for (const each of computed.lines) {
        const color = colours.series[shade % colours.series.length];
        shade += 1;
        this.#kinds.set(this.#addLine(each, color, computed.pane ? pane : 0), thing);
      }
    }
    this.#chart.panes().forEach((each, place) => each.setStretchFactor(place ? 1 : 3));
  }

  #addLine({ title, points, histogram, marks }, color, pane) {
    const { HistogramSeries, LineSeries } = this.#library;
    const look = { color, title, lineWidth: 1, priceLineVisible: false, lastValueVisible: false };
    if (title === "Volume") look.priceFormat = { type: "volume" };
    const series = this.#chart.addSeries(histogram ? HistogramSeries : LineSeries, look, pane);
    series.setData(points);
    for (const price of marks ?? []) {
      series.createPriceLine({ price, color: this.#colours().text, lineStyle: LINES.dotted, lineWidth: 1, axisLabelVisible: true, title: "" });
    }
    return series;
  }

  #drawPatterns(colours) {
    const markers = this.#state.patterns
      .filter((each) => each.since && each.until)
      .flatMap((each) => [each.since, each.until].map((time, place) => ({
        time: this.#nearest(time), position: "aboveBar", shape: "circle", color: colours.mark,
        text: place ? "" : each.name.toLowerCase(),
      })))
      .filter((marker) => marker.time !== null)
      .sort((a, b) => a.time - b.time);
    if (markers.length) this.#library.createSeriesMarkers(this.#main, markers);
  }

  #wholeView() {
    const bars = this.#bars.length;
    const shown = Math.min(bars, 130);
    // The lines' names stand to the right of the candles, as far as there is room for both.
    const names = Math.min((this.#longest * LETTER) / Math.max(this.#field.clientWidth, 1), 0.4);
    const room = Math.max(10, (shown * names) / (1 - names));
    if (bars) this.#chart.timeScale().setVisibleLogicalRange({ from: bars - shown, to: bars + room });
  }

  #move({ kind, value, date }) {
    const scale = this.#chart.timeScale();
    const range = scale.getVisibleLogicalRange();
    if (!range) return;
    const width = range.to - range.from;
    const sign = value === "in" || value === "right" ? 1 : -1;
    if (kind === "zoom") scale.setVisibleLogicalRange({ from: range.from + sign * width * 0.2, to: range.to });
    if (kind === "pan") scale.setVisibleLogicalRange({ from: range.from + sign * width * 0.25, to: range.to + sign * width * 0.25 });
    if (kind === "scroll" && date) this.#scrollTo(date, width);
    if (kind === "reset" && value === "view") this.#wholeView();
    if (kind === "reset" && value === "scale") this.#chart.priceScale("right").applyOptions({ autoScale: true });
  }

  #scrollTo(date, width) {
    const time = this.#nearest(date);
    const at = this.#bars.findIndex((bar) => bar.time === time);
    if (at >= 0) this.#chart.timeScale().setVisibleLogicalRange({ from: at - width / 2, to: at + width / 2 });
  }

  #fit() {
    if (this.#chart && this.#field.clientWidth) {
      this.#chart.resize(this.#field.clientWidth, Math.max(this.#field.clientHeight, 50));
    }
  }

  // Selecting

  #marks = null;

  #click(event) {
    const at = this.#bars.findIndex((bar) => bar.time === event.time);
    if (at < 0) return;
    const many = event.sourceEvent?.shiftKey && this.#selected;
    this.select(many ? [this.#selected[0], at] : [at, at]);
  }

  #key(event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
    if (event.key === "Escape" && this.#selected) {
      this.select(null);
      return;
    }
    if (!(event.key in steps) || !this.#bars.length) return;
    event.preventDefault();
    const last = this.#bars.length - 1;
    const from = this.#selected ? this.#selected[1] : last;
    const first = !this.#selected && event.key === "ArrowLeft";
    const to = first ? last : Math.max(0, Math.min(last, from + steps[event.key]));
    this.select(event.shiftKey && this.#selected ? [this.#selected[0], to] : [to, to]);
  }

  #mark() {
    if (!this.#main) return;
    const color = this.#colours().mark;
    const ends = this.#selected ? [...new Set(this.#selected)].sort((a, b) => a - b) : [];
    const marks = ends.map((at) => ({ time: this.#bars[at].time, position: "belowBar", shape: "arrowUp", color, text: "" }));
    this.#marks ??= this.#library.createSeriesMarkers(this.#main, []);
    this.#marks.setMarkers(marks);
  }
}

function iso(time) {
  return new Date(time * 1000).toISOString().slice(0, 10);
}

/** A text of at most so many characters, cut between words where that leaves enough of it. */
function shortened(text, most) {
  if (text.length <= most) return text;
  const kept = text.slice(0, most - 1);
  const space = kept.lastIndexOf(" ");
  return `${(space > most / 2 ? kept.slice(0, space) : kept).replace(/[\s,;:]+$/, "")}…`;
}
