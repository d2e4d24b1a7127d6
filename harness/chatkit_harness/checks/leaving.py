"""What a server does for somebody who has gone away, runs that nobody ends, and widgets that nobody saw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from chatkit_harness.core.nouns import Finding, Severity
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.core.transcript import Standing, Transcript, Turn

from . import reading


def check(transcript: Transcript, scenario: Scenario) -> Iterator[Finding]:
    """Of each turn that the client leaves: whether it could, and what went on all the same; lost widgets."""
    for turn in transcript.turns:
        if turn.index < len(scenario.turns) and scenario.turns[turn.index].leaves is not None:
            yield from _stayed(turn, scenario)
        if turn.left_at_ms is not None:
            waits_for_model = list(_left_open(transcript, turn, turn.left_at_ms))
            yield from _asked(transcript, turn, turn.left_at_ms)
            yield from waits_for_model
            yield from _ran(transcript, turn, turn.left_at_ms)
            if not waits_for_model:  # or its task is what waits
                yield from _stands(transcript, turn)
        else:
            yield from _lost_widgets(transcript, turn)
            yield from _stands(transcript, turn)


def _stayed(turn: Turn, scenario: Scenario) -> Iterator[Finding]:
    """What the client was to go away after never came: whatever passed, it is not what is meant."""
    if turn.end != "done":
        return
    plan = scenario.turns[turn.index].leaves
    after = plan.after if plan is not None and plan.after is not None else "the request"
    yield _finding(
        turn, "stayed", after, f"the client was to go away after {after}, and the answer was over before that"
    )


GRACE_MS = 50.0
"""What begins within this time of the client's going had begun to begin: nobody could have stopped it."""


def _asked(transcript: Transcript, turn: Turn, left_at_ms: float) -> Iterator[Finding]:
    """Requests to the model that began when nobody listened any more: they are paid for."""
    from_ms = left_at_ms + GRACE_MS
    later = [each for each in transcript.exchanges if from_ms < each.at_ms <= turn.ended_at_ms]
    if later:
        times = f"{len(later)} time{'' if len(later) == 1 else 's'}"
        yield _finding(
            turn,
            "asked-after-leaving",
            "",
            f"the model was asked {times} more after the client had gone away",
            requests=[each.request for each in later],
        )


def _left_open(transcript: Transcript, turn: Turn, left_at_ms: float) -> Iterator[Finding]:
    """Answers of the model that are still waited for when the watch ends."""
    waiting = [
        each
        for each in transcript.exchanges
        if turn.sent_at_ms <= each.at_ms <= left_at_ms
        and (each.ended_at_ms is None or each.ended_at_ms >= turn.ended_at_ms)
    ]
    if waiting and turn.ended_at_ms - left_at_ms > GRACE_MS:
        ms = turn.ended_at_ms - left_at_ms
        yield _finding(
            turn,
            "model-left-open",
            "",
            f"the model's answer is still waited for {ms:.0f} ms after the client has gone away",
            requests=[each.request for each in waiting],
        )


def _ran(transcript: Transcript, turn: Turn, left_at_ms: float) -> Iterator[Finding]:
    """Tools that began, or went on to their end, for nobody, each once; later work may be for a later turn.

    What is ended on its way tells of no end. Nor does a function in a thread, which nobody can end, once its
    run has been: whoever ends the run has done what can be done.
    """
    from_ms = left_at_ms + GRACE_MS
    late = [
        each
        for each in transcript.ran
        if each.turn == turn.index and from_ms < each.at_ms <= turn.ended_at_ms
    ]
    began = {each.tool: each for each in reversed(late) if not each.ended}
    ended = {each.tool: each for each in reversed(late) if each.ended}
    for tool, each in {**ended, **began}.items():  # of one that did both, that it began says more
        ms = each.at_ms - left_at_ms
        went_on = "began" if tool in began else "went on to its end,"
        yield _finding(
            turn,
            "tool-after-leaving",
            tool,
            f"the tool {tool} {went_on} {ms:.0f} ms after the client had gone away",
            tool=tool,
        )


def _stands(transcript: Transcript, turn: Turn) -> Iterator[Finding]:
    """Tasks of agents that nobody ended, told once: the first is the run, the last is what it waits for.

    One that stands for somebody who has gone is there for good, once for each page that is closed. Where it
    is garbage, Python ends it at some time: in the middle, and with an error in the log.
    """
    own = [each for each in transcript.standing if each.turn == turn.index]
    stand = [each for each in own if not each.collected]
    tasks = stand or own
    if not tasks:
        return
    whom = "for a user who has gone" if turn.left_at_ms is not None else "when its turn is long over"
    until = "" if stand else ": only the garbage collector ends it"
    yield _finding(
        turn,
        "task-left",
        tasks[0].task,
        f"{tasks[0].task} of agents waits on {whom}{_place(tasks[-1])}{until}",
        severity="error" if stand and turn.left_at_ms is not None else "warning",
        collected=not stand,
        tasks={
            each.task: [f"{frame.file}:{frame.line} {frame.function}" for frame in each.frames]
            for each in tasks
        },
    )


def _place(each: Standing) -> str:
    """The innermost place of agents in which a task waits; what lies below it is how Python waits."""
    own = [frame for frame in each.frames if frame.file.startswith("agents/")]
    return f", in {own[-1].function} ({own[-1].file}, line {own[-1].line})" if own else ""


def _lost_widgets(transcript: Transcript, turn: Turn) -> Iterator[Finding]:
    """Widgets that a tool streamed and that no client saw: what chatkit was given, or this release built."""
    streamed = [each for each in transcript.streamed if each.turn == turn.index]
    if turn.end != "done" or turn.response is not None or reading.error_events(turn):
        return
    if any(each.dropped for each in streamed):
        return  # a guardrail has taken back what was said
    authored = [each for each in transcript.authored if each.turn == turn.index]
    elsewhere = min(sum(each.at_ms > turn.ended_at_ms for each in streamed), _strangers(transcript, turn))
    given = max(len(streamed) - elsewhere, sum(not each.refused for each in authored))
    lost = given - _came_out(turn)
    if lost > 0:
        yield _finding(
            turn,
            "widget-lost",
            "",
            f"{lost} of {given} widgets that tools streamed never came out",
            authored=[each.widget for each in authored],
        )


def _strangers(transcript: Transcript, turn: Turn) -> int:
    """Widgets of later turns that none of their own tools streamed: work that began in this turn may have."""
    own = Counter(each.turn for each in transcript.streamed)
    later = (each for each in transcript.turns if each.index > turn.index)
    return sum(max(_came_out(each) - own[each.index], 0) for each in later)


def _came_out(turn: Turn) -> int:
    """How many widgets a client saw, those that were taken away or replaced again included."""
    brought = [event for _, event in reading.events(turn) if _brings(event) == "widget"]
    seen = {reading.words(reading.mapping(event["item"]).get("id")) for event in brought}
    whole = sum(event.get("type") in ("thread.item.done", "thread.item.replaced") for event in brought)
    return max(len(seen | {item.id for item in reading.widgets(turn)}), whole)


def _brings(event: Mapping[str, object]) -> object:
    return reading.mapping(event.get("item")).get("type")


def _finding(
    turn: Turn, what: str, about: str, message: str, severity: Severity = "error", **evidence: object
) -> Finding:
    return Finding(
        rule=f"run/{what}",
        severity=severity,
        key=f"run/{what} {about}".rstrip(),
        message=f"turn {turn.index + 1}: {message}",
        evidence={"turn": turn.index, **evidence},
    )
