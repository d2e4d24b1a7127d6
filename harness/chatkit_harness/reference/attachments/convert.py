"""How the model gets to see what users attach: images as images, documents as files, the rest in words."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from chatkit.agents import ThreadItemConverter
from chatkit.store import NotFoundError
from chatkit.types import Attachment, ThreadItem

from ..context import RequestContext

if TYPE_CHECKING:
    from .store import DiskAttachmentStore


class AttachmentConverter(ThreadItemConverter):
    """chatkit's own conversion, and attachments.

    The newest files go along whole, as many as `model_bytes` allows; of the others, and of files that are
    gone, the model is told in words: a deleted file must not end the conversation that it was in.
    """

    def __init__(self, attachments: DiskAttachmentStore | None, context: RequestContext) -> None:
        super().__init__()
        self._attachments = attachments
        self._context = context
        self._whole: set[str] = set()

    async def prepare(self, items: Sequence[ThreadItem]) -> None:
        """Choose what goes along whole."""
        if self._attachments is None:
            return
        left = self._attachments.limits.model_bytes
        newest = [each for item in reversed(items) for each in getattr(item, "attachments", ())]
        for attachment in newest:
            left -= self._attachments.size_of(attachment.id, self._context)
            if left < 0:
                break
            self._whole.add(attachment.id)

    # Up to chatkit 1.0.2 declared as a plain method that returns an awaitable, from 1.1.0 on as a coroutine:
    # this is both.
    async def attachment_to_message_content(self, attachment: Attachment) -> Any:
        """The part of a message that stands for a file."""
        if self._attachments is None:
            return _words(f"The user attached {attachment.name} here, which cannot be shown.")
        if attachment.id not in self._whole:
            return _words(f"The user attached {attachment.name} here, which is not shown again.")
        try:
            file = await self._attachments.file(attachment.id, self._context)
        except NotFoundError:
            return _words(f"The user attached {attachment.name} here, which is not available any more.")
        data = f"data:{file.mime_type};base64,{base64.b64encode(file.content).decode()}"
        if file.mime_type.startswith("image/"):
            return {"type": "input_image", "image_url": data, "detail": "auto"}
        return {"type": "input_file", "filename": file.name, "file_data": data}


def _words(text: str) -> dict[str, str]:
    return {"type": "input_text", "text": f"({text})"}


async def to_agent_input(
    items: Sequence[ThreadItem], attachments: DiskAttachmentStore | None, context: RequestContext
) -> list[Any]:
    """A thread's items as the agent's input, with their attachments; None has only words for them."""
    converter = AttachmentConverter(attachments, context)
    await converter.prepare(items)
    return await converter.to_agent_input(list(items))
