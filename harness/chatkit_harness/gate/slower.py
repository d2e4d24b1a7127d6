"""Slower answers, looked at a second time before anybody is told."""

from __future__ import annotations

from collections.abc import Callable
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
from .latency import judged
from .verdict import Compared


def confirmed(
    compared: Compared, driven: Driven, settings: RunSettings, *, say: Callable[[str], None]
) -> Compared:
    """The comparison, in which the candidate is slower only if it is so twice; else that is inconclusive."""
    if compared.latency.word != "slower":
        return compared
    say(f"The candidate looks slower ({compared.latency.ratio:.1f} times): both are driven once more.")
    keys = [
        f"{each.key.path}/{each.key.scenario}"
        for each in comparable(compared.changes)
        if each.kind == "same_pass"
    ]
    try:
        before, after = _again(driven, settings, keys)
    finally:
        close_benches()
    times: list[tuple[float, float]] = []
    for key, case in before.items():
        one = transcript_of(settings.out, case)
        other = transcript_of(settings.out, after[key]) if key in after else None
        if one is not None and other is not None:
            times += times_of(one, other)
    again = judged(times, budget=compared.latency.budget)
    if again.word == "slower":
        return compared
    return replace(compared, latency=replace(compared.latency, word="inconclusive"))


def _again(
    driven: Driven, settings: RunSettings, keys: list[str]
) -> tuple[dict[str, CaseResult], dict[str, CaseResult]]:
    """Both sides' passing cases, driven afresh one side after the other, by path and scenario."""
    cache = Cache(settings.cache)
    index = Index(cache, settings.index)
    plan = make_plan(settings, index, Layers(cache, index), driven.planned)
    found = []
    for planned, cell in zip(plan.cells, (driven.base_cell, driven.candidate_cell), strict=True):
        oracle = Oracle(
            settings=settings, cases=plan.cases, like=planned, index=index.url, log=Log(settings.out)
        )
        look = oracle.look(cell.pins, only=keys, isolation="venv", attempt=2)
        found.append({f"{case.path}/{case.scenario}": case for case in look.cases if case.outcome == "pass"})
    return found[0], found[1]
