"""Errors: what cannot be done is refused, and whoever asked wrongly is told so by the status."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Tuple

from chatkit_harness.incell.exam import Examination, UnsupportedError

from .client import Client, Reply, data_of, message, rows_of

NOBODY = "thr_harness_that_never_was"


async def unknown_thread(exam: Examination, client: Client) -> None:
    """A thread that never was is not found, and is not made on the way."""
    await client.start()  # who refuses everything has not looked for the thread
    for kind, params in _on_thread(NOBODY):
        reply = await client.ask(kind, params)
        exam.require(
            _nothing_of(reply),
            "made-up",
            f"{kind} of a thread that never was is answered",
            kind=kind,
            **reply.told(),
        )
        _fault(exam, reply, kind)
    listed = [str(each.get("id")) for each in rows_of(exam, await client.threads(), "threads") or []]
    exam.require(NOBODY not in listed, "made-anew", "asking for a thread that never was has made it")


async def bad_body(exam: Examination, client: Client) -> None:
    """What is no request is refused, and the next one is answered all the same."""
    before = await client.ask("threads.list", {})
    for what, body in _bad_bodies():
        reply = await client.raw(body)
        exam.require(
            reply.refused or reply.how == "silent", "taken", f"{what} is taken for a request", **reply.told()
        )
        exam.require(reply.how != "silent", "hangs", f"{what} is never answered")
        _fault(exam, reply, what)
    if before.how != "json":
        raise UnsupportedError(f"threads cannot be listed, whatever is asked before: {before.words}"[:300])
    after = await client.ask("threads.list", {})
    exam.require(
        after.how == "json", "broken-after", "after bad requests a good one is not answered", **after.told()
    )


async def unknown_item(exam: Examination, client: Client) -> None:
    """Something done to an item that is not there ends, and harms nothing."""
    thread = str((await client.start()).thread_id)
    before = {str(each.get("id")): each for each in data_of(await client.items(thread))}
    action = {"type": "harness_unknown_action", "payload": {}}
    tries: List[Tuple[str, Dict[str, Any]]] = [
        ("threads.custom_action", {"thread_id": thread, "item_id": "itm_never_was", "action": action}),
        ("threads.retry_after_item", {"thread_id": thread, "item_id": "itm_never_was"}),
        ("items.feedback", {"thread_id": thread, "item_ids": ["itm_never_was"], "kind": "negative"}),
    ]
    for kind, params in tries:
        reply = await client.ask(kind, params)
        exam.require(reply.how != "silent", "hangs", f"{kind} with an unknown item never ends", kind=kind)
        _fault(exam, reply, kind)
    left = rows_of(exam, await client.items(thread), "a thread's items")
    if left is None:
        return
    after = {str(each.get("id")): each for each in left}
    lost = [each for each in before if each not in after]
    exam.require(not lost, "items-lost", "items are gone after an unknown item was named", lost=lost)
    other = [each for each in before if each in after and after[each] != before[each]]
    exam.require(not other, "changed", "items are others after an unknown item was named", items=other)
    exam.require("itm_never_was" not in after, "made-up", "the unknown item is there once it was named")


async def unknown_cursor(exam: Examination, client: Client) -> None:
    """A cursor that nobody gave out is refused, or answered; it never hangs."""
    thread = str((await client.start()).thread_id)
    for name, reply in (
        ("items.list", await client.items(thread, after="harness-no-cursor")),
        ("threads.list", await client.threads(after="harness-no-cursor")),
    ):
        exam.require(reply.how != "silent", "hangs", f"{name} with an unknown cursor never ends")
        _fault(exam, reply, f"{name} with an unknown cursor")


def _on_thread(thread: str) -> List[Tuple[str, Dict[str, Any]]]:
    return [
        ("threads.get_by_id", {"thread_id": thread}),
        ("items.list", {"thread_id": thread}),
        ("threads.add_user_message", {"thread_id": thread, "input": message("Hello?")}),
        ("threads.update", {"thread_id": thread, "title": "Nothing"}),
        ("threads.add_client_tool_output", {"thread_id": thread, "result": {}}),
    ]


def _bad_bodies() -> List[Tuple[str, bytes]]:
    deep = b"[" * 5000 + b"]" * 5000
    return [
        ("an empty body", b""),
        ("a body that is no JSON", b"{"),
        ("a list", b"[]"),
        ("a body without a type", b"{}"),
        ("an unknown type", json.dumps({"type": "threads.harness", "params": {}}).encode()),
        ("a request without params", json.dumps({"type": "threads.create"}).encode()),
        (
            "a message without content",
            json.dumps({"type": "threads.create", "params": {"input": {}}}).encode(),
        ),
        ("bytes that are no UTF-8", b'{"type": "threads.list\xff", "params": {}}'),
        ("JSON that is nested 5,000 deep", deep),
    ]


def _nothing_of(reply: Reply) -> bool:
    """Whether the server gave nothing of what is not there: it refused, or the page is empty."""
    if reply.how == "json" and isinstance(reply.document, dict) and "data" in reply.document:
        return not data_of(reply)
    return reply.refused


def _fault(exam: Examination, reply: Reply, what: str) -> None:
    """A client's mistake is told as one: with a status from 400 to 499."""
    if reply.status is not None and reply.status >= 500:
        exam.advise(
            False,
            "server-error",
            f"{what} is answered with {reply.status}, as if the server were at fault",
            status=reply.status,
            words=reply.words,
        )


EXAMS = {
    "unknown-thread": unknown_thread,
    "unknown-item": unknown_item,
    "unknown-cursor": unknown_cursor,
    "bad-body": bad_body,
}
