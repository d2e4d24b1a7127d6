// The panel around the chart: loads history, carries out commands, says in words what the chart shows, and
// keeps the server told of symbol and timeframe.

import { PriceChart } from "./chart.js";
import { applyCommands, describe, emptyState, readCommands, TIMEFRAMES } from "./commands.js";
import { problemBox } from "./transcript.js";

const EXAMPLES = [
  "Draw support and resistance for TSLA", "Fibonacci for NVDA", "Trade setup for AAPL", "Add RSI and SMA 50", "Clear the chart",
];
const money = (value) => value.toFixed(2);

export class ChartPanel {
  #client;
  #find;
  #chart;
  #state = emptyState();
  #bars = [];
  #loads = 0;

  /** `find(id)` gives the page's elements. */
  constructor(client, find, { library }) {
    this.#client = client;
    this.#find = find;
    find("timeframe").append(...TIMEFRAMES.map((each) => new Option(each, each, each === "1D", each === "1D")));
    this.#chart = library ? new PriceChart(find("chart"), { library, onSelect: () => this.#sayWhatIsSelected() }) : null;
    const dark = matchMedia("(prefers-color-scheme: dark)");
    this.#chart?.setTheme(dark.matches);
    dark.addEventListener("change", () => this.#chart?.setTheme(dark.matches));
    this.#listen();
  }

  #listen() {
    this.#find("chart-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.load(this.#find("symbol").value.trim().toUpperCase(), this.#find("timeframe").value);
    });
    this.#find("timeframe").addEventListener("change", () => this.load(this.#state.symbol, this.#find("timeframe").value));
    this.#find("tell-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const field = this.#find("tell");
      if (field.value.trim()) this.tell(field.value.trim());
      field.value = "";
    });
    this.#find("clear-chart").addEventListener("click", () => {
      const off = this.#state.indicators.map((each) => `INDICATOR:${each.name}:OFF`);
      this.apply(["CLEAR:ALL", ...off]);
    });
    for (const example of EXAMPLES) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = example;
      button.addEventListener("click", () => this.tell(example));
      this.#find("chart-examples").append(button);
    }
  }

  /** Show a symbol; what was drawn for another one is gone. */
  load(symbol, timeframe) {
    return this.apply([`LOAD:${symbol}`, `TIMEFRAME:${timeframe}`]);
  }

  /** Carry out commands in their text form; gives sentences on what was and what was not. */
  async apply(texts) {
    const { commands, rejected } = readCommands(texts);
    return this.applyRead(commands, rejected);
  }

  /** Carry out commands that have been read. */
  async applyRead(commands, rejected = []) {
    const before = this.#state;
    const next = applyCommands(before, commands);
    const moved = next.symbol !== before.symbol || next.timeframe !== before.timeframe || !this.#bars.length;
    this.#state = next;
    if (moved && next.symbol) await this.#fetch(before);
    else this.#show();
    return { done: commands.length, rejected };
  }

  /** Ask for the chart in words, without a model. */
  async tell(query) {
    const place = this.#find("chart-answer");
    place.textContent = "…";
    try {
      const shown = this.#state.symbol ? { chart_context: { symbol: this.#state.symbol, timeframe: this.#state.timeframe } } : {};
      const answer = await this.#client.post("/api/chatkit/chart-action", { query, ...shown }, { session: true });
      place.textContent = answer.text;
      const { rejected } = await this.apply(answer.chart_commands);
      if (rejected.length) place.textContent += ` Not understood: ${rejected.join(", ")}.`;
    } catch (error) {
      place.replaceChildren(problemBox(error, [["Try again", () => this.tell(query)]]));
    }
  }

  /** What the assistant's question for the selection is answered with. */
  answerSelection() {
    const base = { symbol: this.#state.symbol, timeframe: this.#state.timeframe };
    const selection = this.#chart?.selection;
    if (!selection) return { kind: "none", ...base, visible: this.#chart?.visible ?? null };
    const { from, to, bars } = selection;
    return {
      kind: "candles", ...base, from, to, count: bars.length, open: bars[0].open, close: bars.at(-1).close,
      high: Math.max(...bars.map((bar) => bar.high)), low: Math.min(...bars.map((bar) => bar.low)),
    };
  }

  /** {symbol, timeframe, bars, lines, series}: what is shown and how much is drawn. */
  get shown() {
    const { symbol, timeframe } = this.#state;
    return { symbol, timeframe, bars: this.#bars.length, ...(this.#chart?.drawn ?? {}) };
  }

  async #fetch(before) {
    this.#loads += 1;
    const mine = this.#loads;
    const { symbol } = this.#state;
    const timeframe = this.#state.timeframe ?? "1D";
    this.#state.timeframe = timeframe;
    this.#find("chart-note").textContent = `Loading ${symbol}…`;
    try {
      const history = await this.#client.get("/api/chatkit/history", { symbol, timeframe });
      if (mine !== this.#loads) return; // somebody asked for another one meanwhile
      this.#bars = history.bars;
      this.#find("chart-note").textContent = history.note ?? "";
      this.#show();
      await this.#client.post("/api/chatkit/update-context", { symbol, timeframe }, { session: true });
    } catch (error) {
      if (mine !== this.#loads) return;
      this.#state = before;
      this.#fields();
      const retry = [["Try again", () => this.load(symbol, timeframe)]];
      this.#find("chart-note").replaceChildren(problemBox(error, error.status === 404 ? [] : retry));
    }
  }

  #fields() {
    this.#find("symbol").value = this.#state.symbol ?? "";
    this.#find("timeframe").value = this.#state.timeframe ?? "1D";
  }

  #show() {
    this.#fields();
    this.#chart?.show(this.#bars, this.#state);
    this.#find("chart").setAttribute("aria-label", this.#summary());
    Object.assign(this.#find("chart").dataset, this.shown);
    const drawn = describe(this.#state);
    this.#find("drawn-count").textContent = drawn.length ? `${drawn.length} ${drawn.length === 1 ? "thing" : "things"}` : "nothing";
    this.#find("drawn-list").replaceChildren(...drawn.map((text) => {
      const entry = document.createElement("li");
      entry.textContent = text;
      return entry;
    }));
    this.#sayWhatIsSelected();
  }

  #summary() {
    const last = this.#bars.at(-1);
    const { symbol, timeframe, style } = this.#state;
    if (!symbol || !last) return "No chart is loaded";
    return `${symbol}, timeframe ${timeframe}, ${this.#bars.length} bars as ${style}, last close ${money(last.close)}`;
  }

  #sayWhatIsSelected() {
    const selection = this.#chart?.selection;
    const place = this.#find("selection");
    if (!selection) place.textContent = "Nothing is selected.";
    else if (selection.bars.length === 1) {
      const [bar] = selection.bars;
      place.textContent = `Selected: ${selection.from}, open ${money(bar.open)}, high ${money(bar.high)}, low ${money(bar.low)}, close ${money(bar.close)}.`;
    } else {
      const change = selection.bars.at(-1).close - selection.bars[0].open;
      place.textContent = `Selected: ${selection.from} to ${selection.to}, ${selection.bars.length} bars, ${change >= 0 ? "+" : ""}${money(change)}.`;
    }
  }
}
