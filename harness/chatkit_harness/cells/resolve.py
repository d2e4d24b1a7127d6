"""A pin for every distribution of a cell, or the reason why there is none."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from packaging.utils import canonicalize_name

from chatkit_harness.core.errors import (
    BuildError,
    IndexUnreachableError,
    SelectionError,
    UnresolvableError,
)
from chatkit_harness.core.nouns import digest

from .cache import Cache
from .index import Index
from .interpreters import Interpreter
from .releases import Release
from .uv import UvResult, run_uv, shortened

WAIT = dt.timedelta(hours=24)
"""`contemporary` is the index as it stood this long after the younger of the pair was uploaded."""

TODAY_FRESH_S = 600
PAST_FRESH_S = 30 * 24 * 3600
POLICY = 2
"""Counted up when pins are chosen or kept in another way: what was chosen before is then chosen again."""

_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """All pins of a cell by normalised name; `stale` says why they come from the cache, None if fresh."""

    pins: Mapping[str, str]
    as_of: dt.datetime | None
    stale: str | None = None

    @property
    def digest(self) -> str:
        """Equal digests are equal sets of pins."""
        return digest(dict(self.pins))


def instant_of(resolution: str, releases: Sequence[Release]) -> dt.datetime | None:
    """The moment that a resolution word means for these releases; None for `today`.

    An instant is ISO 8601; without an offset it is UTC, and a bare date is its midnight in UTC.
    """
    if resolution == "today":
        return None
    if resolution == "contemporary":
        unknown = [r for r in releases if r.uploaded is None]
        if unknown:
            raise SelectionError(
                f"--resolution contemporary for {unknown[0].project} {unknown[0].version}",
                "The index gives no upload time for this release.",
                "Use --resolution today, or an instant such as 2025-11-17T00:00:00Z.",
            )
        return max(r.uploaded for r in releases if r.uploaded) + WAIT
    try:
        moment = dt.datetime.fromisoformat(resolution)
    except ValueError:
        raise SelectionError(
            f"--resolution {resolution}",
            "This is neither contemporary, today nor an instant.",
            "Write an instant as 2025-11-17T00:00:00Z.",
        ) from None
    return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """What uv chose: pins, or the reason why there are none."""

    pins: Mapping[str, str] | None = None
    reason: str = ""
    resolved: float = field(default_factory=time.time)

    def lock(self, asked: Sequence[str], as_of: dt.datetime | None, stale: str | None = None) -> Lock:
        """The choice as a lock. Raises UnresolvableError where there are no pins."""
        if self.pins is not None:
            return Lock(pins=self.pins, as_of=as_of, stale=stale)
        raise UnresolvableError(" ".join(asked), self.reason, "Choose another version, Python or resolution.")


def _kept(document: object) -> _Choice | None:
    """A choice of the cache; None for what is no such document, so that it is made again."""
    match document:
        case {"pins": dict() as pins, "resolved": int() | float() as resolved}:
            if pins and all(isinstance(version, str) for version in pins.values()):
                return _Choice(pins=pins, resolved=resolved)
        case {"reason": str() as reason, "resolved": int() | float() as resolved}:
            return _Choice(reason=reason, resolved=resolved)
    return None


class Resolver:
    """Chooses pins with uv, and remembers what it chose."""

    def __init__(self, cache: Cache, index: Index) -> None:
        self._cache = cache
        self._index = index

    def lock(self, requirements: Sequence[str], interpreter: Interpreter, as_of: dt.datetime | None) -> Lock:
        """The pins for these requirements on this interpreter, as the index stood at `as_of`.

        Raises UnresolvableError with the resolver's reason where there is no such set, and
        IndexUnreachableError where the index does not answer and no earlier answer is kept.
        """
        asked = {
            "policy": POLICY,
            "requirements": sorted(requirements),
            "python": interpreter.version,
            "platform": interpreter.platform,
            "as_of": as_of.isoformat() if as_of else None,
        }
        path = self._cache.folder("resolved", self._index.key) / f"{digest(asked)[:24]}.json"
        known = _kept(self._cache.read_json(path))
        past = as_of is not None and as_of < dt.datetime.now(dt.UTC)
        keep_s = PAST_FRESH_S if past else TODAY_FRESH_S
        if known is not None and 0 <= time.time() - known.resolved < keep_s:
            return known.lock(requirements, as_of)
        done = self._compile(requirements, interpreter, as_of)
        if done.status == 0:
            return self._keep(path, _Choice(pins=read_pins(done.stdout))).lock(requirements, as_of)
        if "No solution found" in done.stderr and not done.out_of_reach:
            # What comes before is only that there is no solution.
            _none, because, why = done.stderr.partition("Because")
            reason = shortened(because + why if because else done.stderr)
            return self._keep(path, _Choice(reason=reason)).lock(requirements, as_of)
        return self._failed(done, known, as_of, requirements)

    def _compile(
        self, requirements: Sequence[str], interpreter: Interpreter, as_of: dt.datetime | None
    ) -> UvResult:
        arguments = ["pip", "compile", "-", "--python", interpreter.path, "--default-index", self._index.url]
        arguments += ["--no-header", "--no-annotate", "--only-binary", ":all:", "--no-sources"]
        if as_of is not None:
            arguments += ["--exclude-newer", as_of.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")]
        return run_uv(arguments, stdin="\n".join(requirements) + "\n", ending=self._cache.ending)

    def _keep(self, path: Path, choice: _Choice) -> _Choice:
        found = {"reason": choice.reason} if choice.pins is None else {"pins": dict(choice.pins)}
        self._cache.write_json(path, {**found, "resolved": choice.resolved})
        return choice

    def _failed(
        self,
        done: UvResult,
        known: _Choice | None,
        as_of: dt.datetime | None,
        asked: Sequence[str],
    ) -> Lock:
        reason = shortened(done.stderr, limit=300)
        if not done.out_of_reach:
            raise BuildError(
                " ".join(asked),
                f"uv could not choose pins: {reason}",
                "Run again with -v to see uv's own output.",
            )
        if known is not None:
            return known.lock(asked, as_of, stale=f"the package index is out of reach ({reason[:120]})")
        raise IndexUnreachableError(
            " ".join(asked),
            f"The package index is out of reach: {reason}",
            "Check the network, then run again.",
        )


def read_pins(text: str) -> dict[str, str]:
    """The `name==version` lines of a requirements file, by normalised name."""
    return {str(canonicalize_name(name)): version for name, version in _PIN.findall(text)}
