"""What a server with attachments does around a ChatKit request: chatkit itself looks at none of this.

chatkit takes the id of any attachment that its store knows into a message, whether or not its file is there,
and deletes a thread without a word to the attachment store.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ..context import RequestContext
from .store import DiskAttachmentStore

Process = Callable[[Any, RequestContext], Awaitable[Any]]


async def process_with_attachments(
    process: Process, store: Any, attachments: DiskAttachmentStore, request: Any, context: RequestContext
) -> Any:
    """Answer a request as `process` does, with the files of its message checked, those of its thread deleted.

    Raises NotFoundError for somebody else's file, AttachmentRefusedError for one that is not uploaded.
    """
    kind, params = _asked(request)
    if kind == "threads.delete" and isinstance(params.get("thread_id"), str):
        going = await _attachments_of(store, params["thread_id"], context)
        answer = await process(request, context)
        attachments.forgotten(going, context)
        return answer
    said = params.get("input")
    named = said.get("attachments") if isinstance(said, dict) else None
    ids = [each for each in named if isinstance(each, str)] if isinstance(named, list) else []
    attachments.require_ready(ids, context)
    return await process(request, context)


async def _attachments_of(store: Any, thread_id: str, context: RequestContext) -> list[str]:
    """The attachments that go with a thread; none where the store cannot tell: then the sweep finds them."""
    known = getattr(store, "attachments_of", None)
    return [] if known is None else list(await known(thread_id, context))


def _asked(request: Any) -> tuple[str, Mapping[str, Any]]:
    """Kind and params; nothing for what is no request: chatkit says what is wrong with it."""
    try:
        asked = json.loads(request)
        params = asked["params"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return "", {}
    return str(asked.get("type")), params if isinstance(params, dict) else {}
