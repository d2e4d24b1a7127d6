"""Paging: every row once, whatever the size of a page, in both orders."""

from __future__ import annotations

from typing import Awaitable, Callable, List

from chatkit_harness.incell.exam import Examination

from .client import Client, Reply, data_of, ids_of

SIZES = (1, 2, 3)
MOST = 60


async def items_in_pages(exam: Examination, client: Client) -> None:
    """A thread's items, page by page, are those of one long page."""
    thread = str((await client.start("First.")).thread_id)
    for text in ("Second.", "Third."):
        await client.say(thread, text)
    whole = await client.items(thread)
    ids = ids_of(whole)
    if not exam.require(len(ids) >= 3, "items-missing", "a thread lacks items of its turns", found=ids):
        return
    _order(exam, whole)

    async def page(order: str, limit: int, after: object) -> Reply:
        return await client.items(thread, order=order, limit=limit, after=after)

    for size in SIZES:
        await _pages(exam, page, "asc", size, ids)
    await _pages(exam, page, "desc", 2, ids[::-1])


async def threads_in_pages(exam: Examination, client: Client) -> None:
    """The user's threads, page by page, are those of one long page, the newest of them included."""
    made = [str((await client.start(f"Thread {number}.")).thread_id) for number in range(3)]
    listed = await client.threads()
    if not exam.require(listed.how == "json", "no-list", "threads cannot be listed", **listed.told()):
        return
    ids = ids_of(listed)
    lost = [each for each in made if each not in ids]
    if not exam.require(not lost, "threads-missing", "threads that were made are not listed", lost=lost):
        return
    exam.require(
        [each for each in ids if each in made] == made[::-1],
        "threads-order",
        "the newest thread does not come first",
        found=ids[:5],
        made=made,
    )

    async def page(order: str, limit: int, after: object) -> Reply:
        return await client.threads(order=order, limit=limit, after=after)

    if len(ids) <= MOST:
        await _pages(exam, page, "desc", 2, ids)


def _order(exam: Examination, whole: Reply) -> None:
    said = [each for each in data_of(whole) if each.get("type") == "user_message"]
    words = ["".join(str(part.get("text", "")) for part in each.get("content", ())) for each in said]
    exam.require(
        words == ["First.", "Second.", "Third."],
        "order",
        "items are not in the order of the turns",
        found=words,
    )


async def _pages(
    exam: Examination,
    page: Callable[[str, int, object], Awaitable[Reply]],
    order: str,
    size: int,
    ids: List[str],
) -> None:
    found: List[str] = []
    after: object = None
    for _number in range(MOST + 2):
        reply = await page(order, size, after)
        rows = ids_of(reply)
        if not exam.require(
            reply.how == "json" and len(rows) <= size,
            "page",
            "a page is refused or too long",
            size=size,
            **reply.told(),
        ):
            return
        found += rows
        document = reply.document if isinstance(reply.document, dict) else {}
        if not document.get("has_more"):
            break
        after = document.get("after")
        if not exam.require(
            after is not None, "no-cursor", "there is more, and no cursor leads to it", size=size
        ):
            return
    twice = sorted({each for each in found if found.count(each) > 1})
    exam.require(not twice, "twice", f"pages of {size} give rows twice", order=order, twice=twice)
    lost = [each for each in ids if each not in found]
    exam.require(not lost, "lost", f"pages of {size} leave rows out", order=order, lost=lost)
    if not twice and not lost:
        exam.require(
            found == ids,
            "page-order",
            f"pages of {size} are in another order",
            order=order,
            found=found,
            whole=ids,
        )


EXAMS = {"items-in-pages": items_in_pages, "threads-in-pages": threads_in_pages}
