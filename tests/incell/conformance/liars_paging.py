"""Liars about paging: rows that are missing, doubled or out of order."""

from __future__ import annotations

from .catalogue import found_by
from .honest import Document, Honest


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
