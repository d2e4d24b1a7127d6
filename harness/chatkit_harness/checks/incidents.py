"""What raised in a turn: an error event and the logged exception behind it are one finding."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from chatkit_harness.core.codec import to_document
from chatkit_harness.core.nouns import Finding, Severity
from chatkit_harness.core.transcript import LogRecord, Raised, Transcript, Turn

from . import exceptions, reading

NOT_OFFERED = "not_offered"
"""The type of a request that was never sent: a click on something that no widget has."""

_SDK_TELLS = re.compile(
    r"An error occurred while (?:running the tool|parsing tool arguments)\b.*?(?:Error: (?P<said>.*))?$"
    r"|(?P<whole>Tool '[^']*' (?:timed out after \S+ seconds|not found)\.)\s*$",
    re.DOTALL,
)
"""What the releases of the Agents SDK tell the model by default of a tool that failed."""


def failure_told(output: str) -> str | None:
    """Why a tool failed, by what the model was told of it: empty where that leaves the error out.

    None where the output is a tool's own answer.
    """
    told = _SDK_TELLS.match(output)
    return (told["said"] or told["whole"] or "").strip() if told else None


@dataclass(slots=True)
class _Incident:
    """One root exception of a turn, with every place where it showed."""

    raised: Raised
    records: list[LogRecord] = field(default_factory=list)
    ended_turn: bool = False

    def in_tool(self, names: frozenset[str]) -> bool:
        """Whether a tool raised it: the SDK's code for tools, or a function so named, is on the way."""
        shown = [self.raised, *(record.raised for record in self.records if record.raised is not None)]
        frames = [frame for each in shown for link in _chain(each) for frame in link.frames]
        return any(
            frame.function.rsplit(".", 1)[-1] in names
            or frame.file.replace("\\", "/").endswith("agents/tool.py")
            for frame in frames
        )


def _chain(raised: Raised | None) -> Iterator[Raised]:
    while raised is not None:
        yield raised
        raised = raised.cause


def of_turn(transcript: Transcript, turn: Turn) -> Iterator[Finding]:
    """The turn's incidents, each root once."""
    if _stopped_by_the_recording(transcript, turn):
        return
    if turn.request.get("type") == NOT_OFFERED:
        yield _not_offered(turn)
        return
    held = _gather(transcript, turn)
    ended = next((incident for incident in held if incident.ended_turn), None)
    errors = reading.error_events(turn)
    if ended is not None or turn.end in ("raised", "rejected"):
        yield _ended(transcript, turn, _take(held, ended), errors)
    elif errors:
        yield from _errors(transcript, turn, errors, held)
    yield from _tools(transcript, turn, held)
    for incident in held:
        yield _logged(turn.index, incident)


def _not_offered(turn: Turn) -> Finding:
    """A click that a user could not make: nothing was sent."""
    action = reading.words(turn.request.get("action"))
    offered = [reading.words(each) for each in reading.sequence(turn.request.get("offered"))]
    number = turn.request.get("item")
    which = f" that is number {number} of those" if number is not None and action in offered else ""
    return Finding(
        rule="run/action-not-offered",
        severity="error",
        key=f"run/action-not-offered {action}",
        message=f"turn {turn.index + 1}: no widget{which} shown so far offers the server the action {action}"
        f" (offered: {', '.join(offered) or 'none'})",
        evidence={"turn": turn.index, "action": action, "offered": offered},
    )


def outside(transcript: Transcript) -> Iterator[Finding]:
    """Exceptions that were logged before the first turn."""
    held: dict[str, _Incident] = {}
    for record in transcript.log:
        if record.raised is None or _over(record):
            continue
        if reading.log_turn(transcript, record) is None:
            incident = held.setdefault(exceptions.key(record.raised), _Incident(record.raised))
            incident.records.append(record)
    for incident in held.values():
        yield _logged(None, incident)


def _stopped_by_the_recording(transcript: Transcript, turn: Turn) -> bool:
    """Whether the model refused to go on after the recording's end: that is no failure of the server.

    As a rule it gives an empty answer instead, and what fails then is the server's own.
    """
    made = reading.turn_exchanges(transcript, turn)
    return reading.exhausted(transcript, turn) and made[-1].status >= 400 and turn.end in ("done", "raised")


def _gather(transcript: Transcript, turn: Turn) -> list[_Incident]:
    held: dict[str, _Incident] = {}
    for record in reading.turn_log(transcript, turn):
        if record.raised is not None and not _over(record):
            incident = held.setdefault(exceptions.key(record.raised), _Incident(record.raised))
            incident.records.append(record)
    if turn.raised is not None:
        incident = held.setdefault(exceptions.key(turn.raised), _Incident(turn.raised))
        incident.ended_turn = True
    return list(held.values())


def _over(record: LogRecord) -> bool:
    """Whether asyncio only tells, when garbage is collected, that nobody asked a stream for its end.

    chatkit's merging of streams leaves such tasks behind when a turn ends early: nothing failed
    by that, and it may be told of whatever case comes next.
    """
    if record.logger != "asyncio" or record.raised is None:
        return False
    ended = record.raised.type == "builtins.StopAsyncIteration"
    return ended or "asynchronous generator is already running" in record.raised.message


def _take(held: list[_Incident], incident: _Incident | None) -> _Incident | None:
    if incident is not None:
        held.remove(incident)
    return incident


def _ended(
    transcript: Transcript, turn: Turn, incident: _Incident | None, errors: tuple[Mapping[str, Any], ...]
) -> Finding:
    rejected = turn.end == "rejected"
    how = "process() raised" if rejected else "the stream raised"
    if reading.is_workflow(transcript, turn):
        how = "run_workflow could not be asked" if rejected else "run_workflow raised"
    elif turn.request.get("type") == "http":
        how = "the HTTP application raised"
    rule = "run/rejected" if rejected else "run/raised"
    # What the model on loopback refused is told as that; the exception is only how a workflow heard of it.
    severity: Severity = "note" if _refused_by_the_model(transcript, turn) else "error"
    text = f"{how} in turn {turn.index + 1}"
    return _finding(rule, turn.index, incident, text, errors=errors, severity=severity)


def _errors(
    transcript: Transcript, turn: Turn, errors: tuple[Mapping[str, Any], ...], held: list[_Incident]
) -> Iterator[Finding]:
    """An error event with the exception behind it: the last that was logged, preferably of no tool."""
    severity: Severity = "note" if _refused_by_the_model(transcript, turn) else "error"
    tools = frozenset(call.name for call in reading.tool_calls(transcript))
    candidates = [each for each in held if not each.in_tool(tools)] or held
    told = _told(errors[0])
    if candidates:
        incident = _take(held, candidates[-1])
        text = f"the user gets an error event ({told}) in turn {turn.index + 1}"
        yield _finding("run/error-event", turn.index, incident, text, errors=errors, severity=severity)
        return
    for event in {_told(event): event for event in errors}.values():
        yield Finding(
            rule="run/error-event",
            severity=severity,
            key=f"run/error-event {exceptions.normalised(_told(event))}",
            message=f"the user gets an error event ({_told(event)}) in turn {turn.index + 1}, without a log",
            evidence={"turn": turn.index, "error_events": [to_document(event)]},
        )


def _refused_by_the_model(transcript: Transcript, turn: Turn) -> bool:
    """Whether the model on loopback refused a request that it could not match: told as upstream/unmatched."""
    return any(
        each.outcome == "unmatched" and each.status >= 400
        for each in reading.turn_exchanges(transcript, turn)
    )


def _tools(transcript: Transcript, turn: Turn, held: list[_Incident]) -> Iterator[Finding]:
    """Tools whose failure the model was told, with the exception where a release logs it."""
    for call in reading.tool_calls(transcript):
        said = failure_told(call.output or "")
        if call.turn != turn.index or call.output is None or said is None:
            continue
        names = frozenset({call.name})
        incident = _take(held, next((each for each in held if each.in_tool(names)), None))
        text = f"the tool {call.name} failed in turn {turn.index + 1}"
        more = {"tool": call.name, "output": call.output[:2000]}
        if incident is not None:
            yield _finding("run/tool-error", turn.index, incident, text, more=more)
        else:
            yield _told_to_the_model(turn.index, call.name, said, text, more)


def _told_to_the_model(turn: int, tool: str, said: str, text: str, more: Mapping[str, Any]) -> Finding:
    """A failed tool of which only the words to the model are known, if those."""
    raised = Raised(type="Error", message=said)
    name = exceptions.missing_name(raised) or exceptions.normalised(said)
    why = exceptions.first_line(raised) if said else "this release of agents tells nobody why"
    return Finding(
        rule="run/tool-error",
        severity="error",
        key=f"run/tool-error {tool}: {name}" if said else f"run/tool-error {tool}",
        message=f"{text}: {why}",
        evidence={"turn": turn, "raised": None, **_refused(raised), **more},
    )


def _refused(raised: Raised) -> dict[str, str]:
    """The model that refused its data and the field, under the names that expectations go by."""
    refused = exceptions.invalid_fields(raised)
    if refused is None:
        return {}
    model, fields = refused
    return {"component": model, **({"prop": fields[0]} if fields else {})}


def _logged(turn: int | None, incident: _Incident) -> Finding:
    logger = incident.records[0].logger if incident.records else "unknown"
    where = f"in turn {turn + 1}" if turn is not None else "before the first turn"
    if exceptions.is_advice(exceptions.root(incident.raised)):
        return _finding("run/logged-exception", turn, incident, "")
    return _finding("run/logged-exception", turn, incident, f"{logger} logged an exception {where}")


def _finding(
    rule: str,
    turn: int | None,
    incident: _Incident | None,
    text: str,
    *,
    errors: tuple[Mapping[str, Any], ...] = (),
    severity: Severity = "error",
    more: Mapping[str, Any] | None = None,
) -> Finding:
    evidence: dict[str, Any] = {"turn": turn, **(more or {})}
    if errors:
        evidence["error_events"] = [to_document(event) for event in errors]
    if incident is None:
        return Finding(
            rule=rule, severity=severity, key=rule, message=text, evidence={**evidence, "raised": None}
        )
    deepest = exceptions.root(incident.raised)
    evidence |= _refused(deepest)
    evidence["raised"] = to_document(incident.raised)
    evidence["root"] = to_document(deepest) if deepest is not incident.raised else None
    evidence["logged"] = [f"{record.logger}: {record.message[:300]}" for record in incident.records]
    where = exceptions.place(deepest) or exceptions.place(incident.raised)
    if where is not None:
        evidence["distribution"], evidence["version"] = where.distribution, where.version
    return Finding(
        rule=rule,
        severity=severity,
        key=exceptions.key(incident.raised),
        message=f"{exceptions.title(incident.raised)} ({text})"
        if text
        else exceptions.title(incident.raised),
        evidence=evidence,
    )


def _told(event: Mapping[str, Any]) -> str:
    said = reading.words(event.get("message"))
    code = reading.words(event.get("code"))
    return ": ".join(part for part in (code, said) if part) or "without code or message"
