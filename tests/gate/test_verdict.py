"""Safe, breaks, or cannot be told."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from chatkit_harness.core.nouns import CaseResult, Finding, Outcome
from chatkit_harness.gate.baseline import Accepted, Baseline
from chatkit_harness.gate.changes import CaseKey, compared
from chatkit_harness.gate.compared import Compared, Place, Scope
from chatkit_harness.gate.latency import Latency, judged
from chatkit_harness.gate.verdict import Verdict, verdict
from chatkit_harness.gate.wire import WireChange, WireChanges

TODAY = dt.date(2026, 11, 21)
QUOTE = CaseKey(path="native", scenario="quote", server="reference", store="memory", client="none")
GONE = WireChange(what="event-gone", place="thread.created", effect="breaking", why="It is gone.")
NEW = WireChange(what="event-new", place="stream_options", effect="harmless", why="It is new.")
QUIET = judged([])


def case(outcome: Outcome, *keys: str, scenario: str = "quote") -> CaseResult:
    """A case with findings that fail it."""
    found = tuple(Finding(rule="run/raised", severity="error", key=key, message=key) for key in keys)
    return CaseResult(
        id=scenario, cell="c", path="native", scenario=scenario, outcome=outcome, findings=found
    )


def accepted(key: str, days: int = 30, **more: Any) -> Accepted:
    """An entry that holds for some days yet."""
    until = TODAY + dt.timedelta(days=days)
    given = {"rule": "run/raised", "reason": "known", "where": "b.yaml:3", **more}
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
    assert found.overdue == ("b.yaml:3: 'boom' no longer occurs. Remove it, or let --update-baseline do so.",)


def test_an_entry_is_not_stale_where_its_cases_were_not_driven() -> None:
    sides = [case("pass")], [case("pass")]
    assert of(*sides, accepted("boom", scenario="news")).word == "safe"
    assert of(*sides, accepted("boom"), whole=False).word == "safe"


SLOWER = judged([(each, 3 * each) for each in range(1, 12)])
PERHAPS = judged([(1, 3)] * 3)
SAME = judged([(1, 1)] * 9)
LATE = accepted("gate/latency", rule="gate/latency")
SILENT = accepted("gate/failure", rule="gate/failure")
SIDES = [case("pass")], [case("pass")]
HERE = ("quote", "native")


def scope(*places: Place, known: tuple[Place, ...] = (), **more: Any) -> Scope:
    """A project with the case that is driven, and these."""
    whole = frozenset({HERE, *places})
    return Scope(places=whole, known=whole | frozenset(known), **more)


def test_slower_answers_that_were_accepted_are_borne_until_they_are_no_slower() -> None:
    assert of(*SIDES, LATE, latency=SLOWER).word == "safe"
    assert of(*SIDES, LATE, latency=PERHAPS).word == "safe"
    assert of(*SIDES, LATE, latency=QUIET).word == "safe", "nothing was timed"
    assert "no longer occurs" in of(*SIDES, LATE, latency=SAME).overdue[0]


def test_a_failure_without_a_finding_that_was_accepted_is_borne_until_it_passes() -> None:
    assert of([case("pass")], [case("fail")], SILENT).word == "safe"
    assert "no longer occurs" in of(*SIDES, SILENT).overdue[0]


def test_what_a_failing_case_sends_is_not_looked_at_and_so_not_gone() -> None:
    entry = accepted(GONE.key, rule="wire/event-gone")
    fails = of([case("pass")], [case("fail", "boom")], entry, LATE, latency=SAME)
    assert fails.overdue == ()
    assert len(of(*SIDES, entry, LATE, latency=SAME).overdue) == 2


def test_what_occurs_and_weighs_less_than_it_did_still_occurs() -> None:
    mild = replace(
        case("pass", "boom"), findings=(replace(case("fail", "boom").findings[0], severity="note"),)
    )
    assert of([case("pass")], [mild], accepted("boom")).overdue == ()


@pytest.mark.parametrize(
    ("entry", "looked_at", "late"),
    [
        (accepted("boom"), scope(), True),
        (accepted("boom"), scope(("quote", "agent_builder")), False),
        (accepted("boom", path="native"), scope(("quote", "agent_builder")), True),
        (accepted("boom"), scope(("news", "native")), False),
        (accepted("boom", scenario="quote"), scope(("news", "native")), True),
        (accepted("boom", scenario="quote"), scope(("quote", "agent_builder")), False),
        (accepted("boom", scenario="news"), scope(("news", "native")), False),
        (accepted("boom"), scope(checks=("run",)), True),
        (accepted("boom"), scope(checks=("widgets",)), False),
        (accepted("boom", rule="widgets/empty"), scope(checks=("run",)), False),
        (accepted("boom", rule="upstream/history"), scope(checks=("run",)), True),
        (accepted("boom", rule="expect/finding-missing"), scope(checks=("expect",)), False),
        (SILENT, scope(checks=("run",)), False),
    ],
)
def test_only_what_was_looked_for_can_be_gone(entry: Accepted, looked_at: Scope, *, late: bool) -> None:
    assert bool(of(*SIDES, entry, scope=looked_at).overdue) == late


def test_a_case_without_a_verdict_may_still_show_it() -> None:
    both = [case("pass"), case("pass", scenario="news")]
    lost = [case("pass"), case("error", scenario="news")]
    assert of(both, lost, accepted("boom")).overdue == ()
    assert of(both, lost, accepted("boom", scenario="quote")).overdue


@pytest.mark.parametrize(
    ("entry", "looked_at", "told"),
    [
        (
            {"scenario": "qoute"},
            scope(),
            "no scenario 'qoute', and 'boom' is accepted there. Did you mean 'quote'?",
        ),
        ({"scenario": "old"}, scope(), "there is no scenario 'old'"),
        ({"scenario": "quote", "path": "agent_builder"}, scope(), "'quote' has no path 'agent_builder'"),
        ({"scenario": "built-in"}, scope(known=(("built-in", "native"),)), ""),
        ({"scenario": "streams/one"}, scope(), ""),
        ({"scenario": "streams/one"}, scope(recorded=True), "there is no scenario 'streams/one'"),
    ],
)
def test_an_entry_for_a_scenario_that_is_not_there_is_told(
    entry: dict[str, Any], looked_at: Scope, told: str
) -> None:
    found = of(*SIDES, accepted("boom", **entry), scope=looked_at)
    assert (told in " ".join(found.overdue), bool(found.overdue)) == (True, bool(told))
    assert found.status == (1 if told else 0)
    assert of(*SIDES, accepted("boom", **entry), scope=looked_at, whole=False).overdue == ()


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
    assert of(*sides, latency=SLOWER).word == "breaks"
    assert (of(*sides, latency=PERHAPS).word, of(*sides, latency=PERHAPS).status) == ("inconclusive", 3)


def test_nothing_compared_is_never_safe() -> None:
    assert of([], []).status == 3
    assert of([case("pass")], [case("pass", scenario="news")]).status == 3


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        ("pass", "error", "inconclusive"),
        ("pass", "skipped", "inconclusive"),
        ("fail", "skipped", "inconclusive"),
        ("skipped", "fail", "inconclusive"),
        ("skipped", "pass", "safe"),
        ("skipped", "skipped", "safe"),
        ("skipped", None, "safe"),
        ("pass", None, "inconclusive"),
    ],
)
def test_a_side_without_a_verdict_is_inconclusive_unless_nothing_is_lost(
    before: Outcome, after: Outcome | None, word: str
) -> None:
    candidate = [case("pass"), *([case(after, scenario="news")] if after else [])]
    assert of([case("pass"), case(before, scenario="news")], candidate).word == word


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
