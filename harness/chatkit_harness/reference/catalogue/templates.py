"""Widgets drawn from `.widget` files: the server has the data, the file the looks (chatkit 1.4.0 on)."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from agents import Agent, Runner
from chatkit.agents import simple_to_agent_input
from chatkit.server import stream_widget
from chatkit.types import UserMessageItem
from chatkit.widgets import WidgetTemplate
from pydantic import BaseModel

from ..conversation import earlier_items
from .items import by_hand
from .part import MODEL, Context, Events, Maker, Options, Part, run_config

FOLDER = Path(__file__).parent
MOVERS = [
    {"symbol": "NVDA", "price": "$186.20", "change": 2.4},
    {"symbol": "TSLA", "price": "$391.10", "change": -1.1},
]


def _template(name: str) -> Any:
    return WidgetTemplate.from_file(str(FOLDER / f"{name}.widget"))


async def _drawn(context: Context, widget: Any) -> Events:
    async for event in stream_widget(context.thread, widget, None, context.generate_id):
        yield event


def _card(context: Context, _message: UserMessageItem | None) -> Events:
    data = {"symbol": "AAPL", "price": "$271.84", "change": 1.2, "note": 'As of "close" on Friday'}
    return _drawn(context, _template("quote").build(data))


def _list(context: Context, _message: UserMessageItem | None) -> Events:
    return _drawn(context, _template("movers").build({"title": "Movers", "rows": MOVERS}))


def _beside(context: Context, _message: UserMessageItem | None) -> Events:
    """The file is found beside the module that names it."""
    template = WidgetTemplate.from_file("quote.widget")
    return _drawn(context, template.build({"symbol": "MSFT", "price": "$502.11", "change": 0.0, "note": ""}))


def _bare(context: Context, _message: UserMessageItem | None) -> Events:
    """A widget without a frame, of data that is a model."""
    quote = Quote(symbol="AAPL", price=271.84, change_percent=1.2, comment="")
    return _drawn(context, _template("bare").build(quote))


def _lacking(context: Context, _message: UserMessageItem | None) -> Events:
    """Data without what the template asks for."""
    return _drawn(context, _template("quote").build({"symbol": "AAPL"}))


def _streamed(context: Context, _message: UserMessageItem | None) -> Events:
    """The same template with more and more data."""
    template = _template("report")

    async def roots() -> AsyncGenerator[Any, None]:
        told = ("", "Apple rose ", "Apple rose on strong sales.")
        for text in told:
            yield template.build({"text": text, "streaming": text != told[-1]})

    return _drawn(context, roots())


class Quote(BaseModel):
    """What the model answers with: data, and nothing for a user to read."""

    symbol: str
    price: float
    change_percent: float
    comment: str


def transformed(quote: Quote) -> dict[str, Any]:
    """The data as the template wants it."""
    return {
        "symbol": quote.symbol.upper(),
        "price": f"${quote.price:,.2f}",
        "change": round(quote.change_percent, 1),
        "note": quote.comment,
    }


def _answered(options: Options) -> Part:
    """An answer that is only data, a transformation, and a template that draws it."""
    agent = Agent[Any](name="Quotes", model=MODEL, instructions="Give the quote.", output_type=Quote)

    async def respond(context: Context, _message: UserMessageItem | None) -> Events:
        items = await earlier_items(context.thread, context.store, context.request_context)
        told = await simple_to_agent_input(items)
        result = Runner.run_streamed(agent, told, context=context, run_config=run_config(options))
        async for _event in result.stream_events():
            pass  # the words are JSON, which is for nobody to read
        async for event in _drawn(context, _template("quote").build(transformed(result.final_output))):
            yield event

    return Part(respond=respond)


PARTS: dict[str, Maker] = {
    "card": by_hand(_card),
    "list": by_hand(_list),
    "beside": by_hand(_beside),
    "lacking": by_hand(_lacking),
    "bare": by_hand(_bare),
    "streamed": by_hand(_streamed),
    "answered": _answered,
}
