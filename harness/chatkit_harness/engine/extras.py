"""What the reference server needs besides a pair, for the cases of one cell that ask for it."""

from __future__ import annotations

from pathlib import Path

from chatkit_harness.core.errors import HarnessError
from chatkit_harness.machine.cache import PAUSE_S, TRIES, DisturbedError
from chatkit_harness.machine.interpreters import Interpreter

from . import disturbance
from .cases import PlannedCase
from .workshop import Workshop


class Extras:
    """The extras of a cell's cases; what cannot be had is asked for once, since that may take minutes."""

    def __init__(self, shop: Workshop, interpreter: Interpreter) -> None:
        self._shop = shop
        self._interpreter = interpreter
        self._refused: dict[tuple[str, ...], HarnessError] = {}

    def folders(self, case: PlannedCase) -> tuple[Path, ...]:
        """Where they lie. Raises HarnessError where they cannot be had: that concerns this case alone."""
        names = tuple(sorted({*case.scenario.extras, *(case.store.extras if case.store is not None else ())}))
        if not names or case.target.kind != "module":
            return ()
        if names in self._refused:
            raise self._refused[names].with_traceback(None)
        try:
            return self._had(names)
        except (HarnessError, OSError) as raised:
            error = self._refused[names] = disturbance.told(self._shop, raised)
            raise error from None

    def _had(self, names: tuple[str, ...]) -> tuple[Path, ...]:
        """The folders, asked for again where somebody disturbed that."""
        for _ in range(TRIES - 1):
            try:
                return self._shop.extras(names, self._interpreter)
            except DisturbedError:
                self._shop.ending.wait(PAUSE_S)
        return self._shop.extras(names, self._interpreter)
