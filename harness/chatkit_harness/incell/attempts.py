"""Attempts to leave the machine: each is told to the host at once, with its turn where there is one.

What an earlier case has left behind may try one later: that is told with the name of that case.
"""

from __future__ import annotations

from typing import Callable, Dict, List, Optional, Tuple

from . import belonging

HOOK = "audit hook"
HOOK_BELOW = "audit hook of a subprocess"
HOOK_INSIDE = "audit hook of a subinterpreter"
PROXY_BELOW = "proxy of subprocesses"

Tell = Callable[[str, str, Optional[str]], None]
"""Told with `host:port`, by which means it was caught, and of which earlier case it is, if of one."""

Tried = Tuple[str, str, Optional[str]]


class Attempts:
    """What was tried, whoever caught it; from any thread."""

    def __init__(self) -> None:
        self._early: List[Tried] = []
        self._tell: Optional[Tell] = None
        self._seen: Dict[str, None] = {}
        self._lapse: Optional[str] = None
        self._cases: List[str] = []

    def caught(self, where: str) -> None:
        """The audit hook of this process has caught one."""
        self.note(where, HOOK, belonging.current())

    def note(self, where: str, means: str, case: Optional[int] = None) -> None:
        """One was caught. What comes while no case is driven is told with the next.

        `case` is the number of the case that has started what tried it, where that is known.
        """
        tell, of = self._tell, self._earlier(case)
        if tell is None:
            self._early.append((where, means, of))
            return
        if of is None:
            self._seen[where] = None
        tell(where, means, of)

    def begin(self, case: str, tell: Tell) -> List[Tried]:
        """A case begins. Returns what was tried before it: modules may have, while they were imported."""
        early, self._early = self._early, []
        self._seen = dict.fromkeys(where for where, _, of in early if of is None)
        self._cases.append(case)
        belonging.enter(len(self._cases) - 1)
        self._tell = tell
        return early

    def end(self) -> List[str]:
        """The case is over: what was tried in it, each once, in order."""
        self._tell = None
        belonging.enter(None)
        return list(self._seen)

    def _earlier(self, case: Optional[int]) -> Optional[str]:
        """The name of a case that is over."""
        if case is None or not 0 <= case < len(self._cases):
            return None
        is_over = self._tell is None or case != len(self._cases) - 1
        return self._cases[case] if is_over else None

    def lapsed(self, why: str) -> None:
        """Something could not be held as the host was told it would be."""
        self._lapse = why

    def lapse(self) -> Optional[str]:
        """Why something was not held since this was last asked; None where all was."""
        why, self._lapse = self._lapse, None
        return why

    def divert(self, tell: Callable[[str], None]) -> None:
        """This process is a child of the one that was watched: it tells its own by another way."""
        self._cases = []
        self._tell = lambda where, _means, _of: tell(where)
