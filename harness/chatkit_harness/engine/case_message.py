"""A case as a cell is told of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from chatkit_harness.core.codec import to_document
from chatkit_harness.core.kinds import kinds_inside
from chatkit_harness.core.scenario import Scenario

from .targets import StoreChoice, Target


def case_message(
    scenario: Scenario,
    target: Target,
    path: str,
    started: float,
    limit_s: float,
    *,
    store: StoreChoice | None = None,
    extras: Sequence[Path] = (),
) -> dict[str, Any]:
    """What a cell needs to know of a case: what the user does, never what is expected."""
    return {
        "case": scenario.id,
        "path": path,
        "target": target.message(),
        "options": dict(scenario.options),
        "context": dict(scenario.context),
        "limit_s": limit_s,
        "clock_start": started,
        "exam": scenario.exam,
        "hears": any(kinds_inside(scenario)),
        "extras": [str(folder) for folder in extras],
        "store": store.message() if store is not None else None,
        "turns": [
            {
                "user": turn.user,
                "words": turn.words,
                "answers_client_tool": turn.answers_client_tool,
                "client_tool_output": turn.client_tool_output,
                "http": to_document(turn.http) if turn.http is not None else None,
                "action": to_document(turn.action) if turn.action is not None else None,
                "message": to_document(turn.message),
                "ask": to_document(turn.ask) if turn.ask is not None else None,
                "leaves": to_document(turn.leaves) if turn.leaves is not None else None,
                "together": turn.together,
                "context": dict(turn.context),
            }
            for turn in scenario.turns
        ],
    }
