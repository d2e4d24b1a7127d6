"""Servers with one stated defect each, by the exam and the rule that have to find it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from .honest import Answer, Document, Honest

LIARS: dict[tuple[str, str], type[Honest]] = {}


def found_by(exam: str, rule: str) -> Callable[[type[Honest]], type[Honest]]:
    def keep(liar: type[Honest]) -> type[Honest]:
        assert (exam, rule) not in LIARS
        LIARS[exam, rule] = liar
        return liar

    return keep


class Twisting(Honest):
    """Changes the events of a stream on their way out."""

    def twisted(self, events: list[Document]) -> list[Document]:
        return events

    async def stream(self, first: Document, rest: AsyncIterator[Document]) -> AsyncIterator[bytes]:
        for each in self.twisted([first, *[event async for event in rest]]):
            yield self.event(each)


@found_by("first-turn", "no-stream")
class AnswersAtOnce(Honest):
    async def process(self, body: bytes, context: Mapping[str, Any]) -> Any:
        return Answer({"text": "Understood."})


@found_by("first-turn", "unreadable-event")
class CutsAnEvent(Honest):
    def event(self, event: Document) -> bytes:
        return super().event(event) + b'data: {"type": "thread.item\n\n'


@found_by("first-turn", "no-type")
class SendsAnEventWithoutType(Twisting):
    def twisted(self, events: list[Document]) -> list[Document]:
        return [*events, {"kind": "thread.item.done"}]


@found_by("first-turn", "no-thread")
class KeepsTheThreadToItself(Twisting):
    def twisted(self, events: list[Document]) -> list[Document]:
        return [each for each in events if each["type"] != "thread.created"]


@found_by("first-turn", "thread-not-first")
class TellsTheThreadLast(Twisting):
    def twisted(self, events: list[Document]) -> list[Document]:
        return [*events[1:], events[0]]


@found_by("first-turn", "no-echo")
class SwallowsTheQuestion(Twisting):
    def twisted(self, events: list[Document]) -> list[Document]:
        return [each for each in events if each.get("item", {}).get("type") != "user_message"]


@found_by("first-turn", "other-words")
class ShoutsTheQuestion(Honest):
    def done(self, thread: str, kind: str, content: list[Document]) -> Document:
        return super().done(thread, kind, [{**part, "text": part["text"].upper()} for part in content])


@found_by("first-turn", "other-thread")
class FilesTheQuestionElsewhere(Twisting):
    def twisted(self, events: list[Document]) -> list[Document]:
        return [{**e, "item": {**e["item"], "thread_id": "thr_0"}} if "item" in e else e for e in events]


@found_by("first-turn", "silent-end")
class NeverAnswers(Twisting):
    def twisted(self, events: list[Document]) -> list[Document]:
        return events[:2]


@found_by("later-turn", "another-thread")
class BeginsAnewEachTime(Twisting):
    def twisted(self, events: list[Document]) -> list[Document]:
        fresh = {"type": "thread.created", "thread": {"id": self.new_id("thr")}}
        return events if events[0]["type"] == "thread.created" else [fresh, *events]


@found_by("later-turn", "no-echo")
class SwallowsTheSecondQuestion(Twisting):
    def twisted(self, events: list[Document]) -> list[Document]:
        return events if events[0]["type"] == "thread.created" else events[1:]


@found_by("later-turn", "no-stream")
class AnswersTheSecondAtOnce(Honest):
    async def on_threads_add_user_message(  # type: ignore[override] # that is the lie
        self, params: Document, user: str
    ) -> Document:
        return {"text": "Understood."}


@found_by("later-turn", "same-id")
class CallsEachAnswerTheSame(Honest):
    def new_id(self, kind: str) -> str:
        return "itm_1" if kind == "itm" else super().new_id(kind)


@found_by("words-as-said", "awkward-words")
class KnowsAsciiOnly(Honest):
    def done(self, thread: str, kind: str, content: list[Document]) -> Document:
        plain = [{**part, "text": part["text"].encode("ascii", "replace").decode()} for part in content]
        return super().done(thread, kind, plain)


@found_by("words-as-said", "awkward-stored")
class StoresAsciiOnly(Honest):
    def add(self, thread: str, item: Document) -> Document:
        plain = [{**p, "text": p["text"].encode("ascii", "replace").decode()} for p in item["content"]]
        super().add(thread, {**item, "content": plain})
        return item


@found_by("words-as-said", "long-words")
class CutsLongWords(Honest):
    def done(self, thread: str, kind: str, content: list[Document]) -> Document:
        return super().done(thread, kind, [{**part, "text": part["text"][:5000]} for part in content])


@found_by("words-as-said", "long-stored")
class StoresTheBeginning(Honest):
    def add(self, thread: str, item: Document) -> Document:
        cut = [{**part, "text": part["text"][:5000]} for part in item["content"]]
        super().add(thread, {**item, "content": cut})
        return item


@found_by("two-threads-at-once", "same-thread")
class HasOneThread(Honest):
    def new_id(self, kind: str) -> str:
        return "thr_1" if kind == "thr" else super().new_id(kind)


@found_by("two-threads-at-once", "mixed-store")
class HasOneBasket(Honest):
    basket: list[Document]

    async def on_threads_create(self, params: Document, user: str) -> AsyncIterator[Document]:
        self.basket = getattr(self, "basket", [])
        async for event in super().on_threads_create(params, user):
            for name in self.items:
                self.items[name] = self.basket
            yield event


@found_by("two-threads-at-once", "mixed")
class RemembersTheLastQuestion(Honest):
    last: Document

    async def turn(self, thread: str, said: Document) -> AsyncIterator[Document]:
        self.last = said
        await asyncio.sleep(0.01)
        async for event in super().turn(thread, self.last):
            yield event


@found_by("rename", "not-renamed")
class RefusesTitles(Honest):
    async def on_threads_update(self, params: Document, user: str) -> Document:
        raise NotImplementedError


@found_by("rename", "title-lost")
class ForgetsTitles(Honest):
    async def on_threads_update(self, params: Document, user: str) -> Document:
        return {**await self.on_threads_get_by_id(params, user), "title": params["title"]}


@found_by("rename", "items-lost")
class RenamesByMakingAnew(Honest):
    async def on_threads_update(self, params: Document, user: str) -> Document:
        self.items[params["thread_id"]] = []
        return await super().on_threads_update(params, user)


@found_by("feedback", "feedback-refused")
class WantsNoFeedback(Honest):
    async def on_items_feedback(self, params: Document, user: str) -> Document:
        raise NotImplementedError


@found_by("unknown-thread", "made-up")
class MakesUpThreads(Honest):
    async def on_threads_get_by_id(self, params: Document, user: str) -> Document:
        if params["thread_id"] not in self.threads:
            return {"id": params["thread_id"], "title": None}
        return await super().on_threads_get_by_id(params, user)


@found_by("unknown-thread", "made-anew")
class MakesThreadsWhenAsked(Honest):
    def thread(self, thread: str, user: str) -> Document:
        if thread not in self.threads:
            self.threads[thread] = {"id": thread, "title": None, "owner": user}
            self.items[thread] = []
            raise LookupError(thread)
        return super().thread(thread, user)


@found_by("bad-body", "taken")
class TakesAnything(Honest):
    async def process(self, body: bytes, context: Mapping[str, Any]) -> Any:
        try:
            return await super().process(body, context)
        except (ValueError, KeyError, TypeError, RecursionError):
            return Answer({})


@found_by("bad-body", "broken-after")
class TakesOffence(Honest):
    offended = False

    async def process(self, body: bytes, context: Mapping[str, Any]) -> Any:
        if self.offended:
            raise RuntimeError("no more")
        try:
            return await super().process(body, context)
        except ValueError:
            self.offended = True
            raise


@found_by("bad-body", "hangs")
class WaitsForTheRest(Honest):
    async def process(self, body: bytes, context: Mapping[str, Any]) -> Any:
        if not body:
            await asyncio.sleep(600)
        return await super().process(body, context)


@found_by("unknown-item", "hangs")
class LooksForTheItem(Honest):
    async def on_items_feedback(self, params: Document, user: str) -> Document:
        if params["item_ids"] == ["itm_never_was"]:
            await asyncio.Event().wait()
        return {}


@found_by("unknown-item", "items-lost")
class RetriesFromTheStart(Honest):
    async def on_threads_retry_after_item(self, params: Document, user: str) -> AsyncIterator[Document]:
        self.items[self.thread(params["thread_id"], user)["id"]] = []
        yield {"type": "error", "code": "unknown_item"}


@found_by("unknown-cursor", "hangs")
class LooksForTheCursor(Honest):
    async def on_items_list(self, params: Document, user: str) -> Document:
        if params.get("after"):
            await asyncio.Event().wait()
        return await super().on_items_list(params, user)


@found_by("items-in-pages", "items-missing")
class ListsTheLastTwo(Honest):
    async def on_items_list(self, params: Document, user: str) -> Document:
        return self.page(self.items[self.thread(params["thread_id"], user)["id"]][-2:], params)


@found_by("items-in-pages", "order")
class SortsByWords(Honest):
    async def on_items_list(self, params: Document, user: str) -> Document:
        rows = self.items[self.thread(params["thread_id"], user)["id"]]
        return self.page(sorted(rows, key=lambda each: str(each["content"]), reverse=True), params)


@found_by("items-in-pages", "page")
class KnowsNoLimit(Honest):
    def page(self, rows: list[Document], params: Document) -> Document:
        return super().page(rows, {**params, "limit": 100})


@found_by("items-in-pages", "no-cursor")
class ForgetsTheCursor(Honest):
    def page(self, rows: list[Document], params: Document) -> Document:
        return {**super().page(rows, params), "after": None}


@found_by("items-in-pages", "twice")
class BeginsAtTheCursor(Honest):
    def page(self, rows: list[Document], params: Document) -> Document:
        ordered = rows[::-1] if params.get("order") == "desc" else list(rows)
        ids = [each["id"] for each in ordered]
        if params.get("after") in ids[1:] and params["limit"] > 1:
            params = {**params, "after": ids[ids.index(params["after"]) - 1]}
        return super().page(rows, params)


@found_by("items-in-pages", "lost")
class SkipsOneAtEachPage(Honest):
    def page(self, rows: list[Document], params: Document) -> Document:
        ordered = rows[::-1] if params.get("order") == "desc" else list(rows)
        ids = [each["id"] for each in ordered]
        if params.get("after") in ids[:-1]:
            params = {**params, "after": ids[ids.index(params["after"]) + 1]}
        return super().page(rows, params)


@found_by("items-in-pages", "page-order")
class TurnsEachPageRound(Honest):
    def page(self, rows: list[Document], params: Document) -> Document:
        found = super().page(rows, params)
        return {**found, "data": found["data"][::-1]} if params["limit"] == 3 else found


@found_by("threads-in-pages", "no-list")
class ListsNothing(Honest):
    async def on_threads_list(self, params: Document, user: str) -> Document:
        raise NotImplementedError


@found_by("threads-in-pages", "threads-missing")
class ListsTheNewestOnly(Honest):
    def own(self, user: str) -> list[Document]:
        return super().own(user)[-1:]


@found_by("threads-in-pages", "threads-order")
class ListsTheOldestFirst(Honest):
    def own(self, user: str) -> list[Document]:
        return super().own(user)[::-1]


@found_by("threads-in-pages", "lost")
class StopsAfterOnePage(Honest):
    async def on_threads_list(self, params: Document, user: str) -> Document:
        return {**await super().on_threads_list(params, user), "has_more": False}


@found_by("read-back", "not-found")
class ForgetsAtOnce(Honest):
    async def on_threads_get_by_id(self, params: Document, user: str) -> Document:
        raise LookupError(params["thread_id"])


@found_by("read-back", "lost")
class StoresQuestionsOnly(Honest):
    def add(self, thread: str, item: Document) -> Document:
        return super().add(thread, item) if item["type"] == "user_message" else item


@found_by("read-back", "twice")
class StoresTwice(Honest):
    def add(self, thread: str, item: Document) -> Document:
        super().add(thread, item)
        return super().add(thread, item)


@found_by("read-back", "changes")
class GivesIdsWhenAsked(Honest):
    async def on_items_list(self, params: Document, user: str) -> Document:
        found = await super().on_items_list(params, user)
        return {**found, "data": [*found["data"], {"id": self.new_id("itm"), "type": "task", "content": []}]}


@found_by("read-back", "no-page")
class KeepsTheItemsToItself(Honest):
    async def on_items_list(self, params: Document, user: str) -> Document:
        raise PermissionError


@found_by("delete", "not-deleted")
class KeepsEverything(Honest):
    async def on_threads_delete(self, params: Document, user: str) -> Document:
        raise NotImplementedError


@found_by("delete", "still-there")
class OnlySaysThatItDeletes(Honest):
    async def on_threads_delete(self, params: Document, user: str) -> Document:
        return {}


@found_by("delete", "items-left")
class LeavesTheItems(Honest):
    async def on_threads_delete(self, params: Document, user: str) -> Document:
        del self.threads[params["thread_id"]]
        return {}

    async def on_items_list(self, params: Document, user: str) -> Document:
        return self.page(self.items[params["thread_id"]], params)


@found_by("delete", "still-listed")
class ListsWhatWas(Honest):
    gone: list[Document]

    async def on_threads_delete(self, params: Document, user: str) -> Document:
        self.gone = [self.thread(params["thread_id"], user)]
        return await super().on_threads_delete(params, user)

    def own(self, user: str) -> list[Document]:
        return [*getattr(self, "gone", []), *super().own(user)]


@found_by("delete", "other-gone")
class DeletesAll(Honest):
    async def on_threads_delete(self, params: Document, user: str) -> Document:
        self.threads.clear()
        return {}


@found_by("two-turns-at-once", "lost")
class WritesTheThreadAsAWhole(Honest):
    async def turn(self, thread: str, said: Document) -> AsyncIterator[Document]:
        before = list(self.items[thread])
        await asyncio.sleep(0.01)
        self.items[thread] = before
        async for event in super().turn(thread, said):
            yield event


@found_by("two-turns-at-once", "same-id")
class CountsItemsForIds(Honest):
    async def turn(self, thread: str, said: Document) -> AsyncIterator[Document]:
        number = len(self.items[thread])
        await asyncio.sleep(0.01)
        for place, (kind, content) in enumerate((("user_message", said["content"]), ("task", []))):
            item = {"id": f"itm_{number + place}", "type": kind, "thread_id": thread, "content": content}
            yield {"type": "thread.item.done", "item": self.add(thread, item)}


class _Locking(Honest):
    """Locks a thread for each turn, and lets go of it only where the turn comes to its end."""

    def __init__(self) -> None:
        super().__init__()
        self.locked: set[str] = set()

    async def turn(self, thread: str, said: Document) -> AsyncIterator[Document]:
        if thread in self.locked:
            await asyncio.Event().wait()
        self.locked.add(thread)
        async for event in super().turn(thread, said):
            yield event
            await asyncio.sleep(0.05)
        self.locked.discard(thread)


@found_by("client-gone", "stuck")
class KeepsTheLock(_Locking):
    pass


@found_by("client-gone", "unreadable")
class LocksReadersOut(_Locking):
    async def on_items_list(self, params: Document, user: str) -> Document:
        if params["thread_id"] in self.locked:
            raise TimeoutError("locked")
        return await super().on_items_list(params, user)


@found_by("others-read", "not-refused")
class ShowsEverybody(Honest):
    async def on_threads_get_by_id(self, params: Document, user: str) -> Document:
        return dict(self.threads[params["thread_id"]])


@found_by("others-read", "leaks")
class RefusesWithTheWords(Honest):
    def thread(self, thread: str, user: str) -> Document:
        if thread in self.threads and self.threads[thread]["owner"] != user:
            raise PermissionError(f"you may not see {json.dumps(self.items[thread])}")
        return super().thread(thread, user)


@found_by("others-list", "listed")
class ListsEverybodys(Honest):
    def own(self, user: str) -> list[Document]:
        return list(self.threads.values())


@found_by("others-list", "leaks")
class ListsTheLastWords(Honest):
    async def on_threads_list(self, params: Document, user: str) -> Document:
        return {**await super().on_threads_list(params, user), "last": str(self.items)}


@found_by("others-list", "not-listed")
class ListsNobodys(Honest):
    def own(self, user: str) -> list[Document]:
        return []


@found_by("others-write", "not-refused")
class LetsEverybodyAct(Honest):
    async def on_threads_custom_action(self, params: Document, user: str) -> AsyncIterator[Document]:
        yield {"type": "thread.item.done", "item": {"id": "itm_0", "type": "task"}}


@found_by("others-write", "changed")
class RenamesForAnybody(Honest):
    async def on_threads_update(self, params: Document, user: str) -> Document:
        self.threads[params["thread_id"]]["title"] = params["title"]
        return await super().on_threads_update(params, user)


@found_by("others-write", "leaks")
class TellsWhatWasThere(RefusesWithTheWords):
    pass


@found_by("others-delete", "deleted")
class DeletesForAnybody(Honest):
    async def on_threads_delete(self, params: Document, user: str) -> Document:
        return await super().on_threads_delete(params, self.threads[params["thread_id"]]["owner"])


@found_by("others-delete", "not-refused")
class SaysThatItDeletes(Honest):
    async def on_threads_delete(self, params: Document, user: str) -> Document:
        return {}
