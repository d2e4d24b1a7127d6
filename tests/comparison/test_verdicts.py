"""Each liar differs from its other path in one stated thing."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from tests.comparison.build import CARD, LEVELS, Run, answer, compared, found, native, workflow

from chatkit_harness.comparison import compare
from chatkit_harness.comparison.nouns import ScenarioComparison, Verdict
from chatkit_harness.core.transcript import Transcript

SAID = "Tesla trades at $408.92, down 0.75% (-3.10)."


def decisive(scenario: ScenarioComparison) -> list[tuple[str, str]]:
    return [(each.about, each.favours) for each in scenario.reasons if each.decides]


def test_the_same_widget_text_and_commands_are_equal(tmp_path: Path) -> None:
    there = workflow(answer("As asked.", [CARD], LEVELS))
    scenario = compared(tmp_path, native("As asked.", [CARD], LEVELS), there)
    assert scenario.verdict == "equal"
    assert decisive(scenario) == []
    assert scenario.pairings[0].content.same == 3
    assert scenario.pairings[0].commands.same == ("LOAD:TSLA", "SUPPORT:400.50")


def test_the_same_facts_as_text_are_equal_and_told(tmp_path: Path) -> None:
    scenario = compared(tmp_path, native(SAID, [CARD]), workflow(answer(SAID)))
    assert scenario.verdict == "equal"
    assert "native shows a widget, Agent Builder only text" in [each.words for each in scenario.reasons]


def test_a_widget_that_lacks_a_fact_loses(tmp_path: Path) -> None:
    lacking = {**CARD, "children": CARD["children"][:2]}
    scenario = compared(tmp_path, native("", [CARD]), workflow(answer("", [lacking])))
    assert scenario.verdict == "native better"
    assert decisive(scenario) == [("content", "native")]
    assert "-0.75%" in scenario.reasons[0].words


def test_facts_on_either_side_alone_are_mixed(tmp_path: Path) -> None:
    scenario = compared(tmp_path, native("At $408.92."), workflow(answer("At $188.08.")))
    assert scenario.verdict == "mixed"
    assert {favours for _, favours in decisive(scenario)} == {"native", "agent_builder"}


def test_a_command_less_loses_and_breaks_where_it_is_the_native_one(tmp_path: Path) -> None:
    results = Run(tmp_path).both(
        "draw", native("Done.", (), LEVELS[:1]), workflow(answer("Done.", (), LEVELS))
    )
    comparison = compare(results.results())
    assert comparison.scenarios[0].verdict == "Agent Builder better"
    assert comparison.status == 1
    assert "tells the chart what native does not: SUPPORT:400.5" in comparison.breaking[0].words


def test_other_levels_are_another_chart_and_mixed(tmp_path: Path) -> None:
    there = workflow(answer("Done.", (), ["LOAD:TSLA", "SUPPORT:399"]))
    assert compared(tmp_path, native("Done.", (), LEVELS), there).verdict == "mixed"


def test_a_label_makes_no_other_command(tmp_path: Path) -> None:
    there = workflow(answer("Done.", (), ["LOAD:TSLA", 'SUPPORT:400.5 "key level"']))
    assert compared(tmp_path, native("Done.", (), LEVELS), there).verdict == "equal"


def test_loading_what_the_page_shows_already_changes_nothing(tmp_path: Path) -> None:
    document = {"title": "draw", "context": {"symbol": "TSLA", "timeframe": "1D"}}
    run = Run(tmp_path, documents={"draw": document})
    run.both("draw", native("Done.", (), LEVELS[1:]), workflow(answer("Done.", (), LEVELS)))
    (scenario,) = compare(run.results()).scenarios
    assert scenario.verdict == "equal"
    assert [each.words for each in scenario.reasons if each.about == "commands"] == [
        "the commands differ, the chart is the same after them"
    ]


def test_a_native_path_that_fails_breaks_and_nothing_else_counts(tmp_path: Path) -> None:
    run = Run(tmp_path).both("quote", native(), workflow(answer("", [CARD])))
    comparison = compare(run.results())
    (scenario,) = comparison.scenarios
    assert scenario.verdict == "Agent Builder better"
    assert decisive(scenario) == [("answer", "agent_builder")]
    assert comparison.status == 1
    assert "Something went wrong." in comparison.breaking[0].words


def test_a_workflow_that_raises_answers_nobody(tmp_path: Path) -> None:
    scenario = compared(tmp_path, native(SAID), workflow(None))
    assert scenario.verdict == "native better"
    assert "ValueError: no output" in scenario.reasons[0].words


def test_raw_json_alone_is_no_answer(tmp_path: Path) -> None:
    scenario = compared(tmp_path, native(SAID), workflow('{"intent":"news","symbol":"TSLA"}'))
    assert decisive(scenario)[0] == ("answer", "native")


@pytest.mark.parametrize("expected", [False, True])
def test_raw_json_left_beside_the_answer_is_a_defect(tmp_path: Path, *, expected: bool) -> None:
    left = found("text/raw-json", "raw JSON left for the user", expected=expected)
    scenario = compared(tmp_path, native(SAID), workflow(answer(SAID)), left)
    assert scenario.verdict == "native better"
    assert decisive(scenario) == [("defects", "native")]
    assert "raw JSON left for the user" in scenario.reasons[0].words


def test_a_warning_is_told_and_decides_nothing(tmp_path: Path) -> None:
    warned = found("text/odd", "odd", "warning")
    scenario = compared(tmp_path, native(SAID), workflow(answer(SAID)), warned)
    assert scenario.verdict == "equal"
    assert ("defects", False) in [(each.about, each.decides) for each in scenario.reasons]


def test_more_facts_here_and_a_defect_here_too_are_mixed(tmp_path: Path) -> None:
    run = Run(tmp_path).add("quote", native(SAID, [CARD]), found("widgets/odd", "a widget that is wrong"))
    run.add("quote", workflow(answer("At $408.92.")))
    comparison = compare(run.results())
    assert comparison.scenarios[0].verdict == "mixed"
    assert comparison.breaking[0].words == "native fails, Agent Builder passes: a widget that is wrong"


def test_where_neither_answers_nothing_can_be_told(tmp_path: Path) -> None:
    comparison = compare(Run(tmp_path).both("quote", native(), workflow(None)).results())
    assert comparison.scenarios[0].verdict == "cannot be told"
    assert comparison.status == 3


def test_under_a_fault_both_may_say_so_and_be_equal(tmp_path: Path) -> None:
    document = {"title": "down", "context": {"faults": {"market_data": "timeout"}}}
    run = Run(tmp_path, documents={"market-data-down": document})
    run.both("market-data-down", native("Prices are not at hand."), workflow(answer("No data now.")))
    (scenario,) = compare(run.results()).scenarios
    assert (scenario.verdict, scenario.fault) == ("equal", "market data timeout")
    assert "“Prices are not at hand.”" in scenario.reasons[0].words
    assert "“No data now.”" in scenario.reasons[0].words


def test_under_a_fault_silence_loses_against_words(tmp_path: Path) -> None:
    document = {"title": "500", "agent_builder": {"script": [{"fault": {"status": 500}}]}}
    run = Run(tmp_path, documents={"model-500": document})
    run.both("model-500", native("Please try again."), workflow(None))
    (scenario,) = compare(run.results()).scenarios
    assert (scenario.verdict, scenario.fault) == ("native better", "model 500")


def test_the_traces_of_an_injected_fault_are_no_defect_of_a_path(tmp_path: Path) -> None:
    document = {"title": "down", "context": {"faults": {"market_data": "timeout"}}}
    run = Run(tmp_path, documents={"market-data-down": document})
    run.add("market-data-down", native("No."), found("run/tool-error", "it timed out", expected=True))
    run.add("market-data-down", workflow(answer("No.")))
    assert compare(run.results()).scenarios[0].verdict == "equal"


def test_the_harness_s_own_trouble_cannot_be_told(tmp_path: Path) -> None:
    run = Run(tmp_path).add("quote", native(SAID))
    run.bare("quote", "agent_builder", outcome="error", reason="the cell was gone")
    comparison = compare(run.results())
    assert comparison.scenarios[0].verdict == "cannot be told"
    assert any("the cell was gone" in each.words for each in comparison.unknown)
    assert comparison.status == 3


def speed(folder: Path, here: float | None, there: float | None) -> tuple[Verdict, list[str]]:
    left = native(SAID, critical_ms=here)
    right = workflow(answer(SAID), critical_ms=there)
    scenario = compared(folder, left, right)
    return scenario.verdict, [each.about for each in scenario.reasons if each.about == "speed"]


def test_speed_decides_between_recordings_alone(tmp_path: Path) -> None:
    assert speed(tmp_path / "a", 400.0, 900.0) == ("native better", ["speed"])
    assert speed(tmp_path / "b", 900.0, 300.0) == ("Agent Builder better", ["speed"])
    assert speed(tmp_path / "c", 400.0, 270.0) == ("equal", [])
    assert speed(tmp_path / "d", 400.0, None) == ("equal", [])
    assert speed(tmp_path / "e", None, None) == ("equal", [])


def test_more_model_calls_are_told_and_decide_nothing(tmp_path: Path) -> None:
    scenario = compared(tmp_path, native(SAID, calls=2), workflow(answer(SAID), calls=3))
    assert scenario.verdict == "equal"
    told = [each for each in scenario.reasons if each.about == "calls"]
    assert [(each.favours, each.words) for each in told] == [
        ("native", "Agent Builder makes 3 model calls one after the other, native 2")
    ]


def test_words_alone_in_other_words_cannot_be_told(tmp_path: Path) -> None:
    scenario = compared(tmp_path, native("Sorry, I cannot."), workflow(answer("Tesla is doing rather well.")))
    assert scenario.verdict == "cannot be told"
    assert "read both" in scenario.reasons[-1].words


def test_words_alone_that_are_nearly_the_same_are_equal(tmp_path: Path) -> None:
    here, there = "No chart is loaded at the moment.", "There is no chart loaded."
    assert compared(tmp_path, native(here), workflow(answer(there))).verdict == "equal"


def test_a_form_that_one_side_lacks_is_told(tmp_path: Path) -> None:
    form = {"type": "Form", "children": [{"type": "Input", "name": "price"}]}
    with_form = {**CARD, "children": [*CARD["children"], form]}
    scenario = compared(tmp_path, native("", [CARD]), workflow(answer("", [with_form])))
    told = [each for each in scenario.reasons if each.about == "form"]
    assert [(each.favours, each.decides) for each in told] == [("agent_builder", False)]
    assert "Form, Input" in told[0].words


def test_a_speed_verdict_tells_both_times(tmp_path: Path) -> None:
    slow = workflow(answer(SAID), critical_ms=2500)
    scenario = compared(tmp_path, native(SAID, critical_ms=900), slow)
    assert "native is faster: 1.8 s to the end instead of 7.5 s" in scenario.reasons[-1].words


def turns(*sent: Transcript) -> Transcript:
    """These turns as one conversation."""
    told = tuple(dataclasses.replace(each.turns[0], index=n) for n, each in enumerate(sent))
    return dataclasses.replace(sent[0], turns=told)


def test_what_is_said_a_turn_too_late_is_not_said_in_time(tmp_path: Path) -> None:
    here = turns(native("NVDA is at $189.27."), native(SAID))
    there = turns(workflow(answer(SAID)), workflow(answer("NVDA is at $189.27.")))
    assert compared(tmp_path, here, there).verdict == "mixed"


def test_what_was_said_in_time_need_not_be_repeated(tmp_path: Path) -> None:
    here = turns(native(f"{SAID} NVDA is at $189.27."), native("As I said."))
    there = turns(workflow(answer(f"{SAID} NVDA is at $189.27.")), workflow(answer("NVDA is at $189.27.")))
    assert compared(tmp_path, here, there).verdict == "equal"


def test_the_same_commands_in_another_turn_are_another_chart(tmp_path: Path) -> None:
    first, second = native("Done.", (), ["LOAD:NVDA"]), native("Done.", (), ["LOAD:TSLA"])
    loads = [workflow(answer("Done.", (), [load])) for load in ("LOAD:TSLA", "LOAD:NVDA")]
    scenario = compared(tmp_path, turns(first, second), turns(*loads))
    assert scenario.verdict == "mixed"
    assert "another chart: symbol" in scenario.reasons[0].words


def test_a_figure_that_only_one_side_has_under_a_fault_is_no_gain(tmp_path: Path) -> None:
    document = {"title": "down", "context": {"faults": {"market_data": "timeout"}}}
    run = Run(tmp_path, documents={"down": document})
    run.both("down", native("The market data is down."), workflow(answer("It is at $408.92.")))
    comparison = compare(run.results())
    assert comparison.scenarios[0].verdict == "equal"
    assert comparison.status == 0
    assert any("may be made up" in each.words for each in comparison.scenarios[0].reasons)


def test_saved_answers_need_not_have_a_scenario_s_widgets_and_words(tmp_path: Path) -> None:
    saved = workflow(SAID, saved=True)
    missed = found("expect/widget-missing", "no Card was sent")
    run = Run(tmp_path).add("quote", native(SAID, [CARD])).add("quote", saved, missed)
    (scenario,) = compare(run.results()).scenarios
    assert scenario.verdict == "equal"
    assert ("defects", False) in [(each.about, each.decides) for each in scenario.reasons]
