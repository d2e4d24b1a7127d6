"""A store as chatkit calls it: the arguments by chatkit's own names, under one user's context."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Awaitable, Callable, List, Optional, Tuple

from chatkit.types import ThreadMetadata

from chatkit_harness.incell.exam import UnsupportedError

from . import models

MOST_PAGES = 400
"""A walk that takes more pages than this goes in circles: no exam stores as many items."""
Saved = Tuple[str, str, Any]
"""What was saved: `thread` or `attachment`, its id, and the context of whose request that was."""


class Handle:
    """One opened store and whose requests it answers.

    What the store raises goes through, with the method's name `noted` on it; a method that is not there,
    or not implemented, is an UnsupportedError.
    """

    def __init__(self, store: Any, context: Any, saved: Optional[List[Saved]] = None) -> None:
        self.store, self.context = store, context
        self._saved: List[Saved] = [] if saved is None else saved

    def under(self, context: Any) -> Handle:
        """The same store, asked by somebody else."""
        return Handle(self.store, context, self._saved)

    async def load_thread(self, thread_id: str) -> Any:
        """A thread's metadata."""
        return await self._call("load_thread", thread_id)

    async def save_thread(self, thread: Any) -> None:
        """Create or change a thread."""
        self.remember("thread", thread.id)
        await self._call("save_thread", thread)

    async def delete_thread(self, thread_id: str) -> None:
        """Delete a thread."""
        await self._call("delete_thread", thread_id)

    async def threads(self, *, after: Optional[str] = None, limit: int = 20, order: str = "desc") -> Any:
        """A page of threads."""
        return await self._call("load_threads", limit=limit, after=after, order=order)

    async def page(
        self, thread_id: str, *, after: Optional[str] = None, limit: int = 20, order: str = "asc"
    ) -> Any:
        """A page of a thread's items."""
        return await self._call("load_thread_items", thread_id, limit=limit, order=order, after=after)

    async def add(self, thread_id: str, *items: Any) -> None:
        """Add items, one after the other."""
        for item in items:
            await self._call("add_thread_item", thread_id, item)

    async def save(self, thread_id: str, item: Any) -> None:
        """Create or replace an item."""
        await self._call("save_item", thread_id, item)

    async def item(self, thread_id: str, item_id: str) -> Any:
        """One item."""
        return await self._call("load_item", thread_id, item_id)

    async def delete_item(self, thread_id: str, item_id: str) -> None:
        """Delete one item."""
        await self._call("delete_thread_item", thread_id, item_id)

    async def save_attachment(self, attachment: Any) -> None:
        """Create or replace an attachment's metadata."""
        self.remember("attachment", attachment.id)
        await self._call("save_attachment", attachment)

    async def attachment(self, attachment_id: str) -> Any:
        """An attachment's metadata."""
        return await self._call("load_attachment", attachment_id)

    async def delete_attachment(self, attachment_id: str) -> None:
        """Delete an attachment's metadata."""
        await self._call("delete_attachment", attachment_id)

    async def items(self, thread_id: str, order: str = "asc") -> List[Any]:
        """All items of a thread, page by page."""
        found = await walk(lambda **asked: self.page(thread_id, **asked), 100, order)
        return found.all

    def remember(self, kind: str, saved_id: str) -> None:
        """Note a thread or an attachment as something that has to go in the end."""
        self._saved.append((kind, saved_id, self.context))

    async def _call(self, name: str, *given: Any, **named: Any) -> Any:
        method = getattr(self.store, name, None)
        if method is None:
            raise UnsupportedError(f"the store has no {name}()")
        try:
            return await method(*given, context=self.context, **named)
        except NotImplementedError as error:
            raise UnsupportedError(f"the store does not implement {name}()") from error
        except Exception as error:
            note(error, f"{name}()")
            raise

    def new_thread(self, **fields: Any) -> Any:
        """A thread that nobody has stored yet, with an id of the store's own making."""
        thread_id = str(self.store.generate_thread_id(self.context))
        return ThreadMetadata(**{"id": thread_id, "created_at": models.moment(), **fields})

    def new_id(self, thread: Any, kind: str = "assistant_message") -> str:
        """An item's id of the store's own making."""
        return str(self.store.generate_item_id(models.ID_TYPES.get(kind, "message"), thread, self.context))

    def new_item(self, kind: str, thread: Any, **fields: Any) -> Any:
        """An item of that kind that nobody has stored yet, as this release of chatkit has it."""
        given = {"id": self.new_id(thread, kind), "thread_id": thread.id, **fields}
        return models.item(kind, given)

    def message(self, thread: Any, text: str, **fields: Any) -> Any:
        """An assistant's message."""
        return self.new_item("assistant_message", thread, content=[{"text": text}], **fields)

    def messages(self, thread: Any, count: int, text: str = "message") -> List[Any]:
        """Assistant's messages that say which they are."""
        return [self.message(thread, f"{text} {number}") for number in range(count)]


@dataclass(frozen=True)
class Walk:
    """What came page by page, and why it ended where the store had not said so: `no-cursor`, `endless`."""

    pages: List[List[Any]]
    trouble: str = ""

    @property
    def all(self) -> List[Any]:
        """What came, in order."""
        return [each for page in self.pages for each in page]

    @property
    def ids(self) -> List[str]:
        """The ids of what came, in order."""
        return [each.id for each in self.all]


async def walk(
    fetch: Callable[..., Awaitable[Any]], limit: int, order: str, after: Optional[str] = None
) -> Walk:
    """Turn the pages as a client does: as long as there are more, from the cursor that came with the last."""
    pages: List[List[Any]] = []
    while True:
        page = await fetch(after=after, limit=limit, order=order)
        pages.append(list(page.data))
        if not page.has_more:
            return Walk(pages)
        if page.after is None:
            return Walk(pages, "no-cursor")
        if len(pages) >= MOST_PAGES:
            return Walk(pages, "endless")
        after = page.after


def note(error: BaseException, doing: str) -> None:
    """Write on an error what raised it, for whoever tells of it."""
    try:
        error.store_method = doing  # type: ignore[attr-defined]  # an attribute of ours, if the class takes it
    except Exception:
        return


def noted(error: BaseException) -> str:
    """What raised an error, `load_item()` for one; empty where it was not the store."""
    return str(getattr(error, "store_method", ""))
