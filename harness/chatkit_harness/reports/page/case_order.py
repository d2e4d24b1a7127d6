"""In which order cases come into the page, as long as there is room: what says most comes first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from chatkit_harness.core.nouns import CaseResult
from chatkit_harness.reports.view import View

_JUDGED = ("fail", "error")
_FAILURES_A_SAMPLE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """`first` is wanted whatever else there is; `failures` and `samples` share what is left; then the others.

    Each case is in one of them, once. `failures` has one of each cause and scenario: `more` of the same say
    little, and wait until of each scenario that works one is there. Three failures come with one sample, as
    long as there is one: of a sweep in which thousands fail one wants to see a conversation that works, too.
    """

    first: tuple[CaseResult, ...]
    failures: tuple[CaseResult, ...]
    samples: tuple[CaseResult, ...]
    more: tuple[CaseResult, ...]
    rest: tuple[CaseResult, ...]

    def __iter__(self) -> Iterator[CaseResult]:
        failures, samples = iter(self.failures), iter(self.samples)
        yield from self.first
        for sample in samples:
            yield from islice(failures, _FAILURES_A_SAMPLE)
            yield sample
        yield from failures
        yield from self.more
        yield from self.rest


def order(seen: View) -> Order:
    """Examples of causes, what was driven again, one of each cause and scenario, one of each that passes."""
    cases = {case.id: case for case in seen.results.cases}
    taken: set[str] = set()

    def take(names: Iterable[str]) -> tuple[CaseResult, ...]:
        found = [cases[name] for name in dict.fromkeys(names) if name in cases and name not in taken]
        taken.update(case.id for case in found)
        return tuple(found)

    judged = [case.id for case in cases.values() if case.outcome in _JUDGED]
    among = set(judged)
    by_cause = [[name for name in cause.cases if name in among] for cause in seen.causes]
    examples = [str(cause.example.get("case")) for cause in seen.causes]
    again = {case.id for case in cases.values() if case.attempt > 1 or _confirmed_in_a_sweep(seen, case)}
    first = take([*examples, *(names[0] for names in by_cause if names), *(n for n in judged if n in again)])
    told = {name for names in by_cause for name in names}
    by_cause.append([name for name in judged if name not in told])
    distinct = [_distinct(sorted(spread(names), key=lambda n: n not in taken), cases) for names in by_cause]
    failures = take(in_turns(distinct))
    samples = take(_samples(seen.results.cases))
    more = take(in_turns([*map(spread, by_cause)]))
    rest = take(_rest(seen.results.cases))
    return Order(first=first, failures=failures, samples=samples, more=more, rest=rest)


def _distinct(names: Iterable[str], cases: Mapping[str, CaseResult]) -> list[str]:
    """The first of each scenario, path and store."""
    found: dict[tuple[str, ...], str] = {}
    for name in names:
        case = cases[name]
        found.setdefault((case.scenario, case.path, case.store), name)
    return list(found.values())


def spread(names: Sequence[str]) -> Iterator[str]:
    """The first, the last, the middle, then what lies between: what is at the edge of a range says most."""
    if names:
        yield names[0]
        yield names[-1]
    parts = 2
    while parts < 2 * len(names):
        for n in range(1, parts, 2):
            yield names[n * (len(names) - 1) // parts]
        parts *= 2
    yield from names


def in_turns(several: Iterable[Iterable[str]]) -> Iterator[str]:
    """One of each, then another one of each, until none is left."""
    turning = [iter(each) for each in several]
    while turning:
        left = []
        for each in turning:
            name = next(each, None)
            if name is not None:
                yield name
                left.append(each)
        turning = left


def _confirmed_in_a_sweep(seen: View, case: CaseResult) -> bool:
    """Whether a fresh environment was asked again; where every case has one, that tells nothing apart."""
    return seen.many and case.confirmed and case.outcome in _JUDGED


def _samples(cases: Iterable[CaseResult]) -> Iterator[str]:
    """One case of each scenario, path and outcome that failed nobody; those that ran come first."""
    found: dict[tuple[str, ...], CaseResult] = {}
    for case in cases:
        if case.outcome not in _JUDGED:
            # The newest releases stand last, and are what most readers have.
            found[case.outcome, case.scenario, case.path, case.store] = case
    for outcome in ("pass", "skipped", "unresolvable"):
        yield from (case.id for key, case in found.items() if key[0] == outcome)


def _rest(cases: Iterable[CaseResult]) -> Iterator[str]:
    """What passes in turns by scenario and path, then what never ran."""
    passing: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    others = []
    for case in cases:
        if case.outcome == "pass":
            passing[case.scenario, case.path, case.store].append(case.id)
        else:
            others.append(case.id)
    yield from in_turns(map(spread, passing.values()))
    yield from others
