"""What the three stores have in common: chatkit's methods on one side, a few about rows on the other."""

from __future__ import annotations

import secrets
from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, List, Optional, TypeVar

from chatkit.store import NotFoundError, Store, StoreItemType, default_generate_id
from chatkit.types import Attachment, Page, ThreadItem, ThreadMetadata

from ..context import RequestContext
from . import rows
from .rows import Row, Window

T = TypeVar("T")


class RowStore(Store[RequestContext]):
    """A chatkit store over rows of JSON.

    - A thread is its creator's alone, and so is an attachment: to anybody else it is not found.
    - A page is the rows beyond a number, so that writing in the meantime neither repeats nor hides a row.
    - What is saved again stays where it stands. Each method happens as a whole or not at all.
    - A row that this chatkit cannot read is left out of pages and named in the log; loading it raises
      UnreadableRowError. What is wrong with the store itself is StoreUnavailableError.

    A subclass says how rows are kept: the abstract methods block, and each is one atomic step.
    """

    durable: ClassVar[bool] = True
    """Whether another process that opens the same store finds the same data."""

    async def ready(self) -> None:
        """Open the store now rather than at its first use. StoreUnavailableError where that fails."""

    async def close(self) -> None:
        """Let go of what the store holds open. Once closed it stays closed; closing it again does nothing."""

    def generate_thread_id(self, context: RequestContext) -> str:
        """A new thread's id, long enough that none is ever met twice (chatkit's own has 32 random bits)."""
        return super().generate_thread_id(context) + secrets.token_hex(8)

    def generate_item_id(
        self, item_type: StoreItemType, thread: ThreadMetadata, context: RequestContext
    ) -> str:
        """A new item's id, as long."""
        del thread, context
        return default_generate_id(item_type) + secrets.token_hex(8)

    async def load_thread(self, thread_id: str, context: RequestContext) -> ThreadMetadata:
        """A thread without its items; NotFoundError when there is none."""
        model = await self._read(lambda: self._thread(_key(thread_id), _key(context.user_id)))
        thread: ThreadMetadata = _found("thread", thread_id, model)
        return thread

    async def save_thread(self, thread: ThreadMetadata, context: RequestContext) -> None:
        """Create or replace a thread's metadata; its items stay."""
        thread_id, owner, model = _key(thread.id), _key(context.user_id), rows.written(thread)
        if not await self._write(lambda: self._put_thread(thread_id, owner, model)):
            raise _unknown("thread", thread.id)

    async def load_threads(
        self, limit: int, after: Optional[str], order: str, context: RequestContext
    ) -> Page[ThreadMetadata]:
        """A page of the user's own threads, in the order in which they were created."""
        asked = rows.window(limit, after, order)
        return rows.page(
            "thread", await self._read(lambda: self._threads(_key(context.user_id), asked)), asked
        )

    async def delete_thread(self, thread_id: str, context: RequestContext) -> None:
        """Forget a thread with its items and its attachments; NotFoundError when there is none."""
        if not await self._write(lambda: self._drop_thread(_key(thread_id), _key(context.user_id))):
            raise _unknown("thread", thread_id)

    async def load_thread_items(
        self, thread_id: str, after: Optional[str], limit: int, order: str, context: RequestContext
    ) -> Page[ThreadItem]:
        """A page of a thread's items in the order in which they were added."""
        asked = rows.window(limit, after, order)
        found = await self._read(lambda: self._items(_key(thread_id), _key(context.user_id), asked))
        if found is None:
            raise _unknown("thread", thread_id)
        return rows.page("item", found, asked, thread_id=thread_id)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: RequestContext) -> None:
        """Append an item, or replace the one with its id: chatkit adds a workflow once a turn."""
        await self.save_item(thread_id, item, context)

    async def save_item(self, thread_id: str, item: ThreadItem, context: RequestContext) -> None:
        """Replace an item where it stands, or append it."""
        owner, item_id, model = _key(context.user_id), _key(item.id), rows.written(item)
        attached = [_key(each.id) for each in getattr(item, "attachments", None) or ()]
        if not await self._write(lambda: self._put_item(_key(thread_id), owner, item_id, model, attached)):
            raise _unknown("thread", thread_id)

    async def load_item(self, thread_id: str, item_id: str, context: RequestContext) -> ThreadItem:
        """One item; NotFoundError when the thread does not hold it."""
        model = await self._read(lambda: self._item(_key(thread_id), _key(context.user_id), _key(item_id)))
        item: ThreadItem = _found("item", item_id, model, thread_id=thread_id)
        return item

    async def delete_thread_item(self, thread_id: str, item_id: str, context: RequestContext) -> None:
        """Forget an item. One that is not there is no error: after a guardrail, chatkit also removes
        items that were never stored.
        """
        if not await self._write(
            lambda: self._drop_item(_key(thread_id), _key(context.user_id), _key(item_id))
        ):
            raise _unknown("thread", thread_id)

    async def save_attachment(self, attachment: Attachment, context: RequestContext) -> None:
        """Create or replace an attachment's metadata."""
        attachment_id, owner, model = _key(attachment.id), _key(context.user_id), rows.written(attachment)
        if not await self._write(lambda: self._put_attachment(attachment_id, owner, model)):
            raise _unknown("attachment", attachment.id)

    async def load_attachment(self, attachment_id: str, context: RequestContext) -> Attachment:
        """An attachment's metadata; NotFoundError when there is none."""
        model = await self._read(lambda: self._attachment(_key(attachment_id), _key(context.user_id)))
        attachment: Attachment = _found("attachment", attachment_id, model)
        return attachment

    async def delete_attachment(self, attachment_id: str, context: RequestContext) -> None:
        """Forget an attachment's metadata; NotFoundError when there is none."""
        if not await self._write(lambda: self._drop_attachment(_key(attachment_id), _key(context.user_id))):
            raise _unknown("attachment", attachment_id)

    async def attachments_of(self, thread_id: str, context: RequestContext) -> List[str]:
        """The attachments that leave when this thread does: those in its messages, and in no other thread's.

        Ask before `delete_thread`, so that their files can leave too. NotFoundError when there is no thread.
        """
        found = await self._read(lambda: self._attachments_of(_key(thread_id), _key(context.user_id)))
        if found is None:
            raise _unknown("thread", thread_id)
        return found

    async def owner_of(self, kind: str, row_id: str) -> Optional[str]:
        """Whose `thread` or `attachment` it is, or None: tells "not yours" from "not there"."""
        try:
            return await self._read(lambda: self._owner(kind, _key(row_id)))
        except NotFoundError:
            return None

    @abstractmethod
    async def _read(self, work: Callable[[], T]) -> T:
        """Do what only reads, off the event loop where it takes time."""

    @abstractmethod
    async def _write(self, work: Callable[[], T]) -> T:
        """Do what writes. Once begun it is finished, also where whoever waits for it is cancelled."""

    @abstractmethod
    def _thread(self, thread_id: str, owner: str) -> Optional[str]:
        """A thread's JSON, or None."""

    @abstractmethod
    def _threads(self, owner: str, asked: Window) -> List[Row]:
        """The owner's threads in a window."""

    @abstractmethod
    def _put_thread(self, thread_id: str, owner: str, model: str) -> bool:
        """Create or replace; False when the id is somebody else's."""

    @abstractmethod
    def _drop_thread(self, thread_id: str, owner: str) -> bool:
        """Remove with all that hangs on it; False when there is none."""

    @abstractmethod
    def _owner(self, kind: str, row_id: str) -> Optional[str]:
        """Whose `thread` or `attachment` it is, or None."""

    @abstractmethod
    def _item(self, thread_id: str, owner: str, item_id: str) -> Optional[str]:
        """An item's JSON, or None."""

    @abstractmethod
    def _items(self, thread_id: str, owner: str, asked: Window) -> Optional[List[Row]]:
        """A thread's items in a window; None when there is no such thread."""

    @abstractmethod
    def _put_item(
        self, thread_id: str, owner: str, item_id: str, model: str, attached: Sequence[str]
    ) -> bool:
        """Create or replace, and hang these attachments on the thread; False when there is no thread."""

    @abstractmethod
    def _drop_item(self, thread_id: str, owner: str, item_id: str) -> bool:
        """Remove if there; False when there is no such thread."""

    @abstractmethod
    def _attachment(self, attachment_id: str, owner: str) -> Optional[str]:
        """An attachment's JSON, or None."""

    @abstractmethod
    def _put_attachment(self, attachment_id: str, owner: str, model: str) -> bool:
        """Create or replace; False when the id is somebody else's."""

    @abstractmethod
    def _drop_attachment(self, attachment_id: str, owner: str) -> bool:
        """Remove; False when there is none."""

    @abstractmethod
    def _attachments_of(self, thread_id: str, owner: str) -> Optional[List[str]]:
        """The attachments that hang on this thread only, oldest first; None when there is no such thread."""


def _key(text: str) -> str:
    """The text, which is an id or a user; NotFoundError for what no database can hold, and so none has."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise NotFoundError(f"no such id: {text!r}")
    return text


def _found(kind: str, row_id: str, model: Optional[str], *, thread_id: Optional[str] = None) -> Any:
    if model is None:
        raise _unknown(kind, row_id, thread_id)
    return rows.read(kind, row_id, model, thread_id=thread_id)


def _unknown(kind: str, row_id: str, thread_id: Optional[str] = None) -> NotFoundError:
    return NotFoundError(f"no {kind} {row_id!r}" + (f" in thread {thread_id!r}" if thread_id else ""))
