"""What a scenario expects of the chart: its symbol, its timeframe, what is drawn on it, and what is not."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace

from chatkit_harness import chart
from chatkit_harness.chart import commands as forms
from chatkit_harness.chart.commands import ChartCommand
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import CommandsExpectation, Scenario
from chatkit_harness.core.transcript import Turn

from . import answers
from .chart_turns import ChartTurn, finding, levels
from .told import EFFECT

INTENT = "chart_command"
"""What a classifier takes a question for that is about the chart."""

_KINDS: Mapping[type, str] = {
    forms.Load: "load",
    forms.Timeframe: "timeframe",
    forms.Level: "level",
    forms.Trendline: "trendline",
    forms.Fibonacci: "fibonacci",
    forms.Indicator: "indicator",
    forms.Pattern: "pattern",
    forms.DrawLevel: "draw",
    forms.DrawTarget: "draw",
    forms.DrawTrendline: "draw",
    forms.AnnotatePattern: "annotate",
    forms.Clear: "clear",
    forms.Zoom: "zoom",
    forms.Pan: "pan",
    forms.Scroll: "scroll",
    forms.Style: "style",
    forms.Reset: "reset",
    forms.Crosshair: "crosshair",
    forms.Analyze: "analyze",
}


def kinds(command: ChartCommand) -> frozenset[str]:
    """The names that a command goes by in a scenario: its kind, and the role of a level that it draws."""
    found = {_KINDS[type(command)]}
    for level in levels([command]):
        found |= {"level", level.role}
    if isinstance(command, forms.DrawTrendline):
        found.add("trendline")
    return frozenset(found)


def expectations(
    scenario: Scenario, told: Sequence[ChartTurn]
) -> Iterator[tuple[CommandsExpectation, tuple[ChartTurn, ...]]]:
    """What is expected of the whole conversation, then of each turn that was driven, with those turns."""
    if scenario.expect.commands is not None:
        yield scenario.expect.commands, tuple(told)
    for each in told:
        own = scenario.turns[each.index].expect if 0 <= each.index < len(scenario.turns) else None
        if own is not None and own.commands is not None:
            yield own.commands, (each,)


def draws_none(expected: CommandsExpectation) -> bool:
    """Whether the scenario says that no level is to be drawn, or nothing at all.

    Other commands alone say nothing of it: that levels are missing may be what the scenario shows.
    """
    if expected.exactly == ():
        return True
    return "level" in expected.none_of or {"support", "resistance"} <= set(expected.none_of)


def check(
    expected: CommandsExpectation, told: Sequence[ChartTurn], told_already: Container[str] = ()
) -> Iterator[Finding]:
    """What the expectation misses in these turns; `told_already` are kinds whose lack is a finding by now."""
    if not told:
        return
    commands = [each.command for turn in told for each in turn.commands]
    turn = told[0].turn if len(told) == 1 else None
    given = [chart.to_text(each) for each in commands]
    shown = f"(commands: {', '.join(given)[:300] or 'none'})"
    evidence = {"commands": given}
    state = told[-1].state
    yield from _state(expected, state, turn, shown, evidence)
    for kind, wanted in expected.at_least.items():
        count = sum(kind in kinds(each) for each in commands)
        if count < wanted and kind not in told_already:
            message = f"{count} of at least {wanted} {kind} commands {shown}"
            yield finding("missing", kind, message, turn, evidence={**evidence, "component": kind})
    for kind in expected.none_of:
        found = [chart.to_text(each) for each in commands if kind in kinds(each)]
        if found:
            message = f"no {kind} was expected, and the chart is told {', '.join(found)[:300]}"
            yield finding("unexpected", kind, message, turn, evidence={**evidence, "component": kind})
    if expected.exactly is not None:
        meant = [each.command for turn in told for each in turn.commands if each.source == "prose"]
        yield from _exactly(expected.exactly, commands, meant, turn, shown)


def _state(
    expected: CommandsExpectation,
    state: chart.ChartState,
    turn: Turn | None,
    shown: str,
    evidence: Mapping[str, object],
) -> Iterator[Finding]:
    for name, wanted, got in (
        ("symbol", expected.symbol, state.symbol),
        ("timeframe", expected.timeframe, state.timeframe),
    ):
        if wanted is not None and got != wanted:
            message = f"the chart shows the {name} {got or '(none)'} in the end instead of {wanted} {shown}"
            yield finding(
                f"wrong-{name}", "", message, turn, evidence={**evidence, "wanted": wanted, "got": got}
            )
    if expected.indicators is not None:
        on = sorted({each.name for each in state.indicators})
        if on != sorted(expected.indicators):
            wanted = ", ".join(sorted(expected.indicators)) or "none"
            message = (
                f"the indicators {', '.join(on) or '(none)'} are on in the end instead of {wanted} {shown}"
            )
            yield finding("wrong-indicators", "", message, turn, evidence={**evidence, "got": on})


def _exactly(
    expected: Sequence[str],
    commands: Sequence[ChartCommand],
    meant: Sequence[ChartCommand],
    turn: Turn | None,
    shown: str,
) -> Iterator[Finding]:
    """All that is written, and no more; what prose only means ("TSLA is loaded") is nobody's command."""
    left = list(commands)
    for text in expected:
        same = next((each for each in left if _is(text, each)), None)
        verb = text.partition(":")[0]
        if same is None:
            message = f"the chart is not told {text} {shown}"
            yield finding("missing", verb, message, turn, evidence={"component": verb, "wanted": text})
        else:
            left.remove(same)
    for each in (other for other in left if other not in meant):
        text = chart.to_text(each)
        verb = text.partition(":")[0]
        message = f"the chart is told {text}, which is not expected"
        yield finding("unexpected", verb, message, turn, evidence={"component": verb, "got": text})


def _is(text: str, command: ChartCommand) -> bool:
    """Whether a command is the one written; a label counts only where one is written."""
    read = _read(text)
    bare = replace(command, label=None) if hasattr(command, "label") else command
    return bool(read) and read[0] in (command, bare)


def _read(text: str) -> tuple[ChartCommand, ...]:
    found = answers.reading_of(json.dumps({EFFECT: [text]}))
    return tuple(each.command for each in found.commands)
