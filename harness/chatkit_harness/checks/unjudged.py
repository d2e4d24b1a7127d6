"""What keeps a case that was driven from being judged: it says nothing about the versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.core.transcript import Raised, Transcript

from . import reading

_ERRORS = "chatkit_harness.reference.stores.errors"
STORE_DOWN = frozenset({f"{_ERRORS}.StoreUnavailableError", f"{_ERRORS}.StoreAddressError"})
"""What the stores of the reference server raise where their database or file is out of reach."""
UNJUDGED = "chatkit_harness.incell.unjudged.UnjudgedError"
"""What the driver itself raises, in words that need nothing added."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why nothing is known; `since` is the turn from which on whatever fails may follow from it."""

    reason: str
    since: int

    def explains(self, finding: Finding) -> bool:
        """Whether a finding may follow from it; one without a turn is about the whole case."""
        turn = finding.evidence.get("turn")
        return not isinstance(turn, int) or turn >= self.since


def trouble_of(transcript: Transcript, scenario: Scenario) -> Trouble | None:
    """What kept the case from being judged; None where nothing did.

    A store that the scenario itself tells to fail is what is to be seen. So is what somebody's own store
    raises: it is under test.
    """
    if _store_is_to_fail(scenario):
        return None
    found = [
        Trouble(reason=reason, since=since)
        for raised, since in _all_raised(transcript)
        if (reason := _reason(raised)) is not None
    ]
    return min(found, key=lambda each: each.since, default=None)


def _store_is_to_fail(scenario: Scenario) -> bool:
    contexts = (scenario.context, *(turn.context for turn in scenario.turns))
    told = [str(part) for each in contexts for part in reading.mapping(each.get("faults"))]
    return any("store" in part for part in told)


def _all_raised(transcript: Transcript) -> Iterator[tuple[Raised, int]]:
    for turn in transcript.turns:
        if turn.raised is not None:
            yield turn.raised, turn.index
    for record in transcript.log:
        if record.raised is not None:
            yield record.raised, reading.log_turn(transcript, record) or 0
    if transcript.stored is not None and transcript.stored.raised is not None:
        yield transcript.stored.raised, len(transcript.turns)


def _reason(raised: Raised | None) -> str | None:
    while raised is not None:
        if raised.type == UNJUDGED:
            return raised.message
        if raised.type in STORE_DOWN:
            said = raised.message.rstrip(".")
            return f"{said}; this says nothing about the versions: see to the store, and run again"
        raised = raised.cause
    return None
