"""What a page has told the server about its chart, by session: the context that a question is asked in."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .bounded import drop_oldest

DAY_SECONDS = 86400.0
MAX_SESSIONS = 10_000

_KEEP: Any = object()


class UnknownSessionError(LookupError):
    """There was never such a session, or it ended long ago."""

    def __init__(self, session_id: str) -> None:
        super().__init__(f"unknown session {session_id}")
        self.session_id = session_id


class ExpiredSessionError(LookupError):
    """The session has ended: its page has to open a new one."""

    def __init__(self, session_id: str) -> None:
        super().__init__(f"session {session_id} has expired")
        self.session_id = session_id


@dataclass(frozen=True)
class Session:
    """One page's session: whose it is, what its chart shows, and when it was opened and last changed.

    `created`, `updated` and `expires` are seconds of the store's clock. `symbol` and `timeframe` are None
    while no chart is loaded. `faults` maps a part of the system to the way in which it is to fail.
    """

    id: str
    user: str
    created: float
    updated: float
    expires: float
    symbol: str | None = None
    timeframe: str | None = None
    snapshot_id: str | None = None
    faults: Mapping[str, str] = field(default_factory=dict)


class SessionStore:
    """Sessions in memory: each ends `ttl_seconds` after it was last changed, at most `max_sessions` live.

    When there are too many, those that were changed longest ago leave first. `clock` gives seconds. No
    method waits, so that within one event loop each of them is atomic.
    """

    def __init__(
        self,
        ttl_seconds: float = DAY_SECONDS,
        clock: Callable[[], float] = time.time,
        max_sessions: int = MAX_SESSIONS,
    ) -> None:
        self._ttl = ttl_seconds
        self._clock = clock
        self._max = max_sessions
        # Both in the order of their last change; of the swept ones the id is enough, to tell "expired".
        self._live: dict[str, Session] = {}
        self._swept: dict[str, None] = {}

    def __len__(self) -> int:
        """How many sessions are kept, those included that have expired and wait for the sweep."""
        return len(self._live)

    def create(self, user: str) -> Session:
        """Open a session for a user, with no chart yet."""
        self.sweep()
        now = self._clock()
        session = Session(f"sess_{secrets.token_hex(12)}", user, now, now, now + self._ttl)
        self._keep(session)
        return session

    def get(self, session_id: str) -> Session:
        """The session as it stands; UnknownSessionError or ExpiredSessionError (LookupErrors) if it cannot
        be used.
        """
        session = self._live.get(session_id)
        if session is None:
            raise (
                ExpiredSessionError(session_id)
                if session_id in self._swept
                else UnknownSessionError(session_id)
            )
        if session.expires <= self._clock():
            raise ExpiredSessionError(session_id)
        return session

    def update(
        self,
        session_id: str,
        *,
        symbol: str | None = _KEEP,
        timeframe: str | None = _KEEP,
        snapshot_id: str | None = _KEEP,
        faults: Mapping[str, str] = _KEEP,
    ) -> Session:
        """Change what is given and let the session live on; what is left out stays, None clears.

        Raises as `get` does.
        """
        given = {"symbol": symbol, "timeframe": timeframe, "snapshot_id": snapshot_id, "faults": faults}
        changes: dict[str, Any] = {name: value for name, value in given.items() if value is not _KEEP}
        now = self._clock()
        session = replace(self.get(session_id), updated=now, expires=now + self._ttl, **changes)
        self._keep(session)
        return session

    def sweep(self) -> int:
        """Forget what the expired sessions held; how many there were."""
        now = self._clock()
        expired = [session.id for session in self._live.values() if session.expires <= now]
        for session_id in expired:
            del self._live[session_id]
            self._swept[session_id] = None
        drop_oldest(self._swept, self._max)
        return len(expired)

    def _keep(self, session: Session) -> None:
        self._live.pop(session.id, None)
        self._live[session.id] = session
        drop_oldest(self._live, self._max)
