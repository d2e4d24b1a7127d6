"""What the assistant can do: each tool fetches, shows a widget, and tells the model what it showed."""

from .charts import chart_control, commands_event, get_chart_selection, show_technical_analysis
from .company import show_analyst_ratings, show_insider_activity, show_options_flow
from .news import show_earnings_calendar, show_economic_calendar, show_market_news
from .quotes import show_market_comparison, show_price_alert_form, show_stock_quote
from .running import MarketAgentContext, built

TOOLS = [
    show_stock_quote,
    show_market_comparison,
    show_market_news,
    show_economic_calendar,
    show_earnings_calendar,
    show_insider_activity,
    show_analyst_ratings,
    show_options_flow,
    show_technical_analysis,
    show_price_alert_form,
    chart_control,
    get_chart_selection,
]

BROWSER_TOOLS = ("get_chart_selection",)
"""Those that the page answers: the turn ends with them, and the answer starts the next."""

__all__ = ["BROWSER_TOOLS", "TOOLS", "MarketAgentContext", "built", "commands_event"]
