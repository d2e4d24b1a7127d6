"""What the store holds is its own: nobody changes it by changing what they gave or got."""

from __future__ import annotations

from typing import Any

from chatkit_harness.incell.exam import Examination

from . import models
from .bench import Bench
from .handle import Handle
from .outcome import supported


async def copies(exam: Examination, bench: Bench) -> None:
    """Changing an object after it was saved, or after it was loaded, leaves the store as it was."""
    store = await bench.open()
    thread = store.new_thread(title="kept", metadata={"list": ["kept"]})
    await store.save_thread(thread)
    item = store.message(thread, "kept")
    await store.add(thread.id, item)
    _spoil(thread, item)
    await _is_kept(exam, store, thread.id, item.id, "that was saved")
    _spoil(await store.load_thread(thread.id), await store.item(thread.id, item.id))
    await _is_kept(exam, store, thread.id, item.id, "that was loaded")
    listed = [each for each in (await store.threads(limit=50)).data if each.id == thread.id]
    _spoil(listed[0] if listed else thread, (await store.page(thread.id)).data[0])
    await _is_kept(exam, store, thread.id, item.id, "that was listed")
    again = store.message(thread, "kept", id=item.id)
    await store.save(thread.id, again)
    _spoil(thread, again)
    await _is_kept(exam, store, thread.id, item.id, "that was saved again")
    await _attachment(exam, store, thread)


def _spoil(thread: Any, item: Any) -> None:
    thread.title = "spoiled"
    thread.metadata.setdefault("list", []).append("spoiled")
    item.content[0].text = "spoiled"


async def _is_kept(exam: Examination, store: Handle, thread_id: str, item_id: str, when: str) -> None:
    thread, item = await store.load_thread(thread_id), await store.item(thread_id, item_id)
    exam.require(
        (thread.title, thread.metadata) == ("kept", {"list": ["kept"]}),
        "copies",
        f"what is stored of a thread changes with the object {when}",
        title=thread.title,
        metadata=thread.metadata,
    )
    page = await store.page(thread_id)
    for each in (item, page.data[0]):
        exam.require(
            models.text_of(each) == "kept",
            "copies",
            f"what is stored of an item changes with the object {when}",
            text=models.text_of(each),
        )


async def _attachment(exam: Examination, store: Handle, thread: Any) -> None:
    attachment = models.attachment(store.new_id(thread), "kept.pdf")
    if not await supported(store.save_attachment(attachment)):
        return
    attachment.name = "spoiled"
    (await store.attachment(attachment.id)).name = "spoiled"
    name = (await store.attachment(attachment.id)).name
    words = "what is stored of an attachment changes with the object that was saved or loaded"
    exam.require(name == "kept.pdf", "copies", words, name=name)
    await store.delete_attachment(attachment.id)
