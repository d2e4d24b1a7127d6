"""What differs between releases of chatkit and agents, in one place, each with the release that changed.

It is little, because the rest of this server stays with what every release has: the Responses stream,
`stream_agent_response`, `stream_widget`, `simple_to_agent_input` (a coroutine in all of them).
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import agents
import chatkit.types
from chatkit.widgets import WidgetRoot
from openai.types.responses.web_search_tool import Filters
from pydantic import TypeAdapter

ROOT: TypeAdapter[Any] = TypeAdapter(WidgetRoot)


def widget_root(authored: dict[str, Any]) -> Any:
    """The authored widget as this release's model of a root; pydantic's ValidationError if it has none.

    `WidgetRoot` is the union that an item holds: Card and ListView up to chatkit 1.3.1; from 1.4.0 on a
    dynamic root stands beside them and takes what they refuse; from 1.6.1 on there is Basic as well.
    """
    return ROOT.validate_python(authored)


def client_effect(name: str, data: dict[str, Any]) -> Any | None:
    """The event that has the page do something; None before chatkit 1.4.0, which brought it."""
    event = getattr(chatkit.types, "ClientEffectEvent", None)
    return None if event is None else event(name=name, data=data)


def sync_response(item: Any) -> Any:
    """The answer to a synchronous action: the item that it changed, or None. Only chatkit 1.6.2 and later ask
    for one.
    """
    return chatkit.types.SyncCustomActionResponse(updated_item=item)


def from_agents(name: str) -> Any | None:
    """What agents calls by that name; None in releases that do not have it.

    ShellTool and ApplyPatchTool came with agents 0.5.1, ToolSearchTool and tool_namespace with 0.11.0,
    CustomTool with 0.14.0.
    """
    return getattr(agents, name, None)


def known_fields(cls: type, values: dict[str, Any]) -> dict[str, Any]:
    """Those of the values that this release's dataclass takes: hosted tools gained settings over time."""
    names = {field.name for field in fields(cls) if field.init}
    return {key: value for key, value in values.items() if key in names and value is not None}


def web_search_filters(raw: Any) -> Any | None:
    """Filters of the web search as the model class that every release takes.

    Early releases (0.3.2 is one) call `model_dump()` on them; later ones also take a plain dict.
    """
    return None if raw is None else Filters.model_validate(raw)


def saves_new_attachments() -> bool:
    """Whether chatkit saves what `create_attachment` gives, as it does from 1.5.0 on."""
    return getattr(chatkit.types, "AttachmentUploadDescriptor", None) is not None


def attachment_model(
    *,
    attachment_id: str,
    name: str,
    mime_type: str,
    preview_url: str | None,
    upload_url: str | None,
) -> Any:
    """An attachment as this release has it: an image where there is a preview, else a file.

    Where to upload it was `upload_url` up to chatkit 1.4.2, and is `upload_descriptor` from 1.5.0 on, which
    also says how. `metadata` (1.5.3 on) and `thread_id` (1.6.0 on, chatkit sets it) are left alone.
    """
    values: dict[str, Any] = {"id": attachment_id, "name": name, "mime_type": mime_type}
    if preview_url is not None:
        values["preview_url"] = preview_url
    if upload_url is not None and saves_new_attachments():
        values["upload_descriptor"] = {"url": upload_url, "method": "PUT"}
    elif upload_url is not None:
        values["upload_url"] = upload_url
    kind = chatkit.types.FileAttachment if preview_url is None else chatkit.types.ImageAttachment
    return kind.model_validate(values)
