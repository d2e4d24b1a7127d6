"""What visitors see besides words."""

from __future__ import annotations

from typing import Any

from chatkit.actions import ActionConfig
from chatkit.widgets import Badge, Button, Caption, Card, Col, Divider, Form, Row, Select, Text, Title

from .collection import CLOSED, DAYS, PRICE, Exhibit

RESERVE = "tickets.reserve"


def exhibit_card(exhibit: Exhibit) -> Card:
    """One exhibit, and where it stands."""
    head = Row(justify="between", children=[Title(value=exhibit.name), Badge(label=f"Room {exhibit.room}")])
    return Card(children=[head, Caption(value=exhibit.made), Divider(), Text(value=exhibit.about)])


def ticket_card(day: str) -> Card:
    """A form for tickets; the day can still be changed."""
    days: list[Any] = [{"value": each, "label": each.title()} for each in DAYS if each != CLOSED]
    counts: list[Any] = [{"value": str(each), "label": str(each)} for each in range(1, 7)]
    fields: list[Any] = [
        Text(value=f"Tickets at {PRICE} euros"),
        Select(name="day", options=days, defaultValue=day),
        Select(name="count", options=counts, defaultValue="1"),
        Button(submit=True, label="Reserve", style="primary"),
    ]
    reserve = ActionConfig(type=RESERVE, payload={"day": day})
    return Card(children=[Form(direction="col", onSubmitAction=reserve, children=fields)])


def receipt_card(day: str, count: int) -> Card:
    """What was reserved."""
    tickets = "1 ticket" if count == 1 else f"{count} tickets"
    lines: list[Any] = [
        Title(value=f"{tickets} for {day.title()}"),
        Text(value=f"{count * PRICE} euros, paid at the door"),
    ]
    return Card(children=[Col(children=lines)])
