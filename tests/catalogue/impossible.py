"""A scenario that expects what cannot be: one variant for each thing that it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from chatkit_harness.core.scenario import (
    CommandsExpectation,
    Expectation,
    FindingExpectation,
    ModelExpectation,
    ResponseExpectation,
    Scenario,
    TextExpectation,
    ToolExpectation,
    WidgetExpectation,
)

NOWHERE = "qwzx"
"""What nobody says."""
EVERYWHERE = "type"
"""What is in whatever a client gets."""
_PART = ({"type": NOWHERE},)

_IMPOSSIBLE: Mapping[str, Callable[[Any], Any]] = {
    "tools": lambda tools: (*tools, ToolExpectation(name=NOWHERE)),
    "widgets": lambda widgets: (*widgets, WidgetExpectation(root="Card", contains=(NOWHERE,))),
    "text": lambda _: TextExpectation(contains=(NOWHERE,)),
    "client_tool": lambda _: ToolExpectation(name=NOWHERE),
    "items": lambda _: ("user_message", NOWHERE),
    "error": lambda _: NOWHERE,
    "commands": lambda _: CommandsExpectation(symbol=NOWHERE),
    "response": lambda _: ResponseExpectation(has={NOWHERE: True}),
    "progress": lambda _: (NOWHERE,),
    "title": lambda _: NOWHERE,
    "passes_on": lambda _: (f"openai.event/{NOWHERE}",),
    "shows": lambda _: _PART,
    "events": lambda _: _PART,
    "order": lambda order: (*order, "chatkit.event/thread.created"),
    "hides": lambda _: (EVERYWHERE,),
    "told_model": lambda _: ModelExpectation(contains=(NOWHERE,)),
    "findings": lambda wanted: (*wanted, FindingExpectation(rule="run/*", contains=(NOWHERE,))),
}


def impossibles(scenario: Scenario) -> Iterator[tuple[str, Scenario]]:
    """What is made impossible, and the scenario that expects it, of the whole and of each turn."""
    for name, expected in _variants(scenario.expect):
        yield name, replace(scenario, expect=expected)
    for number, turn in enumerate(scenario.turns):
        for name, expected in _variants(turn.expect or Expectation()):
            before, after = scenario.turns[:number], scenario.turns[number + 1 :]
            turns = (*before, replace(turn, expect=expected), *after)
            yield f"{name} of turn {number + 1}", replace(scenario, turns=turns)


def _variants(expected: Expectation) -> Iterator[tuple[str, Expectation]]:
    for name, impossible in _IMPOSSIBLE.items():
        said = getattr(expected, name)
        if said is not None and said != getattr(Expectation(), name):
            yield name, replace(expected, **{name: impossible(said)})
