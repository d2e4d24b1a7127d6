"""Prices: the card of one symbol, and several symbols side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..market.data import Quote
from .parts import (
    Widget,
    action,
    button,
    colour_of,
    dollars,
    figure,
    listed,
    moment,
    row,
    two_lines,
)


def quote_card(quote: Quote, *, refreshed: bool = False) -> Widget:
    """A card: symbol and name on the left, price and signed change on the right, a button to refresh it.

    One that was refreshed says of when it is: the price may be the same as before.
    """
    told = [{"type": "Caption", "value": f"As of {moment(quote.as_of)}"}] if refreshed else []
    return {
        "type": "Card",
        "size": "sm",
        "children": [
            {
                "type": "Row",
                "justify": "between",
                "align": "center",
                "children": [
                    {
                        "type": "Col",
                        "children": [
                            {"type": "Title", "value": quote.symbol, "size": "sm"},
                            {"type": "Caption", "value": quote.name},
                        ],
                    },
                    {
                        "type": "Col",
                        "align": "end",
                        "children": [
                            {"type": "Text", "value": dollars(quote.price), "weight": "semibold"},
                            figure(signed_change(quote), change_colour(quote)),
                        ],
                    },
                ],
            },
            {
                "type": "Row",
                "justify": "between" if refreshed else "end",
                "align": "center",
                "children": [
                    *told,
                    button("Refresh", action("refresh_quote", {"symbol": quote.symbol})),
                ],
            },
        ],
    }


def signed_change(quote: Quote) -> str:
    """The change as people write it: `+2.72 (+1.01%)`."""
    return f"{quote.change:+.2f} ({quote.change_percent:+.2f}%)"


def change_colour(quote: Quote) -> str:
    """A text colour token: success for a gain, danger for a loss, secondary for neither."""
    return colour_of(quote.change)


def comparison_list(quotes: Sequence[Quote], missing: Mapping[str, str]) -> Widget:
    """A row for each symbol; `missing` maps the symbols without a price to the reason."""
    rows = [_compared(quote) for quote in quotes]
    rows += [row(symbol.lower(), two_lines(symbol, reason)) for symbol, reason in missing.items()]
    return listed("Market comparison", "chart", rows, "No symbols to compare")


def _compared(quote: Quote) -> Widget:
    price = {
        "type": "Col",
        "align": "end",
        "children": [
            {"type": "Text", "value": dollars(quote.price), "weight": "semibold"},
            figure(signed_change(quote), change_colour(quote)),
        ],
    }
    return row(quote.symbol.lower(), two_lines(quote.symbol, quote.name, grows=True), price)
