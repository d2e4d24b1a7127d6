"""What the cells of a run share while they are worked on."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from chatkit_harness.core.nouns import digest
from chatkit_harness.environments.extras import extras_folder
from chatkit_harness.machine.cache import Cache
from chatkit_harness.machine.interpreters import Interpreter
from chatkit_harness.statics.lacks import POLICY, lacks

from .cases import PlannedCase
from .grounds import Ground, Place
from .installed import InstalledGround
from .locks import Locks
from .pairs import AGENTS, CHATKIT
from .plan_cell import PlannedCell
from .running import RunningGround
from .seat import ModelSource
from .settings import RunSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Where cells are worked on. `lanes` is how many processes a cell may have at once.

    `spare` is how many more where much of its time is waited: where nobody said how many there may be.
    """

    settings: RunSettings
    cases: Sequence[PlannedCase]
    locks: Locks
    ground: Ground
    payload: Path
    upstream: ModelSource
    logs: Path
    cache: Cache
    lanes: int = 1
    spare: int = 0

    @property
    def ending(self) -> threading.Event:
        """Set when nothing more is to be begun."""
        return self.cache.ending

    def ground_of(self, planned: PlannedCell) -> Ground:
        """What a cell is started from: an environment of its own that stands already, or what all share."""
        if planned.running:
            return RunningGround()
        if planned.standing is not None:
            return InstalledGround(planned, planned.standing)
        return self.ground

    def extras(self, names: Sequence[str], interpreter: Interpreter) -> tuple[Path, ...]:
        """The folders with what the reference server needs besides the pair. Raises BuildError."""
        return extras_folder(self.cache, self.locks.index, interpreter, names)

    def lacks(self, place: Place, pins: Mapping[str, str]) -> tuple[str, ...]:
        """What reading the code alone says that the releases of a cell lack; read once for each three."""
        if not self.settings.reads_code:
            return ()
        if place.chatkit is None or place.agents is None or place.openai is None:
            return ()
        versions = {name: pins.get(name) for name in (CHATKIT, AGENTS, "openai")}
        asked = digest({"policy": POLICY, "versions": versions})
        path = self.cache.folder("statics") / f"{asked[:24]}.json"
        match self.cache.read_json(path):
            case {"lacks": list() as known}:
                return tuple(map(str, known))
        found = [str(each) for each in lacks(place.chatkit, place.agents, place.openai)]
        self.cache.remember(path, {"lacks": found, "versions": versions})
        return tuple(found)
