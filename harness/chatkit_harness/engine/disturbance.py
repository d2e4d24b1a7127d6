"""A cache that somebody else writes to or deletes from, in the middle of a cell's work."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from pathlib import Path

from chatkit_harness.cells.payload import ENTRY, is_current, is_whole, own_code, payload
from chatkit_harness.checks.judge import Judgement
from chatkit_harness.core.errors import BuildError, HarnessError, OutputError, UnavailableError
from chatkit_harness.machine.cache import Cache, DisturbedError, not_written
from chatkit_harness.machine.interpreters import Interpreter

from .grounds import Ground, Place
from .workshop import Workshop

_TOO_MUCH = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN)


def place(shop: Workshop, ground: Ground, pins: Mapping[str, str], interpreter: Interpreter) -> Place:
    """Where a cell with these pins runs. Raises what `Ground.place` raises."""
    if not (shop.payload / ENTRY).exists():
        _require_the_code_of(shop)
        payload(shop.cache)
    return ground.place(pins, interpreter)


def told(shop: Workshop, error: HarnessError | OSError) -> HarnessError:
    """The error as users are told it, where it is one of a file or of this machine."""
    return error if isinstance(error, HarnessError) else refused(shop.cache, error, nameless=shop.cache.root)


def refused(cache: Cache, error: OSError, *, nameless: Path) -> HarnessError:
    """What the system refused, in words; the cache is blamed only for what lies in it.

    `nameless` is where a file lies that the error does not name, as that of a write does not.
    """
    why, path = error.strerror or str(error), Path(os.fsdecode(error.filename or nameless))
    if error.errno in _TOO_MUCH:
        return UnavailableError(
            "this machine",
            f"It has no more to give ({why}).",
            "Raise its limits (ulimit -a), or --jobs 1.",
        )
    if path.is_relative_to(cache.root):
        return not_written(path, error)
    return OutputError(
        str(path), f"It cannot be used ({why}).", "Free space there, or see that it can be written."
    )


def require_undisturbed(
    shop: Workshop,
    ground: Ground,
    where: Place,
    *,
    pins: Mapping[str, str],
    interpreter: Interpreter,
    judgement: Judgement,
) -> None:
    """Raise DisturbedError where a case failed while somebody took its files away.

    BuildError where somebody changed the harness itself meanwhile. Such a failure says nothing of the
    versions. One failure in one environment is not doubted twice: looking at every file takes some 50 ms.
    """
    environment = where.environment
    sign = (environment.folder, judgement.reason)
    if judgement.outcome == "pass" or sign in ground.believed:
        return
    _require_the_code_of(shop)
    found = ground.damage(pins, interpreter)
    if not is_whole(shop.payload):
        payload(shop.cache)
        found = found or "the driver in it is not whole"
    if found is not None:
        cause = f"Somebody else changed it while a cell was driven: {found}."
        raise DisturbedError(str(shop.cache.root if environment.ours else environment.folder), cause)
    ground.believed.add(sign)


def _require_the_code_of(shop: Workshop) -> None:
    """Raise BuildError where the harness is not the one any more that the run began with.

    What goes into a cell was copied then, and what of the rest was not imported yet is of another time.
    """
    if not is_current(shop.payload):
        raise BuildError(
            f"chatkit-harness ({own_code()})",
            "The harness's own code changed while the run went on: a failure may be one of the change.",
            "Leave the code alone until the run has ended: start it again, or go on with --resume.",
        )
