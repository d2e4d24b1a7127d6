"""Widgets that change while a user looks at them: streamed, updated in place, replaced, taken away."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

from agents import Agent, RunContextWrapper, Runner, function_tool
from chatkit.actions import Action
from chatkit.agents import AgentContext, accumulate_text, simple_to_agent_input
from chatkit.server import stream_widget
from chatkit.types import (
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdated,
    UserMessageItem,
    WidgetComponentUpdated,
    WidgetItem,
)
from chatkit.widgets import Markdown, Text

from ..context import RequestContext
from ..conversation import earlier_items
from ..shim import sync_response, widget_root
from .items import base, by_hand, remembers, says, shows
from .part import MODEL, Context, Events, Maker, Options, Part, agent_part, run_config

Roots = AsyncGenerator[Any, None]
QUOTE = ("", "Apple closed at ", "Apple closed at $271.84.")


def _streamed(context: Context, roots: Roots, copy_text: str | None = None) -> Events:
    return stream_widget(context.thread, roots, copy_text, context.generate_id)


async def _growing(*texts: str, marked: bool = True) -> Roots:
    """A card whose words grow, as a model would write them; `marked` as such for as long as they do."""
    for text in texts:
        line: dict[str, Any] = {"type": "Text", "id": "told", "value": text}
        if marked:
            line["streaming"] = text != texts[-1]
        yield widget_root({"type": "Card", "children": [{"type": "Title", "value": "AAPL"}, line]})


def _text(context: Context, _message: UserMessageItem | None) -> Events:
    return _streamed(context, _growing(*QUOTE))


def _corrected(context: Context, _message: UserMessageItem | None) -> Events:
    """Words that are taken back cannot be appended to: the widget is sent anew."""
    return _streamed(context, _growing("Apple closed at $217", "Apple closed at $271.84."))


def _in_transition(context: Context, _message: UserMessageItem | None) -> Events:
    """The words are the only child of a component, not one of a list."""

    async def roots() -> Roots:
        for text in QUOTE:
            line = {"type": "Text", "id": "told", "key": "told", "value": text}
            yield widget_root({"type": "Card", "children": [{"type": "Transition", "children": line}]})

    return _streamed(context, roots())


def _root(context: Context, _message: UserMessageItem | None) -> Events:
    async def roots() -> Roots:
        yield widget_root({"type": "Card", "children": [{"type": "Caption", "value": "Loading AAPL"}]})
        row = {"type": "ListViewItem", "children": [{"type": "Text", "value": "AAPL $271.84"}]}
        yield widget_root({"type": "ListView", "children": [row]})

    return _streamed(context, roots())


async def _component(context: Context, _message: UserMessageItem | None) -> Events:
    price = {"type": "Text", "id": "price", "value": "$271.84"}
    card = {"type": "Card", "children": [{"type": "Title", "value": "AAPL"}, price]}
    item = WidgetItem(**base(context), widget=widget_root(card))
    yield ThreadItemAddedEvent(item=item)
    newer = Text(id="price", value="$272.10", weight="bold")
    update = WidgetComponentUpdated(component_id="price", component=newer)
    yield ThreadItemUpdated(item_id=item.id, update=update)
    last = {**card, "children": [card["children"][0], {**price, "value": "$272.10", "weight": "bold"}]}
    yield ThreadItemDoneEvent(item=item.model_copy(update={"widget": widget_root(last)}))


async def _copied(context: Context, _message: UserMessageItem | None) -> Events:
    quote = widget_root({"type": "Card", "children": [{"type": "Text", "value": "AAPL $271.84"}]})
    async for event in stream_widget(context.thread, quote, "AAPL: $271.84", context.generate_id):
        yield event
    async for event in _streamed(context, _growing(*QUOTE), copy_text="Apple: $271.84"):
        yield event


def _written(options: Options) -> Part:
    """What the model writes fills a widget, word by word."""
    writer = Agent[Any](name="Writer", model=MODEL, instructions="Write a report in Markdown.")

    async def respond(context: Context, _message: UserMessageItem | None) -> Events:
        items = await earlier_items(context.thread, context.store, context.request_context)
        told = await simple_to_agent_input(items)
        result = Runner.run_streamed(writer, told, context=context, run_config=run_config(options))

        async def cards() -> Roots:
            base_widget = Markdown(id="report", value="", streaming=True)
            async for markdown in accumulate_text(result.stream_events(), base_widget):
                card = widget_root({"type": "Card", "children": [{"type": "Markdown", "value": ""}]})
                yield card.model_copy(update={"children": [markdown]})

        async for event in _streamed(context, cards()):
            yield event

    return Part(respond=respond)


@function_tool
async def show_quote(ctx: RunContextWrapper[AgentContext[RequestContext]], symbol: str) -> str:
    """Show the quote of a symbol."""
    told = ("", f"{symbol} closed at ", f"{symbol} closed at $271.84.")
    await ctx.context.stream_widget(_growing(*told, marked=False))
    return "shown"


def _by_tool(options: Options) -> Part:
    agent = Agent[Any](name="Quotes", model=MODEL, instructions="Show what is asked.", tools=[show_quote])
    return agent_part(agent, options)


def _given(options: Options) -> Part:
    """A widget that the scenario itself holds; what a form says is read back to the user."""

    async def respond(context: Context, _message: UserMessageItem | None) -> Events:
        yield shows(context, options["widget"])

    async def action(context: Context, action: Action[str, Any], _sender: WidgetItem | None) -> Events:
        told = ", ".join(f"{name} {value}" for name, value in sorted((action.payload or {}).items()))
        yield says(context, f"{action.type}: {told}")

    return Part(respond=respond, action=action)


def _quote(price: str) -> dict[str, Any]:
    buttons = [
        {
            "type": "Button",
            "label": name.title(),
            "onClickAction": {"type": name, "payload": {"symbol": "AAPL"}},
        }
        for name in ("refresh", "dismiss", "buy")
    ]
    return {"type": "Card", "children": [{"type": "Text", "value": f"AAPL {price}"}, *buttons]}


async def _clickable(context: Context, _message: UserMessageItem | None) -> Events:
    yield shows(context, _quote("$271.84"))


async def _clicked(context: Context, action: Action[str, Any], sender: WidgetItem | None) -> Events:
    if action.type == "dismiss" and sender is not None:
        yield ThreadItemRemovedEvent(item_id=sender.id)
    elif action.type == "refresh" and sender is not None:
        newer = sender.model_copy(update={"widget": widget_root(_quote("$272.10"))})
        yield ThreadItemReplacedEvent(item=newer)
    else:
        yield remembers(context, "The user clicked on buy.")
        yield says(context, f"An order for {action.payload['symbol']} is prepared.")


async def _clicked_at_once(context: Context, _action: Action[str, Any], sender: WidgetItem | None) -> Any:
    """The item that the click changes; chatkit leaves it to the server to keep it."""
    assert sender is not None  # noqa: S101 - the button is on a widget
    newer = sender.model_copy(update={"widget": widget_root(_quote("$272.10"))})
    await context.store.save_item(context.thread.id, newer, context.request_context)
    return sync_response(newer)


PARTS: dict[str, Maker] = {
    "text": by_hand(_text),
    "corrected": by_hand(_corrected),
    "in-transition": by_hand(_in_transition),
    "root": by_hand(_root),
    "component": by_hand(_component),
    "copied": by_hand(_copied),
    "written": _written,
    "by-tool": _by_tool,
    "given": _given,
    "clicks": by_hand(_clickable, action=_clicked, sync_action=_clicked_at_once),
}
