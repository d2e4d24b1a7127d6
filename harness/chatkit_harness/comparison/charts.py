"""The chart on both sides: what it is told, and what it shows then."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from chatkit_harness import chart
from chatkit_harness.chart.commands import ChartCommand
from chatkit_harness.checks import reading
from chatkit_harness.comparison.nouns import CommandDifference
from chatkit_harness.core.codec import to_document
from chatkit_harness.core.transcript import Turn


def written(turn: Turn) -> tuple[str, ...]:
    """The commands of a turn in their text form, in the order in which they came."""
    return tuple(chart.to_text(each.command) for each in reading.commands(turn))


def compare_commands(
    native: Sequence[Turn], agent_builder: Sequence[Turn], scenario: Mapping[str, Any]
) -> CommandDifference:
    """The commands of both sides, and the charts that they leave.

    A command's label is wording: it makes no other command, nor another chart. The page shows what the
    scenario's context says when a turn is asked, so that loading it once more changes nothing.
    """
    here, there = (Counter(_texts(turns)) for turns in (native, agent_builder))
    charts = [_state(turns, scenario) for turns in (native, agent_builder)]
    return CommandDifference(
        same=tuple((here & there).elements()),
        native_only=tuple((here - there).elements()),
        agent_builder_only=tuple((there - here).elements()),
        states={
            part: {"native": charts[0][part], "agent_builder": charts[1][part]}
            for part in charts[0]
            if _ordered(charts[0][part]) != _ordered(charts[1][part])
        },
    )


def _texts(turns: Iterable[Turn]) -> Iterator[str]:
    return (chart.to_text(command) for turn in turns for command in _commands(turn))


def _commands(turn: Turn) -> list[ChartCommand]:
    return [_unlabelled(each.command) for each in reading.commands(turn)]


def _unlabelled(command: ChartCommand) -> ChartCommand:
    return dataclasses.replace(command, label=None) if getattr(command, "label", None) else command


def _state(turns: Iterable[Turn], scenario: Mapping[str, Any]) -> dict[str, Any]:
    """The chart after the conversation, part by part."""
    state = chart.ChartState()
    shown: tuple[str, str] | None = None
    planned = reading.sequence(scenario.get("turns"))
    for turn in turns:
        own = reading.mapping(planned[turn.index]) if 0 <= turn.index < len(planned) else {}
        context = {**reading.mapping(scenario.get("context")), **reading.mapping(own.get("context"))}
        page = (reading.words(context.get("symbol")).upper(), reading.words(context.get("timeframe")))
        if page != shown and page[0]:
            state = dataclasses.replace(state, symbol=page[0], timeframe=page[1] or state.timeframe)
        shown = page
        state = chart.apply(state, _commands(turn))
    document = to_document(state)
    return document if isinstance(document, dict) else {"state": document}


def _ordered(value: Any) -> Any:
    """A part of the state, in which the order of what is drawn makes no difference."""
    return sorted(map(repr, value)) if isinstance(value, list) else value
