"""Ownership: nobody sees, changes or deletes what somebody else said."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

from chatkit_harness.incell.exam import Examination, UnsupportedError

from .client import Client, Reply, ids_of, message

SECRET = "harness-alices-secret-4711"  # noqa: S105 - words that must not show elsewhere

RATES = "items.feedback"
"""What may be answered all the same: chatkit's own way is to take anybody's feedback and to do nothing with
it, which from outside cannot be told from a server that keeps it. What it changes or tells shows."""


async def others_read(exam: Examination, client: Client) -> None:
    """Another user cannot read a thread or its items."""
    thread = await _alices(client)
    for name, reply in (
        ("threads.get_by_id", await client.thread(thread, other=True)),
        ("items.list", await client.items(thread, other=True)),
    ):
        _shut(exam, name, reply)
        _tells_nothing(exam, name, reply)


async def others_list(exam: Examination, client: Client) -> None:
    """Another user's list has nobody else's threads."""
    thread = await _alices(client)
    listed = await client.threads(other=True)
    exam.require(thread not in ids_of(listed), "listed", "another user's list shows the thread")
    exam.require(SECRET not in str(listed.document), "leaks", "another user's list shows what was said")
    own = await client.threads()
    exam.require(thread in ids_of(own), "not-listed", "the owner's own list lacks the thread")


async def others_write(exam: Examination, client: Client) -> None:
    """Another user cannot write into a thread, rename it or act in it; their feedback changes nothing."""
    await client.require_two_users()
    started = await client.start(SECRET)
    thread = str(started.thread_id)
    items = [str(each.get("id")) for each in started.done()]
    before = await _state(client, thread)
    for kind, params in _writing(thread, items):
        reply = await client.ask(kind, params, other=True)
        if kind != RATES:
            _shut(exam, kind, reply)
        _tells_nothing(exam, kind, reply)
        after = await _seen(client, thread)
        exam.require(after == before, "changed", f"{kind} of another user changed the thread", kind=kind)
        before = after or before


async def others_delete(exam: Examination, client: Client) -> None:
    """Another user cannot delete a thread."""
    thread = await _alices(client)
    before = await _state(client, thread)
    reply = await client.ask("threads.delete", {"thread_id": thread}, other=True)
    after = await _seen(client, thread)
    exam.require(
        after == before, "deleted", "another user deleted the thread, or a part of it", answer=reply.told()
    )
    exam.require(
        reply.refused, "not-refused", "another user is told that the thread is deleted", **reply.told()
    )


async def _alices(client: Client) -> str:
    await client.require_two_users()
    return str((await client.start(SECRET)).thread_id)


State = Tuple[Any, List[str]]


async def _state(client: Client, thread: str) -> State:
    """The thread as its owner sees it. Raises UnsupportedError where not even the owner does."""
    found = await _seen(client, thread)
    if found is None:
        raise UnsupportedError("the owner cannot read the thread either")
    return found


async def _seen(client: Client, thread: str) -> Optional[State]:
    found, items = await client.thread(thread), await client.items(thread)
    if found.how != "json" or items.how != "json":
        return None
    document: Dict[str, Any] = found.document if isinstance(found.document, dict) else {}
    return document.get("title"), ids_of(items)


def _writing(thread: str, items: List[str]) -> List[Tuple[str, Dict[str, Any]]]:
    last = items[-1] if items else "itm_none"
    action = {"type": "harness_unknown_action", "payload": {}}
    return [
        ("threads.add_user_message", {"thread_id": thread, "input": message("I am somebody else.")}),
        ("threads.update", {"thread_id": thread, "title": "Not yours"}),
        # An item that is no widget is refused to everybody; an action may come without any.
        ("threads.custom_action", {"thread_id": thread, "item_id": last, "action": action}),
        ("threads.custom_action", {"thread_id": thread, "action": action}),
        ("threads.retry_after_item", {"thread_id": thread, "item_id": items[0] if items else last}),
        ("threads.add_client_tool_output", {"thread_id": thread, "result": {}}),
        (RATES, {"thread_id": thread, "item_ids": [last], "kind": "negative"}),
    ]


def _shut(exam: Examination, kind: str, reply: Reply) -> None:
    empty = reply.how == "json" and isinstance(reply.document, dict) and reply.document.get("data") == []
    exam.require(
        reply.refused or empty,
        "not-refused",
        f"{kind} of another user is answered",
        kind=kind,
        **reply.told(),
    )


def _tells_nothing(exam: Examination, kind: str, reply: Reply) -> None:
    seen = SECRET in str([reply.document, reply.events, reply.words])
    exam.require(not seen, "leaks", f"{kind} tells another user what was said", kind=kind)
    if reply.status is not None and reply.status >= 500:
        exam.advise(
            False, "server-error", f"{kind} of another user is answered with {reply.status}", kind=kind
        )


EXAMS = {
    "others-read": others_read,
    "others-list": others_list,
    "others-write": others_write,
    "others-delete": others_delete,
}
