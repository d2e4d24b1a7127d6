"""The metadata of attachments: stored, replaced, loaded and deleted, on each release's own model."""

from __future__ import annotations

from typing import Any, Dict, List

from chatkit.types import FileAttachment

from chatkit_harness.incell.exam import Examination

from . import models
from .bench import Bench
from .handle import Handle
from .outcome import attempt
from .same import plain_difference

_URL = "https://example.com/upload/1?signature=a%2Fb"
_UPLOADS: List[Dict[str, Any]] = [
    # The first up to chatkit 1.4.2, the second from 1.5.0 on: a model leaves out what it does not know.
    {"upload_url": _URL},
    {"upload_descriptor": {"url": _URL, "method": "PUT", "headers": {"x-key": "k"}}},
]
_MORE: Dict[str, Any] = {"metadata": {"pages": [1, 2], "nested": {"text": "株価"}}}


async def attachments(exam: Examination, bench: Bench) -> None:
    """An attachment comes back as it was saved last, until it is deleted."""
    store = await bench.open()
    thread, _ = await bench.filled(store)
    for made in _samples(store, thread):
        await store.save_attachment(made)
        found = plain_difference(made, await store.attachment(made.id))
        exam.require(not found, "attachment-kept", f"{_words(made)} does not come back as it was: {found}")
        uploaded = made.model_copy(update={"name": "é renamed.pdf", **_linked(thread)})
        await store.save_attachment(uploaded)
        found = plain_difference(uploaded, await store.attachment(made.id))
        exam.require(
            not found, "attachment-upsert", f"{_words(made)}, saved again, is not the new one: {found}"
        )
    await _deleting(exam, store, thread)


def _samples(store: Handle, thread: Any) -> List[Any]:
    made = [models.attachment(store.new_id(thread), "плохое имя ../../ä.pdf", **_MORE)]
    for upload in _UPLOADS:
        fields = {
            "type": "image",
            "mime_type": "image/png",
            "preview_url": "https://example.com/p.png",
            **upload,
        }
        made.append(models.attachment(store.new_id(thread), "chart.png", **fields))
    return made


def _linked(thread: Any) -> Dict[str, Any]:
    """From 1.6.0 on, chatkit tells an attachment its thread when the message comes."""
    return {"thread_id": thread.id} if "thread_id" in FileAttachment.model_fields else {}


def _words(attachment: Any) -> str:
    return "a picture" if attachment.type == "image" else "a file"


async def _deleting(exam: Examination, store: Handle, thread: Any) -> None:
    gone, kept = [models.attachment(store.new_id(thread), name) for name in ("gone.pdf", "kept.pdf")]
    await store.save_attachment(gone)
    await store.save_attachment(kept)
    await store.delete_attachment(gone.id)
    found = await attempt(store.attachment(gone.id))
    exam.require(
        found.not_found, "attachment-deleted", f"a deleted attachment is not NotFoundError: {found.told}"
    )
    found = await attempt(store.attachment(kept.id))
    exam.require(
        found.error is None and found.value is not None and found.value.id == kept.id,
        "attachment-deleted",
        f"deleting an attachment takes another away: {found.told}",
    )
    found = await attempt(store.delete_attachment(gone.id))
    exam.require(
        found.error is None or found.not_found,
        "attachment-deleted",
        f"deleting an attachment that is not there is an error other than NotFoundError: {found.told}",
    )
    await store.delete_attachment(kept.id)
