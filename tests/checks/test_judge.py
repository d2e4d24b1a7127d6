from __future__ import annotations

from dataclasses import replace

import pytest
from tests.checks import build
from tests.checks.build import logged, raised, rules, transcript, turn

from chatkit_harness.checks import expect, imports, latency, run, text
from chatkit_harness.checks.judge import Judgement, judge
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import (
    Expectation,
    FindingExpectation,
    Scenario,
    TextExpectation,
    WidgetExpectation,
)
from chatkit_harness.core.transcript import CassetteFacts, ImportResult, Transcript

ICON = Finding(
    rule="widgets/dropped-prop",
    severity="error",
    key="icon",
    message="the icon is lost",
    evidence={"component": "Card", "prop": "status.icon", "turn": 0, "item": "w"},
)
LIST = Finding(
    rule="widgets/not-allowed-here",
    severity="error",
    key="list",
    message="",
    evidence={"component": "ListView"},
)
EITHER = FindingExpectation(
    any_of=(
        FindingExpectation(rule="run/tool-error"),
        FindingExpectation(rule="widgets/not-allowed-here", component="ListView"),
        FindingExpectation(rule="widgets/dropped-prop", component="Card", prop="status.icon"),
    )
)


def judged(held: Transcript, scenario: Scenario | None = None, *more: Finding) -> Judgement:
    """The verdict of all checks but `widgets`, whose findings are given."""
    scenario = scenario or build.scenario()
    checks = (imports.check, run.check, expect.check, text.check, latency.check)
    found = [finding for check in checks for finding in check(held, scenario)]
    return judge(held, scenario, [*found, *more])


def expecting(*wanted: FindingExpectation) -> Scenario:
    return build.scenario(expect=Expectation(findings=wanted))


def test_a_clean_conversation_passes_without_a_finding() -> None:
    verdict = judged(build.clean())
    assert (verdict.outcome, verdict.reason, verdict.findings) == ("pass", None, ())


def test_a_finding_fails_the_case_and_is_its_reason() -> None:
    verdict = judged(build.clean(), None, ICON)
    assert (verdict.outcome, verdict.reason) == ("fail", "the icon is lost")


def test_a_warning_fails_nothing() -> None:
    assert judged(build.clean(), None, replace(ICON, severity="warning")).outcome == "pass"


def test_an_expected_finding_passes_and_is_kept_as_a_note() -> None:
    verdict = judged(build.clean(), expecting(FindingExpectation(rule="widgets/*", component="Card")), ICON)
    assert verdict.outcome == "pass"
    assert [(each.severity, each.evidence["expected"]) for each in verdict.findings] == [("note", True)]


@pytest.mark.parametrize(("words", "outcome"), [("ICON IS", "pass"), ("icon", "pass"), ("list", "fail")])
def test_an_expected_finding_may_be_named_by_its_words(words: str, outcome: str) -> None:
    wanted = expecting(FindingExpectation(rule="widgets/dropped-prop", contains=(words,)))
    verdict = judged(build.clean(), wanted, ICON)
    assert verdict.outcome == outcome
    missed = [each.key for each in verdict.findings if each.rule == "expect/finding-missing"]
    told = ["expect/finding-missing widgets/dropped-prop (with 'list')"]
    assert missed == (told if outcome == "fail" else [])


def test_a_rule_that_there_is_not_is_answered_with_the_nearest() -> None:
    verdict = judged(build.clean(), expecting(FindingExpectation(rule="run/asked-after-leavin")))
    assert "there is no rule 'run/asked-after-leavin'. Did you mean 'run/asked-after-leaving'?" in str(
        verdict.reason
    )


def test_an_expected_finding_that_does_not_occur_fails() -> None:
    verdict = judged(build.clean(), expecting(EITHER))
    assert rules(verdict.findings) == ["expect/finding-missing"]
    assert "run/tool-error or widgets/not-allowed-here (component ListView)" in str(verdict.reason)


def test_one_alternative_is_enough_and_more_of_them_are_fine() -> None:
    assert judged(build.clean(), expecting(EITHER), LIST).outcome == "pass"
    assert judged(build.clean(), expecting(EITHER), LIST, ICON).outcome == "pass"


def test_a_finding_beyond_the_expected_ones_fails() -> None:
    other = replace(ICON, evidence={"component": "Text", "prop": "value"})
    assert judged(build.clean(), expecting(EITHER), LIST, other).outcome == "fail"


def test_what_an_expected_error_shows_as_is_expected() -> None:
    held = transcript(turn(build.user(), build.error("Orders are not possible", "custom")))
    assert judged(held, build.scenario(expect=Expectation(error="orders"))).outcome == "pass"
    assert judged(held, build.scenario(expect=Expectation(error="another"))).outcome == "fail"


def test_beside_an_expected_error_only_the_findings_that_are_named_are_meant() -> None:
    other = raised("builtins.ValueError", "bad")
    held = transcript(turn(build.user(), build.error()), log=(logged(other),))
    closed = FindingExpectation(rule="run/error-event", contains=("the exchange is closed",), optional=True)
    either = FindingExpectation(any_of=(closed, replace(closed, contains=("out of reach",))))
    for named in (closed, replace(closed, rule="run/*"), replace(either, optional=True)):
        scenario = build.scenario(expect=Expectation(error="stream.error", findings=(named,)))
        (found,) = judged(held, scenario).findings
        assert (found.rule, found.severity) == ("run/error-event", "error")
    meant = replace(closed, contains=("bad",))
    scenario = build.scenario(expect=Expectation(error="stream.error", findings=(meant,)))
    assert judged(held, scenario).outcome == "pass"


def test_the_error_of_a_turn_is_expected_whatever_is_named_for_the_conversation() -> None:
    held = transcript(turn(build.error(), index=0), turn(build.message("Well."), index=1))
    closed = FindingExpectation(rule="run/error-event", contains=("closed",), optional=True)
    scenario = build.scenario(2, expect=Expectation(findings=(closed,)))
    first = replace(scenario.turns[0], expect=Expectation(error="stream.error"))
    scenario = replace(scenario, turns=(first, *scenario.turns[1:]))
    assert judged(held, scenario).outcome == "pass"


def test_what_follows_from_an_exception_is_a_note() -> None:
    error = raised("builtins.ValueError", "bad")
    held = transcript(turn(build.user(), build.error()), log=(logged(error),))
    scenario = build.scenario(expect=Expectation(widgets=(WidgetExpectation(root="Card"),)))
    verdict = judged(held, scenario)
    assert rules(verdict.findings) == ["run/error-event"]
    (root, follower) = verdict.findings
    assert (follower.rule, follower.evidence["consequence_of"]) == ("expect/widget-missing", root.key)


def test_what_failed_before_an_exception_is_no_consequence_of_it() -> None:
    silent, broken = turn(build.user()), turn(build.error(), index=1)
    verdict = judged(transcript(silent, broken), build.scenario(turns=2))
    assert rules(verdict.findings) == ["run/silent-end", "run/error-event"]


@pytest.mark.parametrize(
    "rule",
    [
        *("run/asked-after-leaving", "run/invalid-answer", "run/leak", "run/model-left-open", "run/stayed"),
        *("run/task-left", "run/tool-after-leaving", "run/torn-answer", "run/unfinished", "run/widget-lost"),
    ],
)
def test_what_neither_ends_nor_shortens_a_turn_explains_no_wrong_answer(rule: str) -> None:
    beside = Finding(rule=rule, severity="error", key=rule, message="", evidence={"turn": 0})
    asked = Expectation(text=TextExpectation(contains=("5000",)), items=("user_message",))
    verdict = judged(build.clean(), build.scenario(expect=asked), beside)
    assert rules(verdict.findings) == ["expect/text-content", "expect/items", rule]


def test_a_task_that_stays_open_explains_no_wrong_answer() -> None:
    task = {"type": "custom", "status_indicator": "loading"}
    begun = {"type": "thread.item.added", "item": build.item("task", "k", task=task)}
    held = transcript(turn(build.user(), begun, build.message("no price")))
    asked = Expectation(text=TextExpectation(contains=("271.49",)))
    verdict = judged(held, build.scenario(expect=asked))
    assert {"run/unfinished", "expect/text-content"} <= set(rules(verdict.findings))


def test_a_case_that_was_cut_fails_whichever_checks_ran() -> None:
    held = transcript(turn(end="cut"), ended="signalled", signal="SIGKILL")
    verdict = judge(held, build.scenario(), [])
    assert (verdict.outcome, rules(verdict.findings)) == ("fail", ["run/died"])


def test_a_broken_conversation_with_the_cell_is_the_harness_s_own_error() -> None:
    verdict = judge(transcript(ended="unreadable", last_words="bad line"), build.scenario(), [])
    assert (verdict.outcome, verdict.reason) == ("error", "the conversation with the cell broke: bad line")


def test_a_case_that_drove_nothing_does_not_pass() -> None:
    assert judge(transcript(), build.scenario(), []).outcome == "error"


def test_an_answer_that_nobody_asked_for_fails_only_what_would_pass() -> None:
    facts = CassetteFacts(name="c", origin="script", interactions=2, unused=(1,))
    unused = replace(build.clean(), cassette=facts)
    assert rules(judged(unused).findings) == ["upstream/unused"]
    assert rules(judged(unused, None, ICON).findings) == ["widgets/dropped-prop"]


@pytest.mark.parametrize(
    ("origin", "told"),
    [
        ("script", "of the script's 2 answers, nobody asked for number 2"),
        ("recording", "of 2 recorded answers of the model, nobody asked for 1"),
    ],
)
def test_what_nobody_asked_for_is_called_what_it_is(origin: str, told: str) -> None:
    facts = CassetteFacts(name="c", origin=origin, interactions=2, unused=(1,))
    assert judged(replace(build.clean(), cassette=facts)).reason == told


def test_a_turn_that_ended_with_its_recording_passes() -> None:
    words = raised("openai.NotFoundError", "nothing more was recorded")
    gone = build.exchange(outcome="exhausted", status=404)
    held = transcript(turn(build.user(), build.error()), exchanges=(gone,), log=(logged(words),))
    assert judged(held).outcome == "pass"


def test_timing_is_of_the_slowest_turn_and_leaves_invalid_widgets_out() -> None:
    timing = judged(build.clean()).timing
    assert timing["first_event_ms"] == 10
    assert timing["widget_ms"] == 30
    assert timing["cpu_ms"] == 40
    assert judged(build.clean(), None, ICON).timing["widget_ms"] is None


def test_what_is_optional_is_expected_where_it_occurs_and_not_missed_where_it_does_not() -> None:
    wanted = expecting(FindingExpectation(rule="widgets/dropped-prop", optional=True))
    assert judged(build.clean(), wanted).outcome == "pass"
    assert [each.severity for each in judged(build.clean(), wanted, ICON).findings] == ["note"]
    assert judged(build.clean(), wanted, LIST).outcome == "fail"


@pytest.mark.parametrize(
    ("wanted", "names", "demanded"),
    [
        (FindingExpectation(rule="widgets/*"), ["run"], False),
        (FindingExpectation(rule="widgets/*"), ["widgets"], True),
        (FindingExpectation(rule="upstream/unmatched"), ["widgets"], False),
        (FindingExpectation(rule="upstream/unmatched"), ["run"], True),
        (EITHER, ["widgets"], False),
        (EITHER, ["run", "widgets"], True),
        (FindingExpectation(component="Card"), ["text"], False),
        (FindingExpectation(component="Card"), ["run", "widgets"], True),
    ],
)
def test_a_finding_is_missed_only_where_its_check_ran(
    wanted: FindingExpectation, names: list[str], demanded: bool
) -> None:
    verdict = judge(build.clean(), expecting(wanted), [], names=names)
    assert rules(verdict.findings) == (["expect/finding-missing"] if demanded else [])


def test_answers_that_a_user_who_left_is_not_there_for_may_stay_unused() -> None:
    facts = CassetteFacts(name="c", origin="script", interactions=3, unused=(1,))
    script = ({"call": "look_up"}, {"say": "It is there."}, {"turn": 2, "say": "Good."})
    left, later = turn(build.user(), end="left", left_at_ms=12.0), turn(build.message("Good."), index=1)
    told = judged(replace(transcript(left, later), cassette=facts), build.scenario(turns=2, script=script))
    assert "upstream/unused" not in rules(told.findings)
    later_one = replace(transcript(left, later), cassette=replace(facts, unused=(2,)))
    told = judged(later_one, build.scenario(turns=2, script=script))
    assert "upstream/unused" in rules(told.findings)


def test_an_unused_answer_is_a_finding_of_run() -> None:
    facts = CassetteFacts(name="c", origin="script", interactions=2, unused=(1,))
    unused = replace(build.clean(), cassette=facts)
    assert judge(unused, build.scenario(), [], names=["text"]).outcome == "pass"
    assert rules(judge(unused, build.scenario(), [], names=["run"]).findings) == ["upstream/unused"]


BROKEN = transcript(turn(build.user(), build.error("no price today", "custom")))


@pytest.mark.parametrize("names", [["widgets"], ["widgets", "imports"], ["text"], ["latency"]])
def test_a_conversation_that_broke_is_not_passed_by_a_check_that_looks_elsewhere(names: list[str]) -> None:
    verdict = judge(BROKEN, build.scenario(), [], names=names)
    lead = f"the conversation broke before it could be judged by {', '.join(names)}: "
    assert (verdict.outcome, verdict.findings) == ("error", ())
    assert str(verdict.reason).startswith(lead)
    assert "no price today" in str(verdict.reason)


def test_a_failed_import_is_what_broke_the_conversation() -> None:
    failed = ImportResult(module="agents", ok=False, ms=1.0, raised=raised("builtins.ImportError", "gone"))
    verdict = judge(transcript(imports=(failed,)), build.scenario(), [], names=["widgets"])
    assert verdict.outcome == "error"
    assert "judged by widgets: agents cannot be imported: gone" in str(verdict.reason)


def test_a_silent_turn_is_not_passed_by_a_check_that_looks_elsewhere() -> None:
    assert judge(transcript(turn(build.user())), build.scenario(), [], names=["widgets"]).outcome == "error"


def test_a_finding_of_a_named_check_fails_although_the_conversation_broke() -> None:
    assert judge(BROKEN, build.scenario(), [ICON], names=["widgets"]).outcome == "fail"


def test_an_error_that_is_expected_breaks_nothing_whichever_checks_ran() -> None:
    scenario = build.scenario(expect=Expectation(error="no price"))
    assert judge(BROKEN, scenario, [], names=["widgets"]).outcome == "pass"


def test_neither_imports_alone_nor_odd_events_are_a_broken_conversation() -> None:
    assert judge(BROKEN, build.scenario(), [], names=["imports"]).outcome == "pass"
    odd = {"type": "thread.item.done", "item": build.item("assistant_message", "m", content="Hello")}
    held = transcript(turn(odd, build.message("Hello", "n")))
    assert rules(run.check(held, build.scenario())) == ["run/invalid-event"]
    assert judge(held, build.scenario(), [], names=["text"]).outcome == "pass"


def test_another_failure_than_the_one_that_was_asked_for_is_not_expected() -> None:
    wanted = Expectation(findings=(FindingExpectation(rule="run/error-event"),))
    asked = replace(build.scenario(), script=({"fault": {"status": 500}},), expect=wanted)
    broken = transcript(turn(build.error("ValidationError")), exchanges=())
    judgement = judge(broken, asked, run.check(broken, asked))
    severities = {each.rule: each.severity for each in judgement.findings}
    assert judgement.outcome == "fail"
    assert (severities["run/error-event"], severities["run/fault-not-met"]) == ("error", "note")
