"""Questions that many threads ask at the same time, answered once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from chatkit_harness.core.errors import UnavailableError, UnresolvableError

Answer = TypeVar("Answer")

TROUBLE_S = 30.0
"""How long trouble, such as an index that does not answer, is believed before it is asked for again."""


class Once(Generic[Answer]):
    """Answers by key, each made once; a reason why there is none is an answer, passing trouble is not."""

    def __init__(self, *, trouble_s: float = TROUBLE_S) -> None:
        self._made: dict[str, Future[Answer]] = {}
        self._guard = threading.Lock()
        self._trouble_s = trouble_s
        self._until: dict[str, float] = {}

    def get(self, key: str, make: Callable[[], Answer]) -> Answer:
        """The answer for a key: whoever asks first makes it, the others wait.

        Raises what making it raised.
        """
        with self._guard:
            future = self._made.get(key)
            if future is None or time.monotonic() > self._until.get(key, float("inf")):
                mine = self._made[key] = Future[Answer]()
                self._until.pop(key, None)
            else:
                mine = None
        if mine is None:
            assert future is not None  # noqa: S101 - else it would be mine
            return future.result()
        self._make(key, mine, make)
        return mine.result()

    def _make(self, key: str, mine: Future[Answer], make: Callable[[], Answer]) -> None:
        try:
            mine.set_result(make())
        except BaseException as error:
            passing = not isinstance(error, UnresolvableError)
            with self._guard:
                if passing:
                    wait = self._trouble_s if isinstance(error, UnavailableError) else 0.0
                    self._until[key] = time.monotonic() + wait
            mine.set_exception(error)
            if not isinstance(error, Exception):
                raise
