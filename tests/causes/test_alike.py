"""What several scenarios show alike without an exception is one cause; other defects stay apart."""

from __future__ import annotations

import dataclasses

from tests.causes.test_group import failing, raised_in
from tests.reports import sample

from chatkit_harness.causes import group
from chatkit_harness.core.nouns import CaseResult, Cell, Finding

OLD, MIDDLE, NEW = (sample.cell(agents=version) for version in ("0.5.1", "0.9.3", "0.24.0"))
CELLS = [OLD, MIDDLE, NEW]


def missing(rule: str, about: str = "") -> Finding:
    return sample.finding(None, rule=rule, key=f"{rule} {about}".rstrip(), message=f"{rule} {about}")


SILENT = missing("expect/text-missing")


def asked(scenario: str, *findings: Finding, red: list[Cell]) -> list[CaseResult]:
    """A scenario in all cells, with these findings in the red ones."""
    return [
        failing(cell, *findings, scenario=scenario) if cell in red else sample.case(cell, scenario)
        for cell in CELLS
    ]


def told(*cases: list[CaseResult]) -> list[tuple[str, set[str]]]:
    """The causes: their keys and their scenarios."""
    every = [case for each in cases for case in each]
    by_id = {case.id: case for case in every}
    causes = group(every, CELLS)
    return [(cause.key, {by_id[case].scenario for case in cause.cases}) for cause in causes]


def test_scenarios_that_fail_alike_in_the_same_cells_are_one_cause() -> None:
    found = told(asked("text-cut", SILENT, red=[OLD]), asked("run-ends", SILENT, red=[OLD]))
    assert found == [("expect/text-missing", {"text-cut", "run-ends"})]


def test_the_same_words_in_other_cells_are_another_cause_with_a_key_of_its_own() -> None:
    found = told(asked("text-cut", SILENT, red=[OLD]), asked("hosted-alone", SILENT, red=[OLD, MIDDLE]))
    assert [scenarios for _, scenarios in found] == [{"hosted-alone"}, {"text-cut"}]
    assert [key for key, _ in found] == ["expect/text-missing", "expect/text-missing in text-cut"]


def test_what_another_release_cannot_read_is_told_kind_by_kind() -> None:
    form = missing("store/rollback-unreadable", "structured_input by older")
    image = missing("store/rollback-unreadable", "generated_image by older")
    found = told(asked("input-structured", form, red=[NEW]), asked("thread-image", image, red=[NEW]))
    assert [scenarios for _, scenarios in found] == [{"thread-image"}, {"input-structured"}]


def test_what_another_release_cannot_read_is_the_fault_of_no_pin() -> None:
    form = missing("store/rollback-unreadable", "structured_input by older")
    (cause,) = group(asked("input-structured", form, red=[OLD]), CELLS)
    assert cause.suspect is None


def test_a_scenario_that_was_not_asked_there_speaks_for_neither() -> None:
    only_old = [failing(OLD, SILENT, scenario="text-cut")]
    assert len(told(only_old, asked("text-late", SILENT, red=[OLD, MIDDLE]))) == 1


def test_one_theme_may_miss_different_things_where_one_is_missed_by_both() -> None:
    lost = missing("expect/items", "user_message")
    tool, card = missing("expect/tool-missing", "order"), missing("expect/widget-missing", "Card")
    by_page = asked("approval-by-page", card, lost, red=[OLD])
    assert len(told(asked("approval-given", tool, lost, red=[OLD]), by_page)) == 1
    assert len(told(asked("hosted-given", tool, SILENT, lost, red=[OLD]), by_page)) == 2


def test_a_part_of_a_request_is_no_thing_that_two_have_in_common() -> None:
    asks = missing("expect/model-request", "input")
    twice = asked("session-conversation", asks, red=[OLD])
    silent = asked("hosted-alone", missing("run/silent-end"), asks, missing("expect/items"), red=[OLD])
    assert len(told(twice, silent)) == 2


def test_things_that_are_named_have_more_in_common_than_the_rule() -> None:
    tasks = missing("expect/shown-missing", "workflow: workflow.tasks")
    source = missing("expect/shown-missing", "assistant_message: annotations")
    found = told(
        asked("reasoning", tasks, red=[OLD]),
        asked("workflow", tasks, red=[OLD]),
        asked("reasoned", source, red=[OLD]),
    )
    assert [scenarios for _, scenarios in found] == [{"reasoning", "workflow"}, {"reasoned"}]


def test_what_the_model_was_never_told_says_more_than_how_the_request_began() -> None:
    def unmatched(key: str, name: str) -> Finding:
        said = f"{key}; interaction 1, still unused: outputs of tools: without '{name} (call_1)'"
        return sample.finding(None, rule="upstream/unmatched", key=f"upstream/unmatched {key}", message=said)

    alone = asked("hosted-shell", unmatched("a", "shell_call"), red=[OLD])
    found = told(alone, asked("mixed-shell", unmatched("b", "shell_call"), red=[OLD]))
    assert len(found) == 1
    assert len(told(alone, asked("mixed-patch", unmatched("b", "patch_call"), red=[OLD]))) == 2


def test_an_exception_that_ends_other_conversations_is_not_what_a_scenario_waited_for() -> None:
    broken = sample.finding()
    waited = [failing(OLD, sample.expected(broken), SILENT, scenario="tool-raises")]
    (cause,) = group([*waited, *asked("quote", broken, red=[OLD])], CELLS)
    assert len(cause.cases) == 2
    assert len(group([*waited, *asked("quote", broken, red=[NEW])], CELLS)) == 2


def test_an_exception_of_its_own_explains_a_case_better_than_one_that_was_waited_for() -> None:
    cut, own = sample.finding(), sample.finding(raised_in("agents", "1"))
    waited = [failing(OLD, sample.expected(cut), own, scenario="cut-off")]
    found = told(waited, asked("quote", cut, red=[OLD]), asked("tool", own, red=[OLD]))
    assert sorted(sorted(scenarios) for _, scenarios in found) == [["cut-off", "tool"], ["quote"]]


def test_what_follows_a_colon_and_the_function_make_no_other_cause() -> None:
    one = raised_in("agents", "1", message="Model refused to answer: not this")
    other = raised_in("agents", "1", message="Model refused to answer: nor that")
    cases = [
        *asked("refusal", sample.finding(one), red=[OLD]),
        *asked("refusal-late", sample.finding(other), red=[OLD]),
    ]
    assert len(group(cases, CELLS)) == 1
    elsewhere = asked("refusal-late", sample.finding(other), red=[NEW])
    assert len(group([*asked("refusal", sample.finding(one), red=[OLD]), *elsewhere], CELLS)) == 2


def test_how_the_server_heard_that_the_model_has_no_answer_is_no_cause() -> None:
    heard = dataclasses.replace(raised_in("openai", "2.0"), type="openai.BadRequestError")
    unmatched = missing("upstream/unmatched", "output of a tool")
    (cause,) = group([failing(OLD, sample.finding(heard), unmatched)], CELLS)
    assert cause.key.startswith("upstream/unmatched")
    (cause,) = group([failing(OLD, sample.finding(heard))], CELLS)
    assert cause.key.startswith("openai.BadRequestError")
