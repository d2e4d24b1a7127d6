"""Page by page, everything comes once: at every size, at the exact ends, and while others write."""

from __future__ import annotations

from typing import Any, List

from chatkit_harness.incell.exam import Examination

from .bench import Bench
from .handle import Handle, Walk, walk

COUNT = 7
"""Items of the thread that is paged."""
SIZES = (1, 2, 3, COUNT - 1, COUNT, COUNT + 1)


async def paging(exam: Examination, bench: Bench) -> None:
    """At every size the pages together are the thread, and only the last one denies that there is more."""
    store = await bench.open()
    thread, items = await bench.filled(store, COUNT)
    ids = [item.id for item in items]
    for order, expected in (("asc", ids), ("desc", ids[::-1])):
        for size in SIZES:
            found = await walk(lambda **asked: store.page(thread.id, **asked), size, order)
            _judge(exam, found, expected, size, order)
    empty, _ = await bench.filled(store)
    page = await store.page(empty.id, limit=5)
    exam.require(
        not page.data and not page.has_more,
        "paging-empty",
        "a thread without items has items, or more to come",
    )
    await _beyond_a_deleted_one(exam, bench, store)


def _judge(exam: Examination, found: Walk, expected: List[str], size: int, order: str) -> None:
    evidence = {
        "size": size,
        "order": order,
        "stored": expected,
        "pages": [[i.id for i in p] for p in found.pages],
    }
    if found.trouble == "no-cursor":
        exam.require(False, "paging-cursor", "a page says that there is more, and not from where", **evidence)
        return
    if not exam.require(
        not found.trouble, "paging-end", "the pages never end: has_more stays true", **evidence
    ):
        return
    exam.require(found.ids == expected, "paging", _wrong(found.ids, expected), **evidence)
    sizes = [len(page) for page in found.pages]
    exam.require(
        max(sizes) <= size,
        "paging-size",
        f"a page of {size} items was asked for, and {max(sizes)} came",
        **evidence,
    )
    full = -(-len(expected) // size)
    exam.require(
        len(sizes) <= full,
        "paging-end",
        "a page says that there is more, and the next one is empty or needless",
        **evidence,
    )


def _wrong(got: List[str], expected: List[str]) -> str:
    lost, doubled = set(expected) - set(got), len(got) - len(set(got))
    if lost:
        return f"{len(lost)} of {len(expected)} items are on no page"
    return f"{doubled} items come twice" if doubled else "the pages are not in the order of the whole"


async def _beyond_a_deleted_one(exam: Examination, bench: Bench, store: Handle) -> None:
    for order in ("asc", "desc"):
        thread, items = await bench.filled(store, COUNT)
        ids = [item.id for item in (items if order == "asc" else items[::-1])]
        first = await store.page(thread.id, limit=3, order=order)
        await store.delete_item(thread.id, ids[2])
        try:
            rest = await walk(_pages(store, thread), 3, order, first.after)
            got = rest.ids
        except Exception as error:
            exam.require(
                False,
                "paging-deleted",
                "a page cannot be turned any more when the item at its end is deleted: "
                f"{type(error).__name__}: {error}",
            )
            continue
        exam.require(
            got == ids[3:],
            "paging-deleted",
            "a page is not followed by the next one when the item at its end is deleted in between",
            order=order,
            expected=ids[3:],
            got=got,
        )


async def paging_under_inserts(exam: Examination, bench: Bench) -> None:
    """Items that come while somebody turns the pages push nothing out, and show nothing twice."""
    store = await bench.open()
    for order in ("asc", "desc"):
        thread, items = await bench.filled(store, 6)
        before = [item.id for item in items]
        seen: List[str] = []
        after = None
        for _turn in range(50):
            page = await store.page(thread.id, after=after, limit=2, order=order)
            seen.extend(item.id for item in page.data)
            if not page.has_more or page.after is None:
                break
            after = page.after
            if len(seen) < 6:
                await store.add(thread.id, *store.messages(thread, 3, "in between"))
        old = [each for each in seen if each in before]
        evidence = {"order": order, "stored": before, "seen": seen}
        exam.require(
            old == (before if order == "asc" else before[::-1]),
            "paging-under-inserts",
            f"while items are added, {_wrong(old, before)}",
            **evidence,
        )
        exam.require(
            len(seen) == len(set(seen)),
            "paging-under-inserts",
            f"while items are added, {len(seen) - len(set(seen))} items come twice",
            **evidence,
        )


def _pages(store: Handle, thread: Any) -> Any:
    return lambda **asked: store.page(thread.id, **asked)
