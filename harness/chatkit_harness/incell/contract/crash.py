"""A process is killed in the middle of a turn: what was acknowledged is there, and nothing is half there."""

from __future__ import annotations

import json
import os
from typing import Any, Dict, List

from chatkit_harness.incell.exam import Examination, UnsupportedError

from . import models
from .bench import Bench
from .handle import Handle
from .lasting import NOTHING_SHOWN, answered, lasts
from .outcome import attempt
from .same import difference

MOMENTS = 27
"""At how many moments of a turn its process is killed, a third of them in each method that writes."""


async def crash(exam: Examination, bench: Bench) -> None:
    """After kill -9 every acknowledged write is there, no other is there in part, and writing goes on."""
    store = await bench.open()
    if not await lasts(exam, bench, store):
        return
    if not hasattr(os, "fork"):
        raise UnsupportedError("this platform cannot fork, which the exam kills processes with")
    turns = await bench.child("die", moments=MOMENTS).lines()
    if not answered(exam, turns, "crash"):
        return
    again = await bench.open()
    for turn in turns:
        if "told" in turn:
            await _judge(exam, again, turn)
    killed = sum(1 for turn in turns if turn.get("killed"))
    exam.require(killed > 0, "crash", "no turn could be killed: the store did nothing while it was writing")
    thread, items = await bench.filled(again, 2)
    got = [item.id for item in await again.items(thread.id)]
    exam.require(
        got == [item.id for item in items], "crash-writable", "after a crash nothing more is stored", got=got
    )


async def _judge(exam: Examination, store: Handle, turn: Dict[str, Any]) -> None:
    steps = [line for line in turn["told"] if "about" in line]
    done = {line["done"] for line in turn["told"] if "done" in line}
    raised = next((line["raised"] for line in turn["told"] if "raised" in line), None)
    exam.require(raised is None, "crash", f"the process that writes a turn fails by itself: {raised}")
    exam.require(not turn["late"], "crash", "the process that writes a turn does not come to its end")
    if not steps:
        return
    thread_id = steps[0]["thread"]
    store.remember("thread", thread_id)
    where = f"killed at {turn.get('moment', 'no moment')}, {len(done)} of {len(steps)} steps acknowledged"
    found = await attempt(store.load_thread(thread_id))
    if found.not_found:
        exam.require(
            "save_thread" not in done,
            "crash-kept",
            NOTHING_SHOWN.format(where="this process")
            if not turn["killed"]
            else "an acknowledged thread is gone",
            when=where,
        )
        return
    if exam.require(
        found.error is None, "crash-whole", f"a thread cannot be loaded: {found.told}", when=where
    ):
        await _items(exam, store, steps, done, where)
        again = store.message(found.value, "after the crash")
        written = await attempt(store.add(thread_id, again))
        exam.require(
            written.error is None,
            "crash-writable",
            f"the thread takes no more items: {written.told}",
            when=where,
        )


async def _items(
    exam: Examination, store: Handle, steps: List[Dict[str, Any]], done: Any, where: str
) -> None:
    """Each item is as one of its steps wrote it, and not as before the last of them that was acknowledged."""
    thread_id = steps[0]["thread"]
    came = await attempt(store.items(thread_id))
    if not exam.require(
        came.error is None, "crash-whole", f"a page cannot be loaded: {came.told}", when=where
    ):
        return
    listed = {item.id: item for item in came.value}
    versions: Dict[str, List[Any]] = {}
    for step in steps:
        if "item" in step:
            item = models.ITEM.validate_json(json.dumps(step["item"]))
            versions.setdefault(item.id, []).append((step["about"] in done, item))
    for item_id, written in versions.items():
        acknowledged = max((number for number, (known, _) in enumerate(written) if known), default=-1)
        allowed = [item for _, item in written[max(acknowledged, 0) :]]
        single = await attempt(store.item(thread_id, item_id))
        unreadable = single.error is not None and not single.not_found
        exam.require(not unreadable, "crash-whole", f"an item cannot be loaded: {single.told}", when=where)
        found = {"a page": listed.get(item_id), "load_item": single.value}
        for way, got in () if unreadable else found.items():
            if got is None:
                words = f"an acknowledged item is not there for {way}"
                exam.require(acknowledged < 0, "crash-kept", words, when=where)
            else:
                told = [difference(item, got) for item in allowed]
                exam.require("" in told, "crash-whole", f"{way} has an item in part: {told[0]}", when=where)
    strange = [item_id for item_id in listed if item_id not in versions]
    exam.require(not strange, "crash-whole", "there are items that nobody wrote", strange=strange, when=where)
