"""HTTP: what the server's own endpoints answer, by their status and by the shape of their errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chatkit_harness.core.codec import to_document
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.core.transcript import Transcript, Turn

from . import exceptions, reading

_ENVELOPE: Mapping[str, tuple[type, ...]] = {
    "code": (str, int),
    "message": (str,),
    "details": (object,),
    "correlation_id": (str,),
}
"""What an error holds under `error`, and of which type."""


def check(transcript: Transcript, scenario: Scenario) -> Iterator[Finding]:
    """`run/http-error`, `run/http-envelope` and `run/http-error-in-200` of the turns that were HTTP calls."""
    for turn in transcript.turns:
        call = reading.http(turn)
        if call is None:
            continue
        if call.status >= 400:
            if call.status not in _expected(scenario, turn):
                yield _error(turn, call)
            yield from _envelope(turn, call)
        else:
            yield from _hidden(turn, call)


def _expected(scenario: Scenario, turn: Turn) -> list[int]:
    """The statuses that the scenario names for the turn."""
    own = scenario.turns[turn.index].expect if 0 <= turn.index < len(scenario.turns) else None
    wanted = [each.response for each in (scenario.expect, own) if each is not None]
    return [each.status for each in wanted if each is not None and each.status is not None]


def _error(turn: Turn, call: reading.Http) -> Finding:
    error = reading.mapping(reading.mapping(call.body).get("error"))
    said = ": ".join(str(error[key]) for key in ("code", "message") if error.get(key))
    code = exceptions.normalised(str(error.get("code") or ""))
    return _finding(
        "http-error",
        f"{_class(call.status)} {code}".rstrip(),
        f"{_name(turn, call)} was answered with {call.status}{f' ({said[:200]})' if said else ''}",
        turn,
        call,
    )


def _class(status: int) -> str:
    """A status as a key names it: which of the server's own faults it is differs from run to run."""
    return "a server error" if status >= 500 else "a client error"


def _envelope(turn: Turn, call: reading.Http) -> Iterator[Finding]:
    error = reading.mapping(call.body).get("error")
    held = reading.mapping(error)
    wrong = [key for key, kinds in _ENVELOPE.items() if key not in held or not isinstance(held[key], kinds)]
    if wrong:
        lack = f"lacks {', '.join(wrong)}" if held else "is not one"
        message = (
            f"{_name(turn, call)}: the error with {call.status} is no envelope"
            f" {{error: {{{', '.join(_ENVELOPE)}}}}}; it {lack}"
        )
        yield _finding("http-envelope", ",".join(wrong), message, turn, call, lacks=wrong)


def _hidden(turn: Turn, call: reading.Http) -> Iterator[Finding]:
    body = reading.mapping(call.body)
    if body.get("error") or body.get("success") is False:
        shown = str(body.get("error") or "success is false")[:200]
        message = f"{_name(turn, call)} was answered with {call.status} although it failed: {shown}"
        yield _finding("http-error-in-200", "", message, turn, call)


def _finding(what: str, about: str, message: str, turn: Turn, call: reading.Http, **evidence: Any) -> Finding:
    steps = call.path.partition("?")[0].split("/")
    # An id in the address is no part of the fault.
    route = f"{call.method} {'/'.join('ID' if any(map(str.isdigit, step)) else step for step in steps)}"
    return Finding(
        rule=f"run/{what}",
        severity="error",
        key=f"run/{what} {route} {about}".rstrip(),
        message=message,
        evidence={"turn": turn.index, "status": call.status, "body": to_document(call.body), **evidence},
    )


def _name(turn: Turn, call: reading.Http) -> str:
    return f"turn {turn.index + 1}: {call.method} {call.path}"
