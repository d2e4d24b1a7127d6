"""Price alerts: the form, and the card that stands in its place once it is submitted."""

from __future__ import annotations

from ..market.data import Quote
from .parts import Widget, action, dollars, notice_card

DIRECTIONS = ("above", "below")


def alert_form(quote: Quote, problem: str | None = None) -> Widget:
    """A form for a price alert; with the problem of what was submitted before, if there was one."""
    fields: list[Widget] = [
        {"type": "Label", "value": "Tell me when the price is", "fieldName": "direction"},
        {
            "type": "Select",
            "name": "direction",
            "defaultValue": "above",
            "options": [{"value": direction, "label": direction} for direction in DIRECTIONS],
        },
        {"type": "Label", "value": "Price in US dollars", "fieldName": "price"},
        {
            "type": "Input",
            "name": "price",
            "inputType": "number",
            "required": True,
            "placeholder": f"{quote.price:.2f}",
        },
        {"type": "Button", "label": "Set the alert", "submit": True, "style": "primary"},
    ]
    told = [] if problem is None else [{"type": "Text", "value": problem, "color": "danger"}]
    form = {
        "type": "Form",
        "direction": "col",
        "gap": 2,
        "onSubmitAction": action("submit_price_alert", {"symbol": quote.symbol}),
        "children": fields,
    }
    head: list[Widget] = [
        {"type": "Title", "value": f"Price alert for {quote.symbol}", "size": "sm"},
        {"type": "Caption", "value": f"{quote.name} last traded at {dollars(quote.price)}"},
    ]
    return {"type": "Card", "size": "sm", "children": [*head, *told, form]}


def alert_card(symbol: str, direction: str, price: float) -> Widget:
    """What an alert says once it is noted."""
    title = f"{symbol} {direction} {dollars(price)}"
    return notice_card("Alert noted", "success", title, "It is kept with this conversation.")
