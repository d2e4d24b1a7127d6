"""Stores that lie about what they keep, replace, and delete."""

# ruff: noqa: BLE001 - a liar is told more than it cares for

from __future__ import annotations

import asyncio
import json
from datetime import UTC
from itertools import count
from typing import Any

from chatkit.store import NotFoundError
from chatkit.types import Page, Thread, ThreadMetadata
from tests.incell.contract.catalogue import lies
from tests.incell.contract.honest import ATTACHMENT, SCHEMA, Honest


class Rewriting(Honest):
    """What of a model's JSON is left to lie about."""

    def rewritten(self, model: Any, values: dict[str, Any]) -> dict[str, Any]:
        return values

    def dump(self, model: Any) -> str:
        return json.dumps(self.rewritten(model, json.loads(super().dump(model))))


@lies("round-trip", "time-kept")
class LosesMicroseconds(Honest):
    def dump(self, model: Any) -> str:
        if not hasattr(model, "created_at"):
            return super().dump(model)
        cut = model.created_at.replace(microsecond=0)
        return super().dump(model.model_copy(update={"created_at": cut}))


@lies("round-trip", "time-kept")
class LosesTheZone(Honest):
    def dump(self, model: Any) -> str:
        if not hasattr(model, "created_at"):
            return super().dump(model)
        at = model.created_at.replace(tzinfo=UTC)
        return super().dump(model.model_copy(update={"created_at": at}))


@lies("round-trip", "long-text-kept")
class TruncatesText(Rewriting):
    def rewritten(self, model: Any, values: dict[str, Any]) -> dict[str, Any]:
        for part in values.get("content") or [] if values.get("type") == "assistant_message" else []:
            part["text"] = part["text"][:65_535]
        return values


@lies("round-trip", "odd-text-kept")
class StripsText(Rewriting):
    def rewritten(self, model: Any, values: dict[str, Any]) -> dict[str, Any]:
        for part in values.get("content") or [] if values.get("type") == "assistant_message" else []:
            part["text"] = part["text"].replace("\0", "")
        return values


@lies("round-trip", "item-kept")
class KnowsFewLetters(Rewriting):
    def dump(self, model: Any) -> str:
        return super(Rewriting, self).dump(model).encode("latin-1", "replace").decode("latin-1")


@lies("round-trip", "item-kept")
class DropsFieldsItDoesNotKnow(Rewriting):
    def rewritten(self, model: Any, values: dict[str, Any]) -> dict[str, Any]:
        for name in ("quoted_text", "copy_text"):
            values.pop(name, None)
        return values


@lies("round-trip", "item-kept")
class MakesAllWidgetsText(Rewriting):
    def rewritten(self, model: Any, values: dict[str, Any]) -> dict[str, Any]:
        if values.get("type") != "widget":
            return values
        content = [{"text": values["copy_text"] or ""}]
        return {**values, "type": "assistant_message", "content": content}


class WithoutField(Rewriting):
    """A thread loses one field."""

    field = ""

    def rewritten(self, model: Any, values: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in values.items() if key != self.field or "type" in values}


@lies("round-trip", "thread-kept")
class DropsStatus(WithoutField):
    field = "status"


@lies("round-trip", "thread-kept")
class DropsMetadata(WithoutField):
    field = "metadata"


@lies("round-trip", "thread-kept")
class DropsTitle(WithoutField):
    field = "title"


@lies("round-trip", "thread-bare")
class KeepsThePageOfItems(Honest):
    def thread_of(self, model: str) -> ThreadMetadata:
        return Thread.model_validate_json(model) if "items" in json.loads(model) else super().thread_of(model)


WITHOUT_KEY = SCHEMA.replace(",\n    UNIQUE (thread, id)", "")


@lies("upsert")
class AppendsWhatIsSavedAgain(Honest):
    schema = WITHOUT_KEY

    def put(self, thread_id: str, item: Any) -> None:
        self.db.execute(
            "INSERT INTO items (thread, id, model) VALUES (?, ?, ?)", (thread_id, item.id, self.dump(item))
        )


@lies("upsert")
class MovesWhatIsSavedAgain(Honest):
    def put(self, thread_id: str, item: Any) -> None:
        self.db.execute("DELETE FROM items WHERE thread = ? AND id = ?", (thread_id, item.id))
        super().put(thread_id, item)


@lies("upsert")
class KeepsTheFirst(Honest):
    async def add_thread_item(self, thread_id: str, item: Any, context: dict[str, Any]) -> None:
        if not self.rows("SELECT 1 FROM items WHERE thread = ? AND id = ?", thread_id, item.id):
            await super().add_thread_item(thread_id, item, context)

    async def save_item(self, thread_id: str, item: Any, context: dict[str, Any]) -> None:
        await super().save_item(thread_id, item, context)


@lies("upsert")
class SavesOnlyWhatIsThere(Honest):
    async def add_thread_item(self, thread_id: str, item: Any, context: dict[str, Any]) -> None:
        await super().save_item(thread_id, item, context)

    async def save_item(self, thread_id: str, item: Any, context: dict[str, Any]) -> None:
        if self.rows("SELECT 1 FROM items WHERE thread = ? AND id = ?", thread_id, item.id):
            await super().save_item(thread_id, item, context)


@lies("upsert", "upsert-thread")
class EmptiesAThreadThatIsSaved(Honest):
    async def save_thread(self, thread: Any, context: dict[str, Any]) -> None:
        await super().save_thread(thread, context)
        self.db.execute("DELETE FROM items WHERE thread = ?", (thread.id,))


@lies("ids", "id-own")
class ItemIdsOfAllThreads(Honest):
    schema = SCHEMA.replace("UNIQUE (thread, id)", "UNIQUE (id)")

    def put(self, thread_id: str, item: Any) -> None:
        self.db.execute(
            "INSERT INTO items (thread, id, model) VALUES (?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET model = excluded.model",
            (thread_id, item.id, self.dump(item)),
        )


@lies("ids", "id-own")
class DeletesAnIdInAllThreads(Honest):
    async def delete_thread_item(self, thread_id: str, item_id: str, context: dict[str, Any]) -> None:
        self.own(thread_id, context)
        self.db.execute("DELETE FROM items WHERE id = ?", (item_id,))


@lies("ids", "id-unique")
class CountsItsThreadsAndItems(Honest):
    """Unique in one process only."""

    numbers = count(1)

    def generate_item_id(self, item_type: Any, thread: Any, context: Any) -> str:
        return f"{item_type}_{next(self.numbers)}"


@lies("ids", "id-unique")
class HasFewIds(Honest):
    def generate_thread_id(self, context: Any) -> str:
        return super().generate_thread_id(context)[:6]


@lies("delete", "delete-thread-items")
class LeavesItems(Honest):
    def forget(self, thread_id: str) -> None:
        self.db.execute("DELETE FROM threads WHERE id = ?", (thread_id,))


@lies("delete", "delete-thread-attachments")
class LeavesAttachments(Honest):
    def forget(self, thread_id: str) -> None:
        self.db.execute("UPDATE attachments SET thread = NULL")
        super().forget(thread_id)


@lies("delete", "delete-others")
class DeletesItemsOfOthers(Honest):
    def forget(self, thread_id: str) -> None:
        super().forget(thread_id)
        self.db.execute("DELETE FROM items")


@lies("delete", "delete-thread")
class HidesADeletedThread(Honest):
    """Only from the list and with its items."""

    async def load_thread(self, thread_id: str, context: dict[str, Any]) -> Any:
        found = self.rows("SELECT model FROM gone WHERE id = ?", thread_id)
        return self.thread_of(found[0][0]) if found else await super().load_thread(thread_id, context)

    def forget(self, thread_id: str) -> None:
        self.db.execute(
            "INSERT OR REPLACE INTO gone SELECT id, model FROM threads WHERE id = ?", (thread_id,)
        )
        super().forget(thread_id)

    schema = SCHEMA + "CREATE TABLE IF NOT EXISTS gone (id TEXT PRIMARY KEY, model TEXT);"


@lies("delete", "delete-item")
class DeletesNoItem(Honest):
    async def delete_thread_item(self, thread_id: str, item_id: str, context: dict[str, Any]) -> None:
        self.own(thread_id, context)


@lies("delete", "delete-item")
class DeletesTheRest(Honest):
    async def delete_thread_item(self, thread_id: str, item_id: str, context: dict[str, Any]) -> None:
        self.own(thread_id, context)
        self.db.execute(
            "DELETE FROM items WHERE thread = ?1 AND number >="
            " (SELECT number FROM items WHERE thread = ?1 AND id = ?2)",
            (thread_id, item_id),
        )


@lies("delete", "delete-nothing")
class MissesWhatItDeletes(Honest):
    async def delete_thread_item(self, thread_id: str, item_id: str, context: dict[str, Any]) -> None:
        await self.load_item(thread_id, item_id, context)
        await super().delete_thread_item(thread_id, item_id, context)


@lies("not-found")
class UnknownThreadIsFresh(Honest):
    async def load_thread(self, thread_id: str, context: dict[str, Any]) -> Any:
        try:
            return await super().load_thread(thread_id, context)
        except NotFoundError:
            return self.thread_of(json.dumps({"id": thread_id, "created_at": "2026-01-01T00:00:00Z"}))


@lies("not-found")
class UnknownThreadHasNoItems(Honest):
    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: dict[str, Any]
    ) -> Page[Any]:
        return self.page(
            self.window("items", "thread", thread_id, after, limit + 1, order), limit, self.item_of
        )


@lies("not-found")
class UnknownItemIsNone(Honest):
    async def load_item(self, thread_id: str, item_id: str, context: dict[str, Any]) -> Any:
        try:
            return await super().load_item(thread_id, item_id, context)
        except NotFoundError:
            return None


@lies("not-found")
class UnknownItemIsAKeyError(Honest):
    async def load_item(self, thread_id: str, item_id: str, context: dict[str, Any]) -> Any:
        try:
            return await super().load_item(thread_id, item_id, context)
        except NotFoundError:
            raise KeyError(item_id) from None


@lies("not-found")
class FindsItemsOfAnyThread(Honest):
    async def load_item(self, thread_id: str, item_id: str, context: dict[str, Any]) -> Any:
        found = self.rows("SELECT model FROM items WHERE id = ?", item_id)
        if not found:
            raise NotFoundError(item_id)
        return self.item_of(item_id, found[0][0])


@lies("not-found")
class AddingMakesAThread(Honest):
    async def add_thread_item(self, thread_id: str, item: Any, context: dict[str, Any]) -> None:
        if not self.rows("SELECT 1 FROM threads WHERE id = ?", thread_id):
            fresh = self.thread_of(json.dumps({"id": thread_id, "created_at": "2026-01-01T00:00:00Z"}))
            await self.save_thread(fresh, context)
        await super().add_thread_item(thread_id, item, context)


@lies("not-found")
class UnknownAttachmentIsNone(Honest):
    async def load_attachment(self, attachment_id: str, context: dict[str, Any]) -> Any:
        try:
            return await super().load_attachment(attachment_id, context)
        except NotFoundError:
            return None


@lies("threads", "threads-current")
class ListsThreadsAsTheyWere(Honest):
    schema = SCHEMA + "CREATE TABLE IF NOT EXISTS first (id TEXT PRIMARY KEY, model TEXT);"

    async def save_thread(self, thread: Any, context: dict[str, Any]) -> None:
        await super().save_thread(thread, context)
        self.db.execute("INSERT OR IGNORE INTO first VALUES (?, ?)", (thread.id, self.dump(thread)))

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: dict[str, Any]
    ) -> Page[Any]:
        page = await super().load_threads(limit, after, order, context)
        first = dict(self.rows("SELECT id, model FROM first"))
        return page.model_copy(update={"data": [self.thread_of(first[each.id]) for each in page.data]})


@lies("threads", "threads-deleted")
class ListsDeletedThreads(Honest):
    schema = SCHEMA + "CREATE TABLE IF NOT EXISTS gone (id TEXT PRIMARY KEY);"

    def forget(self, thread_id: str) -> None:
        self.db.execute("INSERT INTO gone VALUES (?)", (thread_id,))

    def own(self, thread_id: str, context: dict[str, Any]) -> str:
        if self.rows("SELECT 1 FROM gone WHERE id = ?", thread_id):
            raise NotFoundError(thread_id)
        return super().own(thread_id, context)


@lies("copies")
class SharesObjects(Honest):
    """What was saved is handed out to everybody."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.shared: dict[str, Any] = {}

    def dump(self, model: Any) -> str:
        dumped = super().dump(model)
        self.shared[dumped] = model
        return dumped

    def item_of(self, row_id: str, model: str) -> Any:
        return self.shared.get(model) or super().item_of(row_id, model)


@lies("copies")
class SharesWhatItLoads(Honest):
    """One object for each row, however often it is loaded."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.loaded: dict[str, Any] = {}

    def thread_of(self, model: str) -> Any:
        return self.loaded.setdefault(model, super().thread_of(model))


@lies("newer-rows", "newer-page")
class NewerRowTakesThePage(Honest):
    def page(self, rows: Any, limit: int, read: Any) -> Any:
        more = len(rows) > limit
        data = [read(row[1], row[2]) for row in rows[:limit]]
        return Page(data=data, has_more=more, after=str(rows[limit - 1][0]) if more else None)


@lies("newer-rows", "newer-page")
class NewerRowEndsThePages(Honest):
    def page(self, rows: Any, limit: int, read: Any) -> Any:
        page = super().page(rows, limit, read)
        return page if len(page.data) == limit else Page(data=page.data)


@lies("newer-rows", "newer-item")
class NewerRowIsNone(Honest):
    async def load_item(self, thread_id: str, item_id: str, context: dict[str, Any]) -> Any:
        try:
            return await super().load_item(thread_id, item_id, context)
        except NotFoundError:
            raise
        except Exception:
            return None


@lies("newer-rows", "newer-item")
class NewerRowIsNotFound(Honest):
    async def load_item(self, thread_id: str, item_id: str, context: dict[str, Any]) -> Any:
        try:
            return await super().load_item(thread_id, item_id, context)
        except Exception as error:
            raise NotFoundError(item_id) from error


@lies("newer-rows", "newer-item")
class NewerRowHasNoName(Honest):
    async def load_item(self, thread_id: str, item_id: str, context: dict[str, Any]) -> Any:
        try:
            return await super().load_item(thread_id, item_id, context)
        except NotFoundError:
            raise
        except Exception as error:
            raise ValueError("a row cannot be read") from error


@lies("attachments", "attachment-deleted")
class KeepsDeletedAttachments(Honest):
    async def delete_attachment(self, attachment_id: str, context: dict[str, Any]) -> None:
        return


@lies("attachments", "attachment-deleted")
class DeletesAllAttachments(Honest):
    async def delete_attachment(self, attachment_id: str, context: dict[str, Any]) -> None:
        self.db.execute("DELETE FROM attachments")


@lies("attachments", "attachment-upsert")
class KeepsTheFirstAttachment(Honest):
    async def save_attachment(self, attachment: Any, context: dict[str, Any]) -> None:
        if not self.rows("SELECT 1 FROM attachments WHERE id = ?", attachment.id):
            await super().save_attachment(attachment, context)


@lies("attachments", "attachment-kept")
class LosesWhereToUpload(Rewriting):
    def rewritten(self, model: Any, values: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in values.items() if not key.startswith("upload")}


@lies("attachments", "attachment-kept")
class MakesPicturesFiles(Honest):
    async def load_attachment(self, attachment_id: str, context: dict[str, Any]) -> Any:
        values = (await super().load_attachment(attachment_id, context)).model_dump(mode="json")
        return ATTACHMENT.validate_python({**values, "type": "file"})


@lies("order", "hangs")
class WaitsForNobody(Honest):
    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: dict[str, Any]
    ) -> Page[Any]:
        await asyncio.Event().wait()
        raise AssertionError
