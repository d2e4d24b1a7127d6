"""Attempts to leave the machine: each is told to the host at once, with its turn where there is one."""

from __future__ import annotations

from typing import Callable, Dict, List, Optional, Tuple

HOOK = "audit hook"
HOOK_BELOW = "audit hook of a subprocess"
PROXY_BELOW = "proxy of subprocesses"

Tell = Callable[[str, str], None]
"""Told with `host:port`, and by which means it was caught."""


class Attempts:
    """What was tried, whoever caught it; from any thread."""

    def __init__(self) -> None:
        self._early: List[Tuple[str, str]] = []
        self._tell: Optional[Tell] = None
        self._seen: Dict[str, None] = {}
        self._lapse: Optional[str] = None

    def caught(self, where: str) -> None:
        """The audit hook of this process has caught one."""
        self.note(where, HOOK)

    def note(self, where: str, means: str) -> None:
        """One was caught. What comes while no case is driven is told with the next."""
        tell = self._tell
        if tell is None:
            self._early.append((where, means))
        else:
            self._seen[where] = None
            tell(where, means)

    def begin(self, tell: Tell) -> List[Tuple[str, str]]:
        """A case begins. Returns what was tried before it: modules may have, while they were imported."""
        early, self._early = self._early, []
        self._seen = dict.fromkeys(where for where, _ in early)
        self._tell = tell
        return early

    def end(self) -> List[str]:
        """The case is over: what was tried in it, each once, in order."""
        self._tell = None
        return list(self._seen)

    def lapsed(self, why: str) -> None:
        """Something could not be held as the host was told it would be."""
        self._lapse = why

    def lapse(self) -> Optional[str]:
        """Why something was not held since this was last asked; None where all was."""
        why, self._lapse = self._lapse, None
        return why

    def divert(self, tell: Tell) -> None:
        """This process is a child of the one that was watched: it tells its own by another way."""
        self._tell = tell
