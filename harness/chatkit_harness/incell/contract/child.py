"""What a child process does: it opens the store of its order, works on it, and says what came of it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import Any, Callable, Coroutine, Dict, Mapping

from chatkit_harness.incell import fence, spawning

from . import dying
from .address import find
from .bench import Bench
from .handle import noted

Say = Callable[..., None]


def main(order: Mapping[str, Any]) -> None:
    """Carry out an order. What is printed goes to standard error: standard output is for the answers."""
    fence.raise_up_for_a_cell()
    spawning.heed_variables()
    channel = os.dup(1)
    os.dup2(2, 1)

    def say(**line: Any) -> None:
        os.write(channel, json.dumps(line).encode() + b"\n")

    try:
        if order["program"] == "die":
            dying.die(order, bench_of, say)
        else:
            asyncio.run(PROGRAMS[order["program"]](bench_of(order), order, say))
    except Exception as error:
        say(raised=f"{type(error).__name__}: {error}"[:300], doing=noted(error))


def bench_of(order: Mapping[str, Any]) -> Bench:
    """The bench of an order: the same store, the same users."""
    context = find(order["context"]) if order["context"] else None
    first, second = order["users"]
    return Bench(find(order["store"]), context, users=(first, second))


async def _ids(bench: Bench, order: Mapping[str, Any], say: Say) -> None:
    """Make ids of threads and items."""
    await bench.begin()
    store = await bench.open()
    thread = store.new_thread()
    count = order["count"]
    say(
        threads=[store.new_thread().id for _ in range(count)],
        items=[store.new_id(thread) for _ in range(count)],
    )
    await bench.close(tidy=False)


async def _read(bench: Bench, order: Mapping[str, Any], say: Say) -> None:
    """Read a thread, its items and an attachment as JSON."""
    await bench.begin()
    store = await bench.open()
    thread = await store.load_thread(order["thread"])
    say(thread=thread.model_dump(mode="json"))
    items = await store.items(order["thread"])
    say(items=[item.model_dump(mode="json") for item in items])
    await bench.close(tidy=False)


async def _write(bench: Bench, order: Mapping[str, Any], say: Say) -> None:
    """Write to a thread: items, each written twice, and now and then the thread itself.

    Each of the first `steps` items waits for a line, and is told of; so does the rest, as a whole.
    """
    await bench.begin()
    store = await bench.open()
    thread = await store.load_thread(order["thread"])
    say(ready=True)
    written = []
    for number in range(order["count"]):
        if number <= order["steps"]:
            await asyncio.to_thread(sys.stdin.readline)
        item = store.message(thread, f"{order['label']} {number}")
        await store.add(thread.id, item)
        item.content[0].text += " done"
        await store.save(thread.id, item)
        if number % 5 == 0:
            thread.title = item.content[0].text
            await store.save_thread(thread)
        written.append(item.id)
        if number < order["steps"]:
            say(wrote=item.id)
    say(written=written)
    await bench.close(tidy=False)


PROGRAMS: Dict[str, Callable[[Bench, Mapping[str, Any], Say], Coroutine[Any, Any, None]]] = {
    "ids": _ids,
    "read": _read,
    "write": _write,
}
