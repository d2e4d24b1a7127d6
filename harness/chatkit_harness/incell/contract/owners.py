"""What is one user's is nobody else's: to read, to list, to change, or to delete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Awaitable, Callable, List, Optional

from chatkit_harness.incell.exam import Examination, UnsupportedError

from . import models
from .bench import Bench
from .handle import Handle, walk
from .outcome import Outcome, attempt, supported
from .same import difference, plain_difference


@dataclass(frozen=True)
class Attempt:
    """What another user tries, and whether they got what they should not."""

    rule: str
    words: str
    reached: bool
    told: str = ""


@dataclass(frozen=True)
class Property:
    """What the first user has stored."""

    store: Handle
    thread: Any
    items: List[Any]
    attachment: Any


async def owners(exam: Examination, bench: Bench) -> None:
    """Another user's requests find nothing of the first one's, and change nothing."""
    store = await bench.open()
    stranger = store.under(bench.theirs)
    tried: List[Attempt] = []
    for part in (_reading, _writing, _deleting):
        tried.extend(await part(bench, store, stranger))
    tried.extend(await _attachments(bench, store, stranger))
    if all(each.reached for each in tried):
        raise UnsupportedError(
            "the store separates nothing by user: another's context reads, changes and deletes everything "
            f"(contexts were made from {{'user_id': ...}} of {' and '.join(bench.users)})"
        )
    for each in tried:
        exam.require(not each.reached, each.rule, f"another user can {each.words}: {each.told}")


async def _property(bench: Bench, store: Handle) -> Property:
    thread, items = await bench.filled(store, 2, title="private")
    attachment = models.attachment(store.new_id(thread))
    attaches = await supported(store.save_attachment(attachment))
    return Property(store, thread, items, attachment if attaches else None)


async def _reading(bench: Bench, store: Handle, stranger: Handle) -> List[Attempt]:
    own = await _property(bench, store)
    thread_id, item_id = own.thread.id, own.items[0].id
    listed = await attempt(walk(stranger.threads, 50, "desc"))
    page = await attempt(stranger.page(thread_id))
    return [
        _shown(
            "owner-load",
            "load a thread",
            await attempt(stranger.load_thread(thread_id)),
            lambda v: v is not None,
        ),
        _shown("owner-items", "list the items of a thread", page, lambda v: bool(v.data)),
        _shown(
            "owner-item",
            "load an item",
            await attempt(stranger.item(thread_id, item_id)),
            lambda v: v is not None,
        ),
        _shown("owner-list", "list a thread", listed, lambda v: thread_id in v.ids),
    ]


async def _writing(bench: Bench, store: Handle, stranger: Handle) -> List[Attempt]:
    own = await _property(bench, store)
    thread, (first, second) = own.thread, own.items
    renamed = thread.model_copy(update={"title": "taken over"})
    extra = store.message(thread, "slipped in")
    forged = store.message(thread, "forged", id=first.id)
    return [
        await _done(own, "owner-save", "change a thread", stranger.save_thread(renamed)),
        await _done(own, "owner-add", "add an item", stranger.add(thread.id, extra)),
        await _done(own, "owner-save-item", "replace an item", stranger.save(thread.id, forged)),
        await _done(own, "owner-delete-item", "delete an item", stranger.delete_item(thread.id, second.id)),
    ]


async def _deleting(bench: Bench, store: Handle, stranger: Handle) -> List[Attempt]:
    own = await _property(bench, store)
    return [await _done(own, "owner-delete", "delete a thread", stranger.delete_thread(own.thread.id))]


async def _attachments(bench: Bench, store: Handle, stranger: Handle) -> List[Attempt]:
    own = await _property(bench, store)
    if own.attachment is None:
        return []
    forged = own.attachment.model_copy(update={"name": "forged"})
    loaded = await attempt(stranger.attachment(own.attachment.id))
    tried = [
        _shown("owner-attachment", "load an attachment", loaded, lambda v: v is not None),
        await _done(own, "owner-attachment-save", "change an attachment", stranger.save_attachment(forged)),
        await _done(
            own,
            "owner-attachment-delete",
            "delete an attachment",
            stranger.delete_attachment(own.attachment.id),
        ),
    ]
    await attempt(store.delete_attachment(own.attachment.id))
    return tried


def _shown(rule: str, words: str, came: Outcome, shows: Callable[[Any], bool]) -> Attempt:
    """A reading: whatever is raised refuses it."""
    return Attempt(rule, words, came.error is None and shows(came.value), came.told)


async def _done(own: Property, rule: str, words: str, call: Awaitable[Any]) -> Attempt:
    """A writing: refused or not, what counts is what the owner finds afterwards."""
    came = await attempt(call)
    changed = await attempt(_changed(own))
    told = changed.value if changed.error is None else changed.told
    return Attempt(rule, words, bool(told), f"{told} ({'not refused' if came.error is None else came.told})")


async def _changed(own: Property) -> Optional[str]:
    """What of a user's property is not as it was, which is put back; None where all of it is."""
    store, thread = own.store, own.thread
    told = await attempt(store.load_thread(thread.id))
    found = "the thread is gone" if told.error else difference(thread, told.value)
    if found:
        await attempt(store.save_thread(thread))
        return found
    listed = await store.items(thread.id)
    if [item.id for item in listed] != [item.id for item in own.items] or any(
        map(difference, own.items, listed)
    ):
        for item in listed:
            if item.id not in [each.id for each in own.items]:
                await store.delete_item(thread.id, item.id)
        for item in own.items:
            await store.save(thread.id, item)
        return "the items are others"
    if own.attachment is None:
        return None
    kept = await attempt(store.attachment(own.attachment.id))
    found = "the attachment is gone" if kept.error else plain_difference(own.attachment, kept.value)
    if found:
        await attempt(store.save_attachment(own.attachment))
    return found or None
