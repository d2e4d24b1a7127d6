"""Data in, authored widget out: plain JSON as chatkit's widget documentation describes it.

Every shape here is valid on every chatkit release; `as_documented` is wrong on purpose. Nothing here imports
chatkit: what its models make of a widget is `shim.py`'s business.
"""

from .alerts import alert_card, alert_form
from .company import earnings_list, insider_list, options_list, ratings_list
from .news import as_documented, calendar_list, news_list
from .parts import Widget, failed_card, notice_card
from .quotes import change_colour, comparison_list, quote_card, signed_change

__all__ = [
    "Widget",
    "alert_card",
    "alert_form",
    "as_documented",
    "calendar_list",
    "change_colour",
    "comparison_list",
    "earnings_list",
    "failed_card",
    "insider_list",
    "news_list",
    "notice_card",
    "options_list",
    "quote_card",
    "ratings_list",
    "signed_change",
]
