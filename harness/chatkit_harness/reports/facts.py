"""The verdict on a run in words: one headline, and the sentences that follow it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from chatkit_harness.causes.words import with_versions
from chatkit_harness.checks import CHECKS
from chatkit_harness.core.nouns import Cause
from chatkit_harness.reports.matrix import is_many
from chatkit_harness.reports.rows import Row
from chatkit_harness.reports.stores import store_facts
from chatkit_harness.reports.text import cell_words, clean, clip, count, listed, runs_elsewhere, shard_words
from chatkit_harness.results import Results

_ALONE = {
    "fail": "The cell fails",
    "pass": "The cell works",
    "error": "The cell could not be judged",
    "unresolvable": "The cell could not be judged: no set of pins exists for it",
    "skipped": "The cell was skipped",
    "not run": "The cell was not run to its end",
}


def failing(causes: tuple[Cause, ...]) -> tuple[Cause, ...]:
    """The causes of failures, as against those of what could not be judged."""
    return tuple(cause for cause in causes if cause.example.get("kind", "fail") == "fail")


def headline(rows: tuple[Row, ...], state: str, *, sweep: bool = False) -> str:
    """The verdict in one sentence; `state` is that of the run as a whole.

    A sweep tells cells without pins apart from what could not be judged: it named none of them.
    """
    states = [row.state for row in rows]
    total, red, green, undone = len(rows), states.count("fail"), states.count("pass"), states.count("not run")
    if not total:
        return "No cell was run."
    if total == 1:
        doubt = ", but not everything could be judged" if state == "error" and green else ""
        return f"{_ALONE[states[0]]}{doubt}."
    works = f"{green:,} {'works' if green == 1 else 'work'}"
    told = []
    if red:
        told.append(f"{red:,} of {total:,} cells {'fails' if red == 1 else 'fail'}")
        told += [works] if green else []
    elif green == total:
        told.append(f"All {total:,} cells work")
    else:
        told.append(f"{green:,} of {total:,} cells {'works' if green == 1 else 'work'}")
    pinless = states.count("unresolvable") if sweep else 0
    unknown = total - red - green - undone - pinless
    told += [f"{pinless:,} {'has' if pinless == 1 else 'have'} no set of pins"] if pinless else []
    told += [f"{unknown:,} could not be judged"] if unknown else []
    told += [f"{undone:,} not run"] if undone else []
    lead = "Nothing failed, but not everything could be judged: " if state == "error" else ""
    return f"{lead}{', '.join(told)}."


def is_finding(rows: tuple[Row, ...], causes: tuple[Cause, ...]) -> bool:
    """Whether what is red is the packages' doing, as far as the run shows, and not a wrong expectation.

    It is where a dependency raised, or where a pair on one Python both works and fails.
    """
    return any(cause.culprit for cause in failing(causes)) or bool(_both(rows))


def _whole(results: Results) -> Iterator[str]:
    """What the run is only a part of, if anything."""
    matrix = results.header.matrix
    missing = (matrix.get("merged") or {}).get("missing")
    if results.footer is None:
        yield "INCOMPLETE: what was finished by now is told here."
    elif missing:
        named = shard_words(missing, matrix["merged"].get("of") or 0)
        yield f"PARTLY MERGED: {named} {'is' if len(missing) == 1 else 'are'} missing."
    elif results.footer.interrupted:
        yield "INTERRUPTED: the run was stopped before it was done; what was finished is told here."
    if shard := matrix.get("shard"):
        yield f"This is shard {shard['index']}/{shard['of']} of the plan: `chatkit-harness merge` joins them."


def facts(
    results: Results, rows: tuple[Row, ...], causes: tuple[Cause, ...], doubts: list[str]
) -> tuple[str, ...]:
    """What a reader of the headline asks next."""
    said = [*_whole(results)]
    if results.header.checks and set(results.header.checks) < set(CHECKS):
        said.append(f"Judged by {' and '.join(map(clean, results.header.checks))} only.")
    said += [*_elsewhere(results), *store_facts(results)]
    red = sum(row.state == "fail" for row in rows)
    real = failing(causes)
    if red and real:
        verb = "explains" if len(real) == 1 else "explain"
        cells = f"the {red:,} failing cells" if red > 1 else "the failing cell"
        cases = sum(case.outcome == "fail" for case in results.cases)
        said.append(f"{count(len(real), 'cause')} {verb} {cells} ({count(cases, 'failing case')}).")
    said += _turned(rows, causes)
    said += [clip(doubt, 300) for doubt in dict.fromkeys(doubts)]
    said += _agent_builder(results)
    return (*said, *(clip(note, 300) for note in results.notes[:5]))


def _elsewhere(results: Results) -> list[str]:
    """The address of a server that runs elsewhere, of which nothing else is known."""
    cells = {cell.id for cell in results.cells if runs_elsewhere(cell)}
    found = dict.fromkeys(case.server for case in results.cases if case.cell in cells) if cells else {}
    return [f"Asked over HTTP: {listed(list(found))}, on versions that are not known here."] if found else []


_ANSWERED_BY = {
    "workflow": "the built-in workflow on scripts: a demonstration, which says nothing of your own workflow",
    "answers": "answers that were saved from a hosted workflow; nothing was driven, no times are known",
    "probe-workflow": "recorded answers as the model's text, read as a frontend reads them",
}


def _agent_builder(results: Results) -> list[str]:
    """What answered on the Agent Builder path: nobody may take a demonstration for more than that."""
    servers = dict.fromkeys(
        case.server for case in results.cases if case.path == "agent_builder" and case.outcome != "skipped"
    )
    told = [_ANSWERED_BY.get(server, f"the workflow {clean(server.partition(':')[2])}") for server in servers]
    return [f"Agent Builder path: {'; '.join(told)}."] if told else []


def _both(rows: tuple[Row, ...]) -> list[tuple[list[str], list[Row]]]:
    """Of each pair and Python that both works and fails: as resolved how it works, and the failing rows."""
    alike: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        alike[str(row.cell.pair), row.cell.python].append(row)
    found = []
    for group_rows in alike.values():
        good = [row.cell.resolution for row in group_rows if row.state == "pass"]
        bad = [row for row in group_rows if row.state == "fail"]
        if good and bad:
            found.append((good, bad))
    return found


def _turned(rows: tuple[Row, ...], causes: tuple[Cause, ...]) -> list[str]:
    """Sentences on pairs that work or fail depending on how the rest was resolved: three at most."""
    both = _both(rows)
    if is_many(rows):
        return _turned_alike(both, causes)
    said = [_turn(good, bad, causes) for good, bad in both]
    rest = len(said) - 3
    verbs = "works or fails" if rest == 1 else "work or fail"
    more = [f"{count(rest, 'further pair')} {verbs} depending on how the rest was resolved."]
    return said[:3] + (more if rest > 0 else [])


def _turned_alike(both: list[tuple[list[str], list[Row]]], causes: tuple[Cause, ...]) -> list[str]:
    """The same of very many pairs: those told in one sentence that work and fail as resolved alike."""
    alike: defaultdict[tuple[str, str], list[list[Row]]] = defaultdict(list)
    for good, bad in both:
        alike[" and ".join(good), " and ".join(row.cell.resolution for row in bad)].append(bad)
    said = []
    for (good_words, bad_words), pairs in sorted(alike.items(), key=lambda each: -len(each[1]))[:3]:
        raisers = _raisers([row for bad in pairs for row in bad], causes)
        named = f": raised by {clean(' and '.join(raisers[:3]))}" if raisers else ""
        works, fails = ("works", "fails") if len(pairs) == 1 else ("work", "fail")
        said.append(f"{count(len(pairs), 'pair')} {works} {good_words} and {fails} {bad_words}{named}.")
    return said


def _turn(good: list[str], bad: list[Row], causes: tuple[Cause, ...]) -> str:
    cell = bad[0].cell
    raisers = _raisers(bad, causes)
    named = f": raised by {clean(' and '.join(raisers[:3]))}" if raisers else ""
    what = cell_words(cell).removesuffix(f" {clean(cell.resolution)}")
    return f"{what} works {' and '.join(good)}, fails {' and '.join(r.cell.resolution for r in bad)}{named}."


def _raisers(bad: list[Row], causes: tuple[Cause, ...]) -> list[str]:
    """The distributions that raised in these rows, in the versions of these rows.

    A cause covers many cells, and names the versions of them all.
    """
    versions: dict[str, set[str]] = {}
    for row in bad:
        for cause in failing(tuple(causes[n - 1] for n in row.causes)):
            if cause.culprit:
                name = cause.culprit.partition(" ")[0]
                versions.setdefault(name, set()).update(filter(None, [row.cell.pins.get(name)]))
    return [with_versions(name, found) for name, found in versions.items()]
