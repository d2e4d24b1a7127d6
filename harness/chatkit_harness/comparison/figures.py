"""The figures that the documents of such a system give, beside what was measured here."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from chatkit_harness.comparison.assumption import Assumption
from chatkit_harness.comparison.nouns import Figure, Moment, Side

NOT_MEASURED = "not measured"
_OVERHEAD = "overhead of the server and the framework, no model time"
_WHOLE = "recorded model time and measured overhead"
_ASSUMED = "assumed model time ({words}) and measured overhead"
_SAVED = "answers were saved: no times are known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A side and the scenario that it answered."""

    scenario: str
    side: Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested:
    """How long a request of the page to the server's HTTP side took, without any model time."""

    path: str
    ms: float


def figures_of(
    sides: Sequence[Seen], requests: Sequence[Requested], assumption: Assumption | None = None
) -> tuple[Figure, ...]:
    """Every documented figure in the order of the documents; what nobody measured says so."""
    assumed = None if assumption is None else _ASSUMED.format(words=assumption.words)
    native = [each for each in sides if each.side.path == "native"]
    other = [each for each in sides if each.side.path == "agent_builder"]
    news = [each for each in other if "news" in each.scenario]
    charts = [each for each in other if any(turn.commands for turn in each.side.turns)]
    return (
        _figure(
            "native path, question to widget or command",
            "budget < 2 s",
            "never measured",
            _of_sides(native, lambda side: side.times.first_content, assumed),
        ),
        _figure("/health", "10 ms", "", _of_requests(requests, "/health")),
        _figure("update-context", "15 ms", "10-15 ms", _context(requests, other)),
        _figure(
            "chart-action",
            "15 s (elsewhere 1.5 s)",
            "31 s by its timestamps",
            _of_requests(requests, "/chart-action"),
        ),
        _figure(
            "Agent Builder, news question", "-", "25 s", _of_sides(news, lambda side: side.times.end, assumed)
        ),
        _figure(
            "Agent Builder, chart question",
            "-",
            "9-28 s before the first word, up to 2 min in all",
            _of_sides(charts, lambda side: side.times.end, assumed),
        ),
        _target("target, price", "< 0.5 s", native, "quote", assumed),
        _target("target, technical", "< 3 s", native, "technical", assumed),
        _target("target, briefing", "< 5 s", native, "briefing", assumed),
    )


def _target(what: str, documented: str, native: Sequence[Seen], kind: str, assumed: str | None) -> Figure:
    asked = [each for each in native if each.scenario.startswith(kind)]
    return _figure(what, documented, "", _of_sides(asked, lambda side: side.times.end, assumed))


def _figure(what: str, documented: str, seen: str, measured: tuple[str, str]) -> Figure:
    return Figure(what=what, documented=documented, seen=seen, measured=measured[0], kind=measured[1])


def _of_sides(
    sides: Sequence[Seen], moment: Callable[[Side], Moment], assumed: str | None
) -> tuple[str, str]:
    """The median of what is known: whole where the model's time is or is `assumed`, else the overhead."""
    moments = [moment(each.side) for each in sides if each.side.answered]
    whole = [each.whole_ms for each in moments if each.whole_ms is not None]
    if whole:
        return _median(whole), _WHOLE
    taken = [each.assumed_whole_ms for each in moments if each.assumed_whole_ms is not None]
    if taken and assumed is not None:
        return _median(taken), assumed
    overhead = [each.overhead_ms for each in moments if each.overhead_ms is not None]
    if overhead:
        return _median(overhead), _OVERHEAD
    saved = any(each.side.origin == "saved" for each in sides)
    return NOT_MEASURED, _SAVED if saved else ""


def _of_requests(requests: Iterable[Requested], ending: str) -> tuple[str, str]:
    taken = [each.ms for each in requests if each.path.rstrip("/").endswith(ending)]
    return (_median(taken), _OVERHEAD) if taken else (NOT_MEASURED, "")


def _context(requests: Sequence[Requested], workflows: Iterable[Seen]) -> tuple[str, str]:
    """The page's own request where one was made, else the stage in which the workflow's page does it."""
    measured = _of_requests(requests, "/update-context")
    if measured[0] != NOT_MEASURED:
        return measured
    stages = [
        s.ms for each in workflows for turn in each.side.turns for s in turn.stages if s.name == "context"
    ]
    return (_median(stages), "the context stage of the workflow's path, in process") if stages else measured


def _median(values: Sequence[float]) -> str:
    middle = statistics.median(values)
    told = (
        f"{middle:.1f} ms"
        if middle < 100
        else f"{middle:.0f} ms"
        if middle < 1000
        else f"{middle / 1000:.1f} s"
    )
    return f"{told} (median of {len(values)})" if len(values) > 1 else told
