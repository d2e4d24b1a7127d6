"""The search itself: which changes make it fail, where along each it turns, and what avoids it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from packaging.version import InvalidVersion, Version

from chatkit_harness.core.errors import SelectionError, UnresolvableError
from chatkit_harness.engine.pairs import AGENTS, CHATKIT
from chatkit_harness.index.index import Index
from chatkit_harness.pins.resolve import Lock
from chatkit_harness.reports.text import count

from .answers import Answer
from .axis import Verdict, most_asked, turning_past
from .constraint import Avoiding, proposed
from .mixing import Mixer, differences
from .nouns import Change, Constraint, Found, Seen, Target, Turn
from .oracle import BudgetSpentError, Oracle
from .smallest import smallest


@dataclass(slots=True, kw_only=True)
class Search:
    """A search between the two ends of a mixer. `axis` names the one distribution to walk along, if any.

    `hints` are distributions that the failure speaks of: they are tried by themselves first. `say` hears how
    much is left. What was found before the time was over is kept.
    """

    oracle: Oracle
    mixer: Mixer
    index: Index
    target: Target
    avoiding: Avoiding
    axis: str | None = None
    hints: Sequence[str] = ()
    say: Callable[[str], None] = lambda _text: None
    changes: tuple[Change, ...] = ()
    turns: list[Turn] = field(default_factory=list)
    constraint: Constraint | None = None
    _known: dict[tuple[tuple[str, str | None], ...], Seen] = field(default_factory=dict)
    _asked: set[tuple[Change, ...]] = field(default_factory=set)
    _bad: list[tuple[Change, ...]] = field(default_factory=list)

    def find(self) -> Found:
        """Everything, in its order; whatever the budget leaves undone is said to be."""
        try:
            found = self._find()
        except BudgetSpentError:
            found = self._suspected()
        return replace(found, target=self.target, asked=self.oracle.asked)

    def _find(self) -> Found:
        self.changes = self._narrowed()
        if not self.changes:
            return Found(certainty="unknown", why=self._nothing())
        for change in self.changes:
            turn = self._walked(change)
            if turn is not None:
                self.turns.append(turn)
        good, bad = self._neighbours()
        follower = self._follower(good, bad)
        if follower is not None:
            return follower.find()
        # Where the time ends before the two are confirmed, what avoids it is worth more to a reader.
        self.constraint = self.avoiding.constraint(self.turns, self.changes)
        doubt = self._doubt(good, bad)
        return Found(
            certainty="suspected" if doubt else "found",
            changes=self.changes,
            turns=tuple(self.turns),
            constraint=self.constraint,
            good=good.pins,
            bad=bad.pins,
            why=doubt,
        )

    def _suspected(self) -> Found:
        """What is known when the time is over: the smallest set that was seen to be bad."""
        changes = self.changes or min(self._bad, key=len, default=())
        if not changes:
            guesses = (each for each in self._likely() if (each,) not in self._asked)
            changes = tuple(guesses)[:1]
        why = "There was no time to drive it."
        untried = [Constraint(requirement=proposed(turn), verified=False, why=why) for turn in self.turns[:1]]
        return Found(
            certainty="suspected" if changes else "unknown",
            changes=changes,
            turns=tuple(self.turns),
            constraint=self.constraint or (untried[0] if untried else None),
            why="The time for the search was over.",
        )

    def _narrowed(self) -> tuple[Change, ...]:
        """A smallest set of changes that makes it fail; of an axis its own one, if it does."""
        every = self.mixer.changes
        if self.axis is not None:
            own = [
                change for change in differences(self.mixer.good, self.mixer.bad) if change.name == self.axis
            ]
            return tuple(own) if self.ask(tuple(own)) == "bad" else ()
        if self.ask(every) != "bad":  # with everything moved it is the bad end, unless that cannot be told
            return ()
        found = smallest(every, self.ask, likely=list(self._likely()))
        return self._without_followers(found)

    def _nothing(self) -> str:
        if self.axis is None:
            return "No set of changes that can be made makes it fail."
        seen = next(iter(self._known.values()))
        if seen.answer == "unsatisfiable":
            return f"{self.axis} cannot be moved alone, with what it needs: {seen.why}"
        return f"Moving {self.axis} alone, and what it needs, does not make it fail: search without --axis."

    def _likely(self) -> Iterable[Change]:
        every = {change.name: change for change in self.mixer.changes}
        for name in dict.fromkeys([*self.hints, "openai", AGENTS, CHATKIT]):
            if name in every:
                yield every[name]

    def _without_followers(self, found: tuple[Change, ...]) -> tuple[Change, ...]:
        """What moved only along with it may be what matters: it is tried without what brought it."""
        names = {change.name for change in found}
        moved = {each.name for each in differences(self.mixer.good, self._lock(found).pins)}
        along = tuple(each for each in self.mixer.changes if each.name in moved - names)
        if not along or self.ask(along) != "bad":
            return found
        return smallest(along, self.ask, likely=[each for each in self._likely() if each in along])

    def ask(self, changes: tuple[Change, ...]) -> Answer:
        """What a set of changes does to the good end."""
        self._asked.add(changes)
        seen = self._seen({change.name: change.bad for change in changes}, _words(changes))
        answer = self.oracle.counted(seen)
        if answer == "bad":
            self._bad.append(changes)
        return answer

    def _seen(self, moved: Mapping[str, str | None], tried: str) -> Seen:
        key = tuple(sorted(moved.items()))
        if key not in self._known:
            try:
                lock = self.mixer.mixed(moved)
            except UnresolvableError as error:
                self._known[key] = self.oracle.without_pins(tried, error.cause)
            else:
                self._known[key] = self.oracle.answer(lock, self.target, tried)
        return self._known[key]

    def _lock(self, changes: Iterable[Change]) -> Lock:
        return self.mixer.mixed({change.name: change.bad for change in changes})

    def _walked(self, change: Change) -> Turn | None:
        """Where along a distribution's releases it turns, the other changes made."""
        if change.good is None or change.bad is None:
            return None
        held = {each.name: each.bad for each in self.changes if each is not change}
        places = releases(self.index, change.name, change.good, change.bad)
        if len(places) > 2:
            self.say(_ahead(change, places))

        def ask(version: str) -> Verdict:
            seen = self._seen({**held, change.name: version}, f"{change.name} {version}")
            return "other" if seen.other else self.oracle.counted(seen)

        found = turning_past(places, ask)
        return Turn(axis=change.name, good=found.good, bad=found.bad, between=found.between)

    def _neighbours(self) -> tuple[Lock, Lock]:
        """The sets on both sides of the turn: the last good one, and the first bad one."""
        bad = {change.name: change.bad for change in self.changes}
        if not self.turns:
            return self.mixer.mixed({}), self.mixer.mixed(bad)
        turn = self.turns[0]
        first_bad = self.mixer.mixed({**bad, turn.axis: turn.bad})
        last = {**bad, turn.axis: turn.good}
        # With the other changes made, the release before may have no set of pins: then the good end it is.
        seen = self._known.get(tuple(sorted(last.items())))
        proven = len(self.changes) == 1 or (seen is not None and seen.answer == "good")
        return self.mixer.mixed(last if proven else {}), first_bad

    def _follower(self, good: Lock, bad: Lock) -> Search | None:
        """A search along what only moved with the changes, where moving it without them makes it fail.

        Two packages that bind each other cannot be told apart between the far ends: each brings the other.
        Next to the turn one of them often can be moved without the other.
        """
        if self.axis is not None or self.mixer.literal:
            return None
        names = {change.name for change in self.changes}
        along = [each for each in differences(good.pins, bad.pins) if each.name not in names]
        near = replace(self.mixer, good=good.pins, bad=bad.pins)
        listed = ", ".join(sorted(names))
        for each in along:
            try:
                lock = near.mixed({each.name: each.bad})
            except UnresolvableError:
                continue
            if names & {moved.name for moved in differences(good.pins, lock.pins)}:
                continue
            seen = self.oracle.answer(lock, self.target, f"{each}, and not {listed}")
            if self.oracle.counted(seen) == "bad":
                return Search(
                    oracle=self.oracle,
                    mixer=near,
                    index=self.index,
                    target=self.target,
                    avoiding=self.avoiding,
                    axis=each.name,
                    say=self.say,
                )
        return None

    def _doubt(self, good: Lock, bad: Lock) -> str:
        """Why fresh environments do not say the same of the two; empty where they do."""
        for lock, wanted, which in ((bad, "bad", "first"), (good, "good", "last")):
            tried = f"the {which} {wanted} set, in a fresh environment"
            seen = self.oracle.answer(lock, self.target, tried, isolation="venv")
            if self.oracle.counted(seen) != wanted:
                return f"In a fresh environment the {wanted} one is {seen.answer}: {seen.why or 'it passes'}"
        return ""


def releases(index: Index, name: str, good: str, bad: str) -> list[str]:
    """The releases from good to bad, in that order, without those that a resolver would not choose."""
    try:
        page = index.project(name)
    except SelectionError:  # the index has no such project: the lock's address was another one
        return [good, bad]
    first, last = _version(good), _version(bad)
    if first is None or last is None:  # what is no version has no place among them
        return [good, bad]
    low, high = sorted((first, last))
    inside = []
    for release in page.releases:
        version = _version(release.version)
        usable = release.has_wheel and not release.yanked
        if version is not None and low < version < high and usable and not version.is_prerelease:
            inside.append(version)
    ordered = [str(each) for each in sorted(inside, reverse=last < first)]
    return [good, *ordered, bad]


def _ahead(change: Change, places: Sequence[str]) -> str:
    """How long a walk along releases is; what is neither good nor bad shows only when it is tried."""
    span = f"{change.name}: {count(len(places) - 2, 'release')} between {change.good} and {change.bad}"
    if len(places) == 3:
        return f"{span}: it is tried."
    return f"{span}: at most {most_asked(places)} are tried, more where one is neither good nor bad."


def _words(changes: Sequence[Change]) -> str:
    if len(changes) <= 3:
        return ", ".join(map(str, changes)) or "nothing moved"
    return f"{len(changes)} changes: {', '.join(change.name for change in changes[:4])}, ..."


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
