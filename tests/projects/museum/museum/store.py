"""Conversations as files: one for each item, below a folder of its thread, below a folder of its visitor.

    <visitor>/threads/<when>-<id>/thread.json
    <visitor>/threads/<when>-<id>/items/<when>-<id>.json
    <visitor>/attachments/<id>.json

Names begin with a number that grows, so that a sorted folder is in order. Files are written beside their
place and moved there. Who writes holds the visitor's lock (of the operating system: Linux and macOS).
"""

from __future__ import annotations

import asyncio
import bisect
import contextlib
import fcntl
import hashlib
import logging
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chatkit.store import NotFoundError, Store
from chatkit.types import Attachment, Page, ThreadItem, ThreadMetadata
from pydantic import TypeAdapter, ValidationError

from .contexts import Visitor

ITEM: TypeAdapter[Any] = TypeAdapter(ThreadItem)
ATTACHMENT: TypeAdapter[Any] = TypeAdapter(Attachment)
THREAD: TypeAdapter[Any] = TypeAdapter(ThreadMetadata)

# In a page of no type, some releases of pydantic cannot write what this process has only read.
ITEMS, THREADS = Page[ThreadItem], Page[ThreadMetadata]

log = logging.getLogger(__name__)


class NotYoursError(NotFoundError):
    """It is another visitor's."""


class UnreadableError(Exception):
    """A file that this release of chatkit cannot read."""


class BadCursorError(ValueError):
    """Nobody was ever told to go on from there."""


class FileStore(Store[Visitor]):
    """Keeps what visitors say in a folder: the one given, or MUSEUM_DATA, or museum-data."""

    def __init__(self, folder: str | os.PathLike[str] | None = None) -> None:
        self._root = Path(folder or os.environ.get("MUSEUM_DATA") or "museum-data").absolute()

    def generate_thread_id(self, context: Visitor) -> str:
        return f"tour_{uuid.uuid4().hex}"

    def generate_item_id(self, item_type: Any, thread: ThreadMetadata, context: Visitor) -> str:
        return f"{item_type}_{uuid.uuid4().hex}"

    # Threads

    async def load_thread(self, thread_id: str, context: Visitor) -> ThreadMetadata:
        return await asyncio.to_thread(self._load_thread, thread_id, context)

    async def save_thread(self, thread: ThreadMetadata, context: Visitor) -> None:
        await asyncio.to_thread(self._save_thread, thread, context)

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: Visitor
    ) -> Page[ThreadMetadata]:
        folder = self._of(context) / "threads"
        found = await asyncio.to_thread(_page, folder, THREAD, after, limit, order, inside="thread.json")
        return THREADS(**found)

    async def delete_thread(self, thread_id: str, context: Visitor) -> None:
        await asyncio.to_thread(self._delete_thread, thread_id, context)

    def _load_thread(self, thread_id: str, context: Visitor) -> Any:
        return _read(self._thread(thread_id, context) / "thread.json", THREAD, thread_id)

    def _save_thread(self, thread: ThreadMetadata, context: Visitor) -> None:
        with self._writing(context) as folder:
            try:
                place = self._thread(thread.id, context)
            except NotYoursError:
                raise
            except NotFoundError:
                place = folder / "threads" / _numbered(folder / "threads", thread.id)
                made = folder / f".{uuid.uuid4().hex}"
                (made / "items").mkdir(parents=True)
                _write(made / "thread.json", THREAD.dump_json(thread))
                made.rename(place)
            else:
                _write(place / "thread.json", THREAD.dump_json(thread))

    def _delete_thread(self, thread_id: str, context: Visitor) -> None:
        with self._writing(context) as folder:
            place = self._thread(thread_id, context)
            for name in _names(place / "items"):
                with contextlib.suppress(UnreadableError, NotFoundError):
                    item = _read(place / "items" / name, ITEM, name)
                    for each in getattr(item, "attachments", ()):
                        (folder / "attachments" / f"{_hash(each.id)}.json").unlink(missing_ok=True)
            gone = folder / f".{uuid.uuid4().hex}"
            place.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)

    # Items

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Visitor
    ) -> Page[ThreadItem]:
        return await asyncio.to_thread(self._load_items, thread_id, after, limit, order, context)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: Visitor) -> None:
        await asyncio.to_thread(self._save_item, thread_id, item, context)

    async def save_item(self, thread_id: str, item: ThreadItem, context: Visitor) -> None:
        await asyncio.to_thread(self._save_item, thread_id, item, context)

    async def load_item(self, thread_id: str, item_id: str, context: Visitor) -> ThreadItem:
        return await asyncio.to_thread(self._load_item, thread_id, item_id, context)

    async def delete_thread_item(self, thread_id: str, item_id: str, context: Visitor) -> None:
        await asyncio.to_thread(self._delete_item, thread_id, item_id, context)

    def _load_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Visitor
    ) -> Page[Any]:
        return ITEMS(**_page(self._thread(thread_id, context) / "items", ITEM, after, limit, order))

    def _save_item(self, thread_id: str, item: Any, context: Visitor) -> None:
        with self._writing(context):
            folder = self._thread(thread_id, context) / "items"
            name = _named(folder, item.id, ".json") or f"{_numbered(folder, item.id)}.json"
            _write(folder / name, item.model_dump_json().encode())

    def _load_item(self, thread_id: str, item_id: str, context: Visitor) -> Any:
        folder = self._thread(thread_id, context) / "items"
        name = _named(folder, item_id, ".json")
        if name is None:
            raise NotFoundError(f"There is no item {item_id}")
        return _read(folder / name, ITEM, item_id)

    def _delete_item(self, thread_id: str, item_id: str, context: Visitor) -> None:
        with self._writing(context):
            folder = self._thread(thread_id, context) / "items"
            name = _named(folder, item_id, ".json")
            if name is not None:
                (folder / name).unlink(missing_ok=True)

    # Attachments

    async def save_attachment(self, attachment: Attachment, context: Visitor) -> None:
        with self._writing(context) as folder:
            _write(
                folder / "attachments" / f"{_hash(attachment.id)}.json", attachment.model_dump_json().encode()
            )

    async def load_attachment(self, attachment_id: str, context: Visitor) -> Attachment:
        file = self._of(context) / "attachments" / f"{_hash(attachment_id)}.json"
        found: Attachment = _read(file, ATTACHMENT, attachment_id)
        return found

    async def delete_attachment(self, attachment_id: str, context: Visitor) -> None:
        (self._of(context) / "attachments" / f"{_hash(attachment_id)}.json").unlink(missing_ok=True)

    # Places

    def _of(self, context: Visitor) -> Path:
        return self._root / _hash(context.name)

    def _thread(self, thread_id: str, context: Visitor) -> Path:
        own = self._of(context) / "threads"
        name = _named(own, thread_id)
        if name is not None:
            return own / name
        if any(_named(each / "threads", thread_id) for each in self._root.glob("[!.]*")):
            raise NotYoursError(f"{thread_id} is another visitor's")
        raise NotFoundError(f"There is no thread {thread_id}")

    @contextlib.contextmanager
    def _writing(self, context: Visitor) -> Iterator[Path]:
        """The visitor's folder, while nobody else writes there."""
        folder = self._of(context)
        for name in ("threads", "attachments"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        with (folder / ".lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder


def _hash(identity: str) -> str:
    """A name for a file: ids come from outside, and may be anything."""
    return hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _names(folder: Path) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if name[0] != ".")  # noqa: PTH208 - many, and plain
    except FileNotFoundError:
        return []


def _named(folder: Path, identity: str, suffix: str = "") -> str | None:
    tail = f"-{_hash(identity)}{suffix}"
    return next((name for name in _names(folder) if name.endswith(tail)), None)


def _numbered(folder: Path, identity: str) -> str:
    """A name that comes after all others, and whose number none ever had."""
    last = max((int(name.partition("-")[0]) for name in _names(folder)), default=0)
    return f"{max(time.time_ns(), last + 1):020d}-{_hash(identity)}"


def _page(
    folder: Path, kind: TypeAdapter[Any], after: str | None, limit: int, order: str, *, inside: str = ""
) -> dict[str, Any]:
    names = _names(folder)
    if after is not None and not (after.isdecimal() and len(after) == 20):
        raise BadCursorError(f"{after!r} is no cursor")
    if order == "desc":
        names = names[: bisect.bisect_left(names, after)] if after else names
        names.reverse()
    elif after:
        names = names[bisect.bisect_left(names, f"{after}.") :]  # "." comes after "-"
    found = []
    for name in names[:limit]:
        try:
            found.append(_read(folder / name / inside if inside else folder / name, kind, name))
        except (UnreadableError, NotFoundError) as error:  # deleted just now, or a later release's
            log.warning("left out of a page: %s", error)
    more = len(names) > limit
    after = names[limit - 1].partition("-")[0] if more else None
    return {"data": found, "has_more": more, "after": after}


def _read(file: Path, kind: TypeAdapter[Any], what: str) -> Any:
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        raise NotFoundError(f"There is no {what}") from None
    try:
        return kind.validate_json(content)
    except ValidationError as error:
        raise UnreadableError(f"{what} was written by another release of chatkit") from error


def _write(file: Path, content: bytes) -> None:
    part = file.with_name(f".{uuid.uuid4().hex}")
    part.write_bytes(content)
    part.replace(file)
