"""The releases of a distribution with which something breaks, put together from what was driven."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from chatkit_harness.causes.table import pins_of, short
from chatkit_harness.causes.words import version_key
from chatkit_harness.core.nouns import Cell
from chatkit_harness.results.proofs import Proof, TurnsAt


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The releases of a distribution with which it breaks; None is no bound, or was not asked."""

    name: str
    low: TurnsAt | None = None
    high: TurnsAt | None = None
    is_there: bool | None = None

    @property
    def words(self) -> str:
        """`openai >= 3.1.0 (green: 3.0.0)`."""
        name = short(self.name)
        if self.is_there is not None:
            return f"{name} {'installed' if self.is_there else 'not installed'}"
        if self.low and self.high:
            if not self._is_one:
                return (
                    f"{name} <= {self.high.first_bad} or >= {self.low.first_bad} "
                    f"(green: {self.high.last_good} to {self.low.last_good})"
                )
            one = self.low.first_bad == self.high.first_bad
            span = self.low.first_bad + ("" if one else f" to {self.high.first_bad}")
            return f"{name} {span} (green: {self.low.last_good} and {self.high.last_good})"
        turn = self.low or self.high
        assert turn is not None  # noqa: S101 - a span without a bound is made by none
        return f"{name} {'>=' if self.low else '<='} {turn.first_bad} (green: {turn.last_good})"

    def holds(self, cell: Cell) -> bool:
        """Whether the cell has one of these releases."""
        return self.has(pins_of(cell).get(self.name))

    def has(self, version: str | None) -> bool:
        """Whether that release, or None for its lack, is one of these."""
        if self.is_there is not None:
            return (version is not None) == self.is_there
        if version is None:
            return False
        key = version_key(version)
        above = self.low is None or version_key(self.low.first_bad) <= key
        below = self.high is None or key <= version_key(self.high.first_bad)
        return above and below if self._is_one else above or below

    @property
    def _is_one(self) -> bool:
        """Whether it is one run of releases, and not all but those in between."""
        if self.low is None or self.high is None:
            return True
        return version_key(self.low.first_bad) <= version_key(self.high.first_bad)


def spans_of(proofs: Iterable[Proof]) -> Iterator[Span]:
    """One for each distribution; of several bounds on one side the widest, which holds of most."""
    turns: dict[str, list[TurnsAt]] = {}
    comes: dict[str, bool] = {}
    for proof in (each for each in proofs if each.verdict == "found"):
        for turn in proof.turns:
            turns.setdefault(turn.axis, []).append(turn)
        for moved in proof.changes:
            if moved.good is None or moved.bad is None:
                comes[moved.name] = moved.bad is not None
    for name, found in turns.items():
        lows = [turn for turn in found if version_key(turn.last_good) < version_key(turn.first_bad)]
        highs = [turn for turn in found if turn not in lows]
        yield Span(
            name=name,
            low=min(lows, key=lambda turn: version_key(turn.first_bad), default=None),
            high=max(highs, key=lambda turn: version_key(turn.first_bad), default=None),
        )
    for name, is_there in comes.items():
        if name not in turns:
            yield Span(name=name, is_there=is_there)
