"""What is deleted is gone with all that hangs on it, and nothing else; what is not there is not found."""

from __future__ import annotations

from typing import Any

from chatkit_harness.incell.exam import Examination

from . import models
from .bench import Bench
from .handle import Handle
from .outcome import attempt, supported


async def delete(exam: Examination, bench: Bench) -> None:
    """Deleting an item or a thread takes it away, whole, and nothing besides."""
    store = await bench.open()
    other, others = await bench.filled(store, 3)
    await _item(exam, bench, store)
    await _thread(exam, bench, store)
    await _nothing(exam, bench, store)
    left = [item.id for item in await store.items(other.id)]
    exam.require(
        left == [item.id for item in others],
        "delete-others",
        "deleting in one thread takes items of another away",
        expected=[item.id for item in others],
        left=left,
    )


async def _item(exam: Examination, bench: Bench, store: Handle) -> None:
    thread, items = await bench.filled(store, 3)
    await store.delete_item(thread.id, items[1].id)
    left = [item.id for item in await store.items(thread.id)]
    exam.require(
        left == [items[0].id, items[2].id],
        "delete-item",
        "a deleted item is still listed, or more is gone",
        left=left,
    )
    found = await attempt(store.item(thread.id, items[1].id))
    exam.require(
        found.not_found, "delete-item", f"a deleted item is not NotFoundError in load_item: {found.told}"
    )


async def _thread(exam: Examination, bench: Bench, store: Handle) -> None:
    thread, items = await bench.filled(store, 3)
    attachment = models.attachment(_attachment_id(store, thread), thread_id=thread.id)
    attaches = await supported(store.save_attachment(attachment))
    if attaches:
        message = store.new_item(
            "user_message",
            thread,
            content=[{"type": "input_text", "text": "see this"}],
            inference_options={},
            attachments=[attachment],
        )
        await store.add(thread.id, message)
    await store.delete_thread(thread.id)
    found = await attempt(store.load_thread(thread.id))
    exam.require(found.not_found, "delete-thread", f"a deleted thread is not NotFoundError: {found.told}")
    found = await attempt(store.item(thread.id, items[0].id))
    exam.require(
        found.not_found,
        "delete-thread-items",
        f"an item of a deleted thread is not NotFoundError: {found.told}",
    )
    if attaches:
        found = await attempt(store.attachment(attachment.id))
        exam.require(
            found.not_found,
            "delete-thread-attachments",
            f"an attachment of a deleted thread is not NotFoundError: {found.told}",
        )
    await store.save_thread(thread)
    left = [item.id for item in await store.items(thread.id)]
    exam.require(
        not left,
        "delete-thread-items",
        "a thread made anew has the items of the deleted one of its id",
        left=left,
    )


async def _nothing(exam: Examination, bench: Bench, store: Handle) -> None:
    thread, items = await bench.filled(store, 1)
    # chatkit removes items that it has never stored: those that were still streaming.
    found = await attempt(store.delete_item(thread.id, store.new_id(thread)))
    exam.require(
        found.error is None,
        "delete-nothing",
        f"deleting an item that was never stored is an error: {found.told}",
    )
    found = await attempt(store.delete_thread(store.new_thread().id))
    exam.require(
        found.error is None or found.not_found,
        "delete-nothing",
        f"deleting a thread that is not there is an error other than NotFoundError: {found.told}",
    )
    left = [item.id for item in await store.items(thread.id)]
    exam.require(
        left == [items[0].id], "delete-nothing", "deleting what is not there deletes something", left=left
    )


async def not_found(exam: Examination, bench: Bench) -> None:
    """What was never stored is NotFoundError: neither nothing, nor a fresh and empty one."""
    store = await bench.open()
    thread, (item,) = await bench.filled(store, 1)
    other, _ = await bench.filled(store)
    unknown = store.new_thread()
    store.remember("thread", unknown.id)
    asked = {
        "loading a thread": store.load_thread(unknown.id),
        "listing the items of a thread": store.page(unknown.id),
        "loading an item": store.item(thread.id, store.new_id(thread)),
        "loading an item of a thread": store.item(unknown.id, item.id),
        "loading an item from a thread that it is not in, and": store.item(other.id, item.id),
    }
    for what, call in asked.items():
        found = await attempt(call)
        exam.require(
            found.not_found, "not-found", f"{what} that is not there is not NotFoundError: {found.told}"
        )
    await attempt(store.add(unknown.id, store.message(unknown, "to nobody")))
    found = await attempt(store.load_thread(unknown.id))
    exam.require(
        found.not_found,
        "not-found",
        f"asking for a thread that is not there, or adding to it, makes it: {found.told}",
    )
    if await supported(store.save_attachment(models.attachment(_attachment_id(store, thread)))):
        found = await attempt(store.attachment(_attachment_id(store, thread)))
        exam.require(
            found.not_found,
            "not-found",
            f"loading an attachment that is not there is not NotFoundError: {found.told}",
        )


def _attachment_id(store: Handle, thread: Any) -> str:
    return store.new_id(thread).replace("msg", "atc", 1)
