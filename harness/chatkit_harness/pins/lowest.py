"""`lowest`: the oldest pins that nobody would have called outdated when the pair came.

No distribution is older than the release that was its newest a year before the pair, and none is younger than
the pair. Without the first half a resolver would go back to releases that never met the pair.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from packaging.version import Version

from chatkit_harness.core.errors import SelectionError, UnresolvableError
from chatkit_harness.index.index import Index, ProjectPage

from .choice import Answer, Chooser, Lock, Question
from .pins import exact_version, normal, requirement

YEAR = dt.timedelta(days=365)
_ROUNDS = 20
_AT_ONCE = 8


def lowest_lock(question: Question, pair_uploaded: dt.datetime, chooser: Chooser, index: Index) -> Lock:
    """The oldest pins for a question whose pair's younger release came at `pair_uploaded`.

    Raises UnresolvableError where there are none, or where the set does not settle, and SelectionError where
    the index gives no upload times.
    """
    document = {"lowest of": question.document, "pair uploaded": pair_uploaded.isoformat()}
    known = chooser.known(document)
    if known is not None and known.is_fresh(question.as_of):
        return known.lock(question.asked, question.as_of)
    lock = _Lowering(question, pair_uploaded - YEAR, chooser, index).lock()
    if lock.stale is None:
        chooser.keep(document, Answer(pins=lock.pins))
    return lock


class _Lowering:
    """Goes down from the contemporary pins, giving each distribution that turns up its floor."""

    def __init__(self, question: Question, before: dt.datetime, chooser: Chooser, index: Index) -> None:
        self._question = question
        self._before = before
        self._chooser = chooser
        self._index = index
        self._fixed = {*question.exempt, *_exact(question.requirements)}
        self._floors: dict[str, str | None] = {}
        self._stale: str | None = None

    def lock(self) -> Lock:
        newest = self._choose(self._question)
        # With these floors the newest set is itself an answer, so that there is always one.
        self._give_floors(newest.pins, caps=newest.pins)
        for _round in range(_ROUNDS):
            floors = [f"{name}>={floor}" for name, floor in sorted(self._floors.items()) if floor]
            below = replace(self._question, lowest=True)
            lowest = self._choose(replace(below, constraints=(*below.constraints, *floors)))
            # Older releases may need what newer ones do not.
            if not self._give_floors(lowest.pins):
                return replace(lowest, stale=self._stale)
        last = ", ".join(list(self._floors)[-3:])
        raise UnresolvableError(
            self._question.asked,
            f"The lowest set does not settle: after {_ROUNDS} rounds it still takes in others, last {last}.",
            "Choose another resolution.",
        )

    def _choose(self, question: Question) -> Lock:
        lock = self._chooser.choose(question)
        self._stale = self._stale or lock.stale
        return lock

    def _give_floors(self, pins: Iterable[str], caps: Mapping[str, str] | None = None) -> bool:
        """Give those of the pins a floor that have none yet; whether there were such."""
        new = [name for name in pins if name not in self._floors and name not in self._fixed]
        with ThreadPoolExecutor(_AT_ONCE) as pool:  # mostly waiting for the index
            pages = list(pool.map(self._index.project, new))
        for name, page in zip(new, pages, strict=True):
            self._stale = self._stale or page.stale
            self._floors[name] = floor_of(page, self._before, cap=(caps or {}).get(name))
        return bool(new)


def floor_of(page: ProjectPage, before: dt.datetime, *, cap: str | None = None) -> str | None:
    """The release of a project that was newest at `before`; None where there was none yet.

    Neither yanked releases nor pre-releases count, nor what has no wheel, nor what is above `cap`, which is
    as new as the requirements let it be. Raises SelectionError where the index says no time at all.
    """
    usable = [r for r in page.releases if r.has_wheel and not r.yanked]
    if usable and all(release.uploaded is None for release in usable):
        raise SelectionError(
            f"--resolution lowest for {page.project}",
            "The index does not say when its releases came, so nothing says what is too old.",
            "Use --resolution today, or another index.",
        )
    found = [Version(r.version) for r in usable if r.uploaded is not None and r.uploaded <= before]
    top = Version(cap) if cap is not None else None
    kept = [version for version in found if not version.is_prerelease and (top is None or version <= top)]
    return str(max(kept)) if kept else None


def _exact(requirements: Iterable[str]) -> set[str]:
    wanted = [requirement(text) for text in requirements]
    return {normal(each.name) for each in wanted if exact_version(each) is not None}
