"""When to kill a process while a store works: moments that are counted, not timed.

What the interpreter does is counted anew in each step of a turn (a step is one call of the store). A process
is killed right after calls that change something outside of it (a statement, a commit, a write), right before
it waits, and at some moments in between.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Tuple

OUTWARD = frozenset({
    *("execute", "executemany", "executescript", "commit", "write", "writelines", "send", "sendall"),
    *("sendto", "sendmsg", "flush", "fsync", "fdatasync", "rename", "replace", "link", "truncate"),
    *("ftruncate", "unlink", "mkdir", "rmdir", "pwrite", "open", "close", "__exit__"),
})  # fmt: skip
"""Functions written in C after which something outside of the process may have changed."""
WAITING = frozenset({"select", "poll", "control", "sleep"})
"""Functions written in C in which a process waits: most of its time, and so where most are killed."""
Ran = Mapping[str, Tuple[int, int]]
"""By the name of each step, in order: how much was counted, and how much of it was outward or waiting."""


@dataclass(frozen=True)
class Moment:
    """The `number`th of what is counted in a step, or of what is outward (or waiting) among it."""

    step: str
    number: int
    outward: bool

    def __str__(self) -> str:
        """In words, for evidence."""
        return f"{self.step!r}, {'outward call' if self.outward else 'call'} {self.number}"


class Clockwork:
    """Counts what the interpreter does while a store works, and kills the process at a moment."""

    def __init__(self, kill_at: Optional[Moment] = None) -> None:
        self.ran: Dict[str, Tuple[int, int]] = {}
        self._kill_at = kill_at
        self._works, self._aims = False, False
        self._count, self._outward = 0, 0

    def install(self) -> None:
        """Watch this thread, and those that start from now on."""
        threading.setprofile(self._seen)
        sys.setprofile(self._seen)

    def begin(self, step: str) -> None:
        """Count from here on."""
        self._count, self._outward = 0, 0
        self._aims = self._kill_at is not None and self._kill_at.step == step
        self._works = True

    def end(self, step: str) -> None:
        """Count no more."""
        self._works = False
        self.ran[step] = self._count, self._outward

    def _seen(self, _frame: Any, event: str, what: Any) -> None:
        if not self._works:
            return
        self._count += 1
        # What is written in Python is told without itself.
        outward = what is not None and _is_outward(event, what)
        self._outward += outward
        aim = self._kill_at
        if not self._aims or aim is None:
            return
        if (outward and aim.number == self._outward) if aim.outward else aim.number == self._count:
            os.kill(os.getpid(), signal.SIGKILL)


def _is_outward(event: str, what: Any) -> bool:
    name = getattr(what, "__name__", "")
    if event == "c_call":
        return name in WAITING
    if event != "c_return" or name not in OUTWARD:
        return False
    # Locks are left all the time, and nobody outside sees it.
    return type(getattr(what, "__self__", None)).__module__ != "_thread"


def moments(ran: Ran, most: int) -> List[Moment]:
    """At most that many moments of a turn: as many of each method of the store, however often it is called,
    and three of four of them outward. Steps that call the same method are hit at different places.
    """
    kinds: Dict[str, List[str]] = {}
    for step in ran:
        kinds.setdefault(step.split()[0], []).append(step)
    found: List[Moment] = []
    for steps in kinds.values():
        for place, step in enumerate(steps):
            share = _share(most // len(kinds), len(steps), place)
            found += _of(step, ran[step], share, (place + 0.5) / len(steps))
    return found


def _share(whole: int, parts: int, place: int) -> int:
    """Of so many parts, each gets the same, and the first ones what is left over."""
    return whole // parts + (place < whole % parts)


def _of(step: str, ran: Tuple[int, int], most: int, phase: float) -> List[Moment]:
    """Moments of one step, evenly spread; `phase` (0 to 1) moves them all."""
    count, outward = ran
    after = min(outward, most - most // 4)
    return [
        *(Moment(step, number, outward=True) for number in _spread(outward, after, phase)),
        *(Moment(step, number, outward=False) for number in _spread(count, min(count, most - after), phase)),
    ]


def _spread(count: int, most: int, phase: float) -> List[int]:
    return [int((number + phase) * count / most) + 1 for number in range(most)]
