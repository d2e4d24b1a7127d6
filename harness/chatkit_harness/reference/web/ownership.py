"""What a ChatKit request names is there and belongs to who asks: checked before anything is begun.

chatkit would find out late, after the status of a stream is out, or (feedback, a retry) not at all. The
store checks once more with each access, and knows threads of other users as not found; only here is the
difference told, as 403.
"""

from __future__ import annotations

from typing import Any

from chatkit.store import NotFoundError

from ..context import RequestContext
from .failures import ApiError
from .identity import not_yours

SENDERS = {
    "threads.custom_action": "widget",
    "threads.sync_custom_action": "widget",
    "threads.add_structured_input": "structured_input",
    "threads.retry_after_item": "user_message",
}
"""What the item has to be that a request names."""

HIDDEN = ("hidden_context_item", "sdk_hidden_context")


async def require_own(asked: Any, server: Any, context: RequestContext) -> None:
    """Raise ApiError unless all that a request names is there (404), is the user's (403), and is what the
    operation is about (409).
    """
    params = asked.params
    thread_id = getattr(params, "thread_id", None)
    if thread_id is not None:
        await _thread(thread_id, server.store, context)
        for item_id in _items(params):
            await _item(asked.type, thread_id, item_id, server.store, context)
        if asked.type == "threads.add_client_tool_output":
            await _pending_call(thread_id, server.store, context)
    attachments = _attachments(params)
    for attachment_id in attachments:
        await _attachment(attachment_id, server.store, context)
    ready = getattr(server.attachment_store, "require_ready", None)
    if asked.type != "attachments.delete" and attachments and ready is not None:
        ready(attachments, context)


async def require_nobody_elses(kind: str, name: str, store: Any, context: RequestContext) -> None:
    """Raise ApiError 403 where a `thread` or an `attachment` is there, and is another user's."""
    if await _owner(store, kind, name) not in (None, context.user_id):
        raise not_yours(f"This {kind} belongs to somebody else.") from None


async def _thread(thread_id: str, store: Any, context: RequestContext) -> None:
    try:
        await store.load_thread(thread_id, context)
    except NotFoundError:
        await require_nobody_elses("thread", thread_id, store, context)
        raise ApiError(404, "unknown_thread", "There is no such thread.") from None


async def _item(operation: str, thread_id: str, item_id: str, store: Any, context: RequestContext) -> None:
    unknown = ApiError(404, "unknown_item", "There is no such item in this thread.")
    try:
        item = await store.load_item(thread_id, item_id, context)
    except NotFoundError:
        raise unknown from None
    if item.type in HIDDEN:
        raise unknown
    wanted = SENDERS.get(operation, item.type)
    if item.type != wanted:
        raise ApiError(
            409, "wrong_item", f"This is about a {wanted.replace('_', ' ')}, which the item is not."
        )
    if wanted == "structured_input" and item.status != "pending":
        raise ApiError(409, "not_pending", "This has been answered already.")


async def _pending_call(thread_id: str, store: Any, context: RequestContext) -> None:
    page = await store.load_thread_items(thread_id, None, 1, "desc", context)
    last = page.data[0] if page.data else None
    if last is None or last.type != "client_tool_call" or last.status != "pending":
        raise ApiError(409, "not_pending", "No tool of the client is waited for in this thread.")


async def _attachment(attachment_id: str, store: Any, context: RequestContext) -> None:
    try:
        await store.load_attachment(attachment_id, context)
    except NotFoundError:
        await require_nobody_elses("attachment", attachment_id, store, context)
        raise ApiError(404, "unknown_attachment", "There is no such attachment.") from None


def _items(params: Any) -> list[str]:
    single = getattr(params, "item_id", None)
    return [single] if single is not None else list(dict.fromkeys(getattr(params, "item_ids", ())))


def _attachments(params: Any) -> list[str]:
    single = getattr(params, "attachment_id", None)
    named = getattr(getattr(params, "input", None), "attachments", ())
    return [single] if single is not None else list(dict.fromkeys(named))


async def _owner(store: Any, kind: str, name: str) -> str | None:
    """Who owns it; None where nobody does, or where a store does not tell one from the other."""
    tells = getattr(store, "owner_of", None)
    return None if tells is None else await tells(kind, name)
