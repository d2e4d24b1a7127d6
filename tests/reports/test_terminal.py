from __future__ import annotations

import dataclasses
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest
from rich.console import Console
from tests.reports import sample

from chatkit_harness.core.nouns import Cell
from chatkit_harness.reports import Mine, print_report
from chatkit_harness.reports.view import view
from chatkit_harness.results import Results


def printed(results: Results, width: int = 80, **how: bool) -> str:
    stream = StringIO()
    print_report(
        results,
        Console(file=stream, width=width, force_terminal=how.get("terminal", False), color_system=None),
        [Path("out/report.html")],
    )
    return stream.getvalue()


def test_the_first_lines_answer_the_question() -> None:
    lines = [line.strip() for line in printed(sample.results(), width=120).splitlines()]
    assert lines[0].endswith("2 of 8 cells fail, 6 work.")
    assert lines[1] == "1 cause explains the 2 failing cells (16 failing cases)."
    expected = (
        "chatkit 1.2.0 agents 0.5.1 py3.12 works contemporary, fails today: raised by openai-agents 0.5.1."
    )
    assert lines[2] == expected
    assert "the finding, not a malfunction" in lines[4]


@pytest.mark.parametrize("width", [40, 80, 200])
def test_no_line_is_wider_than_the_console(width: int) -> None:
    text = printed(sample.results(), width=width)
    assert max(len(line) for line in text.splitlines()) <= width


def test_symbols_and_words_stand_beside_the_colours() -> None:
    text = printed(sample.results())
    assert "✗ fails" in text
    assert "✗✗✗✗✗✗✗✗" in text
    assert "a=calendar-as-documented" in text


def test_a_console_without_unicode_gets_plain_letters() -> None:
    raw = BytesIO()
    stream = TextIOWrapper(raw, encoding="ascii")
    cell = sample.cell()
    odd = sample.finding(None, message="caf\u00e9 \u2713 \ud800")
    made = ([cell], [sample.case(cell, outcome="fail", findings=(odd,))])
    print_report(sample.results(made), Console(file=stream, width=80))
    stream.flush()
    assert b"x fails" in raw.getvalue()


def test_what_a_server_sent_is_neither_markup_nor_a_control_sequence() -> None:
    cell = dataclasses.replace(sample.cell(), resolution="[bold]x[/nope]")
    odd = sample.finding(None, message="[red]no[/green] \x1b[2J\x1b]0;title\x07")
    text = printed(sample.results(([cell], [sample.case(cell, outcome="fail", findings=(odd,))])), width=120)
    assert "[red]no[/green]" in text
    assert "[bold]x[/nope]" in text
    assert "\x1b" not in text


def test_many_scenarios_are_counted_instead_of_drawn() -> None:
    cell = sample.cell()
    cases = [sample.case(cell, f"scenario-{n}", "fail" if n < 7 else "pass") for n in range(60)]
    text = printed(sample.results(([cell], cases)))
    row = next(line for line in text.splitlines() if line.startswith("1.2.0"))
    assert row.split()[-4:] == ["53", "7", "cause", "1"]


def test_rows_stand_as_planned_and_not_as_finished() -> None:
    cells, cases = sample.matrix()
    planned = dataclasses.replace(sample.HEADER, matrix={"cells": [cell.id for cell in cells]})
    results = dataclasses.replace(sample.results((cells[::-1], cases)), header=planned)
    assert [row.cell for row in view(results).rows] == cells


def test_an_interrupted_and_an_empty_run_say_what_they_are(tmp_path: Path) -> None:
    made = ([sample.cell()], [sample.case(sample.cell())])
    assert "INTERRUPTED" in printed(sample.write(tmp_path / "a", made, interrupted=True))
    assert "INCOMPLETE" in printed(sample.write(tmp_path / "b", made, end=False))
    assert "Nothing was judged." in printed(sample.results(([], [])))


def planned(results: Results, *cells: Cell) -> Results:
    header = dataclasses.replace(sample.HEADER, matrix={"cells": [cell.id for cell in cells]})
    return dataclasses.replace(results, header=header)


def test_planned_cells_that_a_cut_run_never_came_to_are_told(tmp_path: Path) -> None:
    cells, cases = sample.matrix()
    here = {cell.id for cell in cells[:4]}
    made = (cells[:4], [case for case in cases if case.cell in here][:-1])
    seen = view(planned(sample.write(tmp_path, made, interrupted=True), *cells))
    assert seen.headline == "1 of 8 cells fails, 2 work, 5 not run."
    assert [row.state for row in seen.rows] == ["pass", "fail", "pass", "not run"] + ["not run"] * 4
    assert seen.rows[4].cell.resolution == "contemporary"
    assert seen.rows[3].reason == "7 of 8 scenarios were run"
    assert seen.columns == sample.SCENARIOS


def test_an_interrupted_run_without_a_failure_is_not_a_pass(tmp_path: Path) -> None:
    cells, cases = sample.matrix()
    made = (cells[:1], cases[:8])
    seen = view(planned(sample.write(tmp_path, made, interrupted=True), *cells[:2]))
    assert seen.state == "error"
    assert seen.headline.endswith("not everything could be judged: 1 of 2 cells works, 1 not run.")


def test_a_cell_alone_is_told_in_words_of_its_own() -> None:
    cell = sample.cell()
    for outcome, told in (("error", "The cell could not be judged."), ("fail", "The cell fails.")):
        case = sample.case(cell, outcome=outcome)  # type: ignore[arg-type]  # a literal in a tuple widens
        assert view(sample.results(([cell], [case]))).headline == told


def test_a_wrong_expectation_is_not_called_the_packages_finding() -> None:
    cell = sample.cell()
    lacks = sample.finding(None, rule="expect/text-content", key="expect/text", message="says otherwise")
    alone = sample.case(cell, outcome="fail", findings=(lacks,))
    assert view(sample.results(([cell], [alone]))).note is None
    green = sample.cell(resolution="contemporary")
    both = sample.results(([cell, green], [alone, sample.case(green)]))
    assert "not a malfunction" in (view(both).note or "")


def test_a_cause_names_who_raised_and_three_of_its_scenarios() -> None:
    lines = [line.strip() for line in printed(sample.results(), width=200).splitlines()]
    assert "raised by openai-agents 0.5.1" in lines
    assert "scenarios calendar-as-documented, calendar-nfp, client-tool-selection and 5 more" in lines


def two_agents(*raisers: str) -> Results:
    """Two agents releases that work contemporary and fail today, where each raiser raised in both."""
    cells, cases = [], []
    for agents in ("0.5.1", "0.9.1"):
        red, green = (sample.cell(agents=agents, resolution=name) for name in ("today", "contemporary"))
        cells += [red, green]
        cases.append(sample.case(green))
        for n, raiser in enumerate(raisers):
            frame = dataclasses.replace(sample.BROKEN_USAGE.frames[2], distribution=raiser)
            raised = dataclasses.replace(sample.BROKEN_USAGE, frames=(frame,), type=f"x.E{n}", subject=None)
            findings = (sample.finding(raised),)
            cases.append(sample.case(red, f"quote-aapl-{n}", "fail", findings=findings))
    return sample.results((cells, cases))


def test_each_sentence_names_the_version_of_its_own_row() -> None:
    seen = view(two_agents("openai-agents"))
    assert len(seen.causes) == 1
    for fact, agents in zip(seen.facts[1:3], ("0.5.1", "0.9.1"), strict=True):
        assert fact.startswith(f"chatkit 1.2.0 agents {agents} py3.12 works contemporary, fails today: ")
        assert fact.endswith(f": raised by openai-agents {agents}.")


def test_of_two_causes_both_raisers_are_named_with_their_pins() -> None:
    seen = view(two_agents("openai-agents", "openai"))
    assert seen.facts[1].endswith("fails today: raised by openai-agents 0.5.1 and openai 2.54.0.")
    assert seen.facts[2].endswith("fails today: raised by openai-agents 0.9.1 and openai 2.54.0.")


def test_further_pairs_are_counted_without_claiming_more() -> None:
    cells, cases = [], []
    for n in range(5):
        for resolution, outcome in (("contemporary", "pass"), ("today", "fail")):
            cells.append(sample.cell(agents=f"0.{n}.0", resolution=resolution))
            cases.append(sample.case(cells[-1], outcome=outcome))  # type: ignore[arg-type]  # a literal widens
    facts = view(sample.results((cells, cases))).facts
    assert facts[-1] == "2 further pairs work or fail depending on how the rest was resolved."


def test_defects_that_scenarios_show_on_purpose_are_told_once_each() -> None:
    lines = [line.strip() for line in printed(sample.results(sample.icons()), width=120).splitlines()]
    told = [line for line in lines if line.startswith("caught as expected")]
    assert told == [
        "caught as expected: Card.status.icon 'newspaper' (calendar-nfp, news-tsla) in 2 cells",
        "caught as expected: ListView.children not allowed here (news-tsla) in 1 cell",
    ]
    assert "caught" not in printed(sample.results())


def test_of_many_expected_defects_the_terminal_shows_a_few() -> None:
    cell = sample.cell()
    found = tuple(sample.expected(sample.finding(None, message=f"as said {n}")) for n in range(9))
    lines = printed(sample.results(([cell], [sample.case(cell, findings=found)]))).splitlines()
    assert sum(line.startswith("caught as expected: error: as said") for line in lines) == 5
    assert "… and 4 more caught as expected: see the reports." in lines


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_ends_with_a_blank(width: int) -> None:
    lines = printed(sample.results(), width=width).splitlines()
    assert [line for line in lines if line != line.rstrip()] == []


def test_two_pythons_of_one_minor_are_told_apart() -> None:
    rows = [line.split() for line in printed(sample.results(sample.two_pythons()), width=120).splitlines()]
    assert [row[2:6] for row in rows if row[:1] == ["1.2.0"]] == [
        ["3.12.1", "today", "✓", "works"],
        ["3.12.9", "today", "✗", "fails"],
    ]


@pytest.mark.parametrize("end", [True, False])
def test_a_run_that_was_cut_is_not_a_pass_though_all_it_has_is_green(tmp_path: Path, *, end: bool) -> None:
    cell = sample.cell()
    made = ([cell], [sample.case(cell, name) for name in sample.SCENARIOS])
    results = sample.write(tmp_path, made, end=end, interrupted=True)
    results = dataclasses.replace(results, complaints=())
    assert printed(results).startswith("! NOT JUDGED  The cell works, but not everything could be judged.")
    assert view(dataclasses.replace(results, cases=(sample.case(cell, outcome="fail"),))).state == "fail"


def test_a_run_that_some_checks_judged_says_so_below_its_verdict() -> None:
    assert printed(sample.judged_by("widgets")).splitlines()[1].strip() == "Judged by widgets only."
    assert "Judged by widgets and text only." in printed(sample.judged_by("widgets", "text"))
    assert "Judged by" not in printed(sample.results())


def test_one_s_own_pair_is_told_first_however_it_was_resolved() -> None:
    stream = StringIO()
    own = Mine(chatkit="1.2.0", agents="0.5.1", source="uv.lock")
    print_report(sample.results(), Console(file=stream, width=200), mine=own)
    told = next(line for line in stream.getvalue().splitlines() if "Your own pair" in line).strip()
    assert told == (
        "Your own pair, chatkit 1.2.0 with agents 0.5.1, as uv.lock has it: "
        "contemporary works; today fails (8 of 8 cases, cause 1)."
    )


def test_a_pair_that_was_not_run_is_told_as_such() -> None:
    stream = StringIO()
    print_report(sample.results(), Console(file=stream, width=200), mine=Mine(chatkit="9.9.9", agents="0.1"))
    assert "No cell has your own pair, chatkit 9.9.9 with agents 0.1." in stream.getvalue()
