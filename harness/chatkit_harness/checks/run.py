"""Run: error events, exceptions, tools that failed, silent ends, hangs, deaths, strange requests, leaks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chatkit_harness.core.codec import to_document
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.core.transcript import Stored, Transcript, Turn
from chatkit_harness.upstream.script import answers_by_turn

from . import (
    asked_again,
    exceptions,
    history,
    http_answers,
    incidents,
    leaving,
    model_requests,
    reading,
    thread_events,
    torn,
    unfinished,
    wire_documents,
)


def check(transcript: Transcript, scenario: Scenario) -> Iterator[Finding]:
    """What went wrong while the conversation was driven, one finding for each root."""
    for turn in transcript.turns:
        yield from incidents.of_turn(transcript, turn)
        yield from _silent(transcript, turn)
        yield from _unreadable(turn)
        yield from unfinished.check(transcript, turn)
    yield from leaving.check(transcript, scenario)
    yield from torn.check(transcript, scenario)
    yield from thread_events.check(transcript)
    yield from wire_documents.check(transcript)
    yield from incidents.outside(transcript)
    yield from model_requests.check(transcript)
    yield from asked_again.check(transcript)
    yield from _fault_not_met(transcript, scenario)
    yield from history.check(transcript)
    yield from http_answers.check(transcript, scenario)
    yield from _stored(transcript)
    yield from _leaks(transcript)
    yield from _late_leaks(transcript)
    ended = how_it_ended(transcript)
    if ended is not None:
        yield ended
    else:
        yield from _not_driven(transcript, scenario)


def _fault_not_met(transcript: Transcript, scenario: Scenario) -> Iterator[Finding]:
    """A model that was to fail and never did: whatever went wrong instead, it is not what is to be shown."""
    scripted = any(answer.get("fault") for _, answer in answers_by_turn(scenario.script))
    missed = next((each for each in transcript.exchanges if each.missed is not None), None)
    met = any(each.outcome == "fault" for each in transcript.exchanges)
    if missed is None and (met or not scripted or not transcript.turns):
        return
    asked = len(transcript.exchanges)
    why = f"the model was asked {asked} time{'' if asked == 1 else 's'}"
    if missed is not None and missed.missed:
        why = missed.missed
    yield Finding(
        rule="run/fault-not-met",
        severity="error",
        key="run/fault-not-met",
        message=f"the fault that the scenario asks of the model never came about: {why}",
        evidence={"turn": reading.turn_at(transcript, missed.at_ms) if missed else None, "requests": asked},
    )


def how_it_ended(transcript: Transcript) -> Finding | None:
    """The finding for a case that hung or whose process died; None where it came to its end."""
    hung = next((turn for turn in transcript.turns if turn.end == "hung"), None)
    if hung is not None or transcript.ended == "timeout":
        return _hang(transcript, hung)
    cut = next((turn for turn in transcript.turns if turn.end == "cut"), None)
    if transcript.ended in ("exited", "signalled") or (cut is not None and transcript.ended == "completed"):
        return _death(transcript, cut)
    return None


def _hang(transcript: Transcript, turn: Turn | None) -> Finding:
    """A turn that does not end, or a case that goes on when every turn that was begun has ended."""
    after, known = _hung_after(transcript, turn)
    waiting = [each for each in transcript.exchanges if each.ended_at_ms is None and not each.aborted]
    model = " while a request to the model was open" if waiting else ""
    asked = _waited(transcript, turn)
    seconds = f" for {(turn.ended_at_ms - turn.sent_at_ms) / 1000:.1f} s" if turn else ""
    return Finding(
        rule="run/hang",
        severity="error",
        key=f"run/hang {after}{model}",
        message=f"{_turn_name(turn)} hung{seconds} {after}{known}{model}, until its time limit{asked}",
        evidence={**_in_turn(transcript, turn), "last_words": transcript.last_words[-2000:]},
    )


def _hung_after(transcript: Transcript, turn: Turn | None) -> tuple[str, str]:
    """What is known to have come before, and what else is known where that was the end of a turn."""
    if turn is None and transcript.turns:
        ended = transcript.turns[-1]
        known = f"which ended as {ended.end}"
        if not reading.is_workflow(transcript, ended):
            known += f"; {_read_back(transcript.stored)}"
        return f"after {_turn_name(ended)}", f" ({known})"
    last = _last_event(turn)
    workflow = turn is not None and reading.is_workflow(transcript, turn)
    return f"after {last}" if last else f"before {'its answer' if workflow else 'the first event'}", ""


def _read_back(stored: Stored | None) -> str:
    if stored is None:
        return "nothing was read back"
    return f"what is stored {'was' if stored.raised is None else 'could not be'} read back"


def _in_turn(transcript: Transcript, turn: Turn | None) -> dict[str, int | None]:
    """The turn in which a case ended early; between turns, how many had ended: what they lack came before."""
    if turn is not None:
        return {"turn": turn.index}
    return {"turn": None, "turns_ended": len(transcript.turns)}


def _waited(transcript: Transcript, turn: Turn | None) -> str:
    """What the model had asked to wait for, where whoever obeys it was still to wait."""
    last = transcript.exchanges[-1] if transcript.exchanges else None
    if turn is None or last is None or last.retry_after_ms is None or last.ended_at_ms is None:
        return ""
    if last.ended_at_ms + last.retry_after_ms < turn.ended_at_ms:
        return ""
    return f"; the model had asked for {last.retry_after_ms / 1000:.1f} s (Retry-After), see --time-limit"


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
            **_in_turn(transcript, turn),
            "exit_code": transcript.exit_code,
            "signal": transcript.signal,
            "last_words": transcript.last_words[-4000:],
        },
    )


def _silent(transcript: Transcript, turn: Turn) -> Iterator[Finding]:
    if turn.end != "done" or reading.exhausted(transcript, turn):
        return
    workflow = reading.is_workflow(transcript, turn)
    if reading.answered(turn) and not (workflow and turn.message is None):
        return
    if workflow:
        yield _no_answer(turn)
        return
    last = _last_event(turn)
    yield Finding(
        rule="run/silent-end",
        severity="error",
        key="run/silent-end",  # which event came last differs from release to release
        message=f"{_turn_name(turn)} ended with neither an answer nor an error"
        + (f"; the last event was {last}" if last else "; there was no event at all"),
        evidence={
            "turn": turn.index,
            "events": [reading.words(e.get("type")) for _, e in reading.events(turn)],
        },
    )


def _no_answer(turn: Turn) -> Finding:
    """A workflow that came to its end without anything that a user would see."""
    if turn.message is None and turn.response is None:
        told = "run_workflow returned nothing for this question"
    elif turn.message is None:
        held = ", ".join(map(str, reading.mapping(turn.response))) or type(turn.response).__name__
        told = f"what run_workflow returned holds no text ({held})"
    elif not turn.message.strip():
        told = "run_workflow returned an empty text"
    else:
        told = "nothing in the answer is for a user to see"
    return Finding(
        rule="run/no-answer",
        severity="error",
        key=f"run/no-answer {told.partition(' (')[0]}",
        message=f"{_turn_name(turn)}: {told}",
        evidence={"turn": turn.index, "response": to_document(turn.response), "message": turn.message},
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
        tried = [each for each in transcript.attempts if each.address == address and each.of is None]
        turns = [each.turn for each in tried if each.turn is not None]
        means = list(dict.fromkeys(each.means for each in tried))
        yield Finding(
            rule="run/leak",
            severity="error",
            key=f"run/leak {address}",
            message=f"the cell tried to reach {address}, and nothing may leave the machine during a "
            f"replay{_caught(means)}",
            evidence={
                "turn": turns[0] if turns else None,
                "address": address,
                "means": means,
            },
        )


def _late_leaks(transcript: Transcript) -> Iterator[Finding]:
    """What an earlier case of the process had left behind, and tried when that one had its verdict."""
    late: dict[tuple[str, str], list[str]] = {}
    for each in transcript.attempts:
        if each.of is not None:
            late.setdefault((each.address, each.of), []).append(each.means)
    for (address, of), told in late.items():
        means = list(dict.fromkeys(told))
        yield Finding(
            rule="run/leak",
            severity="warning",
            key=f"run/leak {address} of {of}",
            message=f"what the case of {of} had started tried to reach {address} when that case was over: it "
            f"is not of this one, and nothing may leave the machine during a replay{_caught(means)}",
            evidence={"turn": None, "address": address, "means": means, "of": of},
        )


def _caught(means: Sequence[str]) -> str:
    return f" (caught by the {' and the '.join(means)})" if means else ""


def _not_driven(transcript: Transcript, scenario: Scenario) -> Iterator[Finding]:
    """Turns that never came to be although the case ended by itself, with nothing to say why."""
    missing = 0 if transcript.saved else len(scenario.turns) - len(transcript.turns)
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
