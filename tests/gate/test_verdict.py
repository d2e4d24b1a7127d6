"""Safe, breaks, or cannot be told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from chatkit_harness.core.nouns import CaseResult, Finding, Outcome
from chatkit_harness.gate.baseline import Accepted, Baseline
from chatkit_harness.gate.changes import CaseKey, compared
from chatkit_harness.gate.latency import Latency, judged
from chatkit_harness.gate.verdict import Compared, Verdict, verdict
from chatkit_harness.gate.wire import WireChange, WireChanges

TODAY = dt.date(2026, 11, 21)
QUOTE = CaseKey(path="native", scenario="quote", server="reference", store="memory", client="none")
GONE = WireChange(what="event-gone", place="thread.created", effect="breaking", why="It is gone.")
NEW = WireChange(what="event-new", place="stream_options", effect="harmless", why="It is new.")
QUIET = judged([])


def case(outcome: Outcome, *keys: str, scenario: str = "quote") -> CaseResult:
    """A case with findings that fail it."""
    found = tuple(Finding(rule="run/exception", severity="error", key=key, message=key) for key in keys)
    return CaseResult(
        id=scenario, cell="c", path="native", scenario=scenario, outcome=outcome, findings=found
    )


def accepted(key: str, days: int = 30, **more: Any) -> Accepted:
    """An entry that holds for some days yet."""
    until = TODAY + dt.timedelta(days=days)
    given = {"rule": "run/exception", "reason": "known", "where": "b.yaml:3", **more}
    return Accepted(key=key, expires=until, **given)


def of(
    base: list[CaseResult],
    candidate: list[CaseResult],
    *entries: Accepted,
    wire: tuple[WireChange, ...] = (),
    latency: Latency = QUIET,
    **more: Any,
) -> Verdict:
    """The verdict on two sides."""
    changes = tuple(WireChanges(change=each, cases=(QUOTE,)) for each in wire)
    seen = Compared(changes=tuple(compared(base, candidate)), wire=changes, latency=latency, **more)
    return verdict(seen, Baseline(accepted=entries), today=TODAY)


def test_the_same_passes_are_safe() -> None:
    assert (of([case("pass")], [case("pass")]).word, of([case("pass")], [case("pass")]).status) == ("safe", 0)


def test_a_new_failure_breaks() -> None:
    found = of([case("pass")], [case("fail", "boom")])
    assert (found.word, found.status) == ("breaks", 1)
    assert [(each.finding.key, each.cases) for each in found.problems] == [("boom", (QUOTE,))]


def test_a_failure_that_the_base_has_too_is_no_news() -> None:
    base = [case("fail", "boom"), case("pass", scenario="news")]
    assert of(base, base).word == "safe"


def test_another_failure_than_the_base_s_is_news() -> None:
    base = [case("fail", "boom"), case("pass", scenario="news")]
    found = of(base, [case("fail", "bang"), case("pass", scenario="news")])
    assert [each.finding.key for each in found.problems] == ["bang"]


def test_a_failure_without_a_finding_is_told_by_its_reason() -> None:
    found = of([case("pass")], [case("fail")])
    assert [each.finding.rule for each in found.problems] == ["gate/failure"]


def test_what_was_accepted_passes_until_its_day() -> None:
    sides = [case("pass")], [case("fail", "boom")]
    assert of(*sides, accepted("boom", days=0)).word == "safe"
    late = of(*sides, accepted("boom", days=-1))
    assert late.word == "breaks"
    assert late.overdue == ("b.yaml:3: the entry for 'boom' expired on 2026-11-20. Mend it, or say why not.",)


def test_what_no_longer_occurs_has_to_be_removed() -> None:
    found = of([case("pass")], [case("pass")], accepted("boom"))
    assert found.word == "breaks"
    assert found.overdue == ("b.yaml:3: 'boom' no longer occurs. Remove the entry.",)


def test_an_entry_is_not_stale_where_its_cases_were_not_driven() -> None:
    sides = [case("pass")], [case("pass")]
    assert of(*sides, accepted("boom", scenario="news")).word == "safe"
    assert of(*sides, accepted("boom"), whole=False).word == "safe"


def test_an_entry_for_one_scenario_accepts_no_other() -> None:
    found = of([case("pass")], [case("fail", "boom")], accepted("boom", scenario="news"))
    assert found.word == "breaks"


def test_a_wire_that_older_clients_cannot_read_breaks() -> None:
    sides = [case("pass")], [case("pass")]
    assert of(*sides, wire=(NEW,)).word == "safe"
    assert of(*sides, wire=(GONE,)).word == "breaks"
    entry = accepted(GONE.key, rule="wire/event-gone")
    assert of(*sides, entry, wire=(GONE,)).word == "safe"


def test_slower_breaks_and_perhaps_slower_is_inconclusive() -> None:
    sides = [case("pass")], [case("pass")]
    slower = judged([(each, 3 * each) for each in range(1, 12)])
    perhaps = judged([(1, 3)] * 3)
    assert of(*sides, latency=slower).word == "breaks"
    assert (of(*sides, latency=perhaps).word, of(*sides, latency=perhaps).status) == ("inconclusive", 3)


def test_nothing_compared_is_never_safe() -> None:
    assert of([], []).status == 3
    assert of([case("pass")], [case("pass", scenario="news")]).status == 3


def test_a_side_without_a_verdict_is_inconclusive_and_a_skipped_case_neutral() -> None:
    both = [case("pass"), case("pass", scenario="news")]
    assert of(both, [both[0], case("error", scenario="news")]).word == "inconclusive"
    assert of(both, [both[0], case("skipped", scenario="news")]).word == "safe"


def test_a_failure_outweighs_a_doubt() -> None:
    both = [case("pass"), case("pass", scenario="news")]
    assert of(both, [case("fail", "boom"), case("error", scenario="news")]).word == "breaks"


def test_a_base_that_is_broken_itself_says_nothing_of_the_upgrade() -> None:
    found = of([case("fail", "boom")], [case("fail", "boom")])
    assert (found.word, found.base_is_broken) == ("inconclusive", True)
    assert of([case("fail", "boom")], [case("pass")]).word == "safe"


@pytest.mark.parametrize("doubt", ["The index is out of reach."])
def test_a_doubt_of_the_run_is_a_doubt_of_the_gate(doubt: str) -> None:
    assert of([case("pass")], [case("pass")], doubts=(doubt,)).doubts == (doubt,)
