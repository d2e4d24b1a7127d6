"""What a client is told beside the thread: progress, notices, effects on the page, errors, how to stream."""

from __future__ import annotations

from typing import Any

from agents import Agent, RunContextWrapper, function_tool
from chatkit.actions import Action
from chatkit.agents import AgentContext
from chatkit.errors import CustomStreamError, ErrorCode, StreamError
from chatkit.types import ErrorEvent, NoticeEvent, ProgressUpdateEvent, UserMessageItem, WidgetItem

from ..context import RequestContext
from .items import by_hand, says, shows
from .part import MODEL, Context, Events, Maker, Options, Part, agent_part
from .server import CatalogueServer

TOLD = AgentContext[RequestContext]
BUTTON = {"type": "Button", "label": "Zoom", "onClickAction": {"type": "zoom", "payload": {"to": "1D"}}}


def _effect(name: str, **data: Any) -> Any:
    from chatkit.types import ClientEffectEvent  # chatkit 1.4.0 on, and what is beside it is older

    return ClientEffectEvent(name=name, data=data)


async def _effects(context: Context, _message: UserMessageItem | None) -> Events:
    """An effect without data, one with, and a widget that has another."""
    yield _effect("highlight")
    yield _effect("load_symbol", symbol="AAPL", timeframe={"value": 1, "unit": "D"})
    yield shows(context, {"type": "Card", "children": [BUTTON]})


async def _zoomed(_context: Context, action: Action[str, Any], _sender: WidgetItem | None) -> Events:
    yield _effect("zoom", **action.payload)


@function_tool
async def load_symbol(ctx: RunContextWrapper[TOLD], symbol: str) -> str:
    """Load a symbol on the page's chart."""
    await ctx.context.stream(ProgressUpdateEvent(icon="chart", text=f"Loading {symbol}"))
    await ctx.context.stream(_effect("load_symbol", symbol=symbol))
    return "loaded"


@function_tool
async def fetch_news(ctx: RunContextWrapper[TOLD], symbol: str) -> str:
    """Fetch the news of a symbol."""
    await ctx.context.stream(ProgressUpdateEvent(icon="search", text=f"Looking for news on {symbol}"))
    await ctx.context.stream(ProgressUpdateEvent(text="Reading two articles"))
    return "calm"


def _agent(*tools: Any) -> Maker:
    def make(options: Options) -> Part:
        agent = Agent[Any](name="Page", model=MODEL, instructions="Use the tools.", tools=list(tools))
        return agent_part(agent, options)

    return make


async def _notices(context: Context, _message: UserMessageItem | None) -> Events:
    yield NoticeEvent(level="info", message="Prices are 15 minutes old.")
    yield NoticeEvent(
        level="warning", title="Limit", message="Two of ten questions are left. [Plans](https://x.example)"
    )
    yield NoticeEvent(level="danger", title="Halted", message="Trading in TSLA is halted.")
    yield says(context, "Apple closed at $271.84.")


async def _custom_error(_context: Context, _message: UserMessageItem | None) -> Events:
    """The words of the error are for the user."""
    yield ProgressUpdateEvent(text="Asking the exchange")
    raise CustomStreamError("The exchange is closed on Sundays.", allow_retry=True)


async def _coded_error(_context: Context, _message: UserMessageItem | None) -> Events:
    """The client knows the words for the code."""
    yield ProgressUpdateEvent(text="Asking the exchange")
    raise StreamError(ErrorCode.STREAM_ERROR, allow_retry=False)


async def _told_error(context: Context, _message: UserMessageItem | None) -> Events:
    """An error that does not end the answer."""
    yield ErrorEvent(code="custom", message="One source did not answer.", allow_retry=False)
    yield says(context, "Apple closed at $271.84.")


async def _said(context: Context, _message: UserMessageItem | None) -> Events:
    yield says(context, "Apple closed at $271.84.")


class _NoWayBack(CatalogueServer):
    """What it does cannot be cancelled by the user."""

    def get_stream_options(self, thread: Any, context: Any) -> Any:
        del thread, context
        from chatkit.types import StreamOptions  # chatkit 1.4.0 on, which is when this is asked

        return StreamOptions(allow_cancel=False)


PARTS: dict[str, Maker] = {
    "client": by_hand(_effects, action=_zoomed),
    "by-tool": _agent(load_symbol),
    "progress": _agent(fetch_news),
    "notices": by_hand(_notices),
    "custom-error": by_hand(_custom_error),
    "coded-error": by_hand(_coded_error),
    "told-error": by_hand(_told_error),
    "cancellable": by_hand(_said),
    "not-cancellable": by_hand(_said, server=_NoWayBack),
}
