"""What a page does before it asks a workflow: it keeps a session, and tells it what the chart shows."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from .context import create_context
from .sessions import ExpiredSessionError, Session, SessionStore, UnknownSessionError

MAX_CONVERSATIONS = 1000


class PageContext:
    """The sessions of the conversations that are going on, one each.

    `clock` gives seconds; a conversation may say that hours have gone by since it began.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._ahead = 0.0
        self._sessions = SessionStore(clock=lambda: self._clock() + self._ahead)
        # For each conversation: its session, and how many hours it has said to be later by now.
        self._open: dict[str, tuple[str, float]] = {}

    def told(self, conversation: str, values: Mapping[str, Any]) -> str:
        """Open, renew or keep the conversation's session, store what the page knows, and give its id.

        `values` may hold `symbol` and `timeframe` (what is left out stays, None clears), `faults`, `user_id`,
        and `hours_later`: it is that many hours later than when the conversation began, from now on. Raises
        ValueError for a fault of the market data that does not exist.
        """
        context = create_context(values)
        session_id, hours = self._open.pop(conversation, ("", 0.0))
        later = max(float(values.get("hours_later") or 0), hours)
        self._ahead += (later - hours) * 3600
        session = self._session(session_id, context.user_id)
        changes = {name: getattr(context, name) for name in ("symbol", "timeframe") if name in values}
        self._sessions.update(session.id, faults=context.faults, **changes)
        self._open[conversation] = (session.id, later)
        for oldest in list(islice(self._open, max(len(self._open) - MAX_CONVERSATIONS, 0))):
            del self._open[oldest]
        return session.id

    def known(self, session_id: str | None) -> dict[str, Any]:
        """What a session knows: `symbol`, `timeframe` and `faults`; nothing where it cannot be used."""
        try:
            session = self._sessions.get(session_id or "")
        except (UnknownSessionError, ExpiredSessionError):
            return {}
        return {"symbol": session.symbol, "timeframe": session.timeframe, "faults": session.faults}

    def _session(self, session_id: str, user: str) -> Session:
        try:
            return self._sessions.get(session_id)
        except (UnknownSessionError, ExpiredSessionError):
            return self._sessions.create(user)
