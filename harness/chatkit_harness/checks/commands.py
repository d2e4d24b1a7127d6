"""Commands: what the chart is told, from how it is written to what stands on the chart in the end."""

from __future__ import annotations

from collections.abc import Iterator

from chatkit_harness import chart
from chatkit_harness.chart.commands import Load
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.core.transcript import Transcript

from . import chart_expected, chart_grammar, chart_levels, chart_words, reading
from .chart_subject import about_a_chart
from .chart_turns import ChartTurn, chart_turns, finding, levels

_NO_SYMBOL = frozenset({"NONE", "NULL", "NA", "UNKNOWN"})


def check(transcript: Transcript, scenario: Scenario) -> Iterator[Finding]:
    """What is wrong with the chart's commands on either path.

    Of each turn: commands that cannot be read or are cut short, levels that are implausible, words that the
    commands contradict, another symbol than the one that the question was taken for. Then what the scenario
    expects of the conversation and of each turn. A conversation on anything else is left alone.
    """
    if not about_a_chart(transcript, scenario):
        return
    told = chart_turns(transcript, scenario)
    expected = list(chart_expected.expectations(scenario, told))
    lacking: set[tuple[int, str]] = set()
    for each in told:
        about = [wanted for wanted, turns in expected if each in turns]
        yield from chart_grammar.check(each.turn)
        yield from chart_levels.check(each)
        words = () if reading.exhausted(transcript, each.turn) else chart_words.check(each, expected=about)
        for found in words:
            lacking |= {(each.index, kind) for kind in found.evidence.get("asked", ())}
            yield found
        if not any(wanted.symbol for wanted in about):
            yield from _symbol(each)
    for wanted, turns in expected:
        told_already = {kind for index, kind in lacking if any(index == each.index for each in turns)}
        yield from chart_expected.check(wanted, turns, told_already)


def _symbol(told: ChartTurn) -> Iterator[Finding]:
    """The chart shows another symbol than the one that the classifier understood."""
    found = reading.answer(told.turn)
    meant = _symbol_of(found.symbol) if found is not None else None
    commands = [each.command for each in told.commands]
    loaded = [each.symbol for each in commands if isinstance(each, Load)]
    if meant is None or not (loaded or levels(commands)):
        return
    shown = {*loaded, told.state.symbol} - {None}
    if shown and not any(each is not None and chart.same_symbol(each, meant) for each in shown):
        message = f"the question was taken for one about {meant}, and the chart shows {told.state.symbol}"
        evidence = {
            "wanted": meant,
            "got": told.state.symbol,
            "commands": [chart.to_text(c) for c in commands],
        }
        yield finding("wrong-symbol", "", message, told.turn, evidence=evidence)


def _symbol_of(word: str | None) -> str | None:
    """The symbol that a classifier names, None for what only says that there is none."""
    try:
        named = chart.parse(f"LOAD:{word}") if word else None
    except chart.CommandError:
        return None
    symbol = named.symbol if isinstance(named, Load) else None
    return None if symbol in _NO_SYMBOL else symbol
