"""A node of the fork tree: a process that has imported something, and forks nodes and cells.

It has one thread and no event loop, and what it keeps open is its own. A cell that it forks finds itself
as a fresh process would that had imported the same modules: whatever else it inherits is undone here.
"""

from __future__ import annotations

import contextlib
import importlib.util
import linecache
import os
import sys
import threading
from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Optional, Set

from . import distributions, imports, landlock, layers
from .attempts import Attempts
from .channel import Channel, end_with_the_host, set_apart
from .fence import Fence
from .memory import limit_memory
from .orders import Orders
from .warm_up import warm_up

COERCED = "LC_CTYPE"
"""The variable that Python sets by itself, where it finds none that says more than C."""


@dataclass
class Inherited:
    """What a cell has from the processes before it; nothing where it was started by itself."""

    documents: imports.Documents = field(default_factory=dict)
    warm: Set[str] = field(default_factory=set)
    attempts: Attempts = field(default_factory=Attempts)
    fence: Fence = field(default_factory=Fence)


@dataclass
class Birth:
    """A cell's beginning: its conversation with the host, and its inheritance."""

    channel: Channel
    inherited: Inherited


def live() -> Birth:
    """Be the root of a tree: do what the host orders until it is gone. Returns in each cell that it forks."""
    control, nowhere = set_apart()
    os.close(nowhere)
    return _Node(Orders(control)).live()


class _Node:
    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._inherited = Inherited()
        self._inherited.fence.raise_up(self._inherited.attempts.caught)
        landlock.prepare()
        self._environ = dict(os.environ)
        self._cwd = os.getcwd()

    def live(self) -> Birth:
        while True:
            order = self._orders.next()
            if order is None:
                end_with_the_host()
                raise SystemExit  # not reached: what a type checker cannot know
            what, fds = order
            if what["type"] == "grow":
                self._orders.answer("grown", **self._grow(what))
            elif what["type"] == "wait":
                self._orders.answer("waited", **_wait(what["pid"], reap=what["reap"]))
            elif what["type"] == "fork":
                born = self._fork(what, fds)
                if born is not None:
                    return born

    def _grow(self, order: Mapping[str, Any]) -> Dict[str, Any]:
        """Import. Of optional modules nobody will ever ask: only whether they could be imported."""
        limit_memory(order["memory_limit_mb"])
        before = _descriptors()
        layers.append(order["path"])
        wanted = [each for each in order["modules"] if not order["optional"] or _is_there(each)]
        with imports.collected_once():
            results = imports.import_all(wanted, self._inherited.documents)
            failed = [each["module"] for each in results if not each["ok"]]
            if not failed:
                warm_up(self._inherited.warm)
            distributions.learn()
        if not order["optional"]:
            self._inherited.documents.update((each["module"], each) for each in results)
        left = sorted(set(_descriptors()) - set(before))
        return {"failed": failed, "threads": _threads(), "descriptors": left}

    def _fork(self, order: Mapping[str, Any], fds: List[int]) -> Optional[Birth]:
        """Fork; None in this process, and in a child that is a node, too."""
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):  # whatever an import has put there
                stream.flush()  # or the child would write it, too
        try:
            pid = os.fork()
        except OSError as error:
            pid = -1
            self._orders.answer("failed", why=str(error))
        if pid:
            for fd in fds:
                os.close(fd)
            if pid > 0:
                self._orders.answer("forked", pid=pid)
            return None
        self._orders.close()
        os.setsid()
        if order["role"] == "node":
            self._orders = Orders(fds[0])
            return None
        return self._cell(order, *fds)

    def _cell(self, order: Mapping[str, Any], read_fd: int, write_fd: int, errors_fd: int) -> Birth:
        os.dup2(errors_fd, 2)
        os.dup2(errors_fd, 1)
        os.close(errors_fd)
        if os.getcwd() == self._cwd:
            os.chdir(order["cwd"])
        self._set_environment(order["environ"])
        layers.append(order["path"])
        linecache.clearcache()
        return Birth(Channel(read_fd, write_fd), self._inherited)

    def _set_environment(self, given: Mapping[str, str]) -> None:
        """The cell's own variables, with what the imports changed of those that it does not set itself."""
        for name, value in given.items():
            if self._environ.get(name) != value:
                os.environ[name] = value
        for name, value in self._environ.items():
            if name not in given and name != COERCED and os.environ.get(name) == value:
                del os.environ[name]


def _wait(pid: int, *, reap: bool) -> Dict[str, Any]:
    """How a child ended, as `subprocess` counts it; None while it runs.

    Until it is reaped nobody else gets its id, so that the host can still end what it started by it.
    """
    try:
        if reap or not hasattr(os, "waitid"):
            found, status = os.waitpid(pid, os.WNOHANG)
            return {"ended": found != 0, "code": os.waitstatus_to_exitcode(status) if found else None}
        seen = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:  # something that was imported waits for any child
        return {"ended": True, "code": None}
    if seen is None:
        return {"ended": False, "code": None}
    return {"ended": True, "code": seen.si_status if seen.si_code == os.CLD_EXITED else -seen.si_status}


def _is_there(module: str) -> bool:
    """Whether a module may be importable: what is not even there leaves no trace of having been tried."""
    return importlib.util.find_spec(module.partition(".")[0]) is not None


def _threads() -> int:
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return threading.active_count()


def _descriptors() -> List[int]:
    for folder in ("/proc/self/fd", "/dev/fd"):
        try:
            with os.scandir(folder) as entries:
                return [int(each.name) for each in entries]
        except (OSError, ValueError):
            continue
    return []
