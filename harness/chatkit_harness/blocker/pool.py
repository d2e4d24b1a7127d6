"""Several pieces of work at once, told as they go, of which Ctrl-C leaves what is finished."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

from chatkit_harness.engine.run import Interruptible, interrupt_all

Tell = Callable[[str], None]
Work = Callable[[Tell], tuple[Any, str]]
"""A piece of work: it tells its steps, and answers with what it found and that in a few words."""


def do_all(
    work: Mapping[str, Work],
    *,
    jobs: int,
    tell: Tell,
    ending: threading.Event,
    interruptible: Iterable[Interruptible],
) -> tuple[dict[str, Any], bool]:
    """What each piece of work found, by its name, in the given order; and whether Ctrl-C ended it early.

    What was under way then is ended, and not among the answers.
    """
    number = itertools.count(1)
    found: dict[str, Any] = {}

    def one(name: str) -> None:
        answer, words = work[name](lambda step: tell(f"{name}: {step}"))
        if not ending.is_set():  # what an interrupted one says is no answer
            found[name] = answer
            tell(f"[{next(number)}/{len(work)}] {name}: {words}")

    pool = ThreadPoolExecutor(max_workers=max(1, jobs), thread_name_prefix="blocker")
    interrupted = False
    try:
        for future in as_completed([pool.submit(one, name) for name in work]):
            future.result()
    except BaseException as error:
        interrupt_all(ending, list(interruptible))
        if not isinstance(error, KeyboardInterrupt):
            raise
        interrupted = True
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return {name: found[name] for name in work if name in found}, interrupted
