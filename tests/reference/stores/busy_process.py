"""A process of its own that works on a store, and says what is done as soon as it is.

python busy_process.py WORD append NAME COUNT     one thread, COUNT items, once a line comes in
python busy_process.py WORD converse NAME         turns, until it is killed
python busy_process.py WORD delete THREAD_ID      deletes a thread, once a line comes in
"""

from __future__ import annotations

import asyncio
import sys

from tests.reference.stores.models import ANN, attachment, message, question, thread

from chatkit_harness.reference.stores import RowStore, open_store


def say(*words: object) -> None:
    print(*words, flush=True)


async def append(store: RowStore, name: str, count: str) -> None:
    say("ready")
    sys.stdin.readline()
    await store.save_thread(thread("shared"), ANN)
    for number in range(int(count)):
        await store.add_thread_item("shared", message(f"{name}-{number:03}", thread_id="shared"), ANN)
        await store.save_thread(thread(f"thr_{name}-{number:03}"), ANN)


async def converse(store: RowStore, name: str) -> None:
    """Each turn: a question with an attachment, an answer that is written twice, a new title."""
    await store.save_thread(thread(name), ANN)
    say("ready")
    for turn in range(10_000):
        await store.save_attachment(attachment(f"atc_{turn}"), ANN)
        await store.add_thread_item(name, question(f"q{turn:05}", f"atc_{turn}", thread_id=name), ANN)
        say(f"q{turn:05}")
        await store.add_thread_item(name, message(f"r{turn:05}", "half", name), ANN)
        await store.save_item(name, message(f"r{turn:05}", "whole " * 2000, name), ANN)
        say(f"r{turn:05}")
        await store.save_thread(thread(name, f"after turn {turn}"), ANN)


async def delete(store: RowStore, thread_id: str) -> None:
    await store.ready()
    say("ready")
    sys.stdin.readline()
    say("deleting")
    await store.delete_thread(thread_id, ANN)
    say("deleted")


async def main() -> None:
    word, task, *rest = sys.argv[1:]
    store = open_store(word)
    if task == "append":
        await append(store, *rest)
    elif task == "converse":
        await converse(store, *rest)
    else:
        await delete(store, *rest)
    await store.close()


if __name__ == "__main__":
    asyncio.run(main())
