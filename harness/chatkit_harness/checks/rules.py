"""Every rule that a finding of a case may have, by the check that it takes to see it, and what it means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .rules_exams import CONFORMANCE, CONTRACT
from .rules_expect import COMMANDS, EXPECT, TEXT
from .rules_run import IMPORTS, LATENCY, RUN, STORE, UPSTREAM
from .rules_widgets import CLIENT, WIDGETS


def _of(family: str, says: Mapping[str, str]) -> Mapping[str, str]:
    return {f"{family}/{name}": sentence for name, sentence in says.items()}


RULES: Mapping[str, Mapping[str, str]] = {
    "imports": _of("imports", IMPORTS),
    "run": {**_of("run", RUN), **_of("upstream", UPSTREAM)},
    "widgets": _of("widgets", WIDGETS),
    "client": _of("client", CLIENT),
    "expect": _of("expect", EXPECT),
    "commands": _of("commands", COMMANDS),
    "text": _of("text", TEXT),
    "latency": _of("latency", LATENCY),
    "store": _of("store", STORE),
    "contract": _of("contract", CONTRACT),
    "conformance": _of("conformance", CONFORMANCE),
}
"""The rules of each check, each with what a finding by it says was seen; a new one is named here, too."""

OF_ALL = frozenset({"expect/finding-missing"})
"""Rules that a case is judged by as a whole: what is missing may be the finding of any check."""


def checks_for(rule: str) -> Iterator[str]:
    """The checks without which nobody knows whether a rule is broken; none for a rule of no check."""
    yield from (check for check, rules in RULES.items() if rule in rules or rule in OF_ALL)
