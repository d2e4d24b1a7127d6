"""A pin for every distribution of a cell, or the reason why there is none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import overload

from chatkit_harness.core.errors import SelectionError, nearest
from chatkit_harness.index.index import Index
from chatkit_harness.index.releases import Release
from chatkit_harness.machine.cache import Cache
from chatkit_harness.machine.interpreters import Interpreter

from .choice import Chooser, Lock, Question, told
from .lowest import lowest_lock
from .pins import exact_version, normal, read_pins, requirement

__all__ = ["RESOLUTIONS", "WAIT", "Ask", "Lock", "Resolver", "instant_of", "read_pins"]

RESOLUTIONS = ("contemporary", "today", "lowest")
WAIT = dt.timedelta(hours=24)
"""`contemporary` is the index as it stood this long after the younger of the pair was uploaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Which pins are wanted.

    `requirements` are the pair's pins and what else the cell needs; `constraints` bind what is required
    anyway. `as_of` is the instant at which the index is looked at, None for now. `lowest` asks for the oldest
    set that lived beside a pair of which the younger came at `pair_uploaded`.

    `on_top` replaces what else names the same distributions by exact pins; where it names one version itself,
    that one may be younger than `as_of`. `pinned` holds the pins of a lock file: they stay as they are but
    for what the requirements and `on_top` pin otherwise. `preferred` are versions that stay where nothing
    that is required speaks against them; what is neither pinned nor preferred is the newest, or with `oldest`
    the oldest that will do.
    """

    requirements: tuple[str, ...]
    interpreter: Interpreter
    as_of: dt.datetime | None = None
    lowest: bool = False
    pair_uploaded: dt.datetime | None = None
    on_top: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    pinned: Mapping[str, str] | None = None
    preferred: Mapping[str, str] = field(default_factory=dict)
    oldest: bool = False


def instant_of(resolution: str, releases: Sequence[Release]) -> dt.datetime | None:
    """The moment that a resolution word means for these releases; None for `today`.

    `lowest` looks at the index of the same moment as `contemporary`. An instant is ISO 8601; without an
    offset it is UTC, and a bare date is its midnight in UTC.
    """
    if resolution == "today":
        return None
    if resolution in ("contemporary", "lowest"):
        unknown = [r for r in releases if r.uploaded is None]
        if unknown:
            raise SelectionError(
                f"--resolution {resolution} for {unknown[0].project} {unknown[0].version}",
                "The index gives no upload time for this release.",
                "Use --resolution today, or an instant such as 2025-11-17T00:00:00Z.",
            )
        return max(r.uploaded for r in releases if r.uploaded) + WAIT
    try:
        moment = dt.datetime.fromisoformat(resolution)
    except ValueError:
        raise _no_resolution(resolution) from None
    return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


def _no_resolution(word: str) -> SelectionError:
    close = nearest(word.lower(), (*RESOLUTIONS, "installed"), limit=1)
    return SelectionError(
        f"--resolution {word}",
        "This is neither contemporary, today, lowest, installed nor an instant, nor the path of a lock file.",
        f"Did you mean {close[0]!r}?" if close else "Write an instant as 2025-11-17T00:00:00Z.",
    )


class Resolver:
    """Chooses pins with uv, and remembers what it chose. Safe to ask from several threads."""

    def __init__(self, cache: Cache, index: Index) -> None:
        self._index = index
        self._chooser = Chooser(cache, index)

    @property
    def index(self) -> Index:
        """The index that it looks at."""
        return self._index

    @property
    def runs(self) -> int:
        """How often uv was asked; what the cache knew does not count."""
        return self._chooser.runs

    @overload
    def lock(self, ask: Ask, /) -> Lock: ...
    @overload
    def lock(self, ask: Sequence[str], interpreter: Interpreter, as_of: dt.datetime | None, /) -> Lock: ...
    def lock(
        self,
        ask: Ask | Sequence[str],
        interpreter: Interpreter | None = None,
        as_of: dt.datetime | None = None,
        /,
    ) -> Lock:
        """The pins that are asked for; requirements, interpreter and instant may stand for an `Ask`.

        Raises UnresolvableError with the resolver's reason where there is no such set, SelectionError where
        the index does not say when a release came that has to be known, and IndexUnreachableError where the
        index does not answer and no earlier answer is kept.
        """
        if not isinstance(ask, Ask):
            assert interpreter is not None  # noqa: S101 - the overloads say so
            ask = Ask(requirements=tuple(ask), interpreter=interpreter, as_of=as_of)
        if ask.pinned is not None and is_as_locked(ask):
            return Lock(pins=dict(ask.pinned), as_of=ask.as_of)
        question = question_of(ask)
        if not ask.lowest:
            return self._chooser.choose(question)
        if ask.pair_uploaded is None or ask.as_of is None:
            raise SelectionError(
                f"--resolution lowest for {told(ask.requirements)}",
                "The index gives no upload time for the pair, so nothing says what is too old.",
                "Use --resolution today.",
            )
        return lowest_lock(question, ask.pair_uploaded, self._chooser, self._index)


def is_as_locked(ask: Ask) -> bool:
    """Whether a lock file's pins answer all that is required, so that nothing is chosen."""
    for text in (*ask.requirements, *ask.on_top):
        wanted = requirement(text)
        pinned = (ask.pinned or {}).get(normal(wanted.name))
        if pinned is None or not wanted.specifier.contains(pinned, prereleases=True):
            return False
    return bool(ask.pinned)


def question_of(ask: Ask) -> Question:
    """What uv has to be asked for this."""
    on_top = {normal(wanted.name): wanted for wanted in map(requirement, ask.on_top)}
    pinned = {normal(name): version for name, version in (ask.pinned or {}).items()}
    kept = []
    for text in ask.requirements:
        wanted = requirement(text)
        name = normal(wanted.name)
        exact = exact_version(wanted) is not None
        if exact:
            pinned.pop(name, None)
        if not (exact and name in on_top) or name in _PAIR:
            kept.append(text)
    for name in on_top:
        pinned.pop(name, None)
    lines = [f"{name}=={version}" for name, version in sorted(pinned.items())]
    free = [name for name, wanted in on_top.items() if exact_version(wanted) is not None]
    return Question(
        requirements=tuple(dict.fromkeys([*kept, *ask.on_top, *lines])),
        interpreter=ask.interpreter,
        as_of=ask.as_of,
        constraints=ask.constraints,
        preferred=ask.preferred,
        exempt=tuple(sorted({*free, *pinned})),
        lowest=ask.oldest,
    )


_PAIR = ("openai-chatkit", "openai-agents")
