"""An action of a widget as ChatKit's events, or as the one item that a synchronous one answers with."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timezone
from typing import Any

from chatkit.types import (
    ThreadItemDoneEvent,
    ThreadItemReplacedEvent,
    ThreadStreamEvent,
    WidgetItem,
)

from .actions import Alert, carry_out
from .chart_control import ChartContext
from .market import with_fault
from .messages import assistant_message
from .tools import MarketAgentContext, built, commands_event

MOST_ALERTS = 20


async def clicked(
    kind: str, payload: Any, sender: WidgetItem | None, context: MarketAgentContext
) -> AsyncIterator[ThreadStreamEvent]:
    """What an action does to the thread: a widget in place of its sender (or a new one), commands, words."""
    outcome = await _outcome(kind, payload, context)
    if outcome.alert is not None:
        keep(outcome.alert, context)
    if outcome.widget is not None:
        item = widget_item(outcome.widget, sender, context)
        yield ThreadItemDoneEvent(item=item) if sender is None else ThreadItemReplacedEvent(item=item)
    if outcome.commands:
        yield commands_event(context, outcome.commands)
    if outcome.text is not None:
        yield ThreadItemDoneEvent(item=assistant_message(context, outcome.text))


async def clicked_at_once(
    kind: str, payload: Any, sender: WidgetItem | None, context: MarketAgentContext
) -> WidgetItem | None:
    """The sender as it is afterwards, for an action that is answered with one item; it is stored here.

    Such an answer has no room for words or commands: they stand in the widget's status line instead, and the
    line says what commands there would have been no way for.
    """
    outcome = await _outcome(kind, payload, context)
    if sender is None and outcome.widget is None:
        return None
    if outcome.widget is not None:
        item = widget_item(outcome.widget, sender, context)
    else:
        told = "The chart can be changed by a message only" if outcome.commands else outcome.text
        shown = sender.widget.model_dump(mode="json", exclude_none=True) if sender is not None else {}
        item = widget_item({**shown, "status": {"text": told}}, sender, context)
    if outcome.alert is not None:
        keep(outcome.alert, context)
        await context.store.save_thread(context.thread, context.request_context)
    await context.store.save_item(context.thread.id, item, context.request_context)
    return item


async def _outcome(kind: str, payload: Any, context: MarketAgentContext) -> Any:
    request = context.request_context
    market = with_fault(context.market, request.faults.get("market_data"))
    return await carry_out(kind, payload, market, ChartContext(request.symbol, request.timeframe))


def widget_item(authored: Any, sender: WidgetItem | None, context: MarketAgentContext) -> WidgetItem:
    """The widget as an item: the sender's place in the thread, or a new one."""
    widget = built(authored)
    if sender is not None:
        return sender.model_copy(update={"widget": widget})
    return WidgetItem(
        id=context.generate_id("message"),
        thread_id=context.thread.id,
        created_at=datetime.now(timezone.utc),
        widget=widget,
    )


def keep(alert: Alert, context: MarketAgentContext) -> None:
    """Note an alert in the thread's metadata, which chatkit stores once it changed; the last ones stay."""
    metadata = context.thread.metadata
    alerts = [*metadata.get("alerts", ()), alert.as_document()]
    context.thread.metadata = {**metadata, "alerts": alerts[-MOST_ALERTS:]}
