"""The assistant: who it is, which tools it has, and when it is to call which."""

from __future__ import annotations

from agents import Agent, RunContextWrapper, StopAtTools

from .chart_tools import chart_control, show_technical_analysis
from .tools import (
    MarketAgentContext,
    get_chart_selection,
    show_economic_calendar,
    show_market_news,
    show_stock_quote,
)

MODEL = "gpt-4.1-mini"

INSTRUCTIONS = """\
You are a senior portfolio manager who helps investors read the markets. Be brief and exact.

- show_stock_quote: for what a symbol trades at, its price or its change.
- show_market_news: for news, headlines or reasons for a move of a symbol.
- show_economic_calendar: for when an economic release is due (NFP, CPI, GDP, FOMC).
- show_technical_analysis: for how a symbol looks technically, its levels and indicators; at the chart's
  timeframe, or 1D, unless the user names another.
- chart_control: for all that is to happen on the chart: loading a symbol, the timeframe, support and
  resistance, indicators, Fibonacci, a trade setup. Pass the user's question on in its own words: the tool
  carries it out.
- get_chart_selection: for what the user has selected on the chart.

Each of the show_ tools shows the user a widget: add a sentence on what matters, never repeat its figures
as a table or as JSON. After chart_control say in a sentence what is on the chart now, and write no commands.
If a tool says that a symbol is unknown, say so and ask for another one. Figures come from tools only: never
guess a price, a headline or a date.
"""


def create_agent() -> Agent[MarketAgentContext]:
    """The market assistant; the model provider comes from the environment (OPENAI_BASE_URL and the key)."""
    return Agent[MarketAgentContext](
        name="Senior portfolio manager",
        model=MODEL,
        instructions=instructions,
        tools=[
            show_stock_quote,
            show_market_news,
            show_economic_calendar,
            show_technical_analysis,
            chart_control,
            get_chart_selection,
        ],
        # The browser answers this one: the turn ends, and the answer starts the next.
        tool_use_behavior=StopAtTools(stop_at_tool_names=["get_chart_selection"]),
    )


def instructions(context: RunContextWrapper[MarketAgentContext], agent: Agent[MarketAgentContext]) -> str:
    """The instructions, with what the user's chart shows at this moment."""
    del agent
    request = context.context.request_context
    if request.symbol is None:
        return f"{INSTRUCTIONS}\nNo chart is loaded."
    timeframe = f" at the {request.timeframe} timeframe" if request.timeframe else ""
    return f"{INSTRUCTIONS}\nThe user's chart shows {request.symbol}{timeframe}."
