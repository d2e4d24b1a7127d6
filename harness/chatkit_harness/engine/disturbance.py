"""A cache that somebody else writes to or deletes from, in the middle of a cell's work."""

from __future__ import annotations

from collections.abc import Mapping

from chatkit_harness.cells.payload import ENTRY, is_whole, payload
from chatkit_harness.checks.judge import Judgement
from chatkit_harness.core.errors import HarnessError
from chatkit_harness.machine.cache import DisturbedError, not_written
from chatkit_harness.machine.interpreters import Interpreter

from .grounds import Ground, Place
from .workshop import Workshop


def place(shop: Workshop, ground: Ground, pins: Mapping[str, str], interpreter: Interpreter) -> Place:
    """Where a cell with these pins runs. Raises what `Ground.place` raises."""
    if not (shop.payload / ENTRY).exists():
        payload(shop.cache)
    return ground.place(pins, interpreter)


def told(shop: Workshop, error: HarnessError | OSError) -> HarnessError:
    """The error as users are told it, where it is one of a file that is gone or cannot be written."""
    if isinstance(error, HarnessError):
        return error
    return not_written(error.filename or shop.cache.root, error)


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

    Such a failure says nothing of the versions. One failure in one environment is not doubted twice: looking
    at every file takes some 50 ms.
    """
    environment = where.environment
    sign = (environment.folder, judgement.reason)
    if judgement.outcome == "pass" or sign in ground.believed:
        return
    found = ground.damage(pins, interpreter)
    if not is_whole(shop.payload):
        payload(shop.cache)
        found = found or "the driver in it is not whole"
    if found is not None:
        cause = f"Somebody else changed it while a cell was driven: {found}."
        raise DisturbedError(str(shop.cache.root if environment.ours else environment.folder), cause)
    ground.believed.add(sign)
