"""What every report of a comparison says in the same words: headings, numbers of both sides, labels."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from chatkit_harness.comparison.nouns import (
    Comparison,
    Moment,
    Pairing,
    ScenarioComparison,
    Side,
    Statement,
)
from chatkit_harness.reports.text import clean, first_few, milliseconds

DEMONSTRATION = (
    "Demonstration: the built-in server or workflow was compared, and where it says so on scripts that no "
    "model said. It shows what a comparison looks like, and says nothing of your workflow or your server."
)
SECTIONS = ("What breaks when moving, and what gets worse", "What gets better", "What is not known")
UNKNOWN = "unknown"
ASSUMED = ", assumed"
"""Stands behind a time that holds a model's as it is assumed."""
FIRST = "to the first event"
CONTENT = "to the first widget or command"
END = "to the end"
CALLS = "model calls, one after the other"
_BESIDES = ("answer", "commands", "form")
STATES = {0: "pass", 1: "fail", 3: "error"}
"""The exit status of a comparison as one of the states that all reports know."""
VERDICT_STATES = {
    "native better": "pass",
    "equal": "pass",
    "mixed": "unresolvable",
    "Agent Builder better": "fail",
    "cannot be told": "error",
}
VERDICT_SIGNS = {
    "native better": "✓",
    "equal": "=",
    "mixed": "±",
    "Agent Builder better": "✗",
    "cannot be told": "?",
}
"""What stands beside a verdict's colour, for those who do not see it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One figure of both sides, medians over the pairings of a scenario."""

    what: str
    native: str
    agent_builder: str


def head_of(comparison: Comparison) -> str:
    """The answer in two or three words."""
    if comparison.status != 3:
        return "Something breaks" if comparison.status else "Nothing breaks"
    judged = any(each.verdict != "cannot be told" for each in comparison.scenarios)
    return "Nothing breaks as far as could be judged" if judged else "Not judged"


def sections(comparison: Comparison) -> tuple[tuple[str, tuple[Statement, ...]], ...]:
    """What breaks, what gets better and what is not known, in the order in which it is told."""
    held = (comparison.breaking, comparison.better, comparison.unknown)
    told = tuple(zip(SECTIONS, held, strict=True))
    # Where nothing was compared, that nothing breaks is not known either.
    return told if comparison.scenarios else told[-1:]


def about(statement: Statement) -> str:
    """The scenarios of a statement, in few words."""
    return clean(first_few(statement.scenarios))


def numbers(scenario: ScenarioComparison) -> tuple[Number, ...]:
    """Times and costs of both sides; cells in which nothing works would only blur them."""
    pairings = _judged(scenario)
    return (
        _number(FIRST, pairings, _moment(_MOMENTS[FIRST])),
        _number(CONTENT, pairings, _content),
        _number(END, pairings, _moment(_MOMENTS[END])),
        _number("processor", pairings, _cpu),
        _number("model calls", pairings, _count(lambda side: side.costs.calls)),
        _number(CALLS, pairings, _count(lambda side: side.costs.in_a_row)),
        _number("tokens in, out", pairings, _tokens),
        _number("bytes asked, answered", pairings, _bytes),
    )


def moments(scenario: ScenarioComparison) -> tuple[tuple[str, Moment, Moment], ...]:
    """The times of both sides, native first, with the model's part told apart: medians as in `numbers`."""
    pairings = _judged(scenario)
    return tuple(
        (
            what,
            _median([of(each.native) for each in pairings]),
            _median([of(each.agent_builder) for each in pairings]),
        )
        for what, of in _MOMENTS.items()
    )


def number(scenario: ScenarioComparison, what: str) -> Number:
    """One of the figures by its name."""
    return next(each for each in numbers(scenario) if each.what == what)


def in_brief(number: Number) -> Number:
    """A figure for a narrow column: `+` where the model's time comes to it, `~` with one that is assumed,
    `?` where it is not known.
    """
    return replace(number, native=_brief(number.native), agent_builder=_brief(number.agent_builder))


def _brief(told: str) -> str:
    if told == UNKNOWN:
        return "?"
    if told.endswith(ASSUMED):
        return f"~{told.removesuffix(ASSUMED)}"
    return told.replace(" + model", " +")


def assumption_words(comparison: Comparison) -> str | None:
    """What was assumed of the model's speed, in a sentence; None where nothing was."""
    if comparison.assumption is None:
        return None
    return (
        f"An assumption, which nobody measured: the model takes {comparison.assumption}. Times that rest on "
        "it say so, and no verdict does."
    )


def shown(scenario: ScenarioComparison) -> Pairing:
    """The pairing that stands for the others."""
    return scenario.pairings[scenario.shown]


def cells_words(scenario: ScenarioComparison) -> str:
    """How the cells were judged, where there is more than one: `6 equal, 2 cannot be told`."""
    told = ", ".join(f"{number} {verdict}" for verdict, number in scenario.cells.items())
    more = f", {scenario.alike} more alike" if scenario.alike else ""
    return f"{told}{more}" if len(scenario.pairings) > 1 or more else ""


def decisive_words(scenario: ScenarioComparison) -> list[str]:
    """In what the sides differ, in words: what decides, else that nothing does and what is told besides."""
    if scenario.verdict == "cannot be told":
        held = [each for each in scenario.reasons if each.about == "unknown"]
    else:
        held = [each for each in scenario.reasons if each.decides]
    told = list(dict.fromkeys(clean(each.words) for each in held))
    if scenario.verdict == "equal":
        # Of several cells' answers, and so on, the first tells enough.
        firsts = {each.about: clean(each.words) for each in reversed(scenario.reasons)}
        besides = [firsts[about] for about in _BESIDES if about in firsts]
        answers = any(each.about == "answer" for each in scenario.reasons)
        told += besides if answers else ["the same facts and commands", *besides]
    return told


_MOMENTS: Mapping[str, Callable[[Side], Moment]] = {
    FIRST: lambda side: side.times.first_event,
    CONTENT: lambda side: side.times.first_content,
    END: lambda side: side.times.end,
}


def _judged(scenario: ScenarioComparison) -> Sequence[Pairing]:
    judged = [each for each in scenario.pairings if each.verdict != "cannot be told"]
    return judged or scenario.pairings


def _median(held: Sequence[Moment]) -> Moment:
    """Where the model's time is known of some, those alone count: the others have nothing to add to it."""
    known = [each for each in held if each.whole_ms is not None]
    whole = known or [each for each in held if each.assumed_whole_ms is not None] or held
    overhead = [each.overhead_ms for each in whole if each.overhead_ms is not None]
    model = [each.model_ms for each in whole if each.model_ms is not None]
    assumed = [each.assumed_ms for each in whole if each.assumed_ms is not None]
    return Moment(
        overhead_ms=statistics.median(overhead) if overhead else None,
        model_ms=statistics.median(model) if model else None,
        at_most=any(each.at_most for each in whole),
        assumed_ms=statistics.median(assumed) if assumed and not model else None,
    )


def _number(what: str, pairings: Sequence[Pairing], told: Callable[[list[Side]], str]) -> Number:
    return Number(
        what=what,
        native=told([each.native for each in pairings]),
        agent_builder=told([each.agent_builder for each in pairings]),
    )


def _moment(of: Callable[[Side], Moment]) -> Callable[[list[Side]], str]:
    def told(sides: list[Side]) -> str:
        moments = [of(side) for side in sides]
        at_most = "at most " if any(each.at_most for each in moments) else ""
        whole = [each.whole_ms for each in moments if each.whole_ms is not None]
        if whole:
            return f"{at_most}{milliseconds(statistics.median(whole))}"
        assumed = [each.assumed_whole_ms for each in moments if each.assumed_whole_ms is not None]
        if assumed:
            return f"{at_most}{milliseconds(statistics.median(assumed))}{ASSUMED}"
        overhead = [each.overhead_ms for each in moments if each.overhead_ms is not None]
        return f"{milliseconds(statistics.median(overhead))} + model" if overhead else UNKNOWN

    return told


def _content(sides: list[Side]) -> str:
    """To the first widget or command; an answer in words alone has none, which is no unknown time."""
    told = _moment(lambda side: side.times.first_content)(sides)
    ended = any(side.times.end.overhead_ms is not None for side in sides)
    return "none" if told == UNKNOWN and ended else told


def _cpu(sides: list[Side]) -> str:
    known = [side.times.cpu_ms for side in sides if side.times.cpu_ms is not None]
    return milliseconds(statistics.median(known)) if known else UNKNOWN


def _count(of: Callable[[Side], int | None]) -> Callable[[list[Side]], str]:
    def told(sides: list[Side]) -> str:
        known = [number for number in map(of, sides) if number is not None]
        return f"{statistics.median_low(known):,}" if known else UNKNOWN

    return told


def _tokens(sides: list[Side]) -> str:
    told = _counts([(side.costs.input_tokens, side.costs.output_tokens) for side in sides])
    estimated = any(side.costs.tokens_estimated for side in sides)
    return f"about {told} (estimate)" if estimated and told != UNKNOWN else told


def _bytes(sides: list[Side]) -> str:
    return _counts([(side.costs.request_bytes, side.costs.response_bytes) for side in sides])


def _counts(pairs: Sequence[tuple[int | None, int | None]]) -> str:
    known = [(one, other) for one, other in pairs if one is not None and other is not None]
    if not known:
        return UNKNOWN
    first, second = (statistics.median_low(column) for column in zip(*known, strict=True))
    return f"{first:,}, {second:,}"
