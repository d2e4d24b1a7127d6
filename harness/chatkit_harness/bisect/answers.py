"""What a probe can answer, and a memory of what was answered."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

Answer = Literal["good", "bad", "unsatisfiable", "flaky"]
"""good: the case passes. bad: it fails by what is searched for. unsatisfiable: no set of pins exists, or it
fails by something else before, which says nothing of either. flaky: it fails now and then."""

ANSWERS: tuple[Answer, ...] = ("good", "bad", "unsatisfiable", "flaky")

Q = TypeVar("Q", bound=Hashable)


@dataclass(slots=True)
class Asked(Generic[Q]):
    """Asks each question once; `told` hears every new answer."""

    ask: Callable[[Q], Answer]
    told: Callable[[Q, Answer], object] = lambda _question, _answer: None
    known: dict[Q, Answer] = field(default_factory=dict)

    def __call__(self, question: Q) -> Answer:
        """The answer, from memory where there is one."""
        if question not in self.known:
            self.known[question] = answer = self.ask(question)
            self.told(question, answer)
        return self.known[question]
