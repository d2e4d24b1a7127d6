"""The catalogue server: answers with the part that a scenario names.

server = create_server({"part": "text/plain"})
"""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

from agents import set_tracing_disabled
from chatkit.actions import Action
from chatkit.server import ChatKitServer
from chatkit.types import ThreadMetadata, ThreadStreamEvent, UserMessageItem, WidgetItem

from ..context import RequestContext, create_context
from ..stores import open_store
from .part import Context, Part


class CatalogueServer(ChatKitServer[RequestContext]):
    """A ChatKit server around one part."""

    def __init__(self, part: Part, store: Any) -> None:
        super().__init__(store)
        self._part = part

    async def respond(
        self,
        thread: ThreadMetadata,
        input_user_message: UserMessageItem | None,
        context: RequestContext,
    ) -> AsyncIterator[ThreadStreamEvent]:
        """Let the part answer."""
        async for event in self._part.respond(self._of(thread, context), input_user_message):
            yield event

    async def action(
        self,
        thread: ThreadMetadata,
        action: Action[str, Any],
        sender: WidgetItem | None,
        context: RequestContext,
    ) -> AsyncIterator[ThreadStreamEvent]:
        """Let the part take the click."""
        if self._part.action is None:
            raise NotImplementedError("this part offers nothing to click")
        async for event in self._part.action(self._of(thread, context), action, sender):
            yield event

    async def sync_action(
        self,
        thread: ThreadMetadata,
        action: Action[str, Any],
        sender: WidgetItem | None,
        context: RequestContext,
    ) -> Any:
        """Let the part take the click, and answer with one item; chatkit asks for that from 1.6.2 on."""
        if self._part.sync_action is None:
            raise NotImplementedError("this part offers nothing to click")
        return await self._part.sync_action(self._of(thread, context), action, sender)

    def _of(self, thread: ThreadMetadata, context: RequestContext) -> Context:
        return Context(thread=thread, store=self.store, request_context=context)


def create_server(options: Mapping[str, Any]) -> CatalogueServer:
    """A server for one part: `options["part"]` is `MODULE/NAME`, where MODULE is one of this package.

    `options["store"]` is a word of `stores.open_store` (default `memory`), or a store; the part reads the
    rest. Only the module of the part is imported, since others may need what this release lacks. Raises
    ValueError for a part that there is not.
    """
    word = str(options.get("part"))
    module, _, name = word.partition("/")
    try:
        parts = importlib.import_module(f"{__package__}.{module.replace('-', '_')}").PARTS
        make = parts[name]
    except (ModuleNotFoundError, AttributeError, KeyError):
        raise ValueError(f"the catalogue has no part {word!r}") from None
    set_tracing_disabled(True)
    part = make(options)
    store = options.get("store") or "memory"
    kind = part.server or CatalogueServer
    server: CatalogueServer = kind(part, open_store(store) if isinstance(store, str) else store)
    return server


__all__ = ["CatalogueServer", "create_context", "create_server"]
