"""A cell as it is planned, before its pins are known."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from chatkit_harness.core.nouns import Pair
from chatkit_harness.environments.installed import Standing
from chatkit_harness.machine.interpreters import Interpreter
from chatkit_harness.pins.lock_files import LockFile

from .pairs import AGENTS, CHATKIT


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCell:
    """A cell before its pins are known; `as_of` is None for `today`.

    `uploaded` is when the younger of the pair came, `lowest` asks for the oldest pins of its time, `pinned`
    is the lock file that names all other pins, and `on_top` are requirements that beat whatever those are.
    `standing` is an environment that is used as it is, in the place of pins that are chosen.
    """

    id: str
    pair: Pair
    interpreter: Interpreter
    resolution: str
    as_of: dt.datetime | None
    too_young: str | None = None
    """Why no pins can exist: a release of the pair is younger than the instant asked for."""
    extras: tuple[str, ...] = ()
    """What the user's own server or workflow needs besides the pair."""
    uploaded: dt.datetime | None = None
    lowest: bool = False
    pinned: LockFile | None = None
    on_top: tuple[str, ...] = ()
    lock_file: str | None = None
    """The file that names its pins, as a command line would."""
    standing: Standing | None = None
    readers: tuple[PlannedCell, ...] = ()
    """The cells that read the threads which it has written."""
    running: bool = False
    """Whether nothing of the server is here: it runs elsewhere, on versions that nobody knows."""

    @property
    def requirements(self) -> list[str]:
        """What the resolver is asked for."""
        chatkit = [f"{CHATKIT}=={self.pair.chatkit}"] if self.pair.chatkit else []
        return [*chatkit, f"{AGENTS}=={self.pair.agents}", *self.extras]
