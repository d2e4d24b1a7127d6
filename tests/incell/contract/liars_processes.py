"""Stores that lie when several write, when a process dies, or when they are opened anew."""

# ruff: noqa: ASYNC240, PLR0917, S608 - a liar is told more than it cares for, and blocks

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

from chatkit.types import Page
from tests.incell.contract.catalogue import lies
from tests.incell.contract.honest import SCHEMA, Honest, Row


class WholeThreads(Honest):
    """Keeps a thread's items in one document, which it reads and writes as a whole."""

    schema = SCHEMA + "CREATE TABLE IF NOT EXISTS whole (thread TEXT PRIMARY KEY, items TEXT);"

    def read(self, thread_id: str) -> list[Row]:
        found = self.rows("SELECT items FROM whole WHERE thread = ?", thread_id)
        return [tuple(row) for row in json.loads(found[0][0])] if found else []

    def write(self, thread_id: str, rows: list[Row]) -> None:
        self.db.execute("INSERT OR REPLACE INTO whole VALUES (?, ?)", (thread_id, json.dumps(rows)))

    def window(
        self, table: str, where: str, value: str, after: str | None, limit: int, order: str
    ) -> list[Row]:
        if table != "items":
            return super().window(table, where, value, after, limit, order)
        rows = self.read(value)[:: -1 if order == "desc" else 1]
        return [row for row in rows if not after or (row[0] < int(after)) == (order == "desc")][:limit]

    def replaced(self, rows: list[Row], item: Any) -> list[Row]:
        number = next((row[0] for row in rows if row[1] == item.id), len(rows) + 1)
        kept = [row for row in rows if row[1] != item.id]
        return sorted([*kept, (number, item.id, self.dump(item))])


@lies("concurrent-tasks", "concurrent")
class ReadsWaitsAndWrites(WholeThreads):
    async def save_item(self, thread_id: str, item: Any, context: dict[str, Any]) -> None:
        rows = self.read(thread_id)
        await asyncio.sleep(0)
        self.write(thread_id, self.replaced(rows, item))


@lies("two-processes", "concurrent")
class LastWriterWins(WholeThreads):
    """Each process writes what it knows of the thread."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.known: dict[str, list[Row]] = {}

    async def save_item(self, thread_id: str, item: Any, context: dict[str, Any]) -> None:
        rows = self.known.get(thread_id) or self.read(thread_id)
        self.known[thread_id] = self.replaced(rows, item)
        self.write(thread_id, self.known[thread_id])


@lies("two-processes", "concurrent")
class CacheNeverSeesOthers(Honest):
    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.pages: dict[str, Any] = {}

    def put(self, thread_id: str, item: Any) -> None:
        super().put(thread_id, item)
        self.pages.clear()

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: dict[str, Any]
    ) -> Page[Any]:
        key = f"{thread_id} {after} {limit} {order}"
        if key not in self.pages:
            self.pages[key] = await super().load_thread_items(thread_id, after, limit, order, context)
        page: Page[Any] = self.pages[key]
        return page


@lies("crash", "crash-kept")
class CommitsWhenItIsClosed(Honest):
    """Others do not see it before: it writes what it has held back."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.held: list[tuple[str, Any]] = []

    async def save_item(self, thread_id: str, item: Any, context: dict[str, Any]) -> None:
        self.own(thread_id, context)
        self.held.append((thread_id, item.model_copy(deep=True)))

    async def close(self) -> None:
        for thread_id, item in self.held:
            self.put(thread_id, item)
        await super().close()


@lies("crash", "crash-whole")
class CommitsHalfAnItem(Honest):
    def put(self, thread_id: str, item: Any) -> None:
        self.db.execute(
            "INSERT INTO items (thread, id, model) VALUES (?, ?, '{}') ON CONFLICT (thread, id) DO NOTHING",
            (thread_id, item.id),
        )
        self.db.execute("COMMIT")
        self.db.execute("BEGIN IMMEDIATE")
        super().put(thread_id, item)


class WritesInPlace(Honest):
    """What is there is overwritten: one half, and the rest a little later. Adding an item is fine, and so
    much is looked up for a question that a turn does little else.
    """

    async def torn(self, table: str, row_id: str, dumped: str) -> None:
        overwrite = f"UPDATE {table} SET model = ? WHERE id = ?"
        self.db.execute(overwrite, (dumped[: len(dumped) // 2], row_id))
        await asyncio.sleep(0)
        self.db.execute(overwrite, (dumped, row_id))

    async def add_thread_item(self, thread_id: str, item: Any, context: dict[str, Any]) -> None:
        for _ in range(300 if item.type == "user_message" else 0):
            self.rows("SELECT 1")
        await Honest.save_item(self, thread_id, item, context)


@lies("crash", "crash-whole")
class SavesThreadsInPlace(WritesInPlace):
    async def save_thread(self, thread: Any, context: dict[str, Any]) -> None:
        await super().save_thread(thread, context)
        await self.torn("threads", thread.id, self.dump(thread))


@lies("crash", "crash-whole")
class SavesItemsInPlace(WritesInPlace):
    async def save_item(self, thread_id: str, item: Any, context: dict[str, Any]) -> None:
        await super().save_item(thread_id, item, context)
        await self.torn("items", item.id, self.dump(item))


@lies("crash", "crash-writable")
class LeavesItsLock(Honest):
    """Where a process has died in the middle of writing, nobody writes any more."""

    async def save_item(self, thread_id: str, item: Any, context: dict[str, Any]) -> None:
        lock = Path(f"{self.path}-{thread_id}.lock")
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL))
        try:
            await super().save_item(thread_id, item, context)
        finally:
            lock.unlink()


@lies("crash")
class IsOneProcesssOwn(Honest):
    """Refuses every other process, and does not say so."""

    schema = SCHEMA + "CREATE TABLE IF NOT EXISTS process (pid INTEGER);"

    def own(self, thread_id: str, context: dict[str, Any]) -> str:
        self.db.execute(
            "INSERT INTO process SELECT ? WHERE NOT EXISTS (SELECT 1 FROM process)", (os.getpid(),)
        )
        if self.rows("SELECT pid FROM process") != [(os.getpid(),)]:
            raise RuntimeError("the store belongs to another process")
        return super().own(thread_id, context)


@lies("forgets", "durable")
class LivesInMemory(Honest):
    """And does not say so."""

    def __init__(self, path: str) -> None:
        super().__init__(":memory:")


@lies("forgets", "durable")
class KeepsTitlesInMemory(Honest):
    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.titles: dict[str, Any] = {}

    async def save_thread(self, thread: Any, context: dict[str, Any]) -> None:
        self.titles[thread.id] = thread.title
        await super().save_thread(thread.model_copy(update={"title": None}), context)

    def thread_of(self, model: str) -> Any:
        thread = super().thread_of(model)
        return thread.model_copy(update={"title": self.titles.get(thread.id)})


@lies("forgets", "durable")
class ForgetsAttachments(Honest):
    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.db.execute("DELETE FROM attachments")


@lies("forgets", "durable")
class WritesChangesLater(Honest):
    """What replaces an item stays in this process."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.changed: dict[str, str] = {}

    def put(self, thread_id: str, item: Any) -> None:
        if self.rows("SELECT 1 FROM items WHERE thread = ? AND id = ?", thread_id, item.id):
            self.changed[item.id] = self.dump(item)
        else:
            super().put(thread_id, item)

    def item_of(self, row_id: str, model: str) -> Any:
        return super().item_of(row_id, self.changed.get(row_id, model))
