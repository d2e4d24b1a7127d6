"""The pins of planned cells, chosen by few runs of the resolver."""

from __future__ import annotations

import threading
from dataclasses import replace

from chatkit_harness.core.errors import UnresolvableError
from chatkit_harness.environments.layers import Layers
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.machine.interpreters import Interpreter
from chatkit_harness.pins.lock_files import LockFile
from chatkit_harness.pins.resolve import Ask, Lock, Resolver, is_as_locked
from chatkit_harness.pins.shared_locks import PublishedFacts, ReleaseFacts, SharedLocks

from .installed import standing_lock
from .plan_cell import PlannedCell


class Locks:
    """Chooses pins for cells; safe to ask from several threads."""

    def __init__(self, cache: Cache, index: Index) -> None:
        self.cache, self.index = cache, index
        self._resolver = Resolver(cache, index)
        self._layers = Layers(cache, index)
        self._shared: dict[Interpreter, SharedLocks] = {}
        self._making = threading.Lock()

    def lock(self, planned: PlannedCell) -> Lock:
        """The pins of a cell.

        Raises UnresolvableError with the reason where there are none, IndexUnreachableError where the index
        does not answer, and BuildError where it cannot be asked.
        """
        if planned.running:
            return Lock(pins={}, as_of=None)
        if planned.standing is not None:
            return standing_lock(planned, planned.standing)
        if planned.too_young is not None:
            raise UnresolvableError(planned.id, planned.too_young, "Choose a later instant.")
        ask = Ask(
            requirements=tuple(planned.requirements),
            interpreter=planned.interpreter,
            as_of=planned.as_of,
            lowest=planned.lowest,
            pair_uploaded=planned.uploaded,
            on_top=planned.on_top,
        )
        if planned.pinned is None:
            return self._sharing(planned.interpreter).lock(planned.pair, ask)
        try:
            return self._resolver.lock(_of_file(ask, planned.pinned))
        except UnresolvableError as error:
            if not planned.pinned.pins or is_as_locked(_of_file(ask, planned.pinned)):
                raise
            cause = f"{error.cause} All but the pair is as {planned.lock_file or planned.resolution} pins it."
            step = "Choose another resolution for a pair of which it is not the lock, such as contemporary."
            raise UnresolvableError(error.culprit, cause, step) from None

    def _sharing(self, interpreter: Interpreter) -> SharedLocks:
        def installed(name: str, version: str) -> ReleaseFacts:
            layer = self._layers.release(name, version, interpreter)
            return ReleaseFacts(requires=layer.requires, requires_python=layer.requires_python)

        with self._making:
            if interpreter not in self._shared:
                facts = PublishedFacts(self.cache, self.index, installed)
                self._shared[interpreter] = SharedLocks(self._resolver, facts)
            return self._shared[interpreter]


def _of_file(ask: Ask, lock: LockFile) -> Ask:
    """The question with what a lock file says: its pins as they are, or what it requires loosely."""
    if lock.pins:
        return replace(ask, pinned=lock.pins)
    return replace(ask, requirements=(*ask.requirements, *lock.requirements), constraints=lock.constraints)
