"""Chart commands as they are written: those that cannot be read, are cut short, or are shown to the user."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chatkit_harness.core.nouns import Finding, Severity
from chatkit_harness.core.transcript import Turn
from chatkit_harness.frontend import RejectedCommand

from . import answers, exceptions, reading
from .chart_turns import finding

_ARRAY = re.compile(r'"[a-z_]*commands"\s{0,9}:\s{0,9}\[')
_LAST_LINES = re.compile(r"(?:^|\n)[ \t]*(?P<before>[A-Z]{3,12}:\S[^\n]*)\n[ \t]*(?P<last>[A-Z]{2,10}):?\s*$")
_VARYING = re.compile(r"'[^']*'|\"[^\"]*\"|^element \d+: ")
"""Of a reason what belongs to one command only: its words, and its place in an array."""

_VERBS = (
    *(
        "LOAD",
        "CHART",
        "TIMEFRAME",
        "SUPPORT",
        "RESISTANCE",
        "ENTRY",
        "TARGET",
        "STOPLOSS",
        "STOP",
        "TRENDLINE",
    ),
    *(
        "FIBONACCI",
        "INDICATOR",
        "ADD",
        "SHOW",
        "REMOVE",
        "HIDE",
        "PATTERN",
        "DRAW",
        "ANNOTATE",
        "CLEAR",
        "ZOOM",
    ),
    *("PAN", "SCROLL", "STYLE", "RESET", "CROSSHAIR", "ANALYZE"),
)


def check(turn: Turn) -> Iterator[Finding]:
    """`commands/rejected`, `commands/cut-short` and `commands/shown-as-text` of one turn."""
    cut = _cut_short(turn)
    if cut is not None:
        yield cut
    for each in reading.rejected(turn):
        if cut is None or each.end < len(_written(turn).rstrip()):
            yield _rejected(turn, each)
    if turn.message is None and reading.http(turn) is None:
        yield from _shown(turn)


def _rejected(turn: Turn, each: RejectedCommand) -> Finding:
    # Prose is only read for want of commands, so that what it may have meant fails nothing.
    severity: Severity = "warning" if each.source == "prose" else "error"
    return finding(
        "rejected",
        f"{each.verb}: {exceptions.normalised(_VARYING.sub('…', each.reason)).lstrip('…: ')}",
        f"the chart command {_short(each.text)} cannot be read: {each.reason}"
        f" ({'in an array' if each.source == 'array' else f'in the {each.source}'}, character {each.start})",
        turn,
        severity=severity,
        evidence={
            "component": each.verb,
            "verb": each.verb,
            "text": each.text[:500],
            "reason": each.reason,
            "source": each.source,
            "position": each.start,
            "end": each.end,
        },
    )


def _cut_short(turn: Turn) -> Finding | None:
    """An answer that ends in the middle of its commands, as it does at a limit of its length."""
    text = _written(turn).rstrip()
    found = answers.reading_of(text) if text else None
    if found is None:
        return None
    tail = next((text[each.start :] for each in found.broken if each.end >= len(text)), "")
    begun = _LAST_LINES.search(text)
    if _is_open(tail):
        return _cut(turn, "an array of commands", tail[-200:])
    last = next((each for each in found.rejected if each.source == "text" and each.end >= len(text)), None)
    if last is not None and last.text.rstrip().endswith(":"):
        return _cut(turn, "a command", last.text)
    if begun and begun["before"].partition(":")[0] in _VERBS and _is_beginning(begun["last"]):
        return _cut(turn, "a command", begun["last"])
    return None


def _is_open(tail: str) -> bool:
    """Whether a document that was cut ends inside of an array of commands."""
    begun = list(_ARRAY.finditer(tail))
    return bool(begun) and "]" not in tail[begun[-1].end() :]


def _is_beginning(word: str) -> bool:
    return any(verb.startswith(word) for verb in _VERBS)


def _cut(turn: Turn, what: str, end: str) -> Finding:
    message = f"the answer ends in the middle of {what}: {_short(end)}"
    return finding("cut-short", what, message, turn, evidence={"tail": end[-500:]})


def _written(turn: Turn) -> str:
    """The words as the model wrote them, from which commands are read."""
    return turn.message if turn.message is not None else reading.user_text(turn)


def _shown(turn: Turn) -> Iterator[Finding]:
    """Lines for the chart in a message that the page shows as it stands."""
    lines = list(reading.shown_lines(turn))
    if lines:
        message = (
            f"the user is shown chart commands as text: {_short(', '.join(lines))}"
            " (a client effect would reach the chart alone; chatkit has them from 1.4.0 on)"
        )
        evidence = {"commands": lines, "text": reading.user_text(turn)[:2000]}
        yield finding("shown-as-text", "", message, turn, severity="warning", evidence=evidence)


def _short(text: str, limit: int = 80) -> str:
    flat = " ".join(text.split())
    return repr(flat if len(flat) <= limit else f"{flat[: limit - 1]}…")
