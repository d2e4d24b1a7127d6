"""The chart of a conversation: what it is told in each turn, what it shows then, and the known price."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chatkit_harness import chart
from chatkit_harness.chart.commands import ROLES, ChartCommand, DrawLevel, DrawTarget, Level
from chatkit_harness.core.nouns import Finding, Severity
from chatkit_harness.core.scenario import Scenario
from chatkit_harness.core.transcript import Transcript, Turn
from chatkit_harness.frontend import FoundCommand

from . import prices, reading

_PAGE = ("symbol", "timeframe")
"""What a page knows of its chart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartTurn:
    """One turn as the chart sees it: commands, the state that they leave, the last price of its symbol."""

    turn: Turn
    commands: tuple[FoundCommand, ...]
    state: chart.ChartState
    price: prices.Price | None = None

    @property
    def index(self) -> int:
        """The turn's number, from 0."""
        return self.turn.index

    def levels(self) -> tuple[Level, ...]:
        """The horizontal lines that the turn draws, named ones included."""
        return levels(each.command for each in self.commands)


def chart_turns(transcript: Transcript, scenario: Scenario) -> tuple[ChartTurn, ...]:
    """The turns of a conversation in order; what the page shows beforehand is the scenario's context."""
    told: list[ChartTurn] = []
    state = chart.ChartState()
    shown: tuple[str | None, str | None] = (None, None)
    last: dict[str | None, prices.Price] = {}
    for turn in transcript.turns:
        context = _context(scenario, turn)
        if context != shown and any(context):
            state, shown = chart.apply(state, _shown(*context)), context
        commands = reading.commands(turn)
        state = chart.apply(state, [each.command for each in commands])
        for price in prices.known(transcript, turn):
            last[price.symbol or state.symbol] = price
            if state.symbol is None:  # nothing tells that the chart is of another symbol
                last[None] = price
        told.append(ChartTurn(turn=turn, commands=commands, state=state, price=last.get(state.symbol)))
    return tuple(told)


def _context(scenario: Scenario, turn: Turn) -> tuple[str | None, str | None]:
    """The symbol and the timeframe of the page when the turn is asked: an HTTP call may tell others."""
    own = scenario.turns[turn.index].context if 0 <= turn.index < len(scenario.turns) else {}
    body = reading.mapping(turn.request.get("body")) if turn.request.get("type") == "http" else {}
    holders = (body, reading.mapping(body.get("metadata")))
    told = [each for holder in holders for each in (holder, reading.mapping(holder.get("chart_context")))]
    held = {**scenario.context, **own, **{key: each[key] for each in told for key in _PAGE if each.get(key)}}
    symbol, timeframe = reading.words(held.get("symbol")), reading.words(held.get("timeframe"))
    return symbol.upper() or None, timeframe or None


def _shown(symbol: str | None, timeframe: str | None) -> tuple[ChartCommand, ...]:
    """The commands that would make a chart show what the page shows."""
    given = [f"LOAD:{symbol}"] * bool(symbol) + [f"TIMEFRAME:{timeframe}"] * bool(timeframe)
    return chart.read_array(given).commands


def levels(commands: Iterable[ChartCommand]) -> tuple[Level, ...]:
    """The horizontal lines among commands, each with its role."""
    return tuple(_levels(commands))


def _levels(commands: Iterable[ChartCommand]) -> Iterator[Level]:
    for command in commands:
        if isinstance(command, Level):
            yield command
        elif isinstance(command, DrawTarget):
            yield Level(role="target", price=command.price, label=command.id)
        elif isinstance(command, DrawLevel):
            role = next((role for role in ROLES if role == command.type.casefold()), None)
            if role is not None:
                yield Level(role=role, price=command.price, label=command.id)


def finding(
    what: str,
    about: str,
    message: str,
    turn: Turn | None,
    *,
    severity: Severity = "error",
    evidence: Mapping[str, Any],
) -> Finding:
    """A finding of the check `commands`; `about` is what its key says besides the rule."""
    where = f"turn {turn.index + 1}: " if turn is not None else ""
    return Finding(
        rule=f"commands/{what}",
        severity=severity,
        key=f"commands/{what} {about}".rstrip(),
        message=f"{where}{message}",
        evidence={"turn": turn.index if turn is not None else None, **evidence},
    )
