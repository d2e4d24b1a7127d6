"""Levels on the chart: on the right side of the price, near it, in the order of a trade, each once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from chatkit_harness import chart
from chatkit_harness.chart.commands import Level
from chatkit_harness.core.nouns import Finding, Severity

from . import reading
from .chart_turns import ChartTurn, finding
from .prices import Price

TOUCHING = 0.002
"""A level as near as this to the price is on neither side of it."""

FAR = 0.25
"""Support and resistance further than this from the price are told as a warning."""

ABSURD = 0.5
"""Further than this from the price it is most likely the price of something else."""

_LISTED = 12
"""How many prices a message names."""


def check(told: ChartTurn) -> Iterator[Finding]:
    """`commands/wrong-side`, `far-from-price`, `trade-order` and `duplicate` of what one turn draws."""
    drawn = told.levels()
    found = list(_trade(told, drawn))
    if told.price is not None:
        found = [*_sides(told, drawn, told.price), *_distances(told, drawn, told.price), *found]
    spoken = all(each.source == "prose" for each in told.commands)
    for each in found:  # what prose may have meant fails nothing
        yield replace(each, severity="warning") if spoken else each
    yield from _duplicates(told)


def _sides(told: ChartTurn, drawn: Sequence[Level], price: Price) -> Iterator[Finding]:
    for role, sign, side in (("support", 1, "above"), ("resistance", -1, "below")):
        prices = [each.price for each in drawn if each.role == role]
        wrong = [each for each in prices if sign * _off(each, price) > TOUCHING]
        if wrong:
            message = f"{role} at {_list(wrong)} is {side} the price of {_said(price)}"
            evidence = _evidence(told, role, wrong, price)
            yield finding("wrong-side", role, message, told.turn, evidence=evidence)


def _distances(told: ChartTurn, drawn: Sequence[Level], price: Price) -> Iterator[Finding]:
    for role in dict.fromkeys(each.role for each in drawn):
        prices = [each.price for each in drawn if each.role == role]
        limit = ABSURD if role == "target" else FAR
        far = [each for each in prices if abs(_off(each, price)) > limit]
        if far:
            off = max(abs(_off(each, price)) for each in far)
            severity: Severity = "error" if off > ABSURD else "warning"
            message = f"{role} at {_list(far)} is {off:.0%} off the price of {_said(price)}"
            evidence = _evidence(told, role, far, price)
            yield finding("far-from-price", role, message, told.turn, severity=severity, evidence=evidence)


def _trade(told: ChartTurn, drawn: Sequence[Level]) -> Iterator[Finding]:
    """A long trade stops below its entry and aims above it, a short one the other way round."""
    stops, entries, targets = (
        [each.price for each in drawn if each.role == role] for role in ("stop", "entry", "target")
    )
    if not (stops and entries and targets):
        return
    long = max(stops) < min(entries) and max(entries) < min(targets)
    short = max(targets) < min(entries) and max(entries) < min(stops)
    if not (long or short):
        message = (
            f"the trade makes no sense: entry {_list(entries)}, stop {_list(stops)}, target {_list(targets)}"
            " (an entry lies between its stop and its target)"
        )
        evidence = {"entry": entries, "stop": stops, "target": targets}
        yield finding("trade-order", "", message, told.turn, evidence=evidence)


def _duplicates(told: ChartTurn) -> Iterator[Finding]:
    """What one array, or the words, say twice. An array and a line of the words may say the same."""
    for commands in reading.written(told.turn):
        again = chart.duplicates(commands)
        if again:
            given = list(dict.fromkeys(map(chart.to_text, again)))
            kinds = ",".join(sorted({text.partition(":")[0] for text in given}))
            message = f"the chart is told twice: {', '.join(given)[:300]}"
            yield finding(
                "duplicate", kinds, message, told.turn, severity="warning", evidence={"commands": given}
            )
            return


def _off(level: float, price: Price) -> float:
    """How far a level is above the price, as a share of it."""
    return level / price.value - 1


def _said(price: Price) -> str:
    return f"{price.value:g}, by {price.source}"


def _evidence(told: ChartTurn, role: str, prices: Sequence[float], price: Price) -> dict[str, object]:
    return {
        "component": role,
        "levels": list(prices),
        "price": price.value,
        "source": price.source,
        "symbol": told.state.symbol,
    }


def _list(prices: Sequence[float]) -> str:
    return ", ".join([*(f"{each:g}" for each in prices[:_LISTED]), *["…"] * (len(prices) > _LISTED)])
