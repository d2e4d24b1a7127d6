"""What every tool does: fetch, show a widget, tell the model; and say so where that takes long or fails."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from agents import RunContextWrapper
from chatkit.agents import AgentContext
from chatkit.types import ProgressUpdateEvent
from pydantic import SkipValidation

from ..context import RequestContext
from ..failures import MARKET_FAILURES, explained
from ..market import MarketData, UnknownSymbolError, with_fault
from ..shim import widget_root
from ..widgets import Widget, as_documented, failed_card

log = logging.getLogger(__name__)
authored_log = logging.getLogger("chatkit_harness.authored")

PATIENCE_S = 0.5
"""How long a user looks at nothing before they are told that something is going on."""


class MarketAgentContext(AgentContext[RequestContext]):
    """ChatKit's context of one run, with the market data that the tools read.

    `wrong_widgets` draws the lists as the older documents did, see `widgets.as_documented`.
    """

    market: Annotated[MarketData, SkipValidation]
    wrong_widgets: bool = False


Context = RunContextWrapper[MarketAgentContext]

Shown = tuple[Widget, dict[str, Any]]
"""What a tool gives: a widget for the user, and what the model is told."""


async def show(ctx: Context, title: str, work: Awaitable[Shown], **about: Any) -> str:
    """Carry a tool's work out, show its widget, and give what the model reads.

    Where market data fails, the user gets a card that says so under this title, and the model the reason
    with what it was about.
    """
    try:
        widget, told = await with_patience(ctx, work)
    except MARKET_FAILURES as failure:
        note(title, failure)
        await send_widget(ctx, failed_card(title, explained(failure)))
        return tool_error(failure, **about)
    await send_widget(ctx, widget)
    return tool_output(**told)


async def with_patience(ctx: Context, work: Awaitable[Shown]) -> Shown:
    """The work's result; where it takes long, the user is told that it goes on."""
    task = asyncio.ensure_future(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=PATIENCE_S)
        if not done:
            await send_progress(ctx, "Still waiting for the market data")
        return await task
    finally:
        task.cancel()  # of no effect once it is done


async def send_progress(ctx: Context, text: str) -> None:
    """Tell the user what is going on; the next item takes its place, and nothing of it is stored."""
    await ctx.context.stream(ProgressUpdateEvent(icon="search", text=text))


async def send_widget(ctx: Context, authored: Widget) -> None:
    """Show a widget. Raises pydantic's ValidationError for one that this chatkit release refuses to build."""
    await ctx.context.stream_widget(built(authored))


def built(authored: Widget) -> Any:
    """An authored widget as a model of this chatkit release: every one that goes out is made here.

    It is logged as authored, since the models drop what they do not know without a word; and whether this
    release refused to build it. Raises pydantic's ValidationError then.
    """
    try:
        root = widget_root(authored)
    except ValueError:
        authored_log.debug("widget", extra={"authored_widget": authored, "refused": True})
        raise
    authored_log.debug("widget", extra={"authored_widget": authored})
    return root


def drawn(ctx: Context, widget: Widget) -> Widget:
    """A list as it is; in a wrong shape where the server was told to."""
    return as_documented(widget) if ctx.context.wrong_widgets else widget


def market_data(ctx: Context) -> MarketData:
    """The market data of this run, failing where the request asks for it."""
    return with_fault(ctx.context.market, ctx.context.request_context.faults.get("market_data"))


def ticker(symbol: str) -> str:
    """A symbol as markets write it."""
    return symbol.strip().upper()


def tool_output(**values: Any) -> str:
    """What the model reads: JSON, because several agents releases write a dict as Python's repr."""
    return json.dumps(values)


def tool_error(reason: object, **values: Any) -> str:
    """A failure that the model can explain to the user, with what it was about."""
    return tool_output(**values, error=str(reason))


def note(what: str, failure: Exception) -> None:
    """A line in the log for a provider that fails; somebody's misspelt symbol is none of its business."""
    if not isinstance(failure, UnknownSymbolError):
        log.warning("%s: %s", what, failure)


@contextmanager
def failures_logged(tool: str) -> Iterator[None]:
    """Log a tool's failure with its traceback: all that the model gets to see is a sentence.

    It stands in the tool itself, so that the traceback names it.
    """
    try:
        yield
    except Exception:
        log.exception("%s failed", tool)
        raise
