"""Run: error events, exceptions, tools that failed, silent ends, hangs, deaths, strange requests, leaks."""

from __future__ import annotations

from collections.abc import Iterator

from chatkit_harness.core.codec import to_document
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.core.transcript import Exchange, Transcript, Turn
from chatkit_harness.upstream.features import features

from . import exceptions, history, incidents, reading, thread_events

_SCRIPT_CALLS = "tools: the script calls"


def check(transcript: Transcript, scenario: Scenario) -> Iterator[Finding]:
    """What went wrong while the conversation was driven, one finding for each root."""
    for turn in transcript.turns:
        yield from incidents.of_turn(transcript, turn)
        yield from _silent(transcript, turn)
        yield from _unreadable(turn)
    yield from thread_events.check(transcript)
    yield from incidents.outside(transcript)
    yield from _requests(transcript)
    yield from history.check(transcript)
    yield from _expired(transcript)
    yield from _stored(transcript)
    yield from _leaks(transcript)
    ended = how_it_ended(transcript)
    if ended is not None:
        yield ended
    else:
        yield from _not_driven(transcript, scenario)


def how_it_ended(transcript: Transcript) -> Finding | None:
    """The finding for a case that hung or whose process died; None where it came to its end."""
    hung = next((turn for turn in transcript.turns if turn.end == "hung"), None)
    if hung is not None or transcript.ended == "timeout":
        return _hang(transcript, hung or (transcript.turns[-1] if transcript.turns else None))
    cut = next((turn for turn in transcript.turns if turn.end == "cut"), None)
    if transcript.ended in ("exited", "signalled") or (cut is not None and transcript.ended == "completed"):
        return _death(transcript, cut)
    return None


def _hang(transcript: Transcript, turn: Turn | None) -> Finding:
    last = _last_event(turn) if turn else None
    after = f"after {last}" if last else "before the first event"
    waiting = [each for each in transcript.exchanges if each.ended_at_ms is None and not each.aborted]
    model = " while a request to the model was open" if waiting else ""
    seconds = f" for {(turn.ended_at_ms - turn.sent_at_ms) / 1000:.1f} s" if turn else ""
    return Finding(
        rule="run/hang",
        severity="error",
        key=f"run/hang {after}{model}",
        message=f"{_turn_name(turn)} hung{seconds} {after}{model}, until its time limit",
        evidence={"turn": turn.index if turn else None, "last_words": transcript.last_words[-2000:]},
    )


def _death(transcript: Transcript, turn: Turn | None) -> Finding:
    if transcript.signal:
        how = f"signal {transcript.signal}"
    elif transcript.exit_code is not None:
        how = f"exit code {transcript.exit_code}"
    else:
        how = "no exit code"
    said = next((line.strip() for line in reversed(transcript.last_words.splitlines()) if line.strip()), "")
    where = (
        f"in {_turn_name(turn)}"
        if turn
        else ("between turns" if transcript.turns else "before the first turn")
    )
    return Finding(
        rule="run/died",
        severity="error",
        key=f"run/died {how}",
        message=f"the cell's process died ({how}) {where}" + (f", last saying: {said[:200]}" if said else ""),
        evidence={
            "turn": turn.index if turn else None,
            "exit_code": transcript.exit_code,
            "signal": transcript.signal,
            "last_words": transcript.last_words[-4000:],
        },
    )


def _silent(transcript: Transcript, turn: Turn) -> Iterator[Finding]:
    if turn.end != "done" or reading.answered(turn) or reading.exhausted(transcript, turn):
        return
    last = _last_event(turn)
    yield Finding(
        rule="run/silent-end",
        severity="error",
        key=f"run/silent-end after {last}" if last else "run/silent-end without an event",
        message=f"{_turn_name(turn)} ended with neither an answer nor an error"
        + (f"; the last event was {last}" if last else "; there was no event at all"),
        evidence={
            "turn": turn.index,
            "events": [reading.words(e.get("type")) for _, e in reading.events(turn)],
        },
    )


def _unreadable(turn: Turn) -> Iterator[Finding]:
    for number, event in enumerate(turn.events):
        if event.data is None:
            raw = event.raw or ""
            yield Finding(
                rule="run/unreadable-event",
                severity="error",
                key="run/unreadable-event",
                message=f"event {number} of {_turn_name(turn)} is not a JSON object: {raw[:120]!r}",
                evidence={"turn": turn.index, "event": number, "raw": raw[:2000]},
            )


def _requests(transcript: Transcript) -> Iterator[Finding]:
    for exchange in transcript.exchanges:
        if exchange.outcome == "unmatched":
            yield _unmatched(transcript, exchange)
        elif exchange.outcome == "unsupported":
            what = f"{exchange.method} {exceptions.normalised(exchange.path)}"
            yield Finding(
                rule="upstream/unsupported",
                severity="warning",
                key=f"upstream/unsupported {what}",
                message=f"the model on loopback was asked for {what}, which it does not know",
                evidence={"turn": reading.turn_at(transcript, exchange.at_ms), "status": exchange.status},
            )


def _expired(transcript: Transcript) -> Iterator[Finding]:
    """An old recording is told, and never made again by itself."""
    cassette = transcript.cassette
    if cassette is not None and cassette.expired:
        yield Finding(
            rule="upstream/expired",
            severity="warning",
            key=f"upstream/expired {cassette.name}",
            message=f"the recording {cassette.name} of {cassette.recorded} is old: the model may answer"
            " otherwise today (record it again: chatkit-harness record"
            f" --scenario {transcript.scenario} --live)",
            evidence={"turn": None, "recorded": cassette.recorded, "model": cassette.model},
        )


def _unmatched(transcript: Transcript, exchange: Exchange) -> Finding:
    turn = reading.turn_at(transcript, exchange.at_ms)
    scripted = transcript.cassette is not None and transcript.cassette.origin == "script"
    where = f"turn {turn + 1}: " if turn is not None else ""
    # What a server offers differs between releases, and is no part of what is wrong.
    plain = [each.partition("; it offers ")[0] for each in exchange.difference]
    about = exceptions.normalised("; ".join(plain), 160) or "nothing like it"
    return Finding(
        rule="upstream/unmatched",
        severity="error",
        key=f"upstream/unmatched {about}",
        message=where + (_not_in_script(exchange) if scripted else _not_recorded(exchange)),
        evidence={
            "turn": turn,
            "nearest": exchange.nearest,
            "difference": list(exchange.difference),
            "request": to_document(exchange.request),
        },
    )


def _not_recorded(exchange: Exchange) -> str:
    if exchange.nearest is None:
        near = "nothing in the cassette is like it"
    else:
        difference = "; ".join(exchange.difference) or "no difference could be named"
        near = f"the nearest is interaction {exchange.nearest}, from which it differs: {difference}"
    return f"a request to the model matches nothing that was recorded: {near}"


def _not_in_script(exchange: Exchange) -> str:
    """The same of a script, which somebody wrote and can mend: what the server asked, what the script has."""
    tools = [each for each in exchange.difference if each.startswith(_SCRIPT_CALLS)]
    others = [each for each in exchange.difference if each not in tools]
    if tools:
        told = "; ".join(each.removeprefix("tools: ") for each in tools)
        return f"{told}; besides: {'; '.join(others)}" if others else told
    lead = f"the server asked the model with {_asked(exchange)}, to which the script has no answer"
    if exchange.nearest is None:
        return f"{lead}: nothing in it is like that"
    difference = "; ".join(others) or "no difference could be named"
    return f"{lead}: its answer {exchange.nearest + 1} is the nearest, from which that differs: {difference}"


def _asked(exchange: Exchange) -> str:
    """The last words of the user in a request, and the tools whose outputs follow them."""
    asked = features(exchange.request)
    said = " ".join(asked.words[-1].split()) if asked.words else ""
    shown = said if len(said) <= 80 else f"{said[:79].rstrip()}…"
    names = dict.fromkeys(asked.calls.get(call, "a tool") for call in asked.outputs)
    told = [f'"{shown}"'] if shown else []
    told += [f"the output of {name}" for name in names]
    return " and ".join(told) or "no words of the user"


def _stored(transcript: Transcript) -> Iterator[Finding]:
    if transcript.stored is not None and transcript.stored.raised is not None:
        raised = transcript.stored.raised
        yield Finding(
            rule="run/not-read-back",
            severity="error",
            key=exceptions.key(raised),
            message=f"what was stored cannot be read back: {exceptions.title(raised)}",
            evidence={"turn": None, "raised": to_document(raised)},
        )


def _leaks(transcript: Transcript) -> Iterator[Finding]:
    for address in dict.fromkeys(transcript.leaks):
        yield Finding(
            rule="run/leak",
            severity="error",
            key=f"run/leak {address}",
            message=f"the cell tried to reach {address}, and nothing may leave the machine during a replay",
            evidence={"turn": None, "address": address},
        )


def _not_driven(transcript: Transcript, scenario: Scenario) -> Iterator[Finding]:
    """Turns that never came to be although the case ended by itself, with nothing to say why."""
    missing = len(scenario.turns) - len(transcript.turns)
    if missing <= 0 or any(not result.ok for result in transcript.imports):
        return
    yield Finding(
        rule="run/not-driven",
        severity="error",
        key="run/not-driven",
        message=f"{missing} of {len(scenario.turns)} turns were not driven",
        evidence={"turn": len(transcript.turns), "notes": list(transcript.notes)},
    )


def _last_event(turn: Turn | None) -> str | None:
    kinds = [reading.words(event.get("type")) for _, event in reading.events(turn)] if turn else []
    return kinds[-1] or "an event without a type" if kinds else None


def _turn_name(turn: Turn | None) -> str:
    return f"turn {turn.index + 1}" if turn else "the case"
