"""The reference server: one ChatKit server, one assistant, market data behind it.

server = create_server({})
result = await server.process(body, create_context({"symbol": "TSLA", "timeframe": "1D"}))
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, cast

from chatkit.actions import Action
from chatkit.server import ChatKitServer
from chatkit.store import Store
from chatkit.types import ThreadMetadata, ThreadStreamEvent, UserMessageItem, WidgetItem

from .agent import create_agent
from .clicks import clicked, clicked_at_once
from .context import RequestContext, create_context
from .conversation import answer
from .guardrails import guarded
from .market import FixtureMarketData, MarketData
from .messages import words_of
from .shim import sync_response
from .stores import open_store
from .titles import title_of
from .tools import MarketAgentContext

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from .attachments.store import DiskAttachmentStore

WidgetShapes = Literal["valid", "as-documented"]


class MarketChatKitServer(ChatKitServer[RequestContext]):
    """Answers questions about the markets with widgets and a few words."""

    def __init__(
        self,
        store: Store[RequestContext],
        market: MarketData,
        *,
        widgets: WidgetShapes = "valid",
        attachments: DiskAttachmentStore | None = None,
        model_timeout_ms: float | None = None,
    ) -> None:
        super().__init__(store, attachments)
        self._market = market
        self._wrong_widgets = widgets == "as-documented"
        self._agent = create_agent(model_timeout_ms)
        self._attachments = attachments

    async def process(self, request: str | bytes | bytearray, context: RequestContext) -> Any:
        """Answer one request; where files can be attached, theirs are looked after as well."""
        if self._attachments is None:
            return await super().process(request, context)
        from .attachments.process import process_with_attachments  # most conversations do without

        return await process_with_attachments(
            super().process, self.store, self._attachments, request, context
        )

    async def respond(
        self,
        thread: ThreadMetadata,
        input_user_message: UserMessageItem | None,
        context: RequestContext,
    ) -> AsyncIterator[ThreadStreamEvent]:
        """Answer the thread: after a user's message, or (None) after a client tool's output."""
        question = words_of(input_user_message)  # it is in the store, too, as `answer` explains
        if thread.title is None and question:
            # chatkit stores a thread that has changed, and tells the client.
            thread.title = title_of(question)
        if self._attachments is not None and input_user_message is not None:
            self._attachments.sent([each.id for each in input_user_message.attachments], context)
        run_context = self._run_context(thread, context)
        answered = answer(self._agent, run_context, attachments=self._attachments)
        async for event in guarded(answered, self._agent, question, run_context):
            yield event

    async def action(
        self,
        thread: ThreadMetadata,
        action: Action[str, Any],
        sender: WidgetItem | None,
        context: RequestContext,
    ) -> AsyncIterator[ThreadStreamEvent]:
        """Carry out what a widget's button or form asks for."""
        run_context = self._run_context(thread, context)
        async for event in clicked(action.type, action.payload, sender, run_context):
            yield event

    async def sync_action(
        self,
        thread: ThreadMetadata,
        action: Action[str, Any],
        sender: WidgetItem | None,
        context: RequestContext,
    ) -> Any:
        """The same, answered with the one item that it changes; chatkit asks for that from 1.6.2 on."""
        run_context = self._run_context(thread, context)
        return sync_response(await clicked_at_once(action.type, action.payload, sender, run_context))

    def _run_context(self, thread: ThreadMetadata, context: RequestContext) -> MarketAgentContext:
        return MarketAgentContext(
            thread=thread,
            store=self.store,
            request_context=context,
            market=self._market,
            wrong_widgets=self._wrong_widgets,
        )


def create_server(options: Mapping[str, Any]) -> MarketChatKitServer:
    """A server with a store and market data.

    `options["store"]` is a word of `stores.open_store` (default `memory`), or a store. `options["market"]` is
    a MarketData (default: the fixtures). `options["widgets"]` is `valid` (the default) or `as-documented`,
    which draws the news and the calendar in a shape that no chatkit release can show.
    `options["attachments"]` is a word of `open_attachments` (default: no file can be attached).
    `options["model_timeout_ms"]` ends a turn in which the model is silent for so long (default: no limit).
    Raises ValueError for another value, StoreUnavailableError for a store that cannot be.
    """
    widgets = options.get("widgets", "valid")
    if widgets not in ("valid", "as-documented"):
        raise ValueError(f"widgets may be valid or as-documented, not {widgets!r}")
    store = options.get("store") or "memory"
    kept = open_store(store) if isinstance(store, str) else store
    market = options.get("market") or FixtureMarketData()
    return MarketChatKitServer(
        kept,
        market,
        widgets=cast("WidgetShapes", widgets),
        attachments=_attachments(options, kept),
        model_timeout_ms=options.get("model_timeout_ms"),
    )


def _attachments(options: Mapping[str, Any], store: Store[RequestContext]) -> DiskAttachmentStore | None:
    word = options.get("attachments")
    if not word:
        return None
    from .attachments.opening import open_attachments

    return open_attachments(str(word), store)


def create_app(server: MarketChatKitServer, options: Mapping[str, Any]) -> Starlette:
    """The HTTP side of a server, as a scenario drives it; `web.create_app` is the one for real use."""
    from .web import create_app_for  # only conversations over HTTP pay for importing it

    return create_app_for(server, options)


__all__ = ["MarketChatKitServer", "create_app", "create_context", "create_server"]
