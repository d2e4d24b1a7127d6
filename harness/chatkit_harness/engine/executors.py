"""Where orders are worked on: this machine's cores, or a Dask cluster. The seam is concurrent.futures."""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import multiprocessing.connection
import os
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import Any

from chatkit_harness.core.errors import ConfigurationError, OutputError, UnavailableError
from chatkit_harness.machine.removal import remove_tree
from chatkit_harness.machine.uv import end_all

from .slots import Slots

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
        with _temporary() as place, _local(jobs, place) as executor:
            yield executor
    elif name.startswith(_DASK):
        with _dask(name.removeprefix(_DASK)) as executor:
            yield executor
    else:
        raise ConfigurationError(
            f"--executor {name}", "There is no such executor.", "Write threads, local, or dask://HOST:PORT."
        )


@contextlib.contextmanager
def _temporary() -> Iterator[Path]:
    """A folder for what the processes keep for a while: one that is ended, or lost, clears nothing away."""
    try:
        place = Path(tempfile.mkdtemp(prefix="chatkit-harness-"))
    except OSError as error:
        step = "Free space there, or set TMPDIR to another folder."
        raise OutputError(
            "the folder for temporary files", f"Nothing can be made there ({error.strerror}).", step
        ) from None
    try:
        yield place
    finally:
        remove_tree(place)


@contextlib.contextmanager
def _local(jobs: int, place: Path) -> Iterator[Executor]:
    slots = Slots(jobs, partial(_begin, place=str(place)))
    try:
        yield slots
        slots.shutdown(cancel_futures=True)
    except BaseException:
        slots.end()
        raise


def _begin(ending: Any, place: str) -> None:
    """Set up a worker process: the host's end, or wish, is this one's end too.

    What it keeps for a while is put into `place`, which the host removes.
    """
    tempfile.tempdir = place
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
