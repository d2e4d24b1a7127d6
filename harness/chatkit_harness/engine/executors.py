"""Where orders are worked on: this machine's cores, or a Dask cluster. The seam is concurrent.futures."""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from chatkit_harness.core.errors import ConfigurationError, UnavailableError
from chatkit_harness.machine.uv import end_all

LOCAL = "local"
_DASK = "dask://"


def is_local(name: str) -> bool:
    """Whether the executor works on this machine, and so can write into the run's folder."""
    return name == LOCAL


@contextlib.contextmanager
def opened(name: str, jobs: int) -> Iterator[Executor]:
    """The executor of that name. Raises ConfigurationError for an unknown one, UnavailableError for one that
    does not answer. Left by an exception (Ctrl-C), it ends what is under way.
    """
    if is_local(name):
        with _local(jobs) as executor:
            yield executor
    elif name.startswith(_DASK):
        with _dask(name.removeprefix(_DASK)) as executor:
            yield executor
    else:
        raise ConfigurationError(
            f"--executor {name}", "There is no such executor.", "Write threads, local, or dask://HOST:PORT."
        )


@contextlib.contextmanager
def _local(jobs: int) -> Iterator[Executor]:
    context = multiprocessing.get_context("spawn")
    ending = context.Event()
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(ending,))
    try:
        yield pool
    except BaseException:
        ending.set()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    else:
        if multiprocessing.active_children() and _is_broken(pool):
            # A process that was being started while the pool lost another one is ended by nobody else, and
            # would be waited for without end.
            ending.set()
        pool.shutdown(wait=True, cancel_futures=True)


def _is_broken(pool: Executor) -> bool:
    try:
        pool.submit(os.getpid).result()
    except BrokenProcessPool:
        return True
    return False


def _begin(ending: Any) -> None:
    """Set up a worker process: Ctrl-C is for the host, whose end, or wish, is this one's end too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for wait in (ending.wait, _host_gone):
        threading.Thread(target=_end_after, args=(wait,), name="end-with-the-host", daemon=True).start()


def _host_gone() -> None:
    host = multiprocessing.parent_process()
    if host is not None:
        multiprocessing.connection.wait([host.sentinel])


def _end_after(wait: Any) -> None:
    """End this process; its cells see their pipes close, and end as well."""
    wait()
    end_all()
    os._exit(1)


@contextlib.contextmanager
def _dask(address: str) -> Iterator[Executor]:
    try:
        client_of: Any = importlib.import_module("distributed").Client
    except ImportError:
        raise ConfigurationError(
            f"--executor {_DASK}{address}",
            "Dask is not installed here.",
            "Install it beside the harness: pip install distributed.",
        ) from None
    if not address.rpartition(":")[2].isdecimal():
        step = f"Name the scheduler's port, too: {_DASK}{address}:8786."
        raise ConfigurationError(f"--executor {_DASK}{address}", "It names no port.", step)
    try:
        client = client_of(address, timeout=10, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise UnavailableError(
            f"--executor {_DASK}{address}",
            f"No scheduler answers there ({error}).",
            "Check the address, and that the scheduler runs.",
        ) from None
    try:
        # Without pure=False equal calls run once.
        executor: Executor = client.get_executor(pure=False)
        yield executor
    finally:
        client.close(timeout=5)
