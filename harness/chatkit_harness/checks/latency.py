"""Latency: what the server and the framework cost by themselves, and how often the model is asked.

A budget holds for each turn. Times are wall time since the request was sent, less the time that the model
on loopback took, and less the time for which the machine gave the cell no processor: what is left is the
server's and the framework's own. A tenth of the ceiling is left for what clocks and schedulers add: what
is over the ceiling by less is a warning, what is over it by more fails.

For how long there was no processor is known of the whole turn only: not whether it was before the first event
or the widget, nor whether the model was answering in the same moments. The time therefore lies between two
bounds. What is over the ceiling and a tenth at the least fails, so that a busy machine fails nothing; what is
over the ceiling at the most is a warning, so that it excuses nothing in silence either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chatkit_harness.core.nouns import Finding, Severity
from chatkit_harness.core.scenario import Budgets, Scenario
from chatkit_harness.core.transcript import Transcript, Turn

from . import reading

SLACK = 1.1
"""Up to this multiple of a ceiling it is passed with a warning, above it the case fails."""


def check(transcript: Transcript, scenario: Scenario) -> Iterator[Finding]:
    """Each turn that came to its end against the scenario's budgets; of saved answers no time is known."""
    if transcript.saved:
        return
    for turn in transcript.turns:
        if turn.end == "done":
            yield from _times(transcript, turn, scenario.budgets)
            yield from _calls(transcript, turn, scenario.budgets)


def turn_times(turn: Turn, invalid: frozenset[str] = frozenset()) -> Mapping[str, float | None]:
    """Milliseconds from the turn's request to its first event, its first widget and its end.

    Widgets whose item id is in `invalid` do not count; None where there was no such moment. A workflow's
    answer comes at once: its first word is its last.
    """
    first = turn.events[0].at_ms if turn.events else None
    if turn.message is not None:
        first = turn.ended_at_ms
    shown = [item.first_ms for item in reading.widgets(turn) if item.widget and item.id not in invalid]
    moments = {
        "first_event_ms": first,
        "widget_ms": min(shown) if shown else None,
        "total_ms": turn.ended_at_ms,
    }
    return {name: round(at - turn.sent_at_ms, 3) if at is not None else None for name, at in moments.items()}


_NAMES = {"first_event_ms": "the first event", "widget_ms": "the widget", "total_ms": "the end"}


def _times(transcript: Transcript, turn: Turn, budgets: Budgets) -> Iterator[Finding]:
    times = turn_times(turn)
    for name, ceiling in (
        ("first_event_ms", budgets.first_event_ms),
        ("widget_ms", budgets.widget_ms),
        ("total_ms", budgets.total_ms),
    ):
        took = times[name]
        if ceiling is None or took is None:
            continue
        waited = reading.waited_ms(transcript, turn, turn.sent_at_ms + took)
        bounds = _own(took, waited, turn)
        if max(bounds) > ceiling:
            yield _over(name, bounds, ceiling, waited, turn)


def _own(took: float, waited: float, turn: Turn) -> tuple[float, float]:
    """What of the time to a moment was the server's and the framework's own: at the least and at the most.

    All that the turn starved may have come before the moment, and while the model was not answering. After
    the moment comes no more of it than the turn still lasts; the rest may all lie where the model answered.
    """
    starved = turn.starved_ms or 0.0
    left = turn.ended_at_ms - turn.sent_at_ms - took
    before = max(0.0, starved - left)
    return max(0.0, took - waited - starved), max(0.0, took - max(waited, before))


def _over(name: str, bounds: tuple[float, float], ceiling: float, waited: float, turn: Turn) -> Finding:
    least, most = bounds
    severity: Severity = "error" if least > ceiling * SLACK else "warning"
    overhead, doubt = f"{least:.0f}", ""
    if overhead != f"{most:.0f}":
        overhead += f" to {most:.0f}"
        doubt = f"; when in the turn the machine gave no processor for {turn.starved_ms:.0f} ms is not known"
    short = name.removesuffix("_ms").replace("_", "-")
    excluded = (
        f", {waited:.0f} ms of the model's answering left out" if waited else ", without any model time"
    )
    return Finding(
        rule=f"latency/{short}",
        severity=severity,
        key=f"latency/{short}",
        message=f"turn {turn.index + 1}: {overhead} ms to {_NAMES[name]}, for a budget of {ceiling:g} ms"
        f" (overhead of the server and the framework{excluded}{doubt})",
        evidence={
            "turn": turn.index,
            "overhead_ms": round(least, 3),
            "overhead_at_most_ms": round(most, 3),
            "budget_ms": ceiling,
            "waited_ms": round(waited, 3),
            "cpu_ms": turn.cpu_ms,
            "starved_ms": turn.starved_ms,
        },
    )


def _calls(transcript: Transcript, turn: Turn, budgets: Budgets) -> Iterator[Finding]:
    made = [each for each in reading.turn_exchanges(transcript, turn) if each.outcome != "unsupported"]
    if budgets.model_calls is None or len(made) <= budgets.model_calls:
        return
    yield Finding(
        rule="latency/model-calls",
        severity="error",
        key="latency/model-calls",
        message=f"turn {turn.index + 1} asks the model {len(made)} times, {budgets.model_calls} allowed",
        evidence={"turn": turn.index, "calls": len(made), "budget": budgets.model_calls},
    )
