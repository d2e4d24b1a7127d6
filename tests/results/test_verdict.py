from __future__ import annotations

import dataclasses

import pytest
from tests.reports import sample

from chatkit_harness.core.errors import IndexUnreachableError
from chatkit_harness.core.nouns import Outcome
from chatkit_harness.results import exit_status, summary
from chatkit_harness.results.verdict import unjudged


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        (("pass", "pass"), 0),
        (("pass", "skipped"), 0),
        (("pass", "fail"), 1),
        (("error", "fail"), 1),
        (("pass", "error"), 3),
        (("skipped", "skipped"), 3),
        ((), 3),
    ],
)
def test_the_exit_status_follows_the_outcomes(outcomes: tuple[Outcome, ...], status: int) -> None:
    cell = sample.cell()
    cases = [sample.case(cell, f"s{n}", outcome) for n, outcome in enumerate(outcomes)]
    assert exit_status(sample.results(([cell], cases))) == status


def test_an_unresolvable_cell_counts_only_where_it_was_named() -> None:
    good, bad = sample.cell(), sample.cell(agents="0.2.0", unresolvable="no way")
    cases = [sample.case(good), sample.case(bad, outcome="unresolvable")]
    results = sample.results(([good, bad], cases))
    assert exit_status(results) == 3
    assert exit_status(results, named={bad.id}) == 3
    assert exit_status(results, named={good.id}) == 0


def test_an_index_out_of_reach_cannot_be_passed_over() -> None:
    cell = sample.cell()
    complaint = IndexUnreachableError("index", "It does not answer.", "Try later.").as_document()
    results = sample.results(([cell], [sample.case(cell)]), complaints=(complaint,))
    assert exit_status(results) == 3


def test_what_went_wrong_is_told_once_with_what_it_befell() -> None:
    cell = sample.cell()
    befallen = [IndexUnreachableError(each, "It does not answer.", "Try later.") for each in "abca"]
    complaints = tuple(each.as_document() for each in befallen)
    results = sample.results(([cell], [sample.case(cell)]), complaints=complaints)
    assert unjudged(results) == ["a and 2 more: It does not answer."]


def test_an_interrupted_run_says_so_whatever_it_found() -> None:
    results = sample.results()
    assert results.footer is not None
    footer = dataclasses.replace(results.footer, interrupted=True)
    assert exit_status(dataclasses.replace(results, footer=footer)) == 130


@pytest.mark.parametrize(("outcome", "status"), [("pass", 3), ("fail", 1)])
def test_who_tells_of_an_interrupted_run_was_not_interrupted(outcome: Outcome, status: int) -> None:
    cell = sample.cell()
    results = sample.results(([cell], [sample.case(cell, outcome=outcome)]))
    assert results.footer is not None
    cut = dataclasses.replace(results, footer=dataclasses.replace(results.footer, interrupted=True))
    assert exit_status(cut, interrupted_is=None) == status
    assert exit_status(cut, interrupted_is=7) == 7


def test_a_summary_has_all_five_outcomes() -> None:
    assert summary([]) == {"pass": 0, "fail": 0, "error": 0, "unresolvable": 0, "skipped": 0}
