"""The catalogue of lying stores: each does one thing wrong, and says which exam and rule have to find it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tests.incell.contract.honest import Honest


@dataclass(frozen=True)
class Lie:
    """A lying store, and where it has to be found out."""

    name: str
    store: type[Honest]
    exam: str
    rule: str

    def factory(self, path: str) -> Callable[[], Honest]:
        """What opens it, in whatever process."""
        return functools.partial(self.store, path)


LIES: dict[str, Lie] = {}
S = TypeVar("S", bound=type[Honest])


def lies(exam: str, rule: str | None = None) -> Callable[[S], S]:
    """Put a store into the catalogue, under its class's name in kebab case."""

    def put(store: S) -> S:
        name = "".join(f"-{c.lower()}" if c.isupper() else c for c in store.__name__).lstrip("-")
        assert name not in LIES
        LIES[name] = Lie(name, store, exam, rule or exam)
        return store

    return put
