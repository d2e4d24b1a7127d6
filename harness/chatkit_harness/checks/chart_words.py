"""What the words promise of the chart, against what the chart is told."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from chatkit_harness import chart
from chatkit_harness.chart.commands import (
    ROLES,
    ChartCommand,
    DrawTrendline,
    Fibonacci,
    Level,
    Placed,
    Trendline,
)
from chatkit_harness.core.nouns import Finding, Severity
from chatkit_harness.core.scenario import CommandsExpectation

from . import reading
from .chart_expected import INTENT, draws_none
from .chart_turns import ChartTurn, finding, levels

ROUNDING = 0.005
"""Two prices nearer to each other than this share are the same one, rounded."""

_LISTED = 12
"""How many prices a message names."""

_DRAW = re.compile(r"\b(?:draw|mark|plot|sketch|overlay|annotate|highlight|add|put)\b", re.IGNORECASE)
_SHOW = re.compile(r"\b(?:show|display|give|set)\b", re.IGNORECASE)
_CHART = re.compile(r"\bcharts?\b", re.IGNORECASE)
_ASKS = re.compile(
    r"\A\s*(?:what|which|who|why|when|is|are|was|were|do|does|did|has|have|how)\b"
    r"(?!.*\b(?:draw|show|load|add|mark|plot|put|set|switch|change|open|remove|clear|hide|zoom)\b)",
    re.IGNORECASE | re.DOTALL,
)
_NOT_ASKED = re.compile(
    r"\b(?:don['’]?t|do not|without|remove|clear|hide|delete|erase|explain|define|meaning"  # noqa: RUF001 - typed so
    r"|what (?:is|are) (?:a |an )?(?:support|resistance)s?(?: and resistances?| levels?)*\s*\?"
    r"|how (?:do|does|to|can|should))\b",
    re.IGNORECASE,
)
_DESK = r"(?:tickets?|teams?|plans?|agents?|chat|staff|e-?mails?|pages?|cent(?:er|re)|desk|requests?)"
"""What makes support that of a help desk."""
_WANTED = (
    ("support", re.compile(rf"\bsupports?\b(?!\s+{_DESK}\b)", re.IGNORECASE)),
    ("resistance", re.compile(r"\bresistances?\b", re.IGNORECASE)),
    ("fibonacci", re.compile(r"\bfib(?:onacci)?s?\b", re.IGNORECASE)),
    ("trendline", re.compile(r"\btrend ?lines?\b", re.IGNORECASE)),
    ("level", re.compile(r"\blevels\b|\b(?:key|price|pivot)\s+level\b", re.IGNORECASE)),
)


def check(told: ChartTurn, *, expected: Iterable[CommandsExpectation] = ()) -> Iterator[Finding]:
    """`commands/intent-without-command`, `levels-missing` and `prose-disagrees` of one turn.

    Nothing is missed that the scenario expects not to be there, nor of a turn that was not answered.
    """
    call = reading.http(told.turn)
    failed = call is not None and call.status >= 400
    if told.turn.end != "done" or failed or not reading.answered(told.turn):
        return
    wanted = list(expected)
    if not any(each.exactly == () for each in wanted):
        yield from _intent(told)
    if not any(map(draws_none, wanted)):
        yield from _missing(told)
    yield from _disagreement(told)


def _intent(told: ChartTurn) -> Iterator[Finding]:
    """A chart command by the classifier's word, and none in the answer; one that cannot be read is told."""
    found = reading.answer(told.turn)
    if found is None or INTENT not in (found.intent, found.query_intent):
        return
    if not told.commands and not found.rejected:
        symbol = f" for {found.symbol}" if found.symbol else ""
        message = f"the question was taken for a chart command{symbol}, and the answer holds no command"
        evidence = {"intent": found.intent or found.query_intent, "symbol": found.symbol, "text": found.text}
        # "What chart is loaded?" asks for words, whatever the classifier made of it.
        severity: Severity = "warning" if _ASKS.search(reading.question(told.turn)) else "error"
        yield finding("intent-without-command", "", message, told.turn, severity=severity, evidence=evidence)


def asked(told: ChartTurn) -> tuple[str, ...]:
    """The kinds of line that the user's words ask to see on the chart."""
    question = reading.question(told.turn)
    found = reading.answer(told.turn)
    on_chart = _CHART.search(question) or (found is not None and found.intent == INTENT)
    meant = _DRAW.search(question) or (on_chart and _SHOW.search(question))
    if not meant or _NOT_ASKED.search(question):
        return ()
    kinds = tuple(kind for kind, pattern in _WANTED if pattern.search(question))
    return tuple(kind for kind in kinds if kind != "level" or len(kinds) == 1)


def _missing(told: ChartTurn) -> Iterator[Finding]:
    commands = [each.command for each in told.commands]
    lacking = [kind for kind in asked(told) if not any(_draws(each, kind) for each in commands)]
    if lacking:
        question = reading.question(told.turn)
        given = [chart.to_text(each) for each in commands]
        message = (
            f"the user asks to see {' and '.join(lacking)} on the chart, which is told of none"
            f" (commands: {', '.join(given)[:200] or 'none'})"
        )
        evidence = {"asked": lacking, "question": question[:500], "commands": given}
        yield finding("levels-missing", ",".join(lacking), message, told.turn, evidence=evidence)


def _draws(command: ChartCommand, kind: str) -> bool:
    if kind == "fibonacci":
        return isinstance(command, Fibonacci)
    if kind == "trendline":
        return isinstance(command, Trendline | DrawTrendline)
    return any(kind in (each.role, "level") for each in levels([command]))


def _disagreement(told: ChartTurn) -> Iterator[Finding]:
    """Prices that the words name and the chart does not show: a fault where it shows others instead.

    Words may leave out some of what is drawn, and may speak of a kind of level that nobody asked to draw:
    those are notes. Commands that were only read out of the prose agree with it by themselves.
    """
    if all(each.source == "prose" for each in told.commands):
        return
    words = reading.prose(told.turn)
    spelt = chart.extract(words).commands
    meant = chart.from_prose(words, told.state.symbol).placed
    named = levels([*spelt, *(each.command for each in meant if not _is_past(words, each))])
    drawn = _drawn(told, spelt)
    undrawn = _not_among(named, drawn)
    unnamed = _not_among(drawn, named) if named else []
    shown, wanted = {each.role for each in drawn}, asked(told)
    wrong = [each for each in undrawn if each.role in shown]
    others = [each for each in undrawn if each.role not in shown and each.role not in wanted]
    if wrong and not {each.role for each in wrong} & {each.role for each in _not_among(drawn, named)}:
        yield _differ(told, "only the words name also", wrong, named, drawn)  # all that is drawn is named
    elif wrong:
        yield _differ(told, "the words name", wrong, named, drawn)
    if others:
        yield _differ(told, "only the words name", others, named, drawn)
    if unnamed and not wrong:
        yield _differ(told, "only the chart shows", unnamed, named, drawn)


_PAST = re.compile(
    r"\b(?:broke|broken|breaks|breached|lost|loses|losing|former|previous|old|failed)\b[^.\n]{0,30}\Z",
    re.IGNORECASE,
)


def _is_past(words: str, placed: Placed) -> bool:
    """True for a level that the words say is gone: `TSLA broke support at $440`."""
    return _PAST.search(words, max(0, placed.start - 60), placed.start) is not None


def _drawn(told: ChartTurn, spelt: Sequence[ChartCommand]) -> tuple[Level, ...]:
    """The levels that are meant for the chart alone.

    A line such as `**SUPPORT: 450** "low"` that stays in the words is for the user, unless there is no other.
    """
    written = [each for each in told.commands if each.source != "prose"]
    words = set(map(repr, spelt))
    apart = (each for each in written if each.source == "array" or repr(each.command) not in words)
    return levels(each.command for each in apart) or levels(each.command for each in written)


def _not_among(given: Sequence[Level], others: Sequence[Level]) -> list[Level]:
    """The levels that no other one of their role is near to."""
    prices = {role: sorted(each.price for each in others if each.role == role) for role in ROLES}
    return [each for each in given if not _near(each.price, prices[each.role])]


def _near(price: float, ascending: Sequence[float]) -> bool:
    """Whether one of the prices is the same but for rounding."""
    place = bisect_left(ascending, price * (1 - ROUNDING))
    return place < len(ascending) and ascending[place] <= price * (1 + ROUNDING)


def _differ(
    told: ChartTurn,
    lead: str,
    differing: Sequence[Level],
    named: Sequence[Level],
    drawn: Sequence[Level],
) -> Finding:
    by_chart = lead.startswith("only the chart")
    others = f"the words name {_told(named)}" if by_chart else f"the chart is told of {_told(drawn)}"
    evidence = {"words": _by_role(named), "commands": _by_role(drawn), "differing": _by_role(differing)}
    severity: Severity = "note" if lead.startswith("only") else "error"
    about = f"{lead}: {','.join(sorted(_by_role(differing)))}"
    message = f"{lead} {_told(differing)}, and {others}"
    return finding("prose-disagrees", about, message, told.turn, severity=severity, evidence=evidence)


def _told(given: Sequence[Level]) -> str:
    return "; ".join(f"{role} {_list(prices)}" for role, prices in _by_role(given).items()) or "none"


def _by_role(given: Sequence[Level]) -> dict[str, list[float]]:
    return {
        role: list(dict.fromkeys(each.price for each in given if each.role == role))
        for role in dict.fromkeys(each.role for each in given)
    }


def _list(prices: Sequence[float]) -> str:
    return ", ".join([*(f"{each:g}" for each in prices[:_LISTED]), *["…"] * (len(prices) > _LISTED)])
