"""Models as rows of JSON: reading and writing them, and the cursors by which they are paged."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Dict, List, Optional

from chatkit.store import NotFoundError
from chatkit.types import Attachment, Page, ThreadItem, ThreadMetadata
from pydantic import BaseModel, TypeAdapter, ValidationError

from .errors import UnreadableRowError

log = logging.getLogger(__name__)

LAST_NUMBER = 2**63 - 1
"""No row has a higher number: it is what both databases count with."""
MAX_LIMIT = 1_000_000
"""Rows of one page at most; nobody means a higher limit, and databases refuse really high ones."""

_READERS: Dict[str, TypeAdapter[Any]] = {
    "thread": TypeAdapter(ThreadMetadata),
    "item": TypeAdapter(ThreadItem),
    "attachment": TypeAdapter(Attachment),
}

# Of a page of no type, pydantic (2.12, for example) cannot write models that this process has only read.
_PAGES: Dict[str, Any] = {"thread": Page[ThreadMetadata], "item": Page[ThreadItem]}


@dataclass(frozen=True)
class Row:
    """A model as JSON under its id, and its place: numbers only grow and are never given twice."""

    number: int
    id: str
    model: str


@dataclass(frozen=True)
class Window:
    """Which rows a page looks at: `count` of them beyond number `beyond`, upwards or downwards."""

    beyond: int
    descending: bool
    count: int


def window(limit: int, after: Optional[str], order: str) -> Window:
    """The rows of a page, and one more, which tells whether there is another page.

    Raises NotFoundError for an `after` that no page has ever said.
    """
    descending = order == "desc"
    count = min(max(limit, 1), MAX_LIMIT) + 1
    if after is None:
        return Window(LAST_NUMBER if descending else 0, descending, count)
    if not (after.isascii() and after.isdecimal() and len(after) < len(str(LAST_NUMBER))):
        raise NotFoundError(f"no such cursor: {after!r}")
    return Window(int(after), descending, count)


def page(kind: str, rows: Sequence[Row], asked: Window, *, thread_id: Optional[str] = None) -> Page[Any]:
    """The page that these rows make. One that cannot be read is left out, and the log names it."""
    shown = rows[: asked.count - 1]
    has_more = len(rows) > len(shown)
    models: List[Any] = []
    for row in shown:
        try:
            models.append(read(kind, row.id, row.model, thread_id=thread_id))
        except UnreadableRowError as error:
            log.error("left out of a page: %s", error)  # noqa: TRY400 - the traceback would show contents
    after = str(shown[-1].number) if has_more else None
    made: Page[Any] = _PAGES[kind](data=models, has_more=has_more, after=after)
    return made


def written(model: BaseModel) -> str:
    """A model as JSON."""
    # Up to chatkit 1.0.2 a new thread arrives with an empty page of items, which are no part of its row.
    return model.model_dump_json(exclude={"items"} if isinstance(model, ThreadMetadata) else None)


def read(kind: str, row_id: str, model: str, *, thread_id: Optional[str] = None) -> Any:
    """The model of a row of this kind (`thread`, `item`, `attachment`); UnreadableRowError if it has none."""
    try:
        return _READERS[kind].validate_json(model)
    except ValidationError as error:
        # Not chained: pydantic's own words repeat what users have written.
        raise UnreadableRowError(
            kind=kind,
            row_id=row_id,
            thread_id=thread_id,
            row_type=_type_of(model),
            reason=f" by chatkit {_release()} ({_problems(error)})",
        ) from None


def _type_of(model: str) -> Optional[str]:
    try:
        document = json.loads(model)
    except (ValueError, RecursionError):
        return None
    named = document.get("type") if isinstance(document, dict) else None
    return named if isinstance(named, str) else None


def _problems(error: ValidationError) -> str:
    """Where the first problems are and of what sort, without the values."""
    places = [(".".join(str(part) for part in each["loc"]), each["type"]) for each in error.errors()[:3]]
    return ", ".join(f"{kind} at {place}" if place else kind for place, kind in places)


def _release() -> str:
    from importlib import metadata  # where something is wrong already, its time does not count

    try:
        return metadata.version("openai-chatkit")
    except metadata.PackageNotFoundError:
        return "(of an unknown release)"
