"""A small correct store in one SQLite file: what the liars beside it do wrong in one point each."""

# ruff: noqa: PLR0917, S608 - a window is what it is, and SQL is put together from names of this file

from __future__ import annotations

import json
import sqlite3
from typing import Any, ClassVar

from chatkit.store import NotFoundError, Store
from chatkit.types import Attachment, Page, ThreadItem, ThreadMetadata
from pydantic import TypeAdapter, ValidationError

ITEM: TypeAdapter[Any] = TypeAdapter(ThreadItem)
ATTACHMENT: TypeAdapter[Any] = TypeAdapter(Attachment)
Row = tuple[int, str, str]
"""A row's number, its id, and its model as JSON."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS threads (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, owner TEXT, model TEXT);
CREATE TABLE IF NOT EXISTS items (
    number INTEGER PRIMARY KEY AUTOINCREMENT, thread TEXT, id TEXT, model TEXT, created TEXT,
    UNIQUE (thread, id));
CREATE TABLE IF NOT EXISTS attachments (id TEXT PRIMARY KEY, owner TEXT, thread TEXT, model TEXT);
"""


class UnreadableError(Exception):
    """A row that this release of chatkit cannot read."""


class Honest(Store[dict[str, Any]]):
    """Rows of JSON in the order of their numbers; a thread and an attachment are their creator's."""

    durable: ClassVar[bool] = True
    schema: ClassVar[str] = SCHEMA

    def __init__(self, path: str) -> None:
        self.path = path
        self.db = sqlite3.connect(path, timeout=20, isolation_level=None)
        self.db.execute("PRAGMA synchronous = OFF")
        self.db.executescript(self.schema)

    async def close(self) -> None:
        self.db.close()

    def rows(self, statement: str, *values: Any) -> list[Any]:
        return self.db.execute(statement, values).fetchall()

    def dump(self, model: Any) -> str:
        return str(model.model_dump_json())

    def thread_of(self, model: str) -> ThreadMetadata:
        return ThreadMetadata.model_validate_json(model)

    def item_of(self, row_id: str, model: str) -> Any:
        try:
            return ITEM.validate_json(model)
        except ValidationError as error:
            kind = json.loads(model).get("type")
            raise UnreadableError(f"item {row_id} of type {kind} cannot be read") from error

    def own(self, thread_id: str, context: dict[str, Any]) -> str:
        """The thread's JSON, if it is the user's."""
        found = self.rows(
            "SELECT model FROM threads WHERE id = ? AND owner = ?", thread_id, context["user_id"]
        )
        if not found:
            raise NotFoundError(f"no thread {thread_id}")
        return str(found[0][0])

    def window(
        self, table: str, where: str, value: str, after: str | None, limit: int, order: str
    ) -> list[Row]:
        """At most `limit` rows behind a number."""
        way, sort = ("<", "DESC") if order == "desc" else (">", "ASC")
        beyond = int(after) if after else (2**62 if order == "desc" else 0)
        statement = (
            f"SELECT number, id, model FROM {table} WHERE {where} = ? AND number {way} ? "
            f"ORDER BY number {sort} LIMIT ?"
        )
        return self.rows(statement, value, beyond, limit)

    def page(self, rows: list[Row], limit: int, read: Any) -> Page[Any]:
        """A page of the first `limit` rows; one more says that there is another page."""
        shown, more = rows[:limit], len(rows) > limit
        data = []
        for _number, row_id, model in shown:
            try:
                data.append(read(row_id, model))
            except (UnreadableError, ValidationError):
                continue
        return Page(data=data, has_more=more, after=str(shown[-1][0]) if more else None)

    async def load_thread(self, thread_id: str, context: dict[str, Any]) -> ThreadMetadata:
        return self.thread_of(self.own(thread_id, context))

    async def save_thread(self, thread: ThreadMetadata, context: dict[str, Any]) -> None:
        done = self.db.execute(
            "INSERT INTO threads (id, owner, model) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE"
            " SET model = excluded.model WHERE owner = excluded.owner",
            (thread.id, context["user_id"], self.dump(thread)),
        )
        if not done.rowcount:
            raise NotFoundError(f"no thread {thread.id}")

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: dict[str, Any]
    ) -> Page[ThreadMetadata]:
        rows = self.window("threads", "owner", context["user_id"], after, limit + 1, order)
        return self.page(rows, limit, lambda _id, model: self.thread_of(model))

    async def delete_thread(self, thread_id: str, context: dict[str, Any]) -> None:
        self.own(thread_id, context)
        self.db.execute("BEGIN IMMEDIATE")
        self.forget(thread_id)
        self.db.execute("COMMIT")

    def forget(self, thread_id: str) -> None:
        self.db.execute("DELETE FROM items WHERE thread = ?", (thread_id,))
        self.db.execute("DELETE FROM attachments WHERE thread = ?", (thread_id,))
        self.db.execute("DELETE FROM threads WHERE id = ?", (thread_id,))

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: dict[str, Any]
    ) -> Page[ThreadItem]:
        self.own(thread_id, context)
        return self.page(
            self.window("items", "thread", thread_id, after, limit + 1, order), limit, self.item_of
        )

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: dict[str, Any]) -> None:
        await self.save_item(thread_id, item, context)

    async def save_item(self, thread_id: str, item: ThreadItem, context: dict[str, Any]) -> None:
        self.own(thread_id, context)
        self.db.execute("BEGIN IMMEDIATE")
        self.put(thread_id, item)
        for each in getattr(item, "attachments", []):
            self.db.execute("UPDATE attachments SET thread = ? WHERE id = ?", (thread_id, each.id))
        self.db.execute("COMMIT")

    def put(self, thread_id: str, item: Any) -> None:
        """Replace an item where it stands, or append it."""
        self.db.execute(
            "INSERT INTO items (thread, id, model, created) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (thread, id) DO UPDATE SET model = excluded.model",
            (thread_id, item.id, self.dump(item), item.created_at.isoformat()),
        )

    async def load_item(self, thread_id: str, item_id: str, context: dict[str, Any]) -> ThreadItem:
        self.own(thread_id, context)
        found = self.rows("SELECT model FROM items WHERE thread = ? AND id = ?", thread_id, item_id)
        if not found:
            raise NotFoundError(f"no item {item_id} in thread {thread_id}")
        item: ThreadItem = self.item_of(item_id, found[0][0])
        return item

    async def delete_thread_item(self, thread_id: str, item_id: str, context: dict[str, Any]) -> None:
        self.own(thread_id, context)
        self.db.execute("DELETE FROM items WHERE thread = ? AND id = ?", (thread_id, item_id))

    async def save_attachment(self, attachment: Attachment, context: dict[str, Any]) -> None:
        done = self.db.execute(
            "INSERT INTO attachments (id, owner, model) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE"
            " SET model = excluded.model WHERE owner = excluded.owner",
            (attachment.id, context["user_id"], self.dump(attachment)),
        )
        if not done.rowcount:
            raise NotFoundError(f"no attachment {attachment.id}")

    async def load_attachment(self, attachment_id: str, context: dict[str, Any]) -> Attachment:
        found = self.rows(
            "SELECT model FROM attachments WHERE id = ? AND owner = ?", attachment_id, context["user_id"]
        )
        if not found:
            raise NotFoundError(f"no attachment {attachment_id}")
        attachment: Attachment = ATTACHMENT.validate_json(found[0][0])
        return attachment

    async def delete_attachment(self, attachment_id: str, context: dict[str, Any]) -> None:
        self.db.execute(
            "DELETE FROM attachments WHERE id = ? AND owner = ?", (attachment_id, context["user_id"])
        )
