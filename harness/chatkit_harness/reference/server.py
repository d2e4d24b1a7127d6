"""The reference server: one ChatKit server, one assistant, market data behind it.

server = create_server({})
result = await server.process(body, create_context({"symbol": "TSLA", "timeframe": "1D"}))
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, cast

from chatkit.server import ChatKitServer
from chatkit.store import Store
from chatkit.types import ThreadMetadata, ThreadStreamEvent, UserMessageItem

from .agent import create_agent
from .context import RequestContext, create_context
from .conversation import answer
from .market import FixtureMarketData, MarketData
from .store import MemoryStore
from .tools import MarketAgentContext

if TYPE_CHECKING:
    from starlette.applications import Starlette

WidgetShapes = Literal["valid", "as-documented"]


class MarketChatKitServer(ChatKitServer[RequestContext]):
    """Answers questions about the markets with widgets and a few words."""

    def __init__(
        self,
        store: Store[RequestContext],
        market: MarketData,
        *,
        widgets: WidgetShapes = "valid",
    ) -> None:
        super().__init__(store)
        self._market = market
        self._wrong_widgets = widgets == "as-documented"
        self._agent = create_agent()

    async def respond(
        self,
        thread: ThreadMetadata,
        input_user_message: UserMessageItem | None,
        context: RequestContext,
    ) -> AsyncIterator[ThreadStreamEvent]:
        """Answer the thread: after a user's message, or (None) after a client tool's output."""
        del input_user_message  # it is in the store, as `answer` explains
        run_context = MarketAgentContext(
            thread=thread,
            store=self.store,
            request_context=context,
            market=self._market,
            wrong_widgets=self._wrong_widgets,
        )
        async for event in answer(self._agent, run_context):
            yield event


def create_server(options: Mapping[str, Any]) -> MarketChatKitServer:
    """A server with an empty store and fixture market data.

    `options["widgets"]` is `valid` (the default) or `as-documented`, which draws the news and the calendar
    in a shape that no chatkit release can show. Raises ValueError for another value.
    """
    widgets = options.get("widgets", "valid")
    if widgets not in ("valid", "as-documented"):
        raise ValueError(f"widgets may be valid or as-documented, not {widgets!r}")
    return MarketChatKitServer(MemoryStore(), FixtureMarketData(), widgets=cast("WidgetShapes", widgets))


def create_app(server: MarketChatKitServer, options: Mapping[str, Any]) -> Starlette:
    """The HTTP side of a server, as a scenario drives it; `web.create_app` is the one for real use."""
    from .web import create_app_for  # only conversations over HTTP pay for importing it

    return create_app_for(server, options)


__all__ = ["MarketChatKitServer", "create_app", "create_context", "create_server"]
