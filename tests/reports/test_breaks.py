"""What a run found broken, as `docs/known-breaks.md` tells it."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import pytest
from tests.cli.command import call
from tests.reports import sample

from chatkit_harness.causes import group
from chatkit_harness.checks.rules import RULES
from chatkit_harness.core.nouns import CaseResult, Finding
from chatkit_harness.reports.break_words import seen
from chatkit_harness.reports.breaks import Break, breaks
from chatkit_harness.reports.breaks_page import breaks_page, heading, is_whole, suspected
from chatkit_harness.reports.edges import Side
from chatkit_harness.reports.shown import Shown, shown_on_purpose
from chatkit_harness.results import Results, ResultsWriter

PAGE = Path(__file__).parents[2] / "docs" / "known-breaks.md"
COUNTS = re.compile(
    r"^- (\d+) breaks? in ([\d,]+) of ([\d,]+) cells?\n"
    r"- [\d,]+ scenarios?, [\d,]+ cases?: .*\n"
    r"- chatkit \S.*, agents \S.*, Python \S.*; .*\n"
    r"- results of \d{4}-\d\d-\d\d(?: to \d{4}-\d\d-\d\d)?, chatkit-harness \S+$",
    re.MULTILINE,
)


def of(made: Results) -> tuple[Break, ...]:
    return breaks(made, group(made.cases, made.cells, started=made.header.started))


def lost(kind: str, **evidence: object) -> Finding:
    found = sample.finding(None, rule=f"expect/{kind}", key=f"expect/{kind}", message=f"{kind} it is")
    return dataclasses.replace(found, evidence=evidence)


def test_a_break_has_the_line_of_the_package_and_the_nearest_releases_that_work() -> None:
    (found,) = of(sample.results())
    assert (found.cells, found.cases, found.raised) == (2, 16, True)
    assert [f"{place.file}:{place.line}" for place in found.places] == ["agents/usage.py:36"]
    edges = {edge.name: edge for edge in found.edges}
    agents, openai = edges["openai-agents"], edges["openai"]
    assert (agents.works_from, agents.above) == ("0.24.0", Side(cells=4, alone=2))
    assert (openai.works_up_to, openai.below) == ("2.8.1", Side(cells=4, alone=2))
    assert openai.inside == 2  # newer agents releases get along with it


def test_those_that_hit_most_cells_come_first_and_only_failures_are_told() -> None:
    cells, cases = sample.matrix()
    silent = sample.case(cells[0], sample.SCENARIOS[0], "fail", findings=(lost("text-missing"),))
    pinless = sample.cell("1.6.5", "0.2.0", unresolvable="too old")
    none = sample.case(pinless, "quote-aapl", "unresolvable", reason="too old")
    found = of(sample.results(([*cells, pinless], [silent, *cases[1:], none])))
    assert [(each.number, each.cells, each.raised) for each in found] == [(1, 2, True), (2, 1, False)]


def test_the_page_tells_each_break_the_same_way_and_the_run_that_it_is_of() -> None:
    made = sample.results()
    page = breaks_page(made, of(made))
    assert COUNTS.search(page)
    assert "- 1 break in 2 of 8 cells\n- 8 scenarios, 64 cases: 48 pass, 16 fail" in page
    for part in (
        "| [1](#break-1) | The turn does not go as it should: in 8 of 8 scenarios |",
        "## Break 1\n",
        "- raised by openai-agents 0.5.1: `agents/usage.py:36` of openai-agents 0.5.1, in `<lambda>`",
        "- way out: `openai-agents>=0.24.0` (driven: 4 cells pass, 2 of them with all else asked for alike)",
        "| openai | 2.8.1 | 2.54.0 | 2.54.0 |  | 2 cells |",
        "    default_factory=lambda: InputTokensDetails(cached_tokens=0)",
        "chatkit-harness run --pair",
    ):
        assert part in page, part
    assert page == breaks_page(made, of(made))


def test_the_table_says_that_other_pins_may_be_meant_as_well() -> None:
    (found,) = of(sample.results())
    for suspect, told in (
        ("agents < 0.4.2 (red: up to 0.3.3); fits all 8 cells compared", "agents < 0.4.2 (red: up to 0.3.3)"),
        ("agents < 0.4.2 (red: up to 0.3.3), or openai < 2.6.1: they always moved together; fits all",
         "agents < 0.4.2 (red: up to 0.3.3), or what moved with it"),
        ("chatkit >= 1.2 and agents < 0.9; mcp < 2 always moved together with agents; fits all",
         "chatkit >= 1.2 and agents < 0.9, or what moved with it"),
    ):  # fmt: skip
        assert suspected(dataclasses.replace(found, suspect=suspect)) == f"suspected: {told}"


def test_a_break_is_called_confirmed_only_where_it_was_driven_again() -> None:
    for isolation, confirmed, said in (
        ("fork", True, "confirmed in a fresh environment"),
        ("fork", False, "not confirmed in a fresh environment"),
        ("venv", True, "seen in a fresh environment, not driven again"),
    ):
        here = dataclasses.replace(sample.cell(), isolation=isolation)
        red = dataclasses.replace(sample.case(here, outcome="fail"), confirmed=confirmed)
        made = sample.results(([here], [red]))
        assert f"(1 case in 1 cell, {said})" in breaks_page(made, of(made))


def test_what_is_shown_on_purpose_is_called_confirmed_only_where_it_was_driven_again() -> None:
    made = with_defect(sample.expected(lost("text-missing")))
    sure = tuple(dataclasses.replace(each, confirmed=True) for each in made.cases)
    for isolation, told in (("fork", True), ("venv", False)):
        cells = tuple(dataclasses.replace(each, isolation=isolation) for each in made.cells)
        assert shown(dataclasses.replace(made, cells=cells, cases=sure)).confirmed is told


def test_what_raised_nothing_is_told_as_the_difference_without_ids_and_paths() -> None:
    here = sample.cell()
    said = dataclasses.replace(lost("text-missing"), message="thr_0f3a9c1277aa keeps /home/me/x.db to itself")
    made = sample.results(([here], [sample.case(here, outcome="fail", findings=(said,))]))
    page = breaks_page(made, of(made))
    assert "- no exception: seen as the difference below; no cell passes what fails here" in page
    assert "confirmed in a fresh environment)" in page
    assert "thr_... keeps PATH to itself" in page


def test_where_nothing_was_raised_the_package_at_the_edge_is_named() -> None:
    old, new = sample.cell("1.6.5", "0.20.0"), sample.cell("1.6.5", "0.24.0")
    cases = [sample.case(old, outcome="fail", findings=(lost("text-missing"),)), sample.case(new)]
    made = sample.results(([old, new], cases))
    told = "with nothing else changed that was asked for, openai-agents 0.20.0 breaks and 0.24.0 works"
    assert told in breaks_page(made, of(made))


def failing(case: CaseResult, kind: str) -> CaseResult:
    return dataclasses.replace(case, outcome="fail", findings=(lost(kind),))


def test_what_leads_into_another_break_is_said_beside_the_way_out() -> None:
    old, new = sample.cell("1.6.5", "0.20.0"), sample.cell("1.6.5", "0.24.0")
    names = ("news-tsla", "quote-aapl", "two-turns")
    red = [failing(sample.case(old, name), "text-missing") for name in names]
    green = [sample.case(new, name) for name in names]
    assert of(sample.results(([old, new], [*red, *green])))[0].edges[0].above == Side(cells=1, alone=1)
    green[0] = failing(green[0], "widget-missing")
    made = sample.results(([old, new], [*red, *green]))
    assert of(made)[0].edges[0].above == Side(cells=1, alone=1, failing=("news-tsla",))
    said = "with all else asked for alike; not `news-tsla`, which another break stops there)"
    assert said in breaks_page(made, of(made))
    green[1] = failing(green[1], "widget-missing")
    assert of(sample.results(([old, new], [*red, *green])))[0].edges == ()


def test_a_release_that_only_other_cells_work_with_is_no_edge() -> None:
    """Cells with another agents pass with a newer openai: that one of the failing cells would, nobody saw."""
    old, then = sample.cell("1.6.5", "0.17.8"), sample.cell("1.6.5", "0.17.8", "contemporary")
    newer = [sample.cell("1.6.5", name) for name in ("0.19.4", "0.24.0")]
    pins = [
        {**each.pins, "openai": version} for each, version in zip(newer, ("2.50.0", "3.0.0"), strict=True)
    ]
    others = [dataclasses.replace(each, pins=own) for each, own in zip(newer, pins, strict=True)]
    cells = [old, then, *others]
    cases = [sample.case(old, outcome="fail"), *(sample.case(each) for each in cells[1:])]
    edges = {edge.name: edge for edge in of(sample.results((cells, cases)))[0].edges}
    assert (edges["openai"].works_up_to, edges["openai"].works_from) == (then.pins["openai"], None)
    assert edges["openai-agents"].works_from == "0.19.4"


def test_cells_that_fulfil_a_way_out_and_fail_by_another_break_are_counted() -> None:
    cells = [sample.cell("1.6.5", name) for name in ("0.20.0", "0.24.0")] + [sample.cell("1.4.0", "0.24.0")]
    cases = [
        failing(sample.case(cells[0]), "text-missing"),
        sample.case(cells[1]),
        failing(sample.case(cells[2]), "widget-missing"),
    ]
    made = sample.results((cells, cases))
    found = next(each for each in of(made) if cells[0].id == each.cell)
    assert found.edges[0].above == Side(cells=1, alone=1, stopped=1, stopped_by=(2,))
    assert "1 of them with all else asked for alike; 1 more fails by break 2" in breaks_page(made, of(made))


def test_a_page_of_an_unfinished_run_says_so() -> None:
    made = sample.results()
    assert "unfinished" not in breaks_page(made, of(made))
    header = dataclasses.replace(made.header, matrix={"cells": [cell.id for cell in made.cells] * 2})
    begun = dataclasses.replace(made, header=header, footer=None)
    assert "- **unfinished**: 8 of 16 cells were driven by now\n" in breaks_page(begun, of(made))


def with_defect(*findings: Finding, error: str | None = None) -> Results:
    """A scenario that shows a defect, passing in the first of two cells with these findings."""
    cells = [sample.cell("1.6.5", "0.20.0"), sample.cell("1.6.5", "0.24.0")]
    cases = [sample.case(cells[0], findings=findings), sample.case(cells[1])]
    made = sample.results((cells, cases))
    expect = {"findings": [{"rule": "expect/text-missing"}], "error": error}
    document = {"title": "A defect", "description": "Since\nit is so.", "expect": expect}
    header = dataclasses.replace(made.header, scenarios={"quote-aapl": document})
    return dataclasses.replace(made, header=header)


def shown(made: Results) -> Shown:
    (found,) = shown_on_purpose(made)
    return found


def test_a_defect_that_a_scenario_shows_on_purpose_is_told_with_its_reason() -> None:
    made = with_defect(sample.expected(lost("text-missing")))
    found = shown(made)
    assert (found.cells, found.driven, found.is_an_error, found.reason) == (1, 2, False, "Since it is so.")
    assert found.seen == (("no answer in words comes", 1),)
    assert found.ranges == ("agents 0.20.0 with chatkit 1.6.5, as of today",)
    page = breaks_page(made, (), (found,))
    row = "| A defect (`quote-aapl`) | no answer in words comes | Since it is so. | agents 0.20.0 with"
    assert row in page.partition("## Shown on purpose")[2]
    assert "[1 defect shown on purpose](#shown-on-purpose)" in page


def test_an_error_for_another_reason_is_not_the_one_that_is_meant() -> None:
    made = with_defect(sample.expected(lost("text-missing")))
    unmet = dataclasses.replace(lost("finding-missing"), rule="expect/finding-missing")
    failed = dataclasses.replace(
        made.cases[0], outcome="fail", findings=(*made.cases[0].findings, unmet, lost("items"))
    )
    assert shown_on_purpose(dataclasses.replace(made, cases=(failed, *made.cases[1:]))) == ()


def test_an_error_that_is_meant_is_told_apart_and_what_is_not_expected_is_no_defect() -> None:
    ended = sample.expected(sample.finding(rule="run/error-event", key="run/error-event"))
    assert not shown(with_defect(ended)).is_an_error
    assert shown(with_defect(ended, error="stream.error")).is_an_error
    assert shown_on_purpose(with_defect(lost("text-missing"))) == ()


def test_what_may_end_in_an_answer_or_an_error_is_no_defect() -> None:
    made = with_defect(sample.expected(sample.finding(rule="run/error-event", key="run/error-event")))
    either = {"findings": [{"rule": "run/error-event", "optional": True}]}
    for document in (
        {"expect": either},
        {"expect": {"findings": [{}]}, "script": [{"fault": {"status": 500}}]},
    ):
        header = dataclasses.replace(made.header, scenarios={"quote-aapl": document})
        assert shown(dataclasses.replace(made, header=header)).is_an_error


def test_a_range_does_not_go_over_cells_of_which_nobody_knows() -> None:
    cells = [sample.cell("1.6.5", f"0.{minor}.0") for minor in (20, 21, 22)]
    meant = sample.expected(lost("text-missing"))
    cases = [sample.case(cell, findings=(meant,)) for cell in cells]
    cases[1] = failing(cases[1], "items")
    made = with_defect(meant)
    run = dataclasses.replace(sample.results((cells, cases)), header=made.header)
    assert shown(run).ranges == ("agents 0.20.0, 0.22.0 with chatkit 1.6.5, as of today",)


def test_a_user_sees_what_is_lacking_and_not_the_names_of_rules() -> None:
    lacks = lost("items", stored=["user_message"], wanted=["user_message", "widget", "assistant_message"])
    said = "turn 1: no item is as expected: workflow: workflow.tasks has 6 entries instead of 3"
    tasks = dataclasses.replace(lost("shown-missing"), message=said)
    told = seen([sample.case(sample.cell(), outcome="fail", findings=(lacks, tasks))], raised=False)
    assert {words for words, _ in told} == {
        "afterwards the thread lacks a widget",
        "afterwards the thread lacks the assistant's message",
        "the workflow is not as it should be: workflow.tasks has too many entries",
    }


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (True, "things come in another order than they should"),
        (False, "chatkit.event/notice does not come through"),
    ],
)
def test_a_user_sees_another_order_only_of_what_came(before: bool, words: str) -> None:
    key = "expect/order chatkit.event/notice after chatkit.item/widget"
    late = dataclasses.replace(lost("order", came_before=before), key=key)
    assert seen([sample.case(sample.cell(), outcome="fail", findings=(late,))], raised=False) == [(words, 1)]


def test_what_has_to_come_twice_and_comes_once_comes_too_seldom() -> None:
    key = "expect/order chatkit.event/progress_update after chatkit.event/progress_update"
    once = dataclasses.replace(lost("order", came_before=False), key=key)
    told = seen([sample.case(sample.cell(), outcome="fail", findings=(once,))], raised=False)
    assert told == [("chatkit.event/progress_update comes too seldom", 1)]


def test_every_rule_of_a_conversation_has_words_for_users() -> None:
    quiet = {"expect/finding-missing", "run/fault-not-met", "run/not-driven"}
    quiet |= {f"upstream/{name}" for name in ("expired", "unsupported", "unused")}
    exams = {rule for check in ("contract", "conformance") for rule in RULES[check]}
    for rule in {rule for rules in RULES.values() for rule in rules} - quiet - exams:
        found = sample.finding(None, rule=rule, key=f"{rule} thing", message="x is as expected: it: is not")
        assert seen([sample.case(sample.cell(), outcome="fail", findings=(found,))], raised=False), rule


def test_a_heading_names_the_kind_of_conversation() -> None:
    (found,) = of(sample.results())
    first = dataclasses.replace(found.scenarios[0], title="A citation")
    one = dataclasses.replace(found, scenarios=(first,), asked=9, seen=(("the answer is empty", 2),))
    assert heading(one) == "The answer is empty: “A citation”"


def test_the_command_writes_the_page_and_a_document(tmp_path: Path) -> None:
    sample.write(tmp_path / "run")
    assert call("breaks", tmp_path / "run", "--out", tmp_path / "page.md").status == 0
    assert call("breaks", tmp_path / "run").out == (tmp_path / "page.md").read_text("utf-8")
    document = json.loads(call("breaks", tmp_path / "run", "--format", "json").out)
    assert document["shown_on_purpose"] == []
    assert (document["run"]["cells"], document["breaks"][0]["edges"][0]["name"]) == (8, "openai-agents")
    assert "cannot be written" in call("breaks", tmp_path / "run", "--out", tmp_path / "no" / "page.md").err


def test_the_breaks_of_one_s_own_pair_alone(tmp_path: Path) -> None:
    sample.write(tmp_path / "run")
    every = json.loads(call("breaks", tmp_path / "run", "--format", "json").out)["breaks"]
    mine = call("breaks", tmp_path / "run", "--mine", "1.2.0:0.5.1", "--format", "json")
    assert json.loads(mine.out)["breaks"] == every
    works = call("breaks", tmp_path / "run", "--mine", "1.6.5:0.24.0", "--format", "json")
    assert json.loads(works.out)["breaks"] == []
    assert json.loads(works.out)["mine"] == {
        "chatkit": "1.6.5", "agents": "0.24.0", "source": "", "of_breaks": len(every), "cells": 0,
    }  # fmt: skip


def test_a_pair_that_the_run_has_not_is_to_be_driven_as_the_run_s_own_were(tmp_path: Path) -> None:
    asked = {"resolution": "contemporary,today,contemporary,uv.lock", "scenarios": ["everyday", "my tools"]}
    header = dataclasses.replace(
        sample.HEADER, selection={**asked, "paths": ["native"], "server": "shop.server:make"}
    )
    with ResultsWriter(tmp_path / "run") as writer:
        writer.header(header)
        writer.cell(sample.cell("1.6.5", "0.5.1"))
    said = call("breaks", tmp_path / "run", "--mine", "1.4.2:0.15.3")
    assert said.status == 2
    assert "Did you mean" not in said.err
    assert (
        "chatkit-harness run --pair 1.4.2:0.15.3 --resolution contemporary,today --scenario "
        "'everyday,my tools' --path native --server shop.server:make;"
    ) in said.err


@pytest.mark.parametrize(("scenario", "reads"), [("quote-aapl", False), ("recorded-streams/aapl", True)])
def test_a_pair_is_driven_with_recordings_where_the_run_had_some(
    tmp_path: Path, scenario: str, *, reads: bool
) -> None:
    asked = {"resolution": "today", "data": "kept"}
    with ResultsWriter(tmp_path / "run") as writer:
        writer.header(dataclasses.replace(sample.HEADER, selection=asked, scenarios={scenario: {}}))
        writer.cell(sample.cell("1.6.5", "0.5.1"))
    said = call("breaks", tmp_path / "run", "--mine", "1.4.2:0.15.3")
    line = f"--pair 1.4.2:0.15.3 --resolution today{' --data kept' if reads else ''};"
    assert line in said.err


def test_a_page_of_one_s_own_pair_counts_its_own_breaks(tmp_path: Path) -> None:
    cells = [sample.cell(chatkit, "0.24.0") for chatkit in ("1.2.0", "1.4.0", "1.6.5")]
    other = sample.finding(None, rule="text/empty", key="text/empty", message="the answer is empty")
    cases = [
        sample.case(cells[0], outcome="fail", findings=(sample.finding(),)),
        sample.case(cells[1], outcome="fail", findings=(sample.finding(),)),
        sample.case(cells[2], outcome="fail", findings=(other,)),
    ]
    sample.write(tmp_path / "run", (cells, cases))
    page = call("breaks", tmp_path / "run", "--mine", "1.2:0.24").out  # however releases are written
    assert "`chatkit-harness breaks RUN --mine 1.2:0.24 --out FILE`" in page
    assert "- of 2 breaks the 1 that chatkit 1.2 with agents 0.24 shows\n- 1 break in 2 of 3 cells\n" in page


def test_a_page_of_a_damaged_run_says_so_besides(tmp_path: Path) -> None:
    sample.write(tmp_path / "run")
    with (tmp_path / "run" / "results.jsonl").open("a", encoding="utf-8") as file:
        file.write("{cut off\n")
    said = call("breaks", tmp_path / "run", "--out", tmp_path / "page.md")
    assert said.status == 3
    assert "results.jsonl" in said.err
    assert is_whole((tmp_path / "page.md").read_text("utf-8"))


def test_a_page_that_somebody_changed_is_known() -> None:
    made = sample.results()
    page = breaks_page(made, of(made))
    assert is_whole(page)
    for old, new in (("0.24.0", "0.23.0"), ("8 cells", "9 cells"), ("Generated by", "Written by")):
        assert old in page
        assert not is_whole(page.replace(old, new, 1))


def test_the_page_in_the_repository_is_the_generators() -> None:
    page = PAGE.read_text("utf-8")
    assert is_whole(page), "chatkit-harness breaks RUN --out docs/known-breaks.md"
    made = sample.results()
    fixed = breaks_page(made, of(made)).split("\n\n")
    assert page.split("\n\n")[1] == fixed[1]  # what the page says of itself
    assert page.split("\n\n")[3] == fixed[3]  # how it is to be read
    told = COUNTS.search(page)
    assert told, "chatkit-harness breaks RUN --out docs/known-breaks.md"
    sections = page.partition("\n## Shown on purpose\n")[0].split("\n## Break ")[1:]
    rows = re.findall(r"^\| \[\d+\]\(#break-\d+\) \|.*$", page, re.MULTILINE)
    assert len(sections) == int(told[1]) == len(rows)
    cases, *outcomes = [
        int(each.replace(",", "")) for each in re.findall(r"([\d,]+) (?:case|pass|fail|skip)", told[0])
    ]
    assert cases == sum(outcomes)
    defects = page.partition("\n## Shown on purpose\n")[2].partition("\n### ")[0].count("\n| ") - 1
    assert f"- besides these [{defects} defects shown on purpose](#shown-on-purpose)" in page
    for number, section in enumerate(sections, start=1):
        lines = section.splitlines()
        labels = [line.partition(":")[0] for line in lines if line.startswith("- ")]
        assert (lines[0], labels[:3]) == (str(number), ["- a user sees", "- shown by", "- versions"])
        assert re.search(r"cells?, (not )?confirmed in a fresh environment\)\n", section)
        assert "```sh\nchatkit-harness run " in section
        assert "\nIn `chatkit-" in section
        _, title, _, suspect, cells, hit = rows[number - 1].strip("| ").split(" | ")
        assert f"**{title}**" in lines
        one, many = (
            f"{name}{'' if number == '1' else 's'}" for name, number in (("case", hit), ("cell", cells))
        )
        assert f"({hit} {one} in {cells} {many}, " in section
        kind = "suspected" if suspect.startswith("suspected: ") else "decides"
        words = suspect.removeprefix("suspected: ").partition(", or what moved")[0]
        assert f"- {kind}: {words}" in section
