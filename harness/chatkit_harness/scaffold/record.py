"""The first scenario: a server is driven until one conversation works, and what came out is expected.

No model is asked. What the server offers stands in its own request to the model on loopback; a call of its
first tool that works is then scripted, with arguments made from the tool's schema.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from chatkit_harness.cells.payload import payload
from chatkit_harness.checks import run_checks
from chatkit_harness.checks.judge import judge
from chatkit_harness.checks.reading import tool_calls
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import Scenario, TurnPlan
from chatkit_harness.core.transcript import Transcript
from chatkit_harness.engine.locks import Locks
from chatkit_harness.engine.own import find_own
from chatkit_harness.engine.plan_cells import make_cells
from chatkit_harness.engine.seat import Seat
from chatkit_harness.engine.settings import RunSettings
from chatkit_harness.engine.targets import Target
from chatkit_harness.environments.environment import Environments
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache
from chatkit_harness.upstream import ReplayServer, render_script

from .arguments import Guess, guesses
from .asked import (
    Tool,
    likely_script,
    offered_tools,
    speaks_chat_completions,
    unanswered,
    used_part,
    with_answer,
)
from .examples import gist
from .seen import expectations, shows_something

ID = "first"
GREETING = "Hello"
MOST_TOOLS = 8
"""So many of a server's tools are tried; whoever has more has one that works among them."""
MOST_CALLS = 24
"""So many calls are tried in all, the likeliest of each tool first."""
MOST_ANSWERS = 6
"""So often the model is asked within one turn before the conversation is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A conversation: what the user says, what the model does, what came of it."""

    words: str
    script: tuple[Mapping[str, Any], ...]
    transcript: Transcript
    findings: tuple[Finding, ...] = ()

    @property
    def works(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.findings


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstScenario:
    """What the server was seen to do, as a scenario's document; `document` is None where it cannot be driven.

    `pins` are the versions that it ran with, `findings` what is wrong with it. `notes` are for people.
    """

    document: Mapping[str, Any] | None
    pins: Mapping[str, str]
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Stage:
    """Where conversations are driven: one cell, of which `make` starts a process."""

    make: Callable[[], Seat]
    seat: Seat
    target: Target
    options: dict[str, Any] = field(default_factory=dict)

    def play(self, words: str, script: Sequence[Mapping[str, Any]]) -> Told:
        """One conversation, from its beginning."""
        scenario = Scenario(
            id=ID, title=ID, turns=(TurnPlan(user=words),), script=tuple(script), options=self.options
        )
        transcript = self.seat.drive(scenario, render_script(scenario), self.target).transcript
        if speaks_chat_completions(transcript) and not self.options:
            self.options["api"] = "chat_completions"
            return self.play(words, script)
        return Told(
            words=words,
            script=tuple(script),
            transcript=transcript,
            findings=_wrong(transcript, scenario),
        )

    def answered(self, words: str, call: Mapping[str, Any] | None = None) -> Told:
        """One in which the model answers all that it is asked, with the call where it is offered."""
        likely = self.play(words, likely_script(call))
        told = self.play(words, used_part(likely.script, likely.transcript))
        return told if told.works else self._bit_by_bit(words, call)

    def _bit_by_bit(self, words: str, call: Mapping[str, Any] | None) -> Told:
        """The same, one answer after the other, each by what the request before had none to."""
        told = self.play(words, ())
        for _ in range(MOST_ANSWERS):
            asked = unanswered(told.transcript)
            if asked is None:
                break
            told = self.play(words, with_answer(told.script, asked, call))
        if told.works or not any(record.logger == "asyncio" for record in told.transcript.log):
            return told
        # What a task of an earlier conversation raised is logged whenever that is collected.
        self.seat.close()
        self.seat = self.make()
        return self.play(words, told.script)


def _wrong(transcript: Transcript, scenario: Scenario) -> tuple[Finding, ...]:
    """What fails the case; the verdict's own reason where that is no finding."""
    judged = judge(transcript, scenario, run_checks(transcript, scenario))
    found = tuple(each for each in judged.findings if each.severity == "error")
    if found or judged.outcome == "pass":
        return found
    return (
        Finding(rule="run/not-driven", severity="error", key="run/not-driven", message=judged.reason or ""),
    )


def record_first(settings: RunSettings, file: str = f"{ID}.yaml") -> FirstScenario:
    """Drive the server that the settings name, and write down what it does; notes name the `file` it is for.

    Raises UsageError where the settings name nothing, and UnavailableError where no cell can be made.
    """
    with _stage(settings) as (stage, pins):
        plain = stage.answered(GREETING)
        if not plain.works:
            return FirstScenario(document=None, pins=pins, findings=plain.findings)
        kept = _chosen(stage, plain, file)
        chosen = kept.told
        again = stage.play(chosen.words, chosen.script)
        if not again.works:
            return FirstScenario(document=None, pins=pins, findings=again.findings)
        return FirstScenario(
            document={
                "id": ID,
                "title": chosen.words,
                "turns": [{"user": chosen.words}],
                **({"options": dict(stage.options)} if stage.options else {}),
                "script": [dict(each) for each in chosen.script],
                "expect": expectations(
                    chosen.transcript, again.transcript, certain=kept.guess is None or kept.guess.certain
                ),
            },
            pins=pins,
            notes=kept.notes,
        )


@contextlib.contextmanager
def _stage(settings: RunSettings) -> Iterator[tuple[_Stage, Mapping[str, str]]]:
    """A cell with the project's server and its requirements, and the pins that it has."""
    own = find_own(settings)
    cache = Cache(settings.cache)
    index = Index(cache, settings.index)
    planned = replace(make_cells(settings, index)[0], extras=own.requirements, on_top=own.on_top)
    lock = Locks(cache, index).lock(planned)
    target = own.targets.server
    assert target is not None  # noqa: S101 - whoever calls names a server
    environment = Environments(cache, index).environment(lock.pins, planned.interpreter)
    with (
        ReplayServer() as upstream,
        tempfile.TemporaryDirectory(prefix="chatkit-harness-init-") as logs,
    ):

        def make() -> Seat:
            return Seat(
                environment,
                payload(cache),
                upstream,
                log=Path(logs) / "worker.log",
                time_limit_s=settings.time_limit_s,
                memory_limit_mb=settings.memory_limit_mb,
                pacing=0.0,
                pins=lock.pins,
                targets=[target],
                environ=settings.env,
            )

        stage = _Stage(make=make, seat=make(), target=target)
        try:
            yield stage, lock.pins
        finally:
            stage.seat.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chosen:
    """The conversation to keep; `guess` is what its tool was called with, None where none was called."""

    told: Told
    guess: Guess | None = None
    notes: tuple[str, ...] = ()


def _chosen(stage: _Stage, plain: Told, file: str) -> _Chosen:
    """The conversation to keep: a tool that shows something, else one that works, else plain words."""
    working: list[tuple[Tool, Guess, Told]] = []
    tools = offered_tools(plain.transcript)[:MOST_TOOLS]
    for tool, guess in _attempts(tools):
        told = stage.answered(_words(tool), {"call": tool.name, "arguments": dict(guess.arguments)})
        if not told.works or all(each.name != tool.name for each in tool_calls(told.transcript)):
            continue
        if shows_something(told.transcript):
            return _Chosen(told=told, guess=guess)
        working.append((tool, guess, told))
    if not working:
        names = " or ".join(tool.name for tool in tools)
        return _Chosen(
            told=plain, notes=(f"No arguments were found with which {names} works.",) * bool(tools)
        )
    tool, guess, told = min(working, key=lambda each: bool(each[1].made_up))  # the first of the least made up
    return _Chosen(told=told, guess=guess, notes=(_nothing_shown(tool, guess, file),))


def _attempts(tools: Sequence[Tool]) -> list[tuple[Tool, Guess]]:
    """What is called with what: the likeliest call of each tool, then the next of each."""
    known = [
        (tool, guesses({"name": tool.name, "description": tool.description, "parameters": tool.parameters}))
        for tool in tools
    ]
    rounds = max((len(found) for _, found in known), default=0)
    calls = [(tool, found[each]) for each in range(rounds) for tool, found in known if each < len(found)]
    return calls[:MOST_CALLS]


def _nothing_shown(tool: Tool, guess: Guess, file: str) -> str:
    """What a reader has to know of a scenario whose tool showed nothing."""
    if guess.certain:
        return f"No tool showed a widget; {tool.name} is called, which worked."
    words = ", ".join(map(repr, guess.made_up or guess.read))
    source = f"a made-up {words}" if guess.made_up else f"{words}, read from its description"
    return (
        f"No tool showed a widget; {tool.name} was called with {source}: "
        f"give it real arguments in {file}, and say there which widget is expected."
    )


def _words(tool: Tool) -> str:
    """What a user may say to have the tool called: its description's first sentence, else its name."""
    first = gist(tool.description)
    if 0 < len(first) <= 80:
        return f"{first}."
    return f"Please {tool.name.replace('_', ' ')}."
