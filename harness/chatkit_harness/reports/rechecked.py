"""What another look at a run found otherwise than the run itself: new failures, and what fails no longer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from chatkit_harness.core.nouns import CaseResult
from chatkit_harness.reports.text import cell_words, clean, column_name, count, first_few, listed
from chatkit_harness.results import Rechecked, Results

_MOST = 10
"""How many scenarios are told of each kind; the document for scripts has every case."""


def rechecked_lines(results: Results) -> Iterator[str]:
    """The lines, for people; none of a run that was not judged again."""
    found = results.footer.rechecked if results.footer else None
    if found is None:
        return
    yield _sums(found)
    cases = {case.id: case for case in results.cases}
    yield from _told(results, "new", [cases[each] for each in found.new_failures if each in cases])
    yield from _told(results, "no longer", [cases[each] for each in found.no_longer if each in cases])


def _sums(found: Rechecked) -> str:
    new, gone = len(found.new_failures), len(found.no_longer)
    lost = found.failed_before - gone - (found.failed_now - new)
    unasked = f" (not asked again: {clean(', '.join(found.unasked))})" if found.unasked else ""
    told = {
        f"{new:,} newly": new,
        f"{gone:,} no longer{unasked}": gone,
        f"{lost:,} cannot be judged any more": lost,
    }
    changed = [words for words, number in told.items() if number]
    words = f"Judged again: {count(found.failed_before, 'case')} failed before, {found.failed_now:,} now"
    if changed:
        return f"{words}: {listed(changed)}."
    return f"{words}: the same cases." if found.failed_now else f"{words}."


def _told(results: Results, what: str, cases: Sequence[CaseResult]) -> Iterator[str]:
    """By scenario: in how many cells, by which rules, and in which cells."""
    cells = {cell.id: cell_words(cell) for cell in results.cells}
    columns: dict[str, list[CaseResult]] = {}
    for case in cases:
        columns.setdefault(column_name(case), []).append(case)
    largest = sorted(columns.items(), key=lambda each: -len(each[1]))
    for name, column in largest[:_MOST]:
        rules = _rules(column)
        where = first_few([cells.get(case.cell, clean(case.cell)) for case in column])
        many = f"{count(len(column), 'cell')}: " if len(column) > 1 else ""
        yield f"  {what}: {name}{f' ({rules})' if rules else ''} in {many}{where}"
    if rest := sum(len(column) for _, column in largest[_MOST:]):
        yield f"  {what}: {count(rest, 'case')} more of {count(len(largest) - _MOST, 'scenario')}"


def _rules(cases: Iterable[CaseResult]) -> str:
    found = [each.rule for case in cases for each in case.findings if each.severity == "error"]
    return clean(first_few(list(dict.fromkeys(found))))
