"""Threads and their items in memory, bounded in number and in age."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import ClassVar, Dict, List, Optional, Set, TypeVar

from ..bounded import drop_oldest
from .base import RowStore
from .rows import Row, Window

T = TypeVar("T")


class Shelf:
    """Rows by id and in order; the last page is found as fast as the first."""

    def __init__(self) -> None:
        self._rows: Dict[str, Row] = {}
        self._ids: List[str] = []
        self._numbers: List[int] = []

    def get(self, row_id: str) -> Optional[Row]:
        """The row of that id, or None."""
        return self._rows.get(row_id)

    def put(self, row_id: str, model: str, number: int) -> None:
        """Append a row under the next number, or replace the one of that id, which keeps its own."""
        held = self._rows.get(row_id)
        if held is None:
            self._ids.append(row_id)
            self._numbers.append(number)
        self._rows[row_id] = Row(number if held is None else held.number, row_id, model)

    def drop(self, row_id: str) -> None:
        """Remove the row of that id, if there is one."""
        row = self._rows.pop(row_id, None)
        if row is not None:
            place = bisect_left(self._numbers, row.number)
            del self._numbers[place], self._ids[place]

    def window(self, asked: Window) -> List[Row]:
        """The rows of a window."""
        if asked.descending:
            end = bisect_left(self._numbers, asked.beyond)
            ids = self._ids[max(end - asked.count, 0) : end][::-1]
        else:
            start = bisect_right(self._numbers, asked.beyond)
            ids = self._ids[start : start + asked.count]
        return [self._rows[row_id] for row_id in ids]


@dataclass
class StoredThread:
    """A thread as a row, who owns it, when it was last written, and what hangs on it."""

    row: Row
    owner: str
    touched: float
    items: Shelf = field(default_factory=Shelf)
    attached: Set[str] = field(default_factory=set)


@dataclass
class StoredAttachment:
    """An attachment's metadata, and whose it is."""

    model: str
    owner: str


class MemoryStore(RowStore):
    """A store in memory: at most `max_threads`, none untouched for longer than `max_age_s` seconds.

    The threads that were created first leave first, with all that hangs on them; so do attachments beyond
    `max_attachments`. It is safe between tasks and between threads.
    """

    durable: ClassVar[bool] = False

    def __init__(
        self,
        *,
        max_threads: int = 1000,
        max_age_s: float = 24 * 3600,
        max_attachments: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._max_threads = max_threads
        self._max_age_s = max_age_s
        self._max_attachments = max_attachments
        self._clock = clock
        self._lock = threading.Lock()
        self._stored: Dict[str, StoredThread] = {}
        self._attachments: Dict[str, StoredAttachment] = {}
        self._last_number = 0
        self._sweep_at = float("inf")  # nothing gets too old before that

    async def _read(self, work: Callable[[], T]) -> T:
        with self._lock:  # held for microseconds, and never while anybody waits
            self._sweep()
            return work()

    async def _write(self, work: Callable[[], T]) -> T:
        return await self._read(work)

    def _thread(self, thread_id: str, owner: str) -> Optional[str]:
        thread = self._own(thread_id, owner)
        return None if thread is None else thread.row.model

    def _threads(self, owner: str, asked: Window) -> List[Row]:
        own: Iterable[StoredThread] = self._stored.values()
        if asked.descending:
            found = (
                t.row
                for t in reversed(self._stored.values())
                if t.row.number < asked.beyond and t.owner == owner
            )
        else:
            found = (t.row for t in own if t.row.number > asked.beyond and t.owner == owner)
        return list(islice(found, asked.count))

    def _put_thread(self, thread_id: str, owner: str, model: str) -> bool:
        held = self._stored.get(thread_id)
        if held is None:
            row = Row(self._next(), thread_id, model)
            self._stored[thread_id] = StoredThread(row, owner, self._clock())
            self._sweep_at = min(self._sweep_at, self._clock() + self._max_age_s)
            self._sweep()
            return True
        if held.owner != owner:
            return False
        held.row = Row(held.row.number, thread_id, model)
        held.touched = self._clock()
        return True

    def _owner(self, kind: str, row_id: str) -> Optional[str]:
        held = self._stored.get(row_id) if kind == "thread" else self._attachments.get(row_id)
        return None if held is None else held.owner

    def _drop_thread(self, thread_id: str, owner: str) -> bool:
        if self._own(thread_id, owner) is None:
            return False
        self._forget(thread_id)
        return True

    def _item(self, thread_id: str, owner: str, item_id: str) -> Optional[str]:
        thread = self._own(thread_id, owner)
        row = None if thread is None else thread.items.get(item_id)
        return None if row is None else row.model

    def _items(self, thread_id: str, owner: str, asked: Window) -> Optional[List[Row]]:
        thread = self._own(thread_id, owner)
        return None if thread is None else thread.items.window(asked)

    def _put_item(
        self, thread_id: str, owner: str, item_id: str, model: str, attached: Sequence[str]
    ) -> bool:
        thread = self._own(thread_id, owner)
        if thread is None:
            return False
        thread.items.put(item_id, model, self._next())
        thread.attached.update(each for each in attached if self._attachment(each, owner) is not None)
        thread.touched = self._clock()
        return True

    def _drop_item(self, thread_id: str, owner: str, item_id: str) -> bool:
        thread = self._own(thread_id, owner)
        if thread is None:
            return False
        thread.items.drop(item_id)
        return True

    def _attachment(self, attachment_id: str, owner: str) -> Optional[str]:
        held = self._attachments.get(attachment_id)
        return held.model if held is not None and held.owner == owner else None

    def _put_attachment(self, attachment_id: str, owner: str, model: str) -> bool:
        held = self._attachments.setdefault(attachment_id, StoredAttachment(model, owner))
        if held.owner != owner:
            return False
        held.model = model
        drop_oldest(self._attachments, self._max_attachments)
        return True

    def _drop_attachment(self, attachment_id: str, owner: str) -> bool:
        if self._attachment(attachment_id, owner) is None:
            return False
        del self._attachments[attachment_id]
        return True

    def _attachments_of(self, thread_id: str, owner: str) -> Optional[List[str]]:
        thread = self._own(thread_id, owner)
        if thread is None:
            return None
        here = thread.attached & self._attachments.keys()
        if here:
            here -= {
                each for other in self._stored.values() if other is not thread for each in other.attached
            }
        return [each for each in self._attachments if each in here]

    def _own(self, thread_id: str, owner: str) -> Optional[StoredThread]:
        thread = self._stored.get(thread_id)
        return thread if thread is not None and thread.owner == owner else None

    def _forget(self, thread_id: str) -> None:
        for attachment_id in self._attachments_of(thread_id, self._stored[thread_id].owner) or ():
            del self._attachments[attachment_id]
        del self._stored[thread_id]

    def _next(self) -> int:
        self._last_number += 1
        return self._last_number

    def _sweep(self) -> None:
        for thread_id in list(islice(self._stored, max(len(self._stored) - self._max_threads, 0))):
            self._forget(thread_id)
        now = self._clock()
        if now > self._sweep_at:
            oldest = now - self._max_age_s
            for thread_id in [key for key, thread in self._stored.items() if thread.touched < oldest]:
                self._forget(thread_id)
            touched = (thread.touched for thread in self._stored.values())
            self._sweep_at = min(touched, default=float("inf")) + self._max_age_s
