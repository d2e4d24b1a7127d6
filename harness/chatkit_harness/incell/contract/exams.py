"""All exams by name, and how one of them is taken."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from traceback import extract_tb
from typing import Any, Awaitable, Callable, Dict, Mapping, Optional

from chatkit_harness.incell.exam import Examination, UnsupportedError

from .attachments import attachments
from .bench import Bench
from .concurrent import concurrent_tasks, two_processes
from .copies import copies
from .cost import page_cost
from .crash import crash
from .deleting import delete, not_found
from .handle import noted
from .identity import ids, upsert
from .lasting import forgets
from .newer import newer_rows
from .order import order
from .owners import owners
from .paging import paging, paging_under_inserts
from .round_trip import round_trip
from .threads import threads

LIMIT_S = 120.0
"""How long an exam may take. A store that blocks the event loop is ended by who runs the cell."""


@dataclass(frozen=True)
class Exam:
    """One rule: what has to hold, in a sentence, and the function that puts it to the test."""

    title: str
    run: Callable[[Examination, Bench], Awaitable[None]]


EXAMS: Dict[str, Exam] = {
    "round-trip": Exam("Threads and items of every kind come back with every field as they were", round_trip),
    "order": Exam("Items come in the order in which they were added, and backwards on request", order),
    "paging": Exam("Pages of every size show each item once, and tell where they end", paging),
    "paging-under-inserts": Exam(
        "Items that are added while pages are turned push nothing out and repeat nothing",
        paging_under_inserts,
    ),
    "ids": Exam("New ids are unique in all processes, and an item's id is its thread's own", ids),
    "upsert": Exam("An item that is saved again is replaced where it stands, once", upsert),
    "delete": Exam("What is deleted is gone with everything that hangs on it, and nothing else is", delete),
    "not-found": Exam(
        "What was never stored is NotFoundError, and nothing springs up by being asked for", not_found
    ),
    "threads": Exam("The list of threads is complete, in order, and shows them as they are", threads),
    "owners": Exam("Nobody reads, lists, changes or deletes what is another user's", owners),
    "copies": Exam("Changing an object that was saved or loaded does not change the store", copies),
    "concurrent-tasks": Exam(
        "Tasks that write at the same time lose nothing and double nothing", concurrent_tasks
    ),
    "two-processes": Exam(
        "Two processes that write at the same time lose nothing and see each other", two_processes
    ),
    "crash": Exam(
        "After kill -9 in the middle of a turn nothing acknowledged is lost, and nothing is in part", crash
    ),
    "newer-rows": Exam(
        "Rows of a later chatkit leave the page whole, and are named when they are loaded", newer_rows
    ),
    "attachments": Exam("The metadata of attachments is stored, replaced, loaded and deleted", attachments),
    "page-cost": Exam("A page takes the same work wherever it is, however long the thread", page_cost),
    "forgets": Exam("A store that is opened anew has everything", forgets),
}
"""The exams, in the order in which they are best read."""

_OWNERS = (
    *("owner-add", "owner-attachment", "owner-attachment-delete", "owner-attachment-save", "owner-delete"),
    *("owner-delete-item", "owner-item", "owner-items", "owner-list", "owner-load", "owner-save"),
    "owner-save-item",
)
RULES = (
    *(
        "answer",
        "attachment-deleted",
        "attachment-kept",
        "attachment-upsert",
        "concurrent",
        "concurrent-order",
    ),
    *("copies", "crash", "crash-kept", "crash-whole", "crash-writable", "delete-item", "delete-nothing"),
    *(
        "delete-others",
        "delete-thread",
        "delete-thread-attachments",
        "delete-thread-items",
        "durable",
        "hangs",
    ),
    *("id-own", "id-unique", "item-kept", "long-text-kept", "newer-item", "newer-page", "not-found"),
    *("odd-text-kept", "order", *_OWNERS, "page-cost", "paging", "paging-cursor", "paging-deleted"),
    *(
        "paging-empty",
        "paging-end",
        "paging-size",
        "paging-under-inserts",
        "raised",
        "thread-bare",
        "thread-kept",
        "threads",
    ),
    *("threads-current", "threads-deleted", "threads-end", "time-kept", "upsert", "upsert-thread"),
)
"""Every rule that a breach may name."""


async def examine(
    name: str,
    factory: Callable[[], Any],
    context_factory: Optional[Callable[[Dict[str, Any]], Any]] = None,
    *,
    names: Optional[Mapping[str, str]] = None,
    limit_s: float = LIMIT_S,
) -> Dict[str, Any]:
    """Take one exam with a store, and tell what came of it as plain JSON.

    `factory` opens the store, `context_factory` makes a request's context of `{"user_id": ...}`; `names` says
    where another process finds them (`{"store": "package.module:function", "context": ...}`), which is needed
    only where they do not say it themselves. `outcome` is `held`, `broken` (with `breaches`) or `unsupported`
    (with the `reason`). Whatever the store raises is a breach.
    """
    examination, bench, reason = Examination(), Bench(factory, context_factory, names=names), ""
    try:
        await asyncio.wait_for(_take(EXAMS[name], examination, bench), limit_s)
    except UnsupportedError as error:
        reason = str(error)
    except Exception as error:
        _note(examination, error, limit_s)
    finally:
        await bench.close()
    broken, breaches = bool(examination.breaches), examination.breaches
    outcome = "broken" if broken else "unsupported" if reason else "held"
    return {"outcome": outcome, "reason": reason, "breaches": breaches, "asked": examination.asked}


async def _take(exam: Exam, examination: Examination, bench: Bench) -> None:
    await bench.begin()
    await exam.run(examination, bench)


def _note(examination: Examination, error: Exception, limit_s: float) -> None:
    told = f"{type(error).__name__}: {error}"
    doing = noted(error)
    last = extract_tb(error.__traceback__)[-1]
    where = f"{last.filename.replace(chr(92), '/').rsplit('/', 1)[-1]}:{last.lineno}"
    if doing:
        examination.require(False, "raised", f"{doing} raised {told}", where=where)
    elif isinstance(error, (asyncio.TimeoutError, TimeoutError)):
        examination.require(False, "hangs", f"the store does not come to an end within {limit_s:g} seconds")
    else:
        examination.require(
            False, "answer", f"the exam cannot go on with what the store gave: {told}", where=where
        )
