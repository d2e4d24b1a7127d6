"""Protocol: what a turn streams, in which order, and that words arrive as they were said."""

from __future__ import annotations

import asyncio

from chatkit_harness.incell.exam import Examination

from .client import ASK, Client, Reply, message, rows_of, words_of

AWKWARD = 'Grüße, 你好, مرحبا, \U0001f469\u200d\U0001f4bb, "quoted" \\ <b>&amp;</b> {{x}}\nsecond line\ttab'
SHOWN = 300
LONG = "The quick brown fox jumps over the lazy dog. " * 1500


async def first_turn(exam: Examination, client: Client) -> None:
    """A new thread's stream: the thread first, then what the user said, then an answer or an error."""
    reply = await client.ask("threads.create", {"input": message(ASK)})
    told = reply.told()
    words = f"a new thread's answer is no event stream{_why(reply)}"
    if not exam.require(reply.how == "stream", "no-stream", words, **told):
        return
    exam.require(not reply.raw, "unreadable-event", "an event cannot be read", raw=reply.raw[:1])
    untyped = [each for each in reply.events if not isinstance(each.get("type"), str)]
    exam.require(not untyped, "no-type", "an event has no type", event=untyped[:1])
    kinds = [str(each.get("type")) for each in reply.events]
    first = kinds[0] if kinds else "nothing"
    if not exam.require(
        reply.thread_id is not None, "no-thread", "the stream never says which thread was made", **told
    ):
        return
    exam.require(
        first == "thread.created",
        "thread-not-first",
        f"the stream begins with {first}, not thread.created",
        **told,
    )
    said = reply.done("user_message")
    if exam.require(len(said) == 1, "no-echo", f"the user's message came {len(said)} times", **told):
        exam.require(
            words_of(said[0]) == ASK,
            "other-words",
            "the user's message has other words",
            words=words_of(said[0]),
        )
        exam.require(
            said[0].get("thread_id") in (None, reply.thread_id),
            "other-thread",
            "the user's message belongs to another thread",
            thread=said[0].get("thread_id"),
        )
    after = [each for each in reply.events if each.get("type") in ("thread.item.done", "error")]
    exam.require(
        len(after) > 1, "silent-end", "the stream ends without an answer and without an error", **told
    )


async def later_turn(exam: Examination, client: Client) -> None:
    """A second message goes to the same thread, and makes no other one."""
    started = await client.start()
    thread = str(started.thread_id)
    reply = await client.say(thread, "And one more.")
    if not exam.require(
        reply.how == "stream", "no-stream", "the second message's answer is no event stream", **reply.told()
    ):
        return
    exam.require(reply.thread_id in (None, thread), "another-thread", "the second message made a new thread")
    said = [words_of(each) for each in reply.done("user_message")]
    exam.require(said == ["And one more."], "no-echo", "the second message did not come back once", said=said)
    ids = [str(each.get("id")) for each in [*started.done(), *reply.done()]]
    exam.require(len(ids) == len(set(ids)), "same-id", "two items of a thread have the same id", ids=ids)


async def words_as_said(exam: Examination, client: Client) -> None:
    """Awkward and long texts are streamed and stored as they were said."""
    for name, text in (("awkward", AWKWARD), ("long", LONG)):
        reply = await client.start(text)
        said = [words_of(each) for each in reply.done("user_message")]
        if not exam.require(
            said == [text],
            f"{name}-words",
            f"{name} words did not come back as they were said",
            **reply.told(),
        ):
            continue
        stored = rows_of(exam, await client.items(str(reply.thread_id)), "a thread's items")
        if stored is None:
            return
        kept = [words_of(each) for each in stored if each.get("type") == "user_message"]
        exam.require(kept == [text], f"{name}-stored", f"{name} words are not stored as they were said")


async def two_threads_at_once(exam: Examination, client: Client) -> None:
    """Two conversations at the same time do not mix."""
    replies = await asyncio.gather(client.start("This is number one."), client.start("This is number two."))
    ids = [reply.thread_id for reply in replies]
    exam.require(ids[0] != ids[1], "same-thread", "two new threads have the same id", ids=ids)
    for reply, text in zip(replies, ("This is number one.", "This is number two."), strict=True):
        said = [words_of(each) for each in reply.done("user_message")]
        exam.require(
            said == [text],
            "mixed",
            "a stream does not hold just what its own user said",
            said=said,
            asked=text,
        )
        stored = rows_of(exam, await client.items(str(reply.thread_id)), "a thread's items")
        if stored is None:
            return
        kept = [words_of(each) for each in stored if each.get("type") == "user_message"]
        exam.require(
            kept == [text], "mixed-store", "a thread does not hold just what its own user said", kept=kept
        )


async def rename(exam: Examination, client: Client) -> None:
    """A thread's new title is kept."""
    thread = str((await client.start()).thread_id)
    changed = await client.ask("threads.update", {"thread_id": thread, "title": "A title of the harness"})
    if not exam.require(changed.how == "json", "not-renamed", "a thread cannot be renamed", **changed.told()):
        return
    found = (await client.thread(thread)).document or {}
    exam.require(
        found.get("title") == "A title of the harness", "title-lost", "the new title is not kept", found=found
    )
    items = rows_of(exam, await client.items(thread), "a thread's items")
    exam.require(items != [], "items-lost", "the thread's items are gone after it was renamed")


async def feedback(exam: Examination, client: Client) -> None:
    """Feedback on an answer is taken."""
    started = await client.start()
    items = [str(each.get("id")) for each in started.done() if each.get("type") != "user_message"]
    params = {"thread_id": started.thread_id, "item_ids": items[:1], "kind": "positive"}
    reply = await client.ask("items.feedback", params)
    exam.require(reply.how == "json", "feedback-refused", "feedback on an answer is refused", **reply.told())


def _why(reply: Reply) -> str:
    """What came instead, in the words of whoever refused it; of a document its type says enough."""
    words = reply.words or reply.headers.get("content-type", "")
    return f": {words[:SHOWN]}" if words else ""


EXAMS = {
    "first-turn": first_turn,
    "later-turn": later_turn,
    "words-as-said": words_as_said,
    "two-threads-at-once": two_threads_at_once,
    "rename": rename,
    "feedback": feedback,
}
