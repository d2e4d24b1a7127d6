"""The first scenario: a server is driven until one conversation works, and what came out is expected.

No model is asked. What the server offers stands in its own request to the model on loopback; a call of its
first tool that works is then scripted, with arguments made from the tool's schema.
"""

from __future__ import annotations

import contextlib
import re
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

from .arguments import VARIANTS, made_arguments
from .asked import (
    Tool,
    likely_script,
    offered_tools,
    speaks_chat_completions,
    unanswered,
    used_part,
    with_answer,
)
from .seen import expectations, shows_something

ID = "first"
GREETING = "Hello"
MOST_TOOLS = 8
"""So many of a server's tools are tried; whoever has more has one that works among them."""
MOST_ANSWERS = 6
"""So often the model is asked within one turn before the conversation is given up."""

_EXAMPLES = re.compile(r"[,(]?\s*\b(such as|e\.g\.|for example|for instance)\b.*", re.IGNORECASE)


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


def record_first(settings: RunSettings) -> FirstScenario:
    """Drive the server that the settings name, and write down what it does.

    Raises UsageError where the settings name nothing, and UnavailableError where no cell can be made.
    """
    with _stage(settings) as (stage, pins):
        plain = stage.answered(GREETING)
        if not plain.works:
            return FirstScenario(document=None, pins=pins, findings=plain.findings)
        chosen, notes = _chosen(stage, plain)
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
                "expect": expectations(chosen.transcript, again.transcript),
            },
            pins=pins,
            notes=tuple(notes),
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


def _chosen(stage: _Stage, plain: Told) -> tuple[Told, list[str]]:
    """The conversation to keep: a tool that shows something, else one that works, else plain words."""
    tools = offered_tools(plain.transcript)
    working: Told | None = None
    refused = []
    for tool in tools[:MOST_TOOLS]:
        told = _called(stage, tool)
        if told is None:
            refused.append(tool.name)
        elif shows_something(told.transcript):
            return told, []
        else:
            working = working or told
    if working is not None:
        return working, []
    notes = [f"No arguments were found with which {' or '.join(refused)} works."] if refused else []
    return plain, notes


def _called(stage: _Stage, tool: Tool) -> Told | None:
    """A conversation in which the tool is called and works, if possible one in which it shows something."""
    tried: list[dict[str, Any]] = []
    working: Told | None = None
    for variant in range(VARIANTS):
        made = made_arguments(
            {"name": tool.name, "description": tool.description, "parameters": tool.parameters}, variant
        )
        if made in tried:
            continue
        tried.append(made)
        call = {"call": tool.name, "arguments": made}
        told = stage.answered(_words(tool), call)
        if told.works and any(each.name == tool.name for each in tool_calls(told.transcript)):
            if shows_something(told.transcript):
                return told
            working = working or told
    return working


def _words(tool: Tool) -> str:
    """What a user may say to have the tool called: its description's first sentence, else its name."""
    plain = _EXAMPLES.sub("", " ".join(tool.description.split()))
    first = plain.partition(". ")[0].rstrip(" .,:(")
    if 0 < len(first) <= 80:
        return f"{first}."
    return f"Please {tool.name.replace('_', ' ')}."
