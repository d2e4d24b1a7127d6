"""Processes that work for an executor, each by itself: one that is lost takes along but its own call."""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.connection
import pickle
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from multiprocessing import resource_tracker
from typing import Any, ParamSpec, TypeVar

GRACE_S = 5.0
"""So long processes that are told to end have for ending what they started."""

_P = ParamSpec("_P")
_T = TypeVar("_T")


class LostProcessError(Exception):
    """A process was gone before it had answered."""


class Leash:
    """How a process hears that it is to end at once: its host lets go, or is gone itself.

    An event of multiprocessing would not do: whoever sets one waits for those that wait for it, also for a
    process that was lost.
    """

    def __init__(self, held: Any) -> None:
        self._held = held

    def wait(self) -> None:
        """Return once the host has let go."""
        with contextlib.suppress(OSError):
            self._held.poll(None)


class Slots(Executor):
    """Up to `jobs` processes, started as they are needed; what waits for one waits here, in order.

    `begin` is called in each before anything else. The standard pool is of no use once it lost a process: it
    fails everything that it was given, and does not say what that process was working on. Here a thread a
    process hands over one call after the other, and its future raises LostProcessError where that process
    was lost; the next call gets a new one.
    """

    def __init__(self, jobs: int, begin: Callable[[Leash], None]) -> None:
        self._begin = begin
        self._threads = ThreadPoolExecutor(jobs, thread_name_prefix="slot")
        self._lock = threading.Lock()
        self._free: list[_Process] = []
        self._busy: set[_Process] = set()
        self._ended = False

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """See Executor."""
        return self._threads.submit(self._call, fn, args, kwargs)

    def _call(self, function: Callable[..., _T], args: Any, kwargs: Any) -> _T:
        asked = pickle.dumps((function, args, kwargs))
        process = self._taken()
        try:
            answered, answer = process.call(asked)
        finally:
            self._put_back(process)
        if not answered:
            raise answer
        result: _T = answer
        return result

    def _taken(self) -> _Process:
        """A process that is free, or a new one."""
        with self._lock:
            if self._ended:
                raise LostProcessError("no process is started any more")
            alive = [each for each in self._free if each.is_alive()]
            process = alive.pop() if alive else _Process(self._begin)
            self._free = alive
            self._busy.add(process)
            return process

    def _put_back(self, process: _Process) -> None:
        with self._lock:
            self._busy.remove(process)
            if process.is_alive():
                self._free.append(process)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002
        """See Executor. It waits in any case: `end` is for those who cannot."""
        self._threads.shutdown(cancel_futures=cancel_futures)
        for process in self._free:
            process.dismiss()
        for process in self._free:
            process.end(after_s=None)

    def end(self) -> None:
        """End every process now, whatever it is working on, and start no other."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            self._ended = True
            processes = [*self._free, *self._busy]
        for process in processes:
            process.let_go()
        deadline = time.monotonic() + GRACE_S
        for process in processes:
            process.end(after_s=max(0.0, deadline - time.monotonic()))


class _Process:
    """A process that answers one call after the other."""

    def __init__(self, begin: Callable[[Leash], None]) -> None:
        context = multiprocessing.get_context("spawn")
        self._line, its_line = context.Pipe()
        held, self._leash = context.Pipe(duplex=False)
        self._closing = threading.Lock()
        # A daemon, so that a host that is interrupted twice does not wait for it.
        self._process = context.Process(target=_serve, args=(its_line, held, begin), daemon=True)
        with _interrupts_held():
            self._process.start()
        # Held here as well, they would never be seen to close.
        its_line.close()
        held.close()

    def is_alive(self) -> bool:
        return self._process.is_alive()

    def call(self, asked: bytes) -> tuple[bool, Any]:
        """Whether a call came to an end by itself, with its result or what it raised.

        Raises LostProcessError.
        """
        try:
            self._line.send_bytes(asked)
            # The line alone would not tell: what the process started may hold the other end of it.
            multiprocessing.connection.wait([self._line, self._process.sentinel])
            answer = self._line.recv_bytes() if self._line.poll() else None
        except (EOFError, OSError):
            answer = None
        if answer is None:
            self.end()
            raise LostProcessError(f"exit code {self._process.exitcode}")
        answered: tuple[bool, Any] = pickle.loads(answer)  # noqa: S301 - it comes from our own process
        return answered

    def dismiss(self) -> None:
        """Have it end by itself, once it has answered."""
        with self._closing:
            self._line.close()

    def let_go(self) -> None:
        """Have it end at once."""
        with self._closing:
            self._leash.close()

    def end(self, *, after_s: float | None = 1.0) -> None:
        """Wait for its end, and bring it about where it takes longer than `after_s` (None: have patience)."""
        self._process.join(after_s)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self.dismiss()
        self.let_go()


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """What is started meanwhile hears of Ctrl-C once it says so; before, it would die with a traceback."""
    if sys.platform == "win32":  # has no such mask
        yield
        return
    resource_tracker.ensure_running()  # where it is started later, it lets them through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _let_interrupts_through() -> None:
    """Held, they would stay so in all that this process starts, whatever that wants of them."""
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _serve(line: Any, held: Any, begin: Callable[[Leash], None]) -> None:
    """What the process does: answer calls, until the host has no more of them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is for the host, which ends this one
    _let_interrupts_through()
    begin(Leash(held))
    while True:
        try:
            asked = line.recv_bytes()
        except (EOFError, OSError):
            return
        line.send_bytes(_answer(asked))


def _answer(asked: bytes) -> bytes:
    try:
        function, args, kwargs = pickle.loads(asked)  # noqa: S301 - it comes from the host
        return pickle.dumps((True, function(*args, **kwargs)))
    except BaseException as error:  # noqa: BLE001 - it is the host's to raise
        where = traceback.format_exc()
        error.add_note(where)
        try:
            told = pickle.dumps((False, error))
            pickle.loads(told)  # noqa: S301 - our own: what cannot be read again tells nothing over there
            return told
        except Exception:  # noqa: BLE001 - what it holds cannot be sent; what it says can
            return pickle.dumps((False, RuntimeError(where)))
