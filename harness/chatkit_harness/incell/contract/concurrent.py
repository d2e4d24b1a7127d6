"""Many write at once, in one process and in two: nothing is lost, nothing is doubled."""

from __future__ import annotations

import asyncio
from typing import Any, Dict, List, Mapping

from chatkit_harness.incell.exam import Examination

from . import models
from .bench import Bench
from .children import Child, last
from .handle import Handle
from .lasting import answered, lasts

TASKS = 50
WRITES, STEPS = 40, 4
"""Items that each of the two processes writes, and how many of them in turns."""


async def concurrent_tasks(exam: Examination, bench: Bench) -> None:
    """What tasks write at the same time is all there, each task's in its own order."""
    store = await bench.open()
    await _one_thread(exam, bench, store)
    await _several_threads(exam, bench, store)
    await _thread_and_items(exam, bench, store)


async def _one_thread(exam: Examination, bench: Bench, store: Handle) -> None:
    thread, _ = await bench.filled(store)
    items = store.messages(thread, TASKS)
    await asyncio.gather(*(store.add(thread.id, item) for item in items))
    got = [item.id for item in await store.items(thread.id)]
    _require_all(exam, got, [item.id for item in items], f"of {TASKS} items that were added at once")


async def _several_threads(exam: Examination, bench: Bench, store: Handle) -> None:
    threads = [(await bench.filled(store))[0] for _ in range(5)]
    written = [store.messages(thread, 8) for thread in threads]
    await asyncio.gather(
        *(store.add(thread.id, *items) for thread, items in zip(threads, written, strict=True))
    )
    for thread, items in zip(threads, written, strict=True):
        got, expected = [item.id for item in await store.items(thread.id)], [item.id for item in items]
        _require_all(exam, got, expected, "of items that went to several threads at once")
        exam.require(
            got == expected,
            "concurrent-order",
            "one task's items are not in its order",
            expected=expected,
            got=got,
        )


async def _thread_and_items(exam: Examination, bench: Bench, store: Handle) -> None:
    """A thread is saved, as with a title that came late, while items are being written."""
    thread, items = await bench.filled(store, 10)
    more = store.messages(thread, 10, "more")
    thread.title = "while items come"
    changed = [store.message(thread, f"changed {n}", id=item.id) for n, item in enumerate(items)]
    await asyncio.gather(
        *(store.add(thread.id, item) for item in more[:5]),
        store.save_thread(thread),
        *(store.save(thread.id, item) for item in changed),
        store.save_thread(thread),
        *(store.add(thread.id, item) for item in more[5:]),
    )
    got = await store.items(thread.id)
    expected = [item.id for item in [*items, *more]]
    _require_all(
        exam, [item.id for item in got], expected, "of items that were written while the thread was saved"
    )
    texts = [models.text_of(item) for item in got if item.id in [each.id for each in changed]]
    exam.require(
        texts == [models.text_of(item) for item in changed],
        "concurrent",
        "items that were saved while others were added are as before",
        texts=texts,
    )
    title = (await store.load_thread(thread.id)).title
    exam.require(
        title == thread.title, "concurrent", "a title is lost that was saved while items came", title=title
    )


def _require_all(exam: Examination, got: List[str], expected: List[str], what: str) -> None:
    lost = [each for each in expected if each not in got]
    twice = sorted({each for each in got if got.count(each) > 1})
    exam.require(not lost, "concurrent", f"{what}, {len(lost)} are lost", lost=lost)
    exam.require(not twice, "concurrent", f"{what}, {len(twice)} are there twice", twice=twice)


async def two_processes(exam: Examination, bench: Bench) -> None:
    """Two processes write to one thread at once: all of it is there, and this process sees it."""
    store = await bench.open()
    if not await lasts(exam, bench, store):
        return
    thread, _ = await bench.filled(store)
    await store.items(thread.id)  # what is kept in a cache is in there now
    order = {"thread": thread.id, "count": WRITES, "steps": STEPS}
    writers = {label: bench.child("write", label=label, **order) for label in ("left", "right")}
    written = await _all_written(exam, writers)
    expected = [each for ids in written.values() for each in ids]
    again = await bench.open()
    for handle, whose in (
        (again, "a store that is opened anew"),
        (store, "a store that was open all the time"),
    ):
        items = await handle.items(thread.id)
        got = [item.id for item in items]
        _require_all(exam, got, expected, f"{whose} says that of items that two processes wrote at once")
        for label, ids in written.items():
            own = [each for each in got if each in ids]
            exam.require(
                own == ids,
                "concurrent-order",
                f"{whose} has one process's items in another order",
                writer=label,
            )
        stale = [models.text_of(item) for item in items if not models.text_of(item).endswith(" done")]
        exam.require(
            not stale, "concurrent", f"{whose} has items as they were before they were saved", items=stale
        )


async def _all_written(exam: Examination, writers: Mapping[str, Child]) -> Dict[str, List[str]]:
    """The ids that each of the writers has written: first in turns, then all at once."""
    said: Dict[str, List[Dict[str, Any]]] = {label: [await child.line()] for label, child in writers.items()}
    for _turn in range(STEPS):
        for label, child in writers.items():
            child.go()
            if "ended" not in said[label][-1]:
                said[label].append(await child.line())
    for child in writers.values():
        child.go()
    for label, child in writers.items():
        if "ended" not in said[label][-1]:
            said[label].extend(await child.lines())
        answered(exam, said[label], "concurrent")
    return {label: last(lines, "written") or [] for label, lines in said.items()}
