"""Slower answers, looked at again before anybody is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from chatkit_harness.bisect.log import Log
from chatkit_harness.bisect.oracle import Oracle
from chatkit_harness.core.nouns import CaseResult
from chatkit_harness.engine.plan import make_plan
from chatkit_harness.engine.settings import RunSettings
from chatkit_harness.engine.work import close_benches
from chatkit_harness.environments.layers import Layers
from chatkit_harness.index.index import Index
from chatkit_harness.machine.cache import Cache

from .changes import comparable
from .drive import Driven, times_of, transcript_of
from .latency import FEWEST, Word, judged
from .verdict import Compared

MOST_ROUNDS = 6


def settled(
    compared: Compared, driven: Driven, settings: RunSettings, *, say: Callable[[str], None]
) -> Compared:
    """The comparison, in which nothing rests on times that were taken once.

    Where the candidate looks slower, both sides are driven again, in turns, until there are pairs enough for
    the test: it is slower if the new ones alone say so too, and inconclusive otherwise. Where it is within
    the budget once all pairs are taken together, few pairs were the trouble, and it is the same.
    """
    first = compared.latency
    if first.word == "same" or first.ratio is None:
        return compared
    keys = [
        f"{each.key.path}/{each.key.scenario}"
        for each in comparable(compared.changes)
        if each.kind == "same_pass"
    ]
    rounds = min(MOST_ROUNDS, -(-FEWEST // max(1, first.pairs)))
    say(f"The candidate looks slower ({first.ratio:.1f} times, {first.pairs} turns): both are driven again.")
    try:
        times = list(_again(driven, settings, keys, rounds))
    finally:
        close_benches()
    again = judged(times, budget=first.budget)
    together = judged([*compared.times, *times], budget=first.budget)
    if again.word == "slower" and together.word == "slower":
        return replace(compared, latency=together)
    word: Word = "same" if together.word == "same" else "inconclusive"
    return replace(compared, latency=replace(together, word=word))


def _again(
    driven: Driven, settings: RunSettings, keys: list[str], rounds: int
) -> Iterator[tuple[float, float]]:
    """Times of passing cases of both sides, driven afresh; who comes first takes turns."""
    cache = Cache(settings.cache)
    index = Index(cache, settings.index)
    plan = make_plan(settings, index, Layers(cache, index), driven.planned)
    pins = driven.base_cell.pins, driven.candidate_cell.pins
    oracles = [
        Oracle(settings=settings, cases=plan.cases, like=cell, index=index.url, log=Log(settings.out))
        for cell in plan.cells
    ]
    for number in range(rounds):
        found: dict[int, dict[str, CaseResult]] = {}
        for side in (0, 1) if number % 2 else (1, 0):
            look = oracles[side].look(pins[side], only=keys, isolation="venv", attempt=number + 2)
            passed = (case for case in look.cases if case.outcome == "pass")
            found[side] = {f"{case.path}/{case.scenario}": case for case in passed}
        for key in found[0].keys() & found[1].keys():
            before, after = (transcript_of(settings.out, found[side][key]) for side in (0, 1))
            if before is not None and after is not None:
                yield from times_of(before, after)
