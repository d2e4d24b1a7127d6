"""Stores that lie about pages and order."""

# ruff: noqa: S608 - a liar is told more than it cares for, and puts SQL together from its own names

from __future__ import annotations

from typing import Any

from chatkit.types import Page
from tests.incell.contract.catalogue import lies
from tests.incell.contract.honest import Honest, Row


class Paged(Honest):
    """What of a page of items is left to lie about."""

    def items(self, thread_id: str, after: str | None, limit: int, order: str) -> list[Row]:
        return self.window("items", "thread", thread_id, after, limit, order)

    def made(self, rows: list[Row], limit: int, after: str | None) -> Page[Any]:
        return self.page(rows, limit, self.item_of)

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: dict[str, Any]
    ) -> Page[Any]:
        self.own(thread_id, context)
        return self.made(self.items(thread_id, after, limit + 1, order), limit, after)

    def everything(self, thread_id: str, order: str, sort: str = "number") -> list[Row]:
        way = "DESC" if order == "desc" else "ASC"
        by = ", ".join(f"{each} {way}" for each in sort.split(", "))
        return self.rows(f"SELECT number, id, model FROM items WHERE thread = ? ORDER BY {by}", thread_id)


@lies("paging-under-inserts")
class OffsetPaging(Paged):
    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: dict[str, Any]
    ) -> Page[Any]:
        self.own(thread_id, context)
        start = int(after or 0)
        rows = self.everything(thread_id, order)
        more = len(rows) > start + limit
        data = [self.item_of(row[1], row[2]) for row in rows[start : start + limit]]
        return Page(data=data, has_more=more, after=str(start + limit) if more else None)


@lies("order")
class SortsByTimeThenId(Paged):
    def items(self, thread_id: str, after: str | None, limit: int, order: str) -> list[Row]:
        rows = self.everything(thread_id, order, "created, id")
        places = [str(row[0]) for row in rows]
        start = places.index(after) + 1 if after in places else 0
        return rows[start : start + limit]


@lies("order")
class KeepsTiesWhenItTurnsAround(SortsByTimeThenId):
    def everything(self, thread_id: str, order: str, sort: str = "number") -> list[Row]:
        way = "DESC" if order == "desc" else "ASC"
        return self.rows(
            f"SELECT number, id, model FROM items WHERE thread = ? ORDER BY created {way}, number", thread_id
        )


@lies("order")
class IgnoresDescending(Paged):
    def items(self, thread_id: str, after: str | None, limit: int, order: str) -> list[Row]:
        return super().items(thread_id, after, limit, "asc")


@lies("concurrent-tasks", "concurrent-order")
class SortsById(SortsByTimeThenId):
    def everything(self, thread_id: str, order: str, sort: str = "number") -> list[Row]:
        return super().everything(thread_id, order, "id")


@lies("paging", "paging-end")
class HasAlwaysMore(Paged):
    def made(self, rows: list[Row], limit: int, after: str | None) -> Page[Any]:
        page = super().made(rows, limit, after)
        return Page(data=page.data, has_more=True, after=str(rows[:limit][-1][0]) if rows else after or "0")


@lies("paging")
class NeverHasMore(Paged):
    def made(self, rows: list[Row], limit: int, after: str | None) -> Page[Any]:
        return Page(data=super().made(rows, limit, after).data)


@lies("paging", "paging-end")
class HasMoreWhenThePageIsFull(Paged):
    def made(self, rows: list[Row], limit: int, after: str | None) -> Page[Any]:
        page = super().made(rows, limit, after)
        full = len(page.data) == limit
        return Page(data=page.data, has_more=full, after=str(rows[:limit][-1][0]) if full else None)


@lies("paging", "paging-empty")
class HasMoreWhereNothingIs(Paged):
    def made(self, rows: list[Row], limit: int, after: str | None) -> Page[Any]:
        page = super().made(rows, limit, after)
        return page if rows or after else Page(data=[], has_more=True, after="0")


@lies("paging", "paging-cursor")
class ForgetsTheCursor(Paged):
    def made(self, rows: list[Row], limit: int, after: str | None) -> Page[Any]:
        page = super().made(rows, limit, after)
        return Page(data=page.data, has_more=page.has_more)


@lies("paging")
class CursorSkipsOne(Paged):
    def items(self, thread_id: str, after: str | None, limit: int, order: str) -> list[Row]:
        rows = super().items(thread_id, after, limit + 1, order)
        return rows[1:] if after else rows[:limit]


@lies("paging")
class CursorRepeatsOne(Paged):
    def items(self, thread_id: str, after: str | None, limit: int, order: str) -> list[Row]:
        step = 1 if order == "desc" else -1
        return super().items(thread_id, str(int(after) + step) if after else None, limit, order)


@lies("paging", "paging-size")
class GivesOneTooMany(Paged):
    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: dict[str, Any]
    ) -> Page[Any]:
        return await super().load_thread_items(thread_id, after, limit + 1, order, context)


@lies("paging", "paging-size")
class IgnoresTheLimit(Paged):
    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: dict[str, Any]
    ) -> Page[Any]:
        return await super().load_thread_items(thread_id, after, 10_000, order, context)


@lies("paging", "paging-deleted")
class CursorDiesWithItsItem(Paged):
    def items(self, thread_id: str, after: str | None, limit: int, order: str) -> list[Row]:
        rows = self.everything(thread_id, order)
        places = [str(row[0]) for row in rows]
        start = places.index(after) + 1 if after in places else 0
        return rows[start : start + limit]


@lies("page-cost")
class ReadsEverythingForAPage(Paged):
    def items(self, thread_id: str, after: str | None, limit: int, order: str) -> list[Row]:
        rows = self.everything(thread_id, order)
        return [row for row in rows if not after or (row[0] < int(after)) == (order == "desc")][:limit]


@lies("page-cost")
class ParsesEverythingForAPage(Paged):
    def items(self, thread_id: str, after: str | None, limit: int, order: str) -> list[Row]:
        self.all = [self.item_of(row[1], row[2]) for row in self.everything(thread_id, order)]
        found = super().items(thread_id, after, limit, order)
        del self.all
        return found


@lies("page-cost")
class WalksToTheCursor(Paged):
    """Its rows are passed over inside the database: only the store itself can tell."""

    passed = 0

    def rows_read(self) -> int:
        return self.passed

    def items(self, thread_id: str, after: str | None, limit: int, order: str) -> list[Row]:
        if after:
            ((before,),) = self.rows(
                "SELECT count(*) FROM items WHERE thread = ? AND number <= ?", thread_id, int(after)
            )
            self.passed += before
        found = super().items(thread_id, after, limit, order)
        self.passed += len(found)
        return found


@lies("threads")
class ListsThreadsByTitle(Honest):
    async def load_threads(
        self, limit: int, after: str | None, order: str, context: dict[str, Any]
    ) -> Page[Any]:
        page = await super().load_threads(1000, None, "asc", context)
        ordered = sorted(page.data, key=lambda thread: thread.title or "", reverse=True)
        start = int(after or 0)
        more = len(ordered) > start + limit
        return Page(data=ordered[start : start + limit], has_more=more, after=str(start + limit))


@lies("threads", "threads-end")
class ThreadsNeverEnd(Honest):
    async def load_threads(
        self, limit: int, after: str | None, order: str, context: dict[str, Any]
    ) -> Page[Any]:
        page = await super().load_threads(limit, after, order, context)
        return Page(data=page.data, has_more=True, after=page.after or after)


@lies("threads", "raised")
class CannotListThreads(Honest):
    async def load_threads(
        self, limit: int, after: str | None, order: str, context: dict[str, Any]
    ) -> Page[Any]:
        raise KeyError(after)


@lies("paging", "answer")
class AnswersWithADict(Paged):
    def made(self, rows: list[Row], limit: int, after: str | None) -> Any:
        return super().made(rows, limit, after).model_dump()
