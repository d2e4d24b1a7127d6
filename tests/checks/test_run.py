from __future__ import annotations

from dataclasses import replace

import pytest
from tests.checks import build
from tests.checks.build import error, exchange, frame, logged, raised, rules, scenario, transcript, turn

from chatkit_harness.checks import run, run_checks
from chatkit_harness.checks.judge import judge
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import Expectation, TurnPlan, WidgetExpectation
from chatkit_harness.core.transcript import Attempt, CassetteFacts, Stored, Transcript

USAGE = raised(
    "pydantic_core.ValidationError",
    "1 validation error for InputTokensDetails\ncache_write_tokens\n  Field required",
    frame("agents/usage.py", "<lambda>", "openai-agents", "0.5.1"),
)
IN_TOOL = raised(
    "builtins.ValueError",
    "no price",
    frame("agents/tool.py", "invoke", "openai-agents", "0.24.0"),
    frame("reference/tools.py", "show_stock_quote"),
)


def found(held: Transcript, turns: int = 1) -> list[Finding]:
    return list(run.check(held, build.scenario(turns)))


def test_an_error_event_and_the_exception_behind_it_are_one_finding() -> None:
    (finding,) = found(transcript(turn(build.user(), build.error()), log=(logged(USAGE),)))
    assert finding.rule == "run/error-event"
    assert "openai-agents 0.5.1, agents.usage:<lambda>" in finding.message
    assert finding.evidence["raised"]["message"] == USAGE.message
    assert finding.evidence["error_events"][0]["code"] == "stream.error"
    assert finding.evidence["turn"] == 0


def test_an_error_event_without_an_exception_is_told_by_its_words() -> None:
    (finding,) = found(transcript(turn(build.user(), build.error("Orders are not possible", "custom"))))
    assert finding.rule == "run/error-event"
    assert "custom: Orders are not possible" in finding.message


def test_an_exception_of_the_stream_and_its_log_are_one_finding() -> None:
    held = transcript(turn(build.user(), end="raised", raised=USAGE), log=(logged(USAGE),))
    (finding,) = found(held)
    assert finding.rule == "run/raised"


def test_a_refused_request_is_a_finding() -> None:
    held = transcript(turn(end="rejected", raised=raised("builtins.ValueError", "bad body")))
    assert rules(found(held)) == ["run/rejected"]


def test_a_click_on_what_no_widget_has_is_told_with_what_they_have() -> None:
    request = {"type": "not_offered", "action": "buy", "item": None, "offered": ["refresh_quote"]}
    (finding,) = found(transcript(turn(end="rejected", request=request)))
    assert (finding.rule, finding.severity) == ("run/action-not-offered", "error")
    assert "offers the server the action buy (offered: refresh_quote)" in finding.message


def test_a_click_on_a_widget_that_is_not_there_is_told_by_its_number() -> None:
    request = {"type": "not_offered", "action": "buy", "item": 3, "offered": ["buy"]}
    (finding,) = found(transcript(turn(end="rejected", request=request)))
    assert "no widget that is number 3 of those shown so far" in finding.message


def test_an_exception_that_is_only_logged_is_a_finding() -> None:
    held = transcript(turn(build.message("Fine.")), log=(logged(USAGE, "asyncio"),))
    assert rules(found(held)) == ["run/logged-exception"]


def test_the_end_of_a_stream_that_nobody_asked_for_is_no_finding() -> None:
    over = raised("builtins.StopAsyncIteration", "")
    left = raised("builtins.RuntimeError", "aclose(): asynchronous generator is already running")
    assert found(transcript(turn(build.message("Fine.")), log=(logged(left, "asyncio"),))) == []
    for when in (0, None):
        record = logged(over, "asyncio", at_ms=-1.0 if when is None else 20.0, turn=when)
        assert found(transcript(turn(build.message("Fine.")), log=(record,))) == []
    of_chatkit = transcript(turn(build.message("Fine.")), log=(logged(over),))
    assert rules(found(of_chatkit)) == ["run/logged-exception"]


def test_an_exception_before_the_first_turn_is_a_finding() -> None:
    held = transcript(turn(build.message("Fine."), index=0), log=(logged(USAGE, at_ms=-1.0, turn=None),))
    (finding,) = found(held)
    assert "before the first turn" in finding.message


def test_a_failed_tool_is_found_by_what_the_model_is_told() -> None:
    output = (
        "An error occurred while running the tool. Please try again."
        " Error: 1 validation error for Card\nchildren.0"
    )
    held = transcript(
        turn(build.user(), build.message("Sorry.")), exchanges=(build.exchange(build.asked(output=output)),)
    )
    (finding,) = found(held)
    assert finding.rule == "run/tool-error"
    assert finding.key == "run/tool-error show_stock_quote: Card.children"


def test_a_failed_tool_and_its_logged_exception_are_one_finding() -> None:
    output = "An error occurred while running the tool. Please try again."
    held = transcript(
        turn(build.user(), build.message("Sorry.")),
        exchanges=(build.exchange(build.asked(output=output)),),
        log=(logged(IN_TOOL, "openai.agents"),),
    )
    (finding,) = found(held)
    assert (finding.rule, finding.key) == (
        "run/tool-error",
        "ValueError(no price)@server:reference.tools:show_stock_quote",
    )
    assert finding.evidence["tool"] == "show_stock_quote"


def test_a_tool_that_logs_its_failure_itself_is_one_finding_too() -> None:
    own = raised("builtins.ValueError", "no price", frame("reference/tools.py", "show_stock_quote"))
    output = "An error occurred while running the tool. Please try again. Error: no price"
    held = transcript(
        turn(build.user(), build.message("Sorry.")),
        exchanges=(build.exchange(build.asked(output=output)),),
        log=(logged(own, "reference.tools"), logged(IN_TOOL, "openai.agents")),
    )
    assert rules(found(held)) == ["run/tool-error"]


def test_a_turn_with_neither_answer_nor_error_is_a_silent_end() -> None:
    (finding,) = found(transcript(turn(build.user())))
    assert finding.rule == "run/silent-end"
    assert "thread.item.done" in finding.message


def test_a_message_that_was_never_finished_is_a_silent_end() -> None:
    begun = build.streamed("never", "nev")[:-1]
    assert rules(found(transcript(turn(build.user(), *begun)))) == ["run/silent-end"]


def test_a_turn_that_ends_with_its_recording_is_no_silent_end() -> None:
    held = transcript(turn(build.user()), exchanges=(build.exchange(outcome="exhausted"),))
    assert not found(held)


def test_an_event_that_is_no_json_is_a_finding() -> None:
    assert rules(found(transcript(turn(None, build.message("Fine."))))) == ["run/unreadable-event"]


def test_a_hang_says_after_what_and_what_it_waited_for() -> None:
    waiting = build.exchange(ended_at_ms=None)
    (finding,) = found(transcript(turn(build.user(), end="hung"), ended="timeout", exchanges=(waiting,)))
    assert finding.rule == "run/hang"
    assert "after thread.item.done while a request to the model was open" in finding.message


def test_a_case_that_hangs_after_its_last_turn_blames_no_turn() -> None:
    ended = transcript(turn(build.message("Fine.")), turn(build.message("Bye."), index=1), ended="timeout")
    (finding,) = found(ended, turns=2)
    assert finding.message == (
        "the case hung after turn 2 (which ended as done; nothing was read back), until its time limit"
    )
    assert finding.key == "run/hang after turn 2"
    assert (finding.evidence["turn"], finding.evidence["turns_ended"]) == (None, 2)


def test_a_case_that_hangs_after_reading_back_says_so_and_what_it_waited_for() -> None:
    held = replace(build.clean(), ended="timeout", exchanges=(exchange(ended_at_ms=None),))
    (finding,) = [each for each in found(held) if each.rule == "run/hang"]
    assert finding.message == (
        "the case hung after turn 1 (which ended as done; what is stored was read back)"
        " while a request to the model was open, until its time limit"
    )


def test_a_case_that_hangs_after_a_failed_reading_back_says_that_it_failed() -> None:
    lost = Stored(raised=raised("builtins.KeyError", "'thr_1'"))
    told = found(transcript(turn(build.message("Fine.")), stored=lost, ended="timeout"))
    (finding,) = [each for each in told if each.rule == "run/hang"]
    assert "after turn 1 (which ended as done; what is stored could not be read back)" in finding.message


def test_a_workflow_that_hangs_after_its_answer_has_nothing_to_read_back() -> None:
    (finding,) = found(build.workflow(build.said("Up."), ended="timeout"))
    assert finding.message == ("the case hung after turn 1 (which ended as done), until its time limit")


@pytest.mark.parametrize("how", ["timeout", "exited"])
def test_what_a_turn_lacks_that_had_ended_does_not_follow_from_a_later_hang_or_death(how: str) -> None:
    plan = TurnPlan(user="What's AAPL trading at?", expect=Expectation(widgets=(WidgetExpectation(),)))
    asked = scenario(turns=2)
    asked = replace(asked, turns=(plan, *asked.turns[1:]))
    held = transcript(turn(build.message("Fine.")), ended=how)
    verdict = judge(held, asked, run_checks(held, asked))
    assert "expect/widget-missing" in rules(verdict.findings)


@pytest.mark.parametrize(("wait_ms", "told"), [(90_000.0, True), (1_000.0, False)])
def test_a_hang_says_that_the_model_asked_to_wait_for_so_long(wait_ms: float, *, told: bool) -> None:
    busy = replace(build.exchange(outcome="fault", status=429), retry_after_ms=wait_ms, ended_at_ms=20.0)
    hung = turn(build.user(), end="hung", ended_at_ms=30_000.0)
    (finding,) = found(transcript(hung, ended="timeout", exchanges=(busy,)))
    assert ("had asked for 90.0 s (Retry-After), see --time-limit" in finding.message) is told


@pytest.mark.parametrize(
    ("fields", "how"),
    [
        ({"ended": "exited", "exit_code": 3}, "exit code 3"),
        ({"ended": "signalled", "signal": "SIGSEGV"}, "signal SIGSEGV"),
    ],
)
def test_a_death_says_how_and_its_last_words(fields: dict[str, object], how: str) -> None:
    (finding,) = found(transcript(turn(end="cut"), last_words="one\nFatal Python error\n", **fields))
    assert finding.key == f"run/died {how}"
    assert "last saying: Fatal Python error" in finding.message


def unmatched(*difference: str) -> Finding:
    """What is said of a request that a script has no answer to."""
    facts = CassetteFacts(name="q.yaml", origin="script", interactions=2)
    asked = build.exchange(build.asked(), outcome="unmatched", status=400, nearest=1, difference=difference)
    held = transcript(turn(build.message("Fine.")), exchanges=(asked,), cassette=facts)
    (finding,) = [each for each in run.check(held, build.scenario()) if each.rule == "upstream/unmatched"]
    return finding


def test_of_a_script_it_is_told_what_the_server_asked_and_what_the_script_has() -> None:
    message = unmatched("output of show_stock_quote: missing").message
    assert message == (
        'turn 1: the server asked the model with "?" and the output of show_stock_quote, to which the script '
        "has no answer: its answer 2 is the nearest, from which that differs: output of show_stock_quote: "
        "missing"
    )


def test_a_call_of_a_tool_that_is_not_offered_is_told_first() -> None:
    tools = "tools: the script calls 'qoute', which the server does not offer; it offers 'quote', 'news'"
    finding = unmatched("the user's words: none", tools)
    assert finding.message.startswith("turn 1: the script calls 'qoute', which the server does not offer;")
    assert "'news'" not in finding.key


def test_an_unmatched_request_names_the_nearest_and_the_difference() -> None:
    strange = build.exchange(
        outcome="unmatched", status=400, nearest=1, difference=("the tool output is missing",)
    )
    api = raised(
        "openai.BadRequestError",
        "nothing matches",
        frame("openai/_base_client.py", "request", "openai", "2.9.0"),
    )
    held = transcript(turn(build.error()), exchanges=(strange,), log=(logged(api),))
    findings = found(held)
    assert rules(findings) == ["upstream/unmatched"]
    (told,) = (each for each in findings if each.severity == "error")
    assert "interaction 1, from which it differs: the tool output is missing" in told.message


def test_a_request_that_no_model_on_loopback_serves_is_told_and_fails_nothing() -> None:
    asked = build.exchange(at_ms=12.0, outcome="unsupported", status=404)
    asked = replace(asked, method="GET", path="/v1/models")
    held = transcript(turn(build.message("Fine.")), exchanges=(asked,))
    (told,) = found(held)
    assert (told.rule, told.severity) == ("upstream/unsupported", "warning")
    assert "was asked for GET /v1/models, which it does not know" in told.message
    assert told.key == "upstream/unsupported GET /v1/models"
    assert told.evidence == {"turn": 0, "status": 404}


def test_a_path_that_is_not_served_is_named_without_the_values_of_its_query_and_alike_in_each_run() -> None:
    paths = ("/v1/files/file-Ab3dE6gH9k/content?secret=sk-1&limit=2", "/v1/files/file-Zz8yX7wV6u/content")
    asked = [build.exchange(at_ms=12.0, outcome="unsupported", status=404) for _ in paths]
    exchanges = tuple(replace(each, method="GET", path=path) for each, path in zip(asked, paths, strict=True))
    told = found(transcript(turn(build.message("Fine.")), exchanges=exchanges))
    assert {each.key for each in told} == {"upstream/unsupported GET /v1/files/ID/content"}
    assert "asked for GET /v1/files/file-Ab3dE6gH9k/content, which" in told[0].message


def test_what_cannot_be_read_back_is_a_finding() -> None:
    held = transcript(
        turn(build.message("Fine.")), stored=Stored(raised=raised("builtins.KeyError", "'thr_1'"))
    )
    assert rules(found(held)) == ["run/not-read-back"]


def test_each_address_that_was_tried_is_a_finding() -> None:
    leaks = ("example.invalid:443", "example.invalid:443", "192.0.2.1:53")
    assert rules(found(transcript(turn(build.message("Fine.")), leaks=leaks))) == ["run/leak", "run/leak"]


def test_an_attempt_is_told_with_its_turn_and_by_which_means_it_was_caught() -> None:
    attempts = tuple(
        Attempt(at_ms=1.0, turn=number, address="192.0.2.1:53", means=means)
        for number, means in ((None, "audit hook"), (1, "proxy of subprocesses"))
    )
    tried = transcript(turn(build.message("Fine.")), leaks=("192.0.2.1:53",), attempts=attempts)
    (told,) = found(tried)
    assert told.evidence["turn"] == 1
    assert told.message.endswith("(caught by the audit hook and the proxy of subprocesses)")


def test_an_attempt_of_what_an_earlier_case_has_left_is_told_with_its_name_and_fails_nothing() -> None:
    late = Attempt(at_ms=1.0, turn=None, address="192.0.2.1:53", means="audit hook", of="quote-aapl")
    (told,) = found(transcript(turn(build.message("Fine.")), attempts=(late, late)))
    assert (told.rule, told.severity, told.evidence["of"]) == ("run/leak", "warning", "quote-aapl")
    assert told.message.startswith("what the case of quote-aapl had started tried to reach 192.0.2.1:53")


def test_a_turn_that_was_not_driven_is_a_finding() -> None:
    assert rules(found(transcript(turn(build.message("Fine."))), turns=2)) == ["run/not-driven"]


def test_an_old_recording_is_told_and_fails_nothing() -> None:
    facts = CassetteFacts(
        name="quote", origin="recording", interactions=2, recorded="2026-01-01", expired=True
    )
    told = [each for each in found(replace(build.clean(), cassette=facts)) if each.rule == "upstream/expired"]
    assert [each.severity for each in told] == ["warning"]
    assert "record --scenario quote-aapl --live" in told[0].message


FAILING = ({"fault": {"status": 500}},)


def test_a_fault_of_the_model_that_never_came_about_is_no_proof_of_anything() -> None:
    broken = transcript(turn(error("ValidationError")), exchanges=())
    found = [each.rule for each in run.check(broken, scenario(script=FAILING))]
    assert "run/fault-not-met" in found


def test_a_fault_that_was_met_is_quiet() -> None:
    met = transcript(turn(error("boom")), exchanges=(exchange(outcome="fault", status=500),))
    assert "run/fault-not-met" not in [each.rule for each in run.check(met, scenario(script=FAILING))]


def test_each_fault_of_the_model_has_to_come_about() -> None:
    script = ({"fault": {"status": 500, "times": 2}}, {"fault": {"cut_after_chunks": 4}})
    first = exchange(outcome="fault", interaction=0, status=500)
    missed = replace(first, outcome="matched", interaction=2, missed="no stream")
    held = transcript(turn(build.message("Fine.")), exchanges=(first, missed))
    (told,) = [each for each in run.check(held, scenario(script=script)) if each.rule == "run/fault-not-met"]
    assert told.message.endswith("never came about: no stream")


def test_answers_without_a_fault_beside_one_that_was_met_are_quiet() -> None:
    script = ({"fault": {"status": 500, "times": 2}}, {"say": "Fine."})
    first = exchange(outcome="fault", interaction=0, status=500)
    good = replace(first, outcome="matched", interaction=2, status=200)
    held = transcript(turn(build.message("Fine.")), exchanges=(first, good))
    assert "run/fault-not-met" not in [each.rule for each in run.check(held, scenario(script=script))]
