"""The chart on both sides: what it is told, and what it shows then."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from chatkit_harness import chart
from chatkit_harness.chart.commands import ChartCommand
from chatkit_harness.checks import reading
from chatkit_harness.comparison.nouns import CommandDifference, OpenChart
from chatkit_harness.core.codec import to_document
from chatkit_harness.core.transcript import Turn


def written(turn: Turn) -> tuple[str, ...]:
    """The commands of a turn in their text form, in the order in which they came."""
    return tuple(chart.to_text(each.command) for each in reading.commands(turn))


def opened(scenario: Mapping[str, Any], turn: int) -> OpenChart | None:
    """The chart that the page shows when a turn (from 0) is asked, as the scenario's context says."""
    planned = reading.sequence(scenario.get("turns"))
    own = reading.mapping(planned[turn]) if 0 <= turn < len(planned) else {}
    context = {**reading.mapping(scenario.get("context")), **reading.mapping(own.get("context"))}
    symbol, timeframe = (reading.words(context.get(name)) for name in ("symbol", "timeframe"))
    return OpenChart(symbol=symbol.upper(), timeframe=timeframe or None) if symbol else None


def compare_commands(
    native: Sequence[Turn], agent_builder: Sequence[Turn], scenario: Mapping[str, Any]
) -> CommandDifference:
    """The commands of both sides, and the charts that they leave.

    The charts are held against each other after each turn. A command's label is wording: it makes no other
    command, nor another chart. The page shows what the
    scenario's context says when a turn is asked, so that loading it once more changes nothing.
    """
    here, there = (Counter(_texts(turns)) for turns in (native, agent_builder))
    return CommandDifference(
        same=tuple((here & there).elements()),
        native_only=tuple((here - there).elements()),
        agent_builder_only=tuple((there - here).elements()),
        states=_differing(list(_states(native, scenario)), list(_states(agent_builder, scenario))),
    )


def _differing(native: list[dict[str, Any]], agent_builder: list[dict[str, Any]]) -> dict[str, Any]:
    """The parts of the chart that differ after any turn, as they are the first time."""
    found: dict[str, Any] = {}
    for n in range(min(1, len(native), len(agent_builder)) and max(len(native), len(agent_builder))):
        here, there = native[min(n, len(native) - 1)], agent_builder[min(n, len(agent_builder) - 1)]
        for part in here:
            if _ordered(here[part]) != _ordered(there[part]):
                found.setdefault(part, {"native": here[part], "agent_builder": there[part]})
    return found


def _texts(turns: Iterable[Turn]) -> Iterator[str]:
    return (chart.to_text(command) for turn in turns for command in _commands(turn))


def _commands(turn: Turn) -> list[ChartCommand]:
    return [_unlabelled(each.command) for each in reading.commands(turn)]


def _unlabelled(command: ChartCommand) -> ChartCommand:
    return dataclasses.replace(command, label=None) if getattr(command, "label", None) else command


def _states(turns: Iterable[Turn], scenario: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The chart after each turn, part by part."""
    state = chart.ChartState()
    shown: OpenChart | None = None
    for turn in turns:
        page = opened(scenario, turn.index)
        if page is not None and page != shown:
            timeframe = page.timeframe or state.timeframe
            state = dataclasses.replace(state, symbol=page.symbol, timeframe=timeframe)
        shown = page
        state = chart.apply(state, _commands(turn))
        document = to_document(state)
        yield document if isinstance(document, dict) else {"state": document}


def _ordered(value: Any) -> Any:
    """A part of the state, in which the order of what is drawn makes no difference."""
    return sorted(map(repr, value)) if isinstance(value, list) else value
