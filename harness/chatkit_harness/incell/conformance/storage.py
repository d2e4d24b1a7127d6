"""Persistence: what was streamed is what is stored, once; what is deleted is gone; a client may vanish."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Dict

from chatkit_harness.incell.exam import Examination, UnsupportedError
from chatkit_harness.incell.lines import ProcessLine

from .client import ASK, Client, data_of, ids_of, message, rows_of, words_of


async def read_back(exam: Examination, client: Client) -> None:
    """Each item that the stream called done is stored once, and nothing else is."""
    started = await client.start()
    thread = str(started.thread_id)
    found = await client.thread(thread)
    if not exam.require(
        found.how == "json", "not-found", "a thread that was just made is not there", **found.told()
    ):
        return
    listed = rows_of(exam, await client.items(thread), "a thread's items")
    if listed is None:
        return
    stored = [str(each.get("id")) for each in listed]
    streamed = [str(each.get("id")) for each in started.done()]
    lost = [each for each in streamed if each not in stored]
    exam.require(not lost, "lost", "items of the stream are not stored", lost=lost, stored=stored)
    twice = sorted({each for each in stored if stored.count(each) > 1})
    exam.require(not twice, "twice", "items are stored twice", twice=twice)
    again = ids_of(await client.items(thread))
    exam.require(
        again == stored, "changes", "asked twice, a thread has other items", first=stored, second=again
    )


async def delete(exam: Examination, client: Client) -> None:
    """A deleted thread is gone, with all that was in it; others stay."""
    gone, stays = str((await client.start()).thread_id), str((await client.start()).thread_id)
    reply = await client.ask("threads.delete", {"thread_id": gone})
    if not exam.require(reply.how == "json", "not-deleted", "a thread cannot be deleted", **reply.told()):
        return
    found = await client.thread(gone)
    exam.require(found.refused, "still-there", "a deleted thread is still there", **found.told())
    items = data_of(await client.items(gone))
    exam.require(not items, "items-left", "a deleted thread's items are still there", items=len(items))
    listed = ids_of(await client.threads())
    exam.require(gone not in listed, "still-listed", "a deleted thread is still listed")
    exam.require(stays in listed, "other-gone", "another thread is gone, too")


async def another_server(exam: Examination, client: Client) -> None:
    """A thread is there when the server is made anew, as after a restart."""
    if client.over_http:
        raise UnsupportedError("a server that is asked over HTTP cannot be started again from here")
    thread = str((await client.start()).thread_id)
    before = ids_of(await client.items(thread))
    server = await client.subject.another()
    if server is client.subject.server:
        raise UnsupportedError("the server is one object, which cannot be made anew")
    again, who = ProcessLine(server), await client.who()
    found = await again.send(_body("threads.get_by_id", {"thread_id": thread}), who, _ignore)
    if found["end"] != "done":
        raise UnsupportedError("its threads live as long as the server object: they are not kept elsewhere")
    page = {"thread_id": thread, "order": "asc", "limit": 100}
    document: Any = (await again.send(_body("items.list", page), who, _ignore)).get("response")
    after = [str(each.get("id")) for each in document.get("data", ())] if isinstance(document, dict) else []
    exam.require(after == before, "lost", "made anew, the server has other items", before=before, after=after)


async def two_turns_at_once(exam: Examination, client: Client) -> None:
    """Two messages in one thread at the same time: neither is lost, and neither comes twice."""
    thread = str((await client.start()).thread_id)
    texts = ["Left hand.", "Right hand."]
    await asyncio.gather(*(client.say(thread, text) for text in texts))
    stored = rows_of(exam, await client.items(thread), "a thread's items")
    if stored is None:
        return
    said = sorted(words_of(each) for each in stored if each.get("type") == "user_message")
    exam.require(
        said == sorted([ASK, *texts]), "lost", "messages said at once are lost or doubled", found=said
    )
    ids = [str(each.get("id")) for each in stored]
    exam.require(len(ids) == len(set(ids)), "same-id", "two items have the same id", ids=ids)


async def client_gone(exam: Examination, client: Client) -> None:
    """Somebody who goes away in the middle leaves a thread that can be read, and gone on with."""
    started = await client.start()
    thread = str(started.thread_id)
    first = asyncio.Event()
    body = _body("threads.add_user_message", {"thread_id": thread, "input": message("I leave now.")})

    def on_event(_data: bytes) -> None:
        first.set()

    asking = asyncio.ensure_future(client.subject.line.send(body, await client.who(), on_event))
    waiting = asyncio.ensure_future(first.wait())
    await asyncio.wait({asking, waiting}, timeout=10, return_when=asyncio.FIRST_COMPLETED)
    asking.cancel()
    waiting.cancel()
    await asyncio.wait({asking, waiting}, timeout=5)
    found = await client.items(thread)
    exam.require(
        found.how == "json", "unreadable", "the thread cannot be read after its client left", **found.told()
    )
    reply = await client.say(thread, "I am back.")
    said = [words_of(each) for each in reply.done("user_message")]
    exam.require(
        said == ["I am back."], "stuck", "the conversation cannot go on after its client left", **reply.told()
    )
    ids = ids_of(await client.items(thread))
    exam.require(len(ids) == len(set(ids)), "twice", "items are stored twice after a client left", ids=ids)


def _ignore(_data: bytes) -> None:
    """Nothing of a stream is looked at."""


def _body(kind: str, params: Dict[str, Any]) -> bytes:
    return json.dumps({"type": kind, "params": params}).encode()


EXAMS = {
    "read-back": read_back,
    "delete": delete,
    "another-server": another_server,
    "two-turns-at-once": two_turns_at_once,
    "client-gone": client_gone,
}
