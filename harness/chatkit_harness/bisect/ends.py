"""Both ends of a search, driven before anything is searched for: what is good, what is bad, and by what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chatkit_harness.causes.root import Root, roots_of
from chatkit_harness.core.errors import SelectionError, UnavailableError, nearest
from chatkit_harness.core.nouns import CaseResult
from chatkit_harness.engine.targets import MEMORY

from .nouns import Target
from .oracle import Look


class NothingToSearchError(UnavailableError):
    """The ends are not what they are called, so that nothing lies between them."""

    code = "nothing-to-search"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """What is searched for, `case` as one that shows it, and what else fails between the same ends."""

    target: Target
    case: CaseResult
    hints: tuple[str, ...]
    others: tuple[str, ...] = ()


def ends(good: Look, bad: Look, words: tuple[str, str], *, finding: str | None = None) -> Ends:
    """The failure that the bad end shows and the good end does not: of several the one with most cases.

    `words` are what the user calls the two, `finding` a part of the failure that is meant. Raises
    NothingToSearchError where the good end fails, too, or the bad end does not.
    """
    passed = {case_key(case) for case in good.cases if case.outcome == "pass"}
    failed = [case for case in bad.cases if case.outcome == "fail"]
    if not failed:
        raise NothingToSearchError(
            f"--bad {words[1]}", _nothing_fails(bad), "Name what fails, or other scenarios."
        )
    new = [case for case in failed if case_key(case) in passed]
    if not new:
        raise NothingToSearchError(
            f"--good {words[0]}", _fails_too(good, failed), "Name versions with which it works."
        )
    found = _by_root(new, bad)
    chosen = _chosen(list(found), found, finding)
    root = found[chosen][0][0]
    cases = [case for _, case in found[chosen]]
    alike = frozenset(root.alike for root, _ in found[chosen] if root.alike)
    return Ends(
        target=Target(
            case=case_key(cases[0]), roots=frozenset({chosen}), title=root.said or root.key, alike=alike
        ),
        case=cases[0],
        hints=tuple(hints(root)),
        others=tuple(roots[0][0].said for key, roots in found.items() if key != chosen),
    )


def hints(root: Root) -> Iterator[str]:
    """Distributions that a failure speaks of, the likeliest first."""
    if root.definer:
        yield root.definer
    if root.place and root.place.distribution:
        yield root.place.distribution
    frames = root.raised.frames if root.raised else ()
    for frame in reversed(frames):
        if frame.distribution:
            yield frame.distribution


def _by_root(cases: Sequence[CaseResult], look: Look) -> dict[str, list[tuple[Root, CaseResult]]]:
    found: dict[str, list[tuple[Root, CaseResult]]] = {}
    for case in cases:
        for root in roots_of(case, look.cell):
            found.setdefault(root.key, []).append((root, case))
    return found


def _chosen(keys: Sequence[str], found: dict[str, list[tuple[Root, CaseResult]]], finding: str | None) -> str:
    if finding is None:
        count = Counter({key: len(found[key]) for key in keys})
        return max(keys, key=lambda key: count[key])
    exactly = [key for key in keys if key == finding]
    meant = exactly or [key for key in keys if finding in key or finding in found[key][0][0].said]
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise SelectionError(
            f"--finding {finding}", f"{len(meant)} findings are so called.", "Write more of it."
        )
    close = nearest(finding, keys, limit=1) or keys[:1]
    raise SelectionError(f"--finding {finding}", "No new failure is so called.", f"There is {close[0]!r}.")


def _nothing_fails(bad: Look) -> str:
    counts = Counter(case.outcome for case in bad.cases)
    if not bad.cases:
        return "Nothing was driven."
    told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
    reason = next(
        (case.reason for case in bad.cases if case.outcome not in ("pass", "fail") and case.reason), ""
    )
    return f"Nothing fails with it ({told}).{f' {reason}' if reason else ''}"


def _fails_too(good: Look, failed: Sequence[CaseResult]) -> str:
    there = {case_key(case): case for case in good.cases}
    for case in failed:
        other = there.get(case_key(case))
        if other is not None and other.outcome == "fail":
            said = next((root.said for root in roots_of(other, good.cell)), other.reason or "no reason given")
            return f"What fails with the bad end does not pass with it either: {case_key(case)}: {said}"
    other = next(iter(good.cases), None)
    reason = f" ({other.outcome}: {other.reason})" if other and other.reason else ""
    return f"Nothing that fails with the bad end passes with it{reason}."


def case_key(case: CaseResult) -> str:
    """What a cell's plan calls the case."""
    on = f"@{case.store}" if case.store != MEMORY else ""
    return f"{case.path}/{case.scenario}{on}"
