"""The comparison of two paths over a run, or over two: pure, from results alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from chatkit_harness.checks import reading
from chatkit_harness.comparison.answer import answer_of, labels_of, statements_of
from chatkit_harness.comparison.assumption import Assumption
from chatkit_harness.comparison.figures import Requested, Seen, figures_of
from chatkit_harness.comparison.nouns import (
    VERDICTS,
    Comparison,
    Pairing,
    Reason,
    ScenarioComparison,
    Statement,
    Verdict,
)
from chatkit_harness.comparison.pairing import fault_of, pairing_of
from chatkit_harness.comparison.pairs import (
    BY_SCENARIO,
    SAME_CELL,
    Case,
    Pair,
    cases_of,
    driven,
    in_age,
    pairs_of,
)
from chatkit_harness.comparison.side import BUILT_IN
from chatkit_harness.core.errors import ResultsError
from chatkit_harness.core.transcript import Transcript
from chatkit_harness.results import Results

AS_WISHED, BREAKS, UNJUDGED = 0, 1, 3
_MOST_REQUESTS = 50
_MANY = 400
"""With more pairings than this, of those that came to the same only a few are read."""
_ALIKE = 3


def has_both_paths(results: Results) -> bool:
    """Whether a run has cases of both paths, so that there is something to compare."""
    return {"native", "agent_builder"} <= {case.path for case in results.cases if case.outcome != "skipped"}


def compare(
    results: Results,
    other: Results | None = None,
    *,
    alike: int | None = None,
    assumption: Assumption | None = None,
) -> Comparison:
    """Path against path, scenario by scenario, over a run as `read_results` gives it.

    With `other` the native path is taken from `results` and the Agent Builder path from `other` (the other
    way round where that is how they were driven), joined by scenario. `alike` bounds how many pairings of one
    scenario with the same outcomes and findings are read (None: three where there are very many); the
    rest are counted. `assumption` is how quick a model is taken to be where nobody measured one: times tell
    it, verdicts do not. Nothing is driven, and nothing but transcripts is read; one that is missing makes
    its pairing one that cannot be told.
    """
    native_run, other_run, notes = _runs(results, other)
    native, there = cases_of(native_run, "native"), cases_of(other_run, "agent_builder")
    pairs = in_age([pair for pair in pairs_of(native, there) if _comparable(pair)])
    if alike is None and len(pairs) > _MANY:
        alike = _ALIKE
    documents = {**other_run.header.scenarios, **native_run.header.scenarios}
    compared = tuple(_scenarios(pairs, documents, alike, assumption))
    unjudged = [
        *_unpaired(native, there, {each.scenario for each in compared}, documents),
        *_undone({id(run): run for run in (native_run, other_run)}.values()),
    ]
    breaking, better, unknown = statements_of(compared)
    unknown = (*unknown, *unjudged)
    counts = Counter(each.verdict for each in compared)
    pairings = [pairing for each in compared for pairing in each.pairings]
    demonstration = any(
        side.server in BUILT_IN for each in pairings for side in (each.native, each.agent_builder)
    )
    return Comparison(
        status=_status(compared, breaking, unjudged),
        answer=answer_of(compared, breaking),
        demonstration=demonstration,
        counts={verdict: counts[verdict] for verdict in VERDICTS},
        assumption=None if assumption is None else assumption.words,
        breaking=breaking,
        better=better,
        unknown=unknown,
        labels=labels_of(pairings),
        notes=(*notes, *_joined(pairs), *_of_their_day(pairings), *_skipped(native, there)),
        scenarios=compared,
        figures=figures_of(
            [Seen(scenario=p.scenario, side=side) for p in pairings for side in (p.native, p.agent_builder)],
            list(_requests(native, documents)),
            assumption,
        )
        # They are about a market assistant: beside another team's server they say nothing.
        if demonstration or not pairings
        else (),
    )


def _runs(results: Results, other: Results | None) -> tuple[Results, Results, list[str]]:
    """The run of each path, and how that came about where there are two."""
    if other is None:
        return results, results, []
    swapped = not cases_of(results, "native") or not cases_of(other, "agent_builder")
    native, there = (other, results) if swapped else (results, other)
    told = (
        f"Two runs, joined by scenario: the native path of {native.folder.name or 'one'} "
        f"({native.header.started}), the Agent Builder path of {there.folder.name or 'the other'} "
        f"({there.header.started})."
    )
    return native, there, [told]


def _comparable(pair: Pair) -> bool:
    """What was skipped on a path is no case of it there: the scenario does not apply."""
    return "skipped" not in (pair.native.result.outcome, pair.agent_builder.result.outcome)


def _scenarios(
    pairs: Iterable[Pair], documents: Mapping[str, Any], alike: int | None, assumption: Assumption | None
) -> Iterator[ScenarioComparison]:
    grouped: defaultdict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        grouped[pair.native.result.scenario].append(pair)
    for name, held in sorted(grouped.items()):
        document = reading.mapping(documents.get(name))
        read = _read(held, alike)
        pairings = tuple(replace(pairing_of(pair, document, assumption), alike=cells) for pair, cells in read)
        yield _scenario(name, document, pairings, len(held) - len(read))


def _read(pairs: Sequence[Pair], alike: int | None) -> list[tuple[Pair, tuple[str, ...]]]:
    """Of each kind of pair the first few (all where `alike` is None), the last one with the others' cells."""
    kinds: defaultdict[tuple[object, ...], list[Pair]] = defaultdict(list)
    for pair in pairs:
        kinds[_kind(pair)].append(pair)
    cells: dict[int, tuple[str, ...]] = {id(pair): () for held in kinds.values() for pair in held[:alike]}
    if alike is not None:
        for held in kinds.values():
            last = held[:alike][-1]
            cells[id(last)] = tuple(pair.native.result.cell for pair in held[alike:])
    return [(pair, cells[id(pair)]) for pair in pairs if id(pair) in cells]


def _kind(pair: Pair) -> tuple[object, ...]:
    return tuple(
        (case.result.outcome, tuple(sorted(finding.key for finding in case.result.findings)))
        for case in (pair.native, pair.agent_builder)
    )


def _scenario(
    name: str, document: Mapping[str, Any], pairings: tuple[Pairing, ...], alike: int
) -> ScenarioComparison:
    counts = Counter(pairing.verdict for pairing in pairings)
    verdict = _over_cells(counts)
    # The last one stands for the others: that of the newest releases.
    shown = max((n for n, each in enumerate(pairings) if each.verdict == verdict), default=len(pairings) - 1)
    reasons: dict[tuple[object, ...], tuple[Reason, int]] = {}
    for reason in (reason for pairing in pairings for reason in pairing.reasons):
        key = (reason.about, reason.favours, "" if reason.about == "speed" else reason.words)
        first, number = reasons.get(key, (reason, 0))
        reasons[key] = (first, number + 1)
    return ScenarioComparison(
        scenario=name,
        title=reading.words(document.get("title")) or name,
        verdict=verdict,
        cells={each: counts[each] for each in VERDICTS if counts[each]},
        reasons=tuple(reason for reason, _ in reasons.values()),
        seen_in=tuple(number for _, number in reasons.values()),
        shown=shown,
        fault=fault_of(document),
        pairings=pairings,
        alike=alike,
    )


def _over_cells(counts: Mapping[Verdict, int]) -> Verdict:
    """The verdict of all cells that could be judged; `mixed` where each side is better in some."""
    judged = {verdict for verdict in counts if verdict != "cannot be told"}
    if not judged:
        return "cannot be told"
    differing = judged - {"equal"}
    if not differing:
        return "equal"
    return differing.pop() if len(differing) == 1 else "mixed"


def _unpaired(
    native: Sequence[Case], there: Sequence[Case], compared: set[str], documents: Mapping[str, Any]
) -> Iterator[Statement]:
    """Scenarios for both paths that were driven on one of them only."""
    sides = {"native": native, "Agent Builder": there}
    by_side = {name: {c.result.scenario for c in cases if driven(c)} for name, cases in sides.items()}
    for scenario in sorted(set().union(*by_side.values()) - compared):
        paths = reading.sequence(reading.mapping(documents.get(scenario)).get("paths"))
        missing = [name for name, driven_there in by_side.items() if scenario not in driven_there]
        neutral = compared and _was_skipped([*native, *there], scenario)
        if len(set(paths)) > 1 and missing and not neutral:
            where = " or the ".join(missing)
            yield Statement(scenarios=(scenario,), words=f"not driven on the {where} path")


def _was_skipped(cases: Iterable[Case], scenario: str) -> bool:
    return any(case.result.scenario == scenario and case.result.outcome == "skipped" for case in cases)


def _undone(runs: Iterable[Results]) -> Iterator[Statement]:
    """What a run could not do, whatever the path."""
    for run in runs:
        if run.interrupted:
            yield Statement(scenarios=(), words="the run was stopped before it was done")
        for cell in run.cells:
            reason = cell.unresolvable or cell.unavailable
            if reason:
                yield Statement(scenarios=(), words=f"{cell.id} could not be had: {reason}")


def _joined(pairs: Iterable[Pair]) -> Iterator[str]:
    """How cases of two cells came together; counted over all of them, read or not."""
    others = Counter(each.joined for each in pairs if each.joined != SAME_CELL)
    for joined, number in others.items():
        many = "pairing is" if number == 1 else "pairings are"
        more = "; what differs may be the cells' doing" if joined == BY_SCENARIO else ""
        yield f"{number} {many} joined by {joined}{more}."


def _of_their_day(pairings: Iterable[Pairing]) -> Iterator[str]:
    """What saved answers cannot be held to: they tell of the day on which they were given."""
    saved = [each for each in pairings if each.agent_builder.origin == "saved"]
    if saved:
        made_up = any(each.native.server in BUILT_IN for each in saved)
        there = ", and the built-in server's prices and news are made up" if made_up else ""
        yield f"Saved answers hold the figures and the news of their day{there}: such facts may differ."


def _skipped(native: Sequence[Case], there: Sequence[Case]) -> Iterator[str]:
    """Why scenarios were left out, each reason once with how many."""
    reasons: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for name, cases in (("native", native), ("Agent Builder", there)):
        for case in cases:
            if case.result.outcome == "skipped":
                reasons[name, case.result.reason or "no reason told"].add(case.result.scenario)
    for (name, reason), scenarios in list(reasons.items())[:10]:
        first = ", ".join(sorted(scenarios)[:3])
        more = f" and {len(scenarios) - 3} more" if len(scenarios) > 3 else ""
        yield f"Skipped on the {name} path: {first}{more}: {reason}."


def _status(
    compared: Sequence[ScenarioComparison], breaking: Sequence[Statement], unjudged: Sequence[Statement]
) -> int:
    if any(each.breaks for each in breaking):
        return BREAKS
    doubtful = any(each.cells.get("cannot be told") for each in compared)
    return UNJUDGED if doubtful or unjudged or not compared else AS_WISHED


def _requests(native: Iterable[Case], documents: Mapping[str, Any]) -> Iterator[Requested]:
    """The page's own requests in scenarios that make any; each transcript is read for that alone."""
    asked = [case for case in native if driven(case) and _calls_http(documents.get(case.result.scenario))]
    for case in asked[:_MOST_REQUESTS]:
        try:
            transcript = case.run.transcript(case.result.transcript or "")
        except ResultsError:
            continue
        yield from _timed(transcript)


def _calls_http(document: Any) -> bool:
    turns = reading.sequence(reading.mapping(document).get("turns"))
    return any(reading.mapping(turn).get("http") for turn in turns)


def _timed(transcript: Transcript) -> Iterator[Requested]:
    for turn in transcript.turns:
        call = reading.http(turn)
        if call is None or turn.end != "done":
            continue
        waited = reading.waited_ms(transcript, turn, turn.ended_at_ms)
        spent = turn.ended_at_ms - turn.sent_at_ms - waited - (turn.starved_ms or 0.0)
        yield Requested(path=call.path, ms=max(0.0, spent))
