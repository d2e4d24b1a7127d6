"""Which case something belongs to: tasks and threads are of the case of whoever starts them."""

from __future__ import annotations

import functools
import sys
import threading
from contextvars import ContextVar
from typing import Any, Callable, Optional

_case: ContextVar[Optional[int]] = ContextVar("case", default=None)
"""The number of the case in a process; a task has that of the one that has started it."""

_MARK = "_chatkit_harness_case"


def enter(case: Optional[int]) -> None:
    """What this task starts from now on is of this case, or of none."""
    _case.set(case)


def current() -> Optional[int]:
    """The case of whoever asks; None where nobody can tell."""
    known = _case.get()
    if known is not None:
        return known
    thread = threading.current_thread()
    # A pool's thread works for whoever hands it something, and not only for the case that it was made in.
    pools = sys.modules.get("concurrent.futures.thread")
    if pools is not None and getattr(thread, "_target", None) is getattr(pools, "_worker", thread):
        return None
    return getattr(thread, _MARK, None)


def follow_threads() -> None:
    """From now on each thread remembers the case of whoever has started it."""
    threading.Thread.start = _marked(threading.Thread.start)  # type: ignore[method-assign, assignment]  # its point


def _marked(begin: Callable[[Any], None]) -> Callable[[Any], None]:
    @functools.wraps(begin)
    def start(self: Any) -> None:
        setattr(self, _MARK, current())
        begin(self)

    return start
