"""Calls a workflow's function, `async` or not."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import functools
import inspect
import queue
import threading
from typing import Any, Callable, Optional

from .user_files import UserServerError

Job = Callable[[], Callable[[], None]]
"""Does its work, and gives what is to be called when its thread is free again."""


async def run(function: Callable[..., Any], value: Any) -> Any:
    """What a workflow's function returns; one that is not `async` runs in a thread of its own.

    When the caller is cancelled an `async` one is too; of a thread nobody waits for the end. Raises
    UserServerError for an answer in pieces, else what the function raises.
    """
    call = getattr(type(function), "__call__", None)  # noqa: B004 - an object may have an async __call__
    if inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(call):
        result = await _kept(function(value))
    else:
        result = await _in_thread(function, value)
    if inspect.isawaitable(result):
        result = await _kept(result)
    if inspect.isasyncgen(result) or inspect.isgenerator(result) or hasattr(result, "stream_events"):
        raise UserServerError(
            f"the workflow returned a {type(result).__name__}, which yields its answer in pieces: it has to "
            "return the whole answer"
        )
    return result


async def _kept(running: Any) -> Any:
    """Wait for what the workflow does, without letting it end the process."""
    try:
        return await running
    except SystemExit as left:
        raise _leaving(left) from left


def _leaving(error: SystemExit) -> UserServerError:
    return UserServerError(f"the workflow tried to end the process (SystemExit: {error.code})")


async def _in_thread(function: Callable[..., Any], value: Any) -> Any:
    loop = asyncio.get_running_loop()
    done: "asyncio.Future[Any]" = loop.create_future()
    context = contextvars.copy_context()

    def settle(result: Any, error: Optional[BaseException]) -> None:
        if done.done():  # nobody waits any more
            return
        if error is None:
            done.set_result(result)
        else:
            done.set_exception(error)

    def job() -> Callable[[], None]:
        result: Any = None
        failure: Optional[BaseException] = None
        try:
            result = context.run(function, value)
        except SystemExit as left:
            failure = _leaving(left)
        except StopIteration as stopped:  # which no future can hold
            failure = RuntimeError(f"the workflow raised {stopped!r}")
        except BaseException as error:
            failure = error
        return functools.partial(_tell, loop, settle, result, failure)

    _threads.give(job)
    return await done


def _tell(loop: asyncio.AbstractEventLoop, settle: Callable[..., None], *how: Any) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is gone, and with it whoever asked
        loop.call_soon_threadsafe(settle, *how)


class _Threads:
    """Threads with an event loop each, which `Runner.run_sync` looks for.

    The same thread is used again, since connections that a workflow keeps belong to its loop; where a
    call does not end, the next one gets another thread.
    """

    def __init__(self) -> None:
        self._free: "queue.SimpleQueue[queue.SimpleQueue[Job]]" = queue.SimpleQueue()

    def give(self, job: Job) -> None:
        """Have the job done."""
        jobs: "queue.SimpleQueue[Job]"
        try:
            jobs = self._free.get_nowait()
        except queue.Empty:
            jobs = queue.SimpleQueue()
            threading.Thread(target=self._serve, args=(jobs,), name="workflow", daemon=True).start()
        jobs.put(job)

    def _serve(self, jobs: "queue.SimpleQueue[Job]") -> None:
        asyncio.set_event_loop(asyncio.new_event_loop())
        while True:
            told = jobs.get()()
            self._free.put(jobs)
            told()


_threads = _Threads()
