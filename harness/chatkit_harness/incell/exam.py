"""An exam: one rule that a store or a server has to keep, put to the test, with what broke it."""

from __future__ import annotations

from typing import Any, Dict, List

SHOWN = 20
"""Breaches that are told of one exam: the first ones say what is wrong."""
WORDS = 300
"""Characters of a text that stands in evidence."""


class UnsupportedError(Exception):
    """What is examined does not do this at all: the case is skipped, with these words as its reason."""


class Examination:
    """Collects what breaks the rule; an exam goes on after a breach where what follows still means something.

    exam.require(page.has_more, "has-more", "there is a second page, and the first one denies it", limit=2)
    """

    def __init__(self) -> None:
        self.breaches: List[Dict[str, Any]] = []
        self.asked = 0

    def require(self, held: bool, rule: str, message: str, **evidence: Any) -> bool:
        """Note a breach unless `held`, and answer `held`. `rule` is in kebab case; evidence is plain JSON."""
        return self._noted(held, rule, message, evidence, advice=False)

    def advise(self, held: bool, rule: str, message: str, **evidence: Any) -> bool:
        """As `require`, of what fails nobody, and a careful team would mend all the same."""
        return self._noted(held, rule, message, evidence, advice=True)

    def _noted(self, held: bool, rule: str, message: str, evidence: Dict[str, Any], *, advice: bool) -> bool:
        self.asked += 1
        if not held and len(self.breaches) < SHOWN:
            shown = {name: _short(value) for name, value in evidence.items()}
            self.breaches.append({"rule": rule, "message": message, "evidence": shown, "advice": advice})
        return bool(held)


def _short(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= WORDS else value[:WORDS] + "..."
    if isinstance(value, dict):
        return {str(name): _short(each) for name, each in list(value.items())[:SHOWN]}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_short(each) for each in list(value)[:SHOWN]]
    return value if isinstance(value, (int, float, bool, type(None))) else repr(value)[:WORDS]
