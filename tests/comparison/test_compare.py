from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from tests.comparison.build import CARD, LEVELS, Run, answer, found, native, words, workflow
from tests.reports import sample

from chatkit_harness.comparison import Comparison, compare, has_both_paths, nouns
from chatkit_harness.comparison.where import in_words, where
from chatkit_harness.core.transcript import Event, Stage, Transcript
from chatkit_harness.reports import comparison_document
from chatkit_harness.reports.comparison_rows import sections

SAID = "Tesla trades at $408.92."
SCHEMA = Path(__file__).parents[2] / "schemas" / "comparison.schema.json"


def test_an_empty_comparison_never_passes(tmp_path: Path) -> None:
    comparison = compare(Run(tmp_path).add("quote", native(SAID)).results())
    assert comparison.status == 3
    assert "Nothing could be compared" in comparison.answer
    assert [(each.scenarios, each.words) for each in comparison.unknown] == [
        (("quote",), "not driven on the Agent Builder path")
    ]


def test_where_all_was_skipped_on_a_path_nothing_is_said_to_be_fine(tmp_path: Path) -> None:
    run = Run(tmp_path).bare("quote", "native", outcome="skipped", reason="no chatkit")
    comparison = compare(run.add("quote", workflow(answer(SAID))).results())
    assert comparison.status == 3
    assert words(comparison) == ["not driven on the native path"]
    assert [title for title, _ in sections(comparison)] == ["What is not known"]


def test_scenarios_of_one_path_alone_are_nobody_s_loss(tmp_path: Path) -> None:
    run = Run(tmp_path, documents={"alone": {"title": "alone", "paths": ["native"]}})
    run.both("quote", native(SAID), workflow(answer(SAID))).add("alone", native(SAID))
    comparison = compare(run.results())
    assert [each.scenario for each in comparison.scenarios] == ["quote"]
    assert comparison.status == 0


def test_nothing_breaks_where_all_is_equal_and_speed_is_said_to_be_unknown(tmp_path: Path) -> None:
    comparison = compare(Run(tmp_path).both("quote", native(SAID), workflow(answer(SAID))).results())
    assert comparison.status == 0
    assert comparison.answer.startswith(
        "Nothing that Agent Builder answers is lost by moving, in 1 scenario."
    )
    (speed,) = comparison.unknown
    assert "Which path is faster: no verdict" in speed.words
    assert "a script has no model time" in speed.words


def test_built_in_material_is_a_demonstration_and_one_s_own_is_not(tmp_path: Path) -> None:
    run = Run(tmp_path / "a").both("quote", native(SAID), workflow(answer(SAID)))
    comparison = compare(run.results())
    assert comparison.demonstration
    assert all("demonstration" in label for label in comparison.labels)
    here = native(SAID, server="shop.server:make", critical_ms=1.0)
    there = workflow(answer(SAID), server="workflow:export.py", critical_ms=1.0)
    comparison = compare(Run(tmp_path / "b").both("quote", here, there).results())
    assert not comparison.demonstration
    assert comparison.labels[0] == "Native: shop.server:make, on a recording"


def test_what_a_scenario_skips_is_told_and_neutral(tmp_path: Path) -> None:
    run = Run(tmp_path).both("quote", native(SAID), workflow(answer(SAID)))
    run.bare("draw", "native", outcome="skipped", reason="needs chatkit>=1.4.1").add("draw", workflow(SAID))
    comparison = compare(run.results())
    assert comparison.status == 0
    assert comparison.notes == ("Skipped on the native path: draw: needs chatkit>=1.4.1.",)


def test_an_interrupted_run_is_not_judged_whole(tmp_path: Path) -> None:
    run = Run(tmp_path).both("quote", native(SAID), workflow(answer(SAID)))
    comparison = compare(run.results(end=False))
    assert comparison.status == 3
    assert "the run was stopped before it was done" in words(comparison)


def test_a_transcript_that_is_gone_makes_its_pairing_unknown(tmp_path: Path) -> None:
    results = Run(tmp_path).both("quote", native(SAID), workflow(answer(SAID))).results()
    next(tmp_path.glob("transcripts/*/*.json")).unlink()
    comparison = compare(results)
    assert comparison.status == 3
    assert any("the transcript cannot be read" in each for each in words(comparison))


@pytest.mark.parametrize(
    ("second", "verdict"), [(native(SAID), "native better"), (native("Up."), "mixed")], ids=["equal", "worse"]
)
def test_cells_that_disagree_are_counted_and_mixed_in_both_directions_only(
    tmp_path: Path, second: Transcript, verdict: str
) -> None:
    cells = [sample.cell("1.6.5", "0.24.0", name) for name in ("contemporary", "today")]
    run = Run(tmp_path, cells=cells)
    for cell, here in zip(cells, (native(SAID, [{"type": "Text", "value": "$99.10"}]), second), strict=True):
        run.add("quote", here, cell=cell).add("quote", workflow(answer(SAID)), cell=cell)
    (scenario,) = compare(run.results()).scenarios
    assert scenario.verdict == verdict
    assert sum(scenario.cells.values()) == 2


def broken_today(folder: Path) -> Comparison:
    """Two scenarios in two cells; in one of them, neither path works at all."""
    cells = [sample.cell("1.6.5", "0.5.1", name) for name in ("contemporary", "today")]
    run = Run(folder, cells=cells)
    boom = found("run/error-event", "ValidationError: a field is missing (in turn 1)")
    for name in ("quote", "news"):
        run.add(name, native(SAID), cell=cells[0]).add(name, workflow(answer(SAID)), cell=cells[0])
        run.add(name, native(), boom, cell=cells[1]).add(name, workflow(None), boom, cell=cells[1])
    return compare(run.results())


def test_a_cell_in_which_nothing_works_is_named_once_with_its_cause(tmp_path: Path) -> None:
    comparison = broken_today(tmp_path)
    assert [each.verdict for each in comparison.scenarios] == ["equal", "equal"]
    (told,) = [each for each in comparison.unknown if "works" in each.words]
    assert "neither path works with today (2 of 2 scenarios): that cell is broken" in told.words
    assert "ValidationError: a field is missing." in told.words
    assert "could not be judged: neither path works with today." in comparison.answer
    assert not any("neither path answers" in each.words for each in comparison.unknown)


def test_cells_that_were_not_read_are_named_too(tmp_path: Path) -> None:
    cells = [
        sample.cell(chatkit, "0.5.1", name)
        for chatkit in ("1.2.0", "1.4.0", "1.6.5")
        for name in ("contemporary", "today")
    ]
    run = Run(tmp_path, cells=cells)
    boom = found("run/error-event", "ValidationError: raised in openai-agents 0.5.1")
    for cell in cells:
        for name in ("quote", "news"):
            if cell.resolution == "today":
                run.add(name, native(), boom, cell=cell).add(name, workflow(None), boom, cell=cell)
            else:
                run.add(name, native(SAID), cell=cell).add(name, workflow(answer(SAID)), cell=cell)
    comparison = compare(run.results(), alike=1)
    assert "6 of 12 pairings" in comparison.answer
    (told,) = [each.words for each in comparison.unknown if "works" in each.words]
    assert "neither path works with today (2 of 2 scenarios): those 3 cells are broken" in told
    assert "raised in openai-agents." in told


def test_a_fault_of_the_model_that_nobody_met_is_no_verdict(tmp_path: Path) -> None:
    document = {"paths": ["native", "agent_builder"], "script": [{"fault": {"status": 500}}]}
    run = Run(tmp_path, documents={"model-500": document})
    expected = found("run/error-event", "ValidationError: not the fault", expected=True)
    run.add("model-500", native(calls=0), expected).add("model-500", workflow(None, calls=0), expected)
    (scenario,) = compare(run.results()).scenarios
    assert scenario.verdict == "cannot be told"
    assert "never came about" in scenario.reasons[0].words


def test_what_holds_in_some_cells_names_them(tmp_path: Path) -> None:
    cells = [sample.cell(chatkit, "0.24.0") for chatkit in ("1.2.0", "1.6.5")]
    run = Run(tmp_path, cells=cells)
    warned = found("commands/shown-as-text", "commands shown as text", "warning")
    run.add("draw", native(SAID), warned, cell=cells[0]).add("draw", workflow(answer(SAID)), cell=cells[0])
    run.add("draw", native(SAID), cell=cells[1]).add("draw", workflow(answer(SAID)), cell=cells[1])
    (told,) = compare(run.results()).breaking
    assert told.words.endswith("(with chatkit 1.2.0)")


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["a+x+1", "a+y+1"], "with a 1"),
        (["a+x+1", "b+y+2"], "in a x 1, b y 2"),
        (["a+x+1", "a+x+2", "a+y+1", "a+y+2"], "with a"),
        (["a+x+1", "b+x+1", "a+y+1", "b+y+1"], "with 1"),
        (["a+x+1", "b+x+1"], "with x 1"),
    ],
)
def test_cells_are_named_by_what_they_have_in_common(cells: list[str], words: str) -> None:
    everything = [f"{one}+{two}+{three}" for one in "ab" for two in "xy" for three in "12"]
    assert where(cells, everything) == words
    assert where(everything, everything) == ""


def test_all_cells_and_a_single_one_are_named_plainly() -> None:
    assert in_words({"chatkit-1.6.5+today"}, ["chatkit-1.6.5+today"]) == "in chatkit 1.6.5 today"
    assert in_words({"a+x", "a+y"}, ["a+x", "a+y"]) == "in any cell"


def test_several_releases_of_one_package_are_named_together() -> None:
    everything = [
        f"agents-{agents}+{day}" for agents in ("0.5.1", "0.9.3", "0.19.4") for day in ("old", "new")
    ]
    held = ["agents-0.5.1+new", "agents-0.9.3+new"]
    assert where(held, everything) == "with agents 0.5.1 or 0.9.3 new"


def test_a_broken_cell_leaves_the_verdict_of_the_others(tmp_path: Path) -> None:
    cells = [sample.cell("1.6.5", "0.24.0", name) for name in ("contemporary", "today")]
    run = Run(tmp_path, cells=cells)
    for cell, here, there in (
        (cells[0], native(SAID), workflow(answer(SAID))),
        (cells[1], native(), workflow(None)),
    ):
        run.add("quote", here, cell=cell).add("quote", there, cell=cell)
    comparison = compare(run.results())
    assert comparison.scenarios[0].verdict == "equal"
    assert comparison.scenarios[0].shown == 0
    assert comparison.status == 3
    assert "1 of 2 pairings" in comparison.answer


def test_the_newest_releases_stand_for_the_others_in_whatever_order_cells_were_named(tmp_path: Path) -> None:
    cells = [sample.cell(*pair) for pair in (("1.6.5", "0.24.0"), ("1.10.0", "0.9.3"), ("1.2.0", "0.5.1"))]
    run = Run(tmp_path, cells=cells)
    for cell in cells:
        run.add("quote", native(SAID), cell=cell).add("quote", workflow(answer(SAID)), cell=cell)
    (scenario,) = compare(run.results()).scenarios
    assert [each.cell for each in scenario.pairings] == [cells[n].id for n in (2, 0, 1)]
    assert scenario.shown == 2


def test_each_turn_comes_to_the_chart_that_the_page_shows_then(tmp_path: Path) -> None:
    turns = [{}, {"context": {"symbol": "NVDA"}}]
    documents = {"draw": {"context": {"symbol": "tsla", "timeframe": "1W"}, "turns": turns}}
    first = native(SAID)
    second = dataclasses.replace(first.turns[0], index=1)
    run = Run(tmp_path, documents=documents)
    run.both("draw", dataclasses.replace(first, turns=(*first.turns, second)), workflow(answer(SAID)))
    (scenario,) = compare(run.results()).scenarios
    first_chart, then = [turn.opened for turn in scenario.pairings[0].native.turns]
    assert first_chart == nouns.OpenChart(symbol="TSLA", timeframe="1W")
    assert then == nouns.OpenChart(symbol="NVDA", timeframe="1W")


def test_where_a_scenario_says_of_no_chart_none_is_open(tmp_path: Path) -> None:
    run = Run(tmp_path).both("quote", native(SAID), workflow(answer(SAID)))
    (scenario,) = compare(run.results()).scenarios
    assert scenario.pairings[0].native.turns[0].opened is None


def test_two_runs_are_joined_by_scenario_and_say_so(tmp_path: Path) -> None:
    bare = dataclasses.replace(sample.cell("1.6.5", "0.24.0"), id="chatkit-none+agents-0.9.3", chatkit=None)
    here = Run(tmp_path / "native").add("quote", native(SAID)).results()
    there = Run(tmp_path / "hosted", cells=[bare]).add("quote", workflow(answer(SAID), saved=True)).results()
    for runs in ((here, there), (there, here)):
        comparison = compare(*runs)
        assert comparison.scenarios[0].verdict == "equal"
        assert "joined by scenario: the native path of native" in comparison.notes[0]
        assert "the cells differ" in comparison.notes[1]
        assert "Saved answers hold the figures and the news of their day" in comparison.notes[2]
        assert any("saved answers have no times" in each for each in words(comparison))


def test_a_workflow_without_chatkit_meets_the_native_path_of_its_agents(tmp_path: Path) -> None:
    with_chatkit = sample.cell("1.6.5", "0.24.0")
    bare = dataclasses.replace(with_chatkit, id="chatkit-none+agents-0.24.0", chatkit=None)
    run = Run(tmp_path, cells=[with_chatkit, bare]).add("quote", native(SAID))
    run.bare("quote", "native", cell=bare, outcome="skipped", reason="no chatkit")
    run.add("quote", workflow(answer(SAID)), cell=bare)
    (scenario,) = compare(run.results()).scenarios
    assert scenario.pairings[0].joined.startswith("the same openai-agents")


def test_of_very_many_alike_a_few_are_read_and_the_rest_counted(tmp_path: Path) -> None:
    cells = [sample.cell("1.6.5", f"0.{n}.0") for n in range(6)]
    run = Run(tmp_path, cells=cells)
    for cell in cells:
        run.add("quote", native(SAID), cell=cell).add("quote", workflow(answer(SAID)), cell=cell)
    (scenario,) = compare(run.results(), alike=2).scenarios
    assert (len(scenario.pairings), scenario.alike) == (2, 4)


def test_pairings_that_were_not_read_are_counted_among_the_joined(tmp_path: Path) -> None:
    cells = [sample.cell("1.6.5", f"0.{n}.0") for n in range(6)]
    run = Run(tmp_path, cells=cells)
    for cell in cells:
        run.add("quote", native(SAID), cell=cell)
    # The last cell alone has both paths: it is one of those that were not read.
    comparison = compare(run.add("quote", workflow(answer(SAID)), cell=cells[-1]).results(), alike=2)
    assert len(comparison.scenarios[0].pairings) == 2
    assert comparison.notes[0].startswith("5 pairings are joined by the same scenario")


def test_the_documents_figures_stand_beside_what_was_measured(tmp_path: Path) -> None:
    run = Run(tmp_path).both("news-tsla", native(SAID, [CARD]), workflow(answer(SAID)))
    run.both("draw", native(SAID, (), LEVELS), workflow(answer(SAID, (), LEVELS)))
    figures = {each.what: each for each in compare(run.results()).figures}
    widget = figures["native path, question to widget or command"]
    assert (widget.documented, widget.seen) == ("budget < 2 s", "never measured")
    assert widget.measured == "5.0 ms (median of 2)"
    assert "no model time" in widget.kind
    assert figures["Agent Builder, news question"].seen == "25 s"
    assert figures["Agent Builder, chart question"].measured == "37.0 ms"
    assert figures["/health"].measured == "not measured"


def test_a_workflow_s_context_stage_stands_in_for_the_page_s_request(tmp_path: Path) -> None:
    there = workflow(answer(SAID))
    stage = Stage(name="context", at_ms=1.0, ended_at_ms=1.5)
    turn = dataclasses.replace(there.turns[0], stages=(stage,))
    run = Run(tmp_path).both("quote", native(SAID), dataclasses.replace(there, turns=(turn,)))
    (figure,) = (each for each in compare(run.results()).figures if each.what == "update-context")
    assert (figure.measured, figure.kind) == (
        "0.5 ms",
        "the context stage of the workflow's path, in process",
    )


def test_requests_of_the_page_are_measured_where_a_scenario_makes_them(tmp_path: Path) -> None:
    call = {"type": "http", "method": "POST", "path": "/api/chatkit/update-context", "body": {}}
    whole = native(SAID)
    turn = dataclasses.replace(whole.turns[0], request=call, response={"status": 200, "body": {}}, events=())
    document = {"title": "page", "paths": ["native"], "turns": [{"http": {"path": call["path"]}}]}
    run = Run(tmp_path, documents={"page": document}).add("page", dataclasses.replace(whole, turns=(turn,)))
    figures = {each.what: each.measured for each in compare(run.results()).figures}
    assert figures["update-context"] == "18.0 ms"


@pytest.mark.parametrize("message", ["", "\x00\ud800", "[" * 10_000, '{"widgets": [' + '{"a":' * 3000])
def test_any_message_can_be_compared_and_written(tmp_path: Path, message: str) -> None:
    comparison = compare(Run(tmp_path).both("odd", native(SAID), workflow(message)).results())
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(comparison_document(comparison))


def test_any_event_can_be_compared(tmp_path: Path) -> None:
    whole = native(SAID)
    odd = ({"type": "thread.item.done", "item": 5}, {"type": "client_effect", "data": [1]}, {"type": None})
    events = tuple(Event(at_ms=9.0, data=each) for each in odd)
    turn = dataclasses.replace(whole.turns[0], events=events)
    here = dataclasses.replace(whole, turns=(turn,))
    assert compare(Run(tmp_path).both("odd", here, workflow(SAID)).results()).scenarios


def test_the_schema_has_every_field_of_the_nouns() -> None:
    whole = json.loads(SCHEMA.read_text())
    Draft202012Validator.check_schema(whole)
    for kind in (each for each in vars(nouns).values() if dataclasses.is_dataclass(each)):
        assert isinstance(kind, type)
        name = kind.__name__[0].lower() + kind.__name__[1:]
        described = whole if kind is nouns.Comparison else whole["$defs"][name]
        assert list(described["properties"]) == [field.name for field in dataclasses.fields(kind)]


def test_a_run_of_one_path_has_nothing_to_compare(tmp_path: Path) -> None:
    assert not has_both_paths(sample.results())
    assert has_both_paths(Run(tmp_path).both("quote", native(SAID), workflow(SAID)).results())
