"""Every rule that a finding of a case may have, by the check that it takes to see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .rules_exams import CONFORMANCE, CONTRACT

_WIDGETS = (
    *("changed-value", "dropped-component", "dropped-prop", "duplicate-component-id", "duplicate-id"),
    *("duplicate-key", "empty", "missing-prop", "not-allowed-here", "not-an-object", "too-deep"),
    *("unknown-component", "unknown-icon", "unknown-prop", "unknown-release", "wrong-type", "wrong-value"),
)
_CLIENT = (
    *("missing-prop", "not-allowed-here", "unknown-component", "unknown-effect", "unknown-icon"),
    *("unknown-prop", "wrong-type", "wrong-value"),
)
_RUN = (
    *("action-not-offered", "died", "error-event", "fault-not-met", "hang", "http-envelope", "http-error"),
    *("http-error-in-200", "invalid-answer", "invalid-event", "invalid-request", "leak", "logged-exception"),
    *("asked-after-leaving", "model-left-open", "no-answer", "not-driven", "stayed", "tool-after-leaving"),
    *("asked-too-soon", "widget-lost"),
    *("not-read-back", "raised", "rejected", "silent-end", "tool-error", "unfinished", "unreadable-event"),
)
_UPSTREAM = ("expired", "history", "unmatched", "unsupported", "unused")
_EXPECT = (
    *("client-tool-arguments", "client-tool-missing", "client-tool-not-pending", "error-missing"),
    *("event-missing", "finding-missing", "items", "model-not-asked", "model-not-told", "model-request"),
    *("model-told", "not-hidden", "not-passed-on", "response-content", "response-missing", "response-status"),
    "shown-missing",
    *("progress-missing", "text-content", "text-missing", "text-unexpected", "title", "tool-arguments"),
    *("tool-missing", "tool-unexpected", "widget-content", "widget-missing", "widget-unexpected"),
)
_COMMANDS = (
    *("cut-short", "duplicate", "far-from-price", "intent-without-command", "levels-missing", "missing"),
    *("prose-disagrees", "rejected", "shown-as-text", "trade-order", "unexpected", "wrong-indicators"),
    *("wrong-side", "wrong-symbol", "wrong-timeframe"),
)
_TEXT = ("broken-json", "delta-mismatch", "doubled", "empty", "markup", "raw-json")

_STORE = (
    *("differs", "does-not-keep", "duplicate-id", "lost", "not-read", "not-read-after-restart"),
    *("reused-id", "rollback-differs", "rollback-stuck", "rollback-unreadable", "twice"),
)


def _of(family: str, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{family}/{name}" for name in names)


RULES: Mapping[str, tuple[str, ...]] = {
    "imports": ("imports/failed",),
    "run": (*_of("run", _RUN), *_of("upstream", _UPSTREAM)),
    "widgets": _of("widgets", _WIDGETS),
    "client": _of("client", _CLIENT),
    "expect": _of("expect", _EXPECT),
    "commands": _of("commands", _COMMANDS),
    "text": _of("text", _TEXT),
    "latency": _of("latency", ("first-event", "model-calls", "total", "widget")),
    "store": _of("store", _STORE),
    "contract": _of("contract", CONTRACT),
    "conformance": _of("conformance", CONFORMANCE),
}
"""The rules of each check; a check that gets a new one names it here."""

OF_ALL = frozenset({"expect/finding-missing"})
"""Rules that a case is judged by as a whole: what is missing may be the finding of any check."""


def checks_for(rule: str) -> Iterator[str]:
    """The checks without which nobody knows whether a rule is broken; none for a rule of no check."""
    yield from (check for check, rules in RULES.items() if rule in rules or rule in OF_ALL)
