"""A model that fails: each scenario passes on real packages, and fails where a server lies about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.catalogue.impossible import impossibles
from tests.own_seat import own_seat

from chatkit_harness.checks import run_checks
from chatkit_harness.checks.judge import Judgement, judge
from chatkit_harness.core.codec import from_document, to_document
from chatkit_harness.core.data import data_folder
from chatkit_harness.core.scenario import Scenario, on_path
from chatkit_harness.core.transcript import Transcript, Turn
from chatkit_harness.engine.plan import plan_scenarios
from chatkit_harness.engine.seat import Seat
from chatkit_harness.engine.settings import RunSettings
from chatkit_harness.engine.targets import AGENT_BUILDER, NATIVE, PROBE, REFERENCE, WORKFLOW
from chatkit_harness.scenarios.catalogue import load_all
from chatkit_harness.upstream import render_script

SHIPPED = load_all([data_folder("scenarios") / "faults"])
Lie = Callable[[Transcript], Transcript]


@pytest.fixture(scope="module")
def seat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seat]:
    """The environment of these tests as a cell."""
    home = tmp_path_factory.mktemp("faults")
    with own_seat(home, [REFERENCE, PROBE, WORKFLOW], limit_s=30) as made:
        yield made


def drive(seat: Seat, scenario: Scenario, path: str) -> Transcript:
    native = PROBE if scenario.server == "probe" else REFERENCE
    target = WORKFLOW if path == AGENT_BUILDER else native
    return seat.drive(scenario, render_script(scenario), target, path).transcript


def judged(transcript: Transcript, scenario: Scenario) -> Judgement:
    return judge(transcript, scenario, run_checks(transcript, scenario))


def changed(transcript: Transcript, turn: int, **fields: Any) -> Transcript:
    turns = list(transcript.turns)
    turns[turn] = replace(turns[turn], **fields)
    return replace(transcript, turns=tuple(turns))


def silenced(turn: int) -> Lie:
    """The error of a turn is told to nobody."""

    def lie(honest: Transcript) -> Transcript:
        events = tuple(e for e in honest.turns[turn].events if e.data and e.data["type"] != "error")
        log = tuple(record for record in honest.log if record.turn != turn)
        return replace(changed(honest, turn, events=events), log=log)

    return lie


def hung(turn: int) -> Lie:
    """A turn never comes to its end."""
    return lambda honest: changed(honest, turn, end="hung")


def lost(turn: int = -1) -> Lie:
    """The assistant's words of a turn never come."""

    def lie(honest: Transcript) -> Transcript:
        events = (e for e in honest.turns[turn].events if not is_of(e.data, "assistant_message"))
        return changed(honest, turn, events=tuple(events))

    return lie


def shortened(turn: int = -1) -> Lie:
    """Half of the assistant's words of a turn are missing in the end."""

    def lie(honest: Transcript) -> Transcript:
        document = to_document(honest.turns[turn])
        for event in document["events"]:
            if event["data"]["type"] == "thread.item.done" and is_of(event["data"], "assistant_message"):
                (part,) = event["data"]["item"]["content"]
                part["text"] = part["text"][: len(part["text"]) // 2]
        events = from_document(Turn, document).events
        return changed(honest, turn, events=events)

    return lie


def shown_twice(turn: int = -1) -> Lie:
    """The widget of a turn comes a second time, as another item."""

    def lie(honest: Transcript) -> Transcript:
        events = list(honest.turns[turn].events)
        place = next(n for n, event in enumerate(events) if is_of(event.data, "widget"))
        again = to_document(events[place])
        again["data"]["item"]["id"] += "_again"
        made = type(events[place])(at_ms=again["at_ms"], data=again["data"])
        return changed(honest, turn, events=(*events[: place + 1], made, *events[place + 1 :]))

    return lie


def kept(honest: Transcript) -> Transcript:
    """A torn sentence is stored as an answer."""
    assert honest.stored is not None
    torn = {"type": "assistant_message", "id": "torn", "thread_id": "t", "content": []}
    first, *rest = honest.stored.items
    return replace(honest, stored=replace(honest.stored, items=(first, torn, *rest)))


def tells_the_key(honest: Transcript) -> Transcript:
    """What the API said of the key is told to the user."""
    done = next(e for e in honest.turns[-1].events if is_done(e.data))
    document = to_document(done)
    document["data"]["item"] |= {
        "id": "told",
        "content": [{"type": "output_text", "text": "Bad API key dummy"}],
    }
    said = type(done)(at_ms=honest.turns[0].sent_at_ms + 1, data=document["data"])
    return changed(honest, 0, events=(*honest.turns[0].events, said))


def swallowed(turn: int) -> Lie:
    """Nobody is told that the answer broke off: the words that had come stand there as if they were all."""

    def lie(honest: Transcript) -> Transcript:
        quiet = silenced(turn)(honest)
        done = next(event for event in honest.turns[-1].events if is_done(event.data))
        document = to_document(done)
        part = {"type": "output_text", "text": "One", "annotations": []}
        document["data"]["item"] |= {"id": "half", "content": [part]}
        half = type(done)(at_ms=honest.turns[turn].ended_at_ms, data=document["data"])
        return changed(quiet, turn, events=(*quiet.turns[turn].events, half))

    return lie


def never(honest: Transcript) -> Transcript:
    """The model never failed."""
    exchanges = tuple(replace(each, outcome="matched") for each in honest.exchanges)
    return replace(honest, exchanges=exchanges)


def speechless(honest: Transcript) -> Transcript:
    """A workflow returns nothing."""
    return changed(honest, -1, message="", response={"output_text": ""})


def fails(honest: Transcript) -> Transcript:
    """The user is told of an error."""
    told = type(honest.turns[0].events[0])(
        at_ms=honest.turns[0].ended_at_ms, data={"type": "error", "code": "stream.error", "allow_retry": True}
    )
    return changed(honest, 0, events=(*honest.turns[0].events, told))


def answered(honest: Transcript) -> Transcript:
    """A workflow makes an answer of what was none."""
    return changed(honest, 0, end="done", raised=None, message="Prices move.", response={"output_text": "x"})


def is_of(data: Mapping[str, Any] | None, kind: str) -> bool:
    return data is not None and data.get("item", {}).get("type") == kind


def is_done(data: Mapping[str, Any] | None) -> bool:
    return data is not None and data["type"] == "thread.item.done" and is_of(data, "assistant_message")


EACH_CUT = (*(silenced(turn) for turn in range(15)), *(swallowed(turn) for turn in range(4, 15)))
LIES: dict[str, tuple[Lie, ...]] = {
    "fault-chat-completions": (*(silenced(turn) for turn in range(4)), lost(), never),
    "fault-chat-completions-cut-after-the-end": (fails, lost(), shortened(), never),
    "fault-chat-completions-unfinished": (fails, never),
    "fault-401": (silenced(0), tells_the_key, kept, lost(), never),
    "fault-429-quota-used-up": (silenced(0), kept, lost(), never),
    "fault-429-then-answer": (lost(), shown_twice(), never),
    "fault-429-then-answer on agent_builder": (speechless, never),
    "fault-500-then-answer": (lost(), shown_twice(), never),
    "fault-500-then-answer on agent_builder": (speechless, never),
    "fault-cut-after-a-tool": (silenced(0), shown_twice(), kept, lost(), never),
    "fault-cut-after-the-end": (silenced(0), silenced(1), shown_twice(), lost(), never),
    "fault-cut-between-events": (*EACH_CUT, shown_twice(), lost(), never),
    "fault-cut-inside-events": (*EACH_CUT, shown_twice(), lost(), never),
    "fault-end-without-completion": (silenced(0), silenced(1), lost(), never),
    "fault-error-event": (silenced(0), kept, lost(), never),
    "fault-events-out-of-order": (shortened(), shown_twice(), never),
    "fault-events-twice": (shown_twice(), kept, lost(), never),
    "fault-long-answer": (shortened(0), lost()),
    "fault-malformed-answer on agent_builder": (answered, never),
    "fault-malformed-event": (silenced(0), lost(), never),
    "fault-response-failed": (silenced(0), kept, lost()),
    "fault-response-incomplete": (silenced(0), silenced(1), lost()),
    "fault-sequence-numbers": (lost(0), lost(1), shortened(2), shown_twice(), never),
    "fault-silence": (silenced(0), silenced(1), hung(1), lost(), never),
    "fault-stall": (shortened(), hung(0), never),
    "fault-ten-megabytes": (shortened(0), lost()),
    "fault-unknown-event": (shortened(), lost(), shown_twice(), never),
}
LARGE = {"fault-ten-megabytes"}
"""It takes ten seconds, and its smaller sister shows the same."""


def names() -> Iterator[Any]:
    for name, scenario in SHIPPED.items():
        for path in scenario.paths:
            told = name if path == NATIVE else f"{name} on {path}"
            yield pytest.param(told, name, path, marks=[pytest.mark.slow] if name in LARGE else [], id=told)


def test_each_scenario_of_this_folder_has_a_liar() -> None:
    assert {each.id for each in names()} == set(LIES)


@pytest.mark.parametrize(("told", "name", "path"), [*names()])
def test_it_passes_and_fails_with_each_lie_and_by_what_cannot_be(
    seat: Seat, told: str, name: str, path: str
) -> None:
    scenario = on_path(SHIPPED[name], path)
    honest = drive(seat, scenario, path)
    verdict = judged(honest, scenario)
    assert (verdict.outcome, verdict.reason) == ("pass", None)
    for lie in LIES[told]:
        assert judged(lie(honest), scenario).outcome == "fail", lie.__doc__ or lie.__qualname__
    variants = dict(impossibles(scenario))
    assert [what for what, each in variants.items() if judged(honest, each).outcome != "fail"] == []


def test_a_model_that_does_not_fail_fails_the_scenario(seat: Seat) -> None:
    scenario = SHIPPED["fault-401"]
    whole = replace(scenario, script=({"say": "It is up."}, *scenario.script[1:]))
    assert judged(drive(seat, whole, NATIVE), scenario).outcome == "fail"


def test_what_is_large_is_driven_only_where_it_is_named(tmp_path: Path) -> None:
    assert {name for name, scenario in SHIPPED.items() if scenario.on_request} == LARGE
    unnamed = {scenario.id for scenario in plan_scenarios(RunSettings(out=tmp_path))}
    assert SHIPPED.keys() - unnamed == LARGE
    group = plan_scenarios(RunSettings(out=tmp_path, scenarios=("faults",)))
    assert {scenario.id for scenario in group} == SHIPPED.keys() - LARGE
    named = RunSettings(out=tmp_path, scenarios=tuple(LARGE))
    assert {scenario.id for scenario in plan_scenarios(named)} == LARGE


def test_every_file_is_named_by_its_id() -> None:
    names = {path.stem for path in (data_folder("scenarios") / "faults").glob("*.yaml")}
    assert names == set(SHIPPED)
