"""Liars about the protocol: what a turn streams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

from .catalogue import Twisting, found_by
from .honest import Answer, Document, Honest


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
