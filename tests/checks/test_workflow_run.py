"""What goes wrong while a workflow is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.checks import build
from tests.checks.build import frame, raised, rules, said, workflow

from chatkit_harness.checks import expect, imports, latency, run, run_checks
from chatkit_harness.checks.judge import judge
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import Budgets, Expectation, ToolExpectation
from chatkit_harness.core.transcript import ImportResult, Transcript

LOST = raised("builtins.KeyError", "'symbol'", frame("export.py", "run_workflow"))


def found(held: Transcript, turns: int = 1) -> list[Finding]:
    return list(run.check(held, build.scenario(turns)))


def test_an_answer_in_words_is_no_finding_of_any_check() -> None:
    held = workflow(said("Tesla rose today.", "How is TSLA?"), exchanges=(build.exchange(),))
    assert run_checks(held, build.scenario()) == ()


def test_what_a_workflow_raises_is_told_with_its_place() -> None:
    (finding,) = found(workflow(said(None, end="raised", raised=LOST)))
    assert (finding.rule, finding.key) == ("run/raised", "KeyError(symbol)@server:export:run_workflow")
    assert "run_workflow raised in turn 1" in finding.message


@pytest.mark.parametrize(
    ("message", "response", "told"),
    [
        (None, None, "run_workflow returned nothing for this question"),
        (None, {"state": 1}, "what run_workflow returned holds no text (state)"),
        (" ", {"output_text": " "}, "run_workflow returned an empty text"),
        ('{"response_text": "", "widgets": [{}]}', {}, "nothing in the answer is for a user to see"),
    ],
)
def test_a_workflow_without_an_answer(message: str | None, response: object, told: str) -> None:
    (finding,) = found(workflow(said(message, response=response)))
    assert (finding.rule, finding.message) == ("run/no-answer", f"turn 1: {told}")


def test_a_recording_that_ended_is_no_missing_answer() -> None:
    held = workflow(said(None), exchanges=(build.exchange(outcome="exhausted"),))
    assert not found(held)


def test_a_workflow_that_hangs_did_not_answer() -> None:
    (finding,) = found(workflow(said(None, end="hung"), ended="timeout"))
    assert finding.key == "run/hang before its answer"


def test_an_unmatched_request_names_the_hosted_tools_that_it_offers() -> None:
    tools = [{"type": "web_search"}, {"type": "function", "name": "quote"}]
    asked = build.exchange({"input": [], "tools": tools}, outcome="unmatched", status=400)
    (finding,) = found(workflow(said("Sorry."), exchanges=(asked,)))
    assert finding.rule == "upstream/unmatched"
    assert "it offers web_search: what runs at the API answers only where it was recorded" in finding.message
    assert finding.evidence["hosted_tools"] == ["web_search"]


def test_nothing_is_asked_of_a_thread_that_a_workflow_does_not_have() -> None:
    held = workflow(
        said("Up.", "How is TSLA?"),
        said("Down.", "And AAPL?", index=1),
        exchanges=(build.exchange(at_ms=15), build.exchange(at_ms=1015)),
    )
    assert not found(held, 2)


def test_tools_of_a_workflow_are_seen_in_what_the_model_is_told() -> None:
    held = workflow(said("It is at 271.49."), exchanges=(build.exchange(build.asked("get_stock_price")),))
    wanted = Expectation(tools=(ToolExpectation(name="get_stock_price"),), items=("user_message",))
    assert not list(expect.check(held, build.scenario(expect=wanted)))
    other = Expectation(tools=(ToolExpectation(name="get_stock_news"),))
    assert "expect/tool-missing" in rules(expect.check(held, build.scenario(expect=other)))


def test_an_expected_error_is_what_a_workflow_raises() -> None:
    held = workflow(said(None, end="raised", raised=raised("openai.InternalServerError", "no luck: 500")))
    for words, outcome in (("500", "pass"), ("429", "fail")):
        scenario = build.scenario(expect=Expectation(error=words))
        assert judge(held, scenario, run_checks(held, scenario)).outcome == outcome


def test_an_answer_comes_at_once() -> None:
    assert latency.turn_times(said("Up.")) == {"first_event_ms": 90, "widget_ms": None, "total_ms": 90}
    held = workflow(said("Up.", ended_at_ms=900.0))
    told = list(latency.check(held, build.scenario(budgets=Budgets(first_event_ms=500))))
    assert rules(told) == ["latency/first-event"]


def test_saved_answers_are_judged_by_what_they_say_alone() -> None:
    held = workflow(said("Up.", "How is TSLA?"), server="answers", saved=True)
    wanted = Expectation(tools=(ToolExpectation(name="quote"),), items=("user_message",))
    scenario = build.scenario(3, expect=wanted, budgets=Budgets(total_ms=1))
    verdict = judge(held, scenario, run_checks(held, scenario))
    assert (verdict.outcome, verdict.findings) == ("pass", ())
    assert set(verdict.timing.values()) == {None}


def test_an_empty_saved_answer_is_told() -> None:
    held = workflow(said(""), server="answers", saved=True)
    verdict = judge(held, build.scenario(), run_checks(held, build.scenario()))
    assert rules(verdict.findings) == ["run/no-answer"]


def test_a_cell_without_chatkit_needs_no_module_of_it() -> None:
    good = ImportResult(module="agents", ok=True, ms=1.0)
    held = workflow(said("Up."), imports=(good,))
    assert not list(imports.check(held, build.scenario()))
    bad = replace(good, ok=False, raised=raised("builtins.ImportError", "No module named 'mcp'"))
    assert rules(imports.check(replace(held, imports=(bad,)), build.scenario())) == ["imports/failed"]


def test_a_missing_answer_after_a_raise_is_its_consequence() -> None:
    held = workflow(said(None, end="raised", raised=LOST), said(None, index=1))
    verdict = judge(held, build.scenario(2), run_checks(held, build.scenario(2)))
    assert rules(verdict.findings) == ["run/raised"]
