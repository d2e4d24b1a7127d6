"""Threads, items and attachments as the cell's release of chatkit has them, made from plain values.

Fields that a release does not know are left out by its own models, so that one set of values serves all.
"""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any, Dict, Mapping

import chatkit.types
from chatkit.types import Attachment, ThreadItem
from pydantic import TypeAdapter

ITEM: TypeAdapter[Any] = TypeAdapter(ThreadItem)
ATTACHMENT: TypeAdapter[Any] = TypeAdapter(Attachment)

ID_TYPES = {
    "client_tool_call": "tool_call",
    "task": "task",
    "workflow": "workflow",
}
"""What chatkit calls a kind of item when it asks for an id; of the others it says `message`."""

_FIRST = datetime.now().replace(microsecond=0) - timedelta(hours=1)  # noqa: DTZ005  # as chatkit's own are
_count = itertools.count()


def moment() -> datetime:
    """A time of creation, a second later than the one before, so that no two are equal by accident."""
    return _FIRST + timedelta(seconds=next(_count))


def kinds() -> Dict[str, type]:
    """The kinds of items that this release knows, by their `type`."""
    base = chatkit.types.ThreadItemBase
    classes = [each for each in vars(chatkit.types).values() if isinstance(each, type)]
    own = [each for each in classes if issubclass(each, base) and "type" in each.model_fields]
    return {str(each.model_fields["type"].default): each for each in own}


def item(kind: str, fields: Mapping[str, Any]) -> Any:
    """An item from plain values."""
    return ITEM.validate_python({"type": kind, "created_at": moment(), **fields})


def attachment(attachment_id: str, name: str = "notes.pdf", **fields: Any) -> Any:
    """A file's attachment; `type="image"` and a `preview_url` make it a picture."""
    given = {"type": "file", "id": attachment_id, "name": name, "mime_type": "application/pdf", **fields}
    return ATTACHMENT.validate_python(given)


def text_of(message: Any) -> str:
    """What an assistant's message says; empty for what is none."""
    return "".join(
        str(part.text) for part in getattr(message, "content", None) or [] if hasattr(part, "text")
    )
