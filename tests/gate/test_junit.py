"""A gate's answer for the test tabs of CI systems."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

import pytest
from tests.gate.answers import (
    FOUND,
    NEWS,
    QUOTE,
    accepted,
    answer,
    case,
    crowd,
    finding,
    liar,
    problem,
    wire,
)  # fmt: skip
from tests.gate.test_verdict import case as judged_case
from tests.gate.test_verdict import of

from chatkit_harness.core.nouns import CaseResult, Outcome
from chatkit_harness.gate.junit import junit


def drawn(document: dict[str, Any]) -> ET.Element:
    return ET.fromstring(junit(document))  # noqa: S314  # our own


def outcomes(document: dict[str, Any]) -> dict[str, str]:
    """Each test case by class and name, with what became of it."""
    found = {}
    for each in drawn(document).iter("testcase"):
        tags = [inside.tag for inside in each if inside.tag != "system-out"]
        found[f"{each.get('classname')}.{each.get('name')}"] = tags[0] if tags else "pass"
    return found


def test_a_case_fails_only_where_the_candidate_newly_fails() -> None:
    cases = [case("new_failure"), case("same_failure", NEWS), case("fixed", {**QUOTE, "scenario": "mended"})]
    found = outcomes(answer(problems=[problem()], cases=cases))
    assert found == {
        "native.quote": "failure",
        "native.news": "pass",
        "native.mended": "pass",
        "latency.processor time": "pass",
    }


def test_a_failure_says_what_to_do() -> None:
    failure = drawn(answer(problems=[problem(culprit=FOUND)], cases=[case("new_failure")])).find(".//failure")
    assert failure is not None
    assert (failure.get("type"), failure.get("message")) == ("run/exception", "It raised.")
    told = failure.text or ""
    assert "openai 2.45.0 and later break it." in told
    assert "reproduce: chatkit-harness run --scenario quote" in told
    assert "key: boom" in told


def test_what_is_accepted_passes_and_says_why() -> None:
    document = answer(accepted=[accepted()], cases=[case("new_failure")])
    assert outcomes(document)["native.quote"] == "pass"
    assert "accepted until 2026-12-31 (mended upstream)" in junit(document)


def test_what_could_not_be_judged_is_an_error_once() -> None:
    lost = case("incomparable", candidate="error", why="The candidate: error (timeout).")
    found = outcomes(answer(cases=[lost], doubts=["quote: The candidate: error (timeout).", "No index."]))
    assert found == {
        "native.quote": "error",
        "gate.doubt 1": "error",
        "latency.processor time": "pass",
    }


@pytest.mark.parametrize(
    ("base", "candidate"),
    [
        *(("pass", each) for each in ("skipped", "error", None)),
        *(("skipped", each) for each in ("pass", "fail", "skipped", "error", None)),
        (None, "skipped"),
        (None, "pass"),
    ],
)
def test_a_case_is_an_error_where_the_verdict_is_in_doubt(
    base: Outcome | None, candidate: Outcome | None
) -> None:
    def side(outcome: Outcome | None) -> list[CaseResult]:
        return [judged_case("pass"), *([judged_case(outcome, scenario="news")] if outcome else [])]

    judged = of(side(base), side(candidate))
    found = outcomes(answer(cases=[case("incomparable", base=base, candidate=candidate)]))
    assert found["native.quote"] == ("error" if judged.doubts else "skipped")


def test_nothing_compared_is_never_all_green() -> None:
    quiet = {"verdict": "same", "ratio": None, "budget": 1.5, "turns": 0, "chance": None}
    document = answer(cases=[], doubts=["nothing was compared."], latency=quiet)
    assert outcomes(document) == {"gate.doubt 1": "error"}


def test_the_wire_and_the_baseline_have_cases_of_their_own() -> None:
    broken = problem(finding(wire()["key"], "It is gone.", "wire/event-gone"))
    stale = {"message": "'boom' no longer occurs.", "place": None}
    found = outcomes(answer(problems=[broken], wire=[wire()], baseline=[stale]))
    assert found["wire.event-gone thread.created"] == "failure"
    assert found["baseline.entry 1"] == "failure"
    assert found["native.quote"] == "pass", "the case itself passes"
    assert outcomes(answer(wire=[wire("harmless")]))["wire.event-gone thread.created"] == "pass"


def test_slower_answers_fail_a_case_of_their_own() -> None:
    slow = problem(finding("gate/latency", "Slower.", "gate/latency"))
    found = outcomes(answer(problems=[slow]))
    assert (found["latency.processor time"], found["native.quote"]) == ("failure", "pass")


def test_the_counts_are_those_of_what_is_in_it() -> None:
    root = drawn(liar())
    for suite in (root, *root.iter("testsuite")):
        cases = list(suite.iter("testcase"))
        assert suite.get("tests") == str(len(cases))
        for name, tag in {"failures": "failure", "errors": "error", "skipped": "skipped"}.items():
            assert suite.get(name) == str(sum(each.find(tag) is not None for each in cases))
        assert float(suite.get("time", "")) == sum(float(each.get("time", "")) for each in cases)


def test_ten_thousand_failures_are_drawn() -> None:
    assert drawn(crowd()).get("failures") == "20000"
