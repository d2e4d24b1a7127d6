"""A process that writes a turn and is killed in the middle of it, at a moment that is known."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import os
import select
import signal
import sys
import time
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

from chatkit.store import NotFoundError

from .clockwork import Clockwork, Moment, moments
from .handle import noted

ONE_S = 30.0
"""How long one turn may take."""


def die(
    order: Mapping[str, Any], bench_of: Callable[[Mapping[str, Any]], Any], say: Callable[..., None]
) -> None:
    """Write one whole turn, then one for each of `order["moments"]`, each killed at another moment.

    Says a line for each turn: what was about to be written, and what was acknowledged.
    """
    whole = _fork(order, bench_of, None)
    say(**whole)
    ended = next((line for line in whole["told"] if "ran" in line), None)
    if ended is None:
        return
    for name in ended["modules"]:  # so that not each of the processes has to import them
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    for moment in moments(ended["ran"], order["moments"]):
        say(moment=str(moment), **_fork(order, bench_of, moment))


def _fork(
    order: Mapping[str, Any], bench_of: Callable[[Mapping[str, Any]], Any], kill_at: Optional[Moment]
) -> Dict[str, Any]:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        status = 1
        try:
            asyncio.run(_turn(bench_of(order), Clockwork(kill_at), writing))
            status = 0
        except BaseException as error:
            _tell(writing, raised=f"{noted(error)} {type(error).__name__}: {error}"[:300].lstrip())
        finally:
            os._exit(status)
    os.close(writing)
    told, late = _told(reading)
    if late:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    _pid, status = os.waitpid(pid, 0)
    killed = os.WIFSIGNALED(status) and not late
    return {"told": told, "killed": killed, "late": late}


def _told(reading: int) -> Tuple[List[Dict[str, Any]], bool]:
    """The lines of a turn, and whether it took too long."""
    raw, until = b"", time.monotonic() + ONE_S
    while True:
        ready, _, _ = select.select([reading], [], [], max(0.0, until - time.monotonic()))
        if not ready:
            break
        more = os.read(reading, 1 << 16)
        if not more:
            break
        raw += more
    os.close(reading)
    return [json.loads(line) for line in raw.split(b"\n")[:-1]], not ready


def _tell(writing: int, **line: Any) -> None:
    os.write(writing, json.dumps(line).encode() + b"\n")


async def _turn(bench: Any, clockwork: Clockwork, writing: int) -> None:
    """One turn as chatkit writes it, told before and after each step."""
    before = set(sys.modules)
    clockwork.install()
    await bench.begin()
    store = await bench.open()
    thread = store.new_thread(title="a turn")
    with contextlib.suppress(NotFoundError):  # a store that opens itself late is open now
        await store.load_thread(thread.id)
    text = "a long answer " * 100

    async def step(name: str, item: Any, done: Any) -> None:
        content = {} if item is thread else {"item": item.model_dump(mode="json")}
        _tell(writing, about=name, thread=thread.id, **content)
        clockwork.begin(name)
        await done
        clockwork.end(name)
        _tell(writing, done=name)

    question = store.new_item("user_message", thread, content=[_input(text)], inference_options={})
    await step("save_thread", thread, store.save_thread(thread))
    await step("add question", question, store.add(thread.id, question))
    call = store.new_item(
        "client_tool_call", thread, call_id="call_1", name="look", arguments={"at": "chart"}
    )
    await step("add call", call, store.add(thread.id, call))
    answered = call.model_copy(update={"status": "completed", "output": {"seen": text}})
    await step("save call", answered, store.save(thread.id, answered))
    answer = store.message(thread, text)
    await step("add answer", answer, store.add(thread.id, answer))
    thread.title = "a turn that has ended"
    await step("save_thread again", thread, store.save_thread(thread))
    sys.setprofile(None)
    loaded = [name for name in sys.modules if name not in before]
    _tell(writing, ran=clockwork.ran, modules=loaded)


def _input(text: str) -> Dict[str, str]:
    return {"type": "input_text", "text": text}
