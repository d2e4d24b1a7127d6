"""Python's own parser, for threads: older CPythons let them get in each other's way."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

_TRIES = 20

Read = TypeVar("Read")


def undisturbed(read: Callable[[], Read]) -> Read:
    """What `ast` reads, asked for again where another thread has disturbed it; raises what `read` raises.

    CPython counts how deep the trees of all threads are in one place, and raises SystemError where that does
    not come out even (seen of 3.11); nothing is wrong with the text.
    """
    for _ in range(_TRIES):
        try:
            return read()
        except SystemError:
            continue
    return read()
