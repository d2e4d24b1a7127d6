"""What a gate says of the findings that it passes over: in which cases, by which entry, until when."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

from tests.gate.answers import accepted as told
from tests.gate.answers import answer, require_valid, wire
from tests.gate.answers import case as told_case
from tests.gate.test_verdict import GONE, QUIET, QUOTE, TODAY, accepted, case
from tests.reports import sample

from chatkit_harness.engine.sides import Side
from chatkit_harness.gate.baseline import Accepted, Baseline
from chatkit_harness.gate.changes import CaseKey, compared
from chatkit_harness.gate.compared import Compared
from chatkit_harness.gate.document import document
from chatkit_harness.gate.drive import Driven
from chatkit_harness.gate.junit import junit
from chatkit_harness.gate.sarif import sarif
from chatkit_harness.gate.verdict import verdict
from chatkit_harness.gate.wire import WireChanges
from chatkit_harness.gate.words import headline
from chatkit_harness.results import Results

NAMES = ("quote", "news")
WIRE = accepted(GONE.key, rule="wire/event-gone", scenario="quote", reason="ticket 3")


def answered(*entries: Accepted, gone: tuple[CaseKey, ...] = ()) -> dict[str, Any]:
    """The answer where quote and news newly fail by the same finding; or only an event is `gone` there."""
    fails = [case("pass" if gone else "fail", *([] if gone else ["boom"]), scenario=name) for name in NAMES]
    changes = tuple(compared([case("pass", scenario=name) for name in NAMES], fails))
    seen = Compared(changes=changes, wire=(WireChanges(change=GONE, cases=gone),), latency=QUIET)
    side = Side(name="candidate", word="r.txt", file=Path("r.txt"), place="r.txt")
    driven = Driven(
        planned=cast("Any", None), base=side, candidate=side, results=Results(header=sample.HEADER),
        base_cell=sample.cell(), candidate_cell=sample.cell(),
    )  # fmt: skip
    baseline = Baseline(accepted=entries)
    found = document(verdict(seen, baseline, today=TODAY), seen, driven, baseline=baseline)
    require_valid(found, "gate")
    return found


def borne(found: dict[str, Any]) -> list[tuple[list[str], str]]:
    """Of each accepted finding its scenarios and the reason."""
    return [([case["scenario"] for case in each["cases"]], each["reason"]) for each in found["accepted"]]


def test_an_entry_for_one_scenario_accepts_nothing_in_another() -> None:
    found = answered(accepted("boom", scenario="news", reason="ticket 7, news only"))
    assert [case["scenario"] for case in found["problems"][0]["cases"]] == ["quote"]
    assert borne(found) == [(["news"], "ticket 7, news only")]


def test_an_expired_entry_lends_neither_its_reason_nor_its_day_to_a_living_one() -> None:
    old = accepted("boom", days=-5, scenario="quote", reason="old promise")
    found = answered(old, accepted("boom", scenario="news", reason="ticket 7", where="b.yaml:9"))
    (only,) = found["accepted"]
    assert borne(found) == [(["news"], "ticket 7")]
    assert (only["expires"], only["place"]) == ("2026-12-21", {"file": "b.yaml", "line": 9})


def test_each_entry_is_told_with_its_own_cases_and_the_finding_counts_once() -> None:
    found = answered(*(accepted("boom", scenario=name, reason=f"for {name}") for name in NAMES))
    assert borne(found) == [(["quote"], "for quote"), (["news"], "for news")]
    assert headline(found).endswith("(1 finding).")
    (result,) = json.loads(sarif(found))["runs"][0]["results"]
    assert [each["justification"] for each in result["suppressions"]] == [
        "for quote (until 2026-12-21)",
        "for news (until 2026-12-21)",
    ]


def test_of_a_change_of_the_wire_the_cases_are_the_entry_s_too() -> None:
    assert borne(answered(WIRE, gone=(QUOTE,))) == [(["quote"], "ticket 3")]
    news = CaseKey(path="native", scenario="news", server="reference", store="memory", client="none")
    found = answered(WIRE, gone=(QUOTE, news))
    assert (found["verdict"], borne(found)) == ("breaks", [(["quote"], "ticket 3")])


def test_a_change_of_the_wire_that_two_entries_accept_has_both_reasons() -> None:
    gone = {**told(), "key": wire()["key"], "rule": "wire/event-gone"}
    found = answer(accepted=[gone, {**gone, "reason": "ticket 8"}], wire=[wire()], cases=[told_case()])
    assert "(mended upstream)" in junit(found)
    assert "(ticket 8)" in junit(found)
