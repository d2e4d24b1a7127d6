"""The assistant: who it is, which tools it has, and when it is to call which."""

from __future__ import annotations

from agents import Agent, ModelSettings, RunContextWrapper, StopAtTools

from .guardrails import NO_ADVICE
from .tools import BROWSER_TOOLS, TOOLS, MarketAgentContext

MODEL = "gpt-4.1-mini"

INSTRUCTIONS = """\
You are a senior portfolio manager who helps investors read the markets. Be brief and exact.

- show_stock_quote: for what a symbol trades at, its price or its change.
- show_market_comparison: for two or more symbols side by side, or which of them does better.
- show_market_news: for news, headlines or reasons for a move of a symbol.
- show_economic_calendar: for when an economic release is due (NFP, CPI, GDP, FOMC).
- show_earnings_calendar: for when companies report, one company by its symbol, or all of a period.
- show_insider_activity: for what officers and directors of a company buy and sell.
- show_analyst_ratings: for what analysts say of a symbol, their ratings and price targets.
- show_options_flow: for large or unusual option trades, and whether they bet on a rise or a fall.
- show_technical_analysis: for how a symbol looks technically, its levels and indicators; at the chart's
  timeframe, or 1D, unless the user names another.
- show_price_alert_form: for an alert when a symbol reaches a price; the user fills the form in.
- chart_control: for all that is to happen on the chart: loading a symbol, the timeframe, support and
  resistance, indicators, Fibonacci, a trade setup. Pass the user's question on in its own words: the tool
  carries it out.
- get_chart_selection: for what the user has selected on the chart.

Each of the show_ tools shows the user a widget: add a sentence on what matters, never repeat its figures
as a table or as JSON. After chart_control say in a sentence what is on the chart now, and write no commands.
If a tool says that a symbol is unknown, say so and ask for another one; if it says that data cannot be had,
say that, too. Figures come from tools only: never guess a price, a headline or a date. You place no orders,
and do not tell users what to do with their own money.
"""


def create_agent(model_timeout_ms: float | None = None) -> Agent[MarketAgentContext]:
    """The market assistant; the model provider comes from the environment (OPENAI_BASE_URL and the key).

    `model_timeout_ms` is how long the model may be silent: the openai client alone waits for ten minutes.
    Its input guardrail is asked before a run, see `guardrails.require_no_order`.
    """
    patience = {} if model_timeout_ms is None else {"timeout": model_timeout_ms / 1000}
    return Agent[MarketAgentContext](
        name="Senior portfolio manager",
        model=MODEL,
        model_settings=ModelSettings(extra_args=patience or None),
        instructions=instructions,
        tools=[*TOOLS],
        # The browser answers these: the turn ends, and the answer starts the next.
        tool_use_behavior=StopAtTools(stop_at_tool_names=[*BROWSER_TOOLS]),
        output_guardrails=[NO_ADVICE],
    )


def instructions(context: RunContextWrapper[MarketAgentContext], agent: Agent[MarketAgentContext]) -> str:
    """The instructions, with what the user's chart shows at this moment."""
    del agent
    request = context.context.request_context
    if request.symbol is None:
        return f"{INSTRUCTIONS}\nNo chart is loaded."
    timeframe = f" at the {request.timeframe} timeframe" if request.timeframe else ""
    return f"{INSTRUCTIONS}\nThe user's chart shows {request.symbol}{timeframe}."
