"""Stores that lie about whose a thread is."""

# ruff: noqa: S608 - a liar is told more than it cares for, and puts SQL together from its own names

from __future__ import annotations

from typing import Any

from chatkit.types import Page
from tests.incell.contract.catalogue import lies
from tests.incell.contract.honest import Honest


class Trusting(Honest):
    """Takes a request for the owner's."""

    def owner(self, table: str, row_id: str) -> dict[str, Any]:
        found = self.rows(f"SELECT owner FROM {table} WHERE id = ?", row_id)
        return {"user_id": found[0][0] if found else ""}


@lies("owners", "owner-load")
class ShowsThreads(Trusting):
    async def load_thread(self, thread_id: str, context: dict[str, Any]) -> Any:
        return await super().load_thread(thread_id, self.owner("threads", thread_id))


@lies("owners", "owner-items")
class ShowsItems(Trusting):
    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: dict[str, Any]
    ) -> Page[Any]:
        return await super().load_thread_items(
            thread_id, after, limit, order, self.owner("threads", thread_id)
        )


@lies("owners", "owner-item")
class ShowsAnItem(Trusting):
    async def load_item(self, thread_id: str, item_id: str, context: dict[str, Any]) -> Any:
        return await super().load_item(thread_id, item_id, self.owner("threads", thread_id))


@lies("owners", "owner-list")
class ListsEverybodysThreads(Trusting):
    async def load_threads(
        self, limit: int, after: str | None, order: str, context: dict[str, Any]
    ) -> Page[Any]:
        rows = self.window("threads", "'all'", "all", after, limit + 1, order)
        return self.page(rows, limit, lambda _id, model: self.thread_of(model))


@lies("owners", "owner-save")
class LetsOthersSaveAThread(Trusting):
    async def save_thread(self, thread: Any, context: dict[str, Any]) -> None:
        owner = self.owner("threads", thread.id)
        await super().save_thread(thread, owner if owner["user_id"] else context)


@lies("owners", "owner-save")
class GivesAThreadToWhoSavesIt(Honest):
    async def save_thread(self, thread: Any, context: dict[str, Any]) -> None:
        self.db.execute(
            "INSERT INTO threads (id, owner, model) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE"
            " SET model = excluded.model, owner = excluded.owner",
            (thread.id, context["user_id"], self.dump(thread)),
        )


@lies("owners", "owner-add")
class LetsOthersAddItems(Trusting):
    async def add_thread_item(self, thread_id: str, item: Any, context: dict[str, Any]) -> None:
        await super().save_item(thread_id, item, self.owner("threads", thread_id))


@lies("owners", "owner-save-item")
class LetsOthersSaveItems(Trusting):
    async def save_item(self, thread_id: str, item: Any, context: dict[str, Any]) -> None:
        await super().save_item(thread_id, item, self.owner("threads", thread_id))


@lies("owners", "owner-delete-item")
class LetsOthersDeleteItems(Trusting):
    async def delete_thread_item(self, thread_id: str, item_id: str, context: dict[str, Any]) -> None:
        await super().delete_thread_item(thread_id, item_id, self.owner("threads", thread_id))


@lies("owners", "owner-delete")
class LetsOthersDeleteAThread(Trusting):
    async def delete_thread(self, thread_id: str, context: dict[str, Any]) -> None:
        await super().delete_thread(thread_id, self.owner("threads", thread_id))


@lies("owners", "owner-attachment")
class ShowsAttachments(Trusting):
    async def load_attachment(self, attachment_id: str, context: dict[str, Any]) -> Any:
        return await super().load_attachment(attachment_id, self.owner("attachments", attachment_id))


@lies("owners", "owner-attachment-save")
class LetsOthersSaveAttachments(Trusting):
    async def save_attachment(self, attachment: Any, context: dict[str, Any]) -> None:
        owner = self.owner("attachments", attachment.id)
        await super().save_attachment(attachment, owner if owner["user_id"] else context)


@lies("owners", "owner-attachment-delete")
class LetsOthersDeleteAttachments(Trusting):
    async def delete_attachment(self, attachment_id: str, context: dict[str, Any]) -> None:
        await super().delete_attachment(attachment_id, self.owner("attachments", attachment_id))


class OneUser(Trusting):
    """No lie: it knows no users, as a store of one person's own server does not."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.db.execute("UPDATE threads SET owner = 'me'")

    def own(self, thread_id: str, context: dict[str, Any]) -> str:
        return super().own(thread_id, {"user_id": "me"})

    async def save_thread(self, thread: Any, context: dict[str, Any]) -> None:
        await super().save_thread(thread, {"user_id": "me"})

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: dict[str, Any]
    ) -> Page[Any]:
        return await super().load_threads(limit, after, order, {"user_id": "me"})

    async def save_attachment(self, attachment: Any, context: dict[str, Any]) -> None:
        raise NotImplementedError
