"""Where small pictures are drawn: nothing else waits for them, and not too many wait."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator

import pytest
from tests.reference.attachments import files
from tests.reference.attachments.conftest import Site

from chatkit_harness.reference.attachments.previews import WAITING, WORKERS, Previews
from chatkit_harness.reference.attachments.refusals import AttachmentRefusedError

PATIENCE_S = 20


class Slow:
    """Images that take as long as they like, and how many of them are drawn at once."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.drawn = 0

    def __call__(self) -> int:
        self.drawn += 1
        assert self.go.wait(PATIENCE_S)
        return 1


@contextlib.asynccontextmanager
async def slow(previews: Previews, count: int) -> AsyncIterator[tuple[Slow, list[asyncio.Task[int]]]]:
    """So many of them under way."""
    images = Slow()
    tasks = [asyncio.create_task(previews.run(images)) for _ in range(count)]
    await asyncio.sleep(0)
    try:
        yield images, tasks
    finally:
        images.go.set()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_what_is_no_image_does_not_wait_for_slow_ones() -> None:
    previews = Previews()
    async with slow(previews, WAITING) as (images, tasks):
        assert await asyncio.wait_for(asyncio.to_thread(lambda: "done"), PATIENCE_S / 2) == "done"
        assert images.drawn <= WORKERS
        images.go.set()
        assert sum(await asyncio.gather(*tasks)) == WAITING
    previews.close()


async def test_so_many_may_wait() -> None:
    previews = Previews()
    async with slow(previews, WAITING) as (_images, tasks):
        with pytest.raises(AttachmentRefusedError, match="try again later"):
            await asyncio.wait_for(previews.run(lambda: 1), PATIENCE_S / 2)
        tasks[-1].cancel()
        await asyncio.wait([tasks[-1]])
        again = asyncio.create_task(previews.run(lambda: 2))
    assert await again == 2, "who goes away makes room"
    previews.close()


async def test_a_store_that_is_closed_draws_nothing(site: Site) -> None:
    await site.attachments.close()
    refused = await site.post(files.image(), "chart.png", "image/png")
    assert (refused.status, refused.code) == (503, "uploads_busy")
    assert site.on_disk() == []
    assert (await site.post(files.PDF, "report.pdf", "application/pdf")).status == 200
