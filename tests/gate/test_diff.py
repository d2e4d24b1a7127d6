"""`diff`: what became of one run's cases in another."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from tests.cli.command import Said, call
from tests.gate.answers import EVIL, require_valid
from tests.reports import sample

from chatkit_harness.core.nouns import CaseResult, Cell, Finding, Outcome
from chatkit_harness.core.transcript import Event, Transcript
from chatkit_harness.results import ResultsWriter, RunFooter

THEN, TODAY = sample.cell("1.6.5", "0.5.1", "contemporary"), sample.cell("1.6.5", "0.5.1", "today")
Cases = list[CaseResult]


def case(of: Cell = TODAY, scenario: str = "quote", outcome: Outcome = "pass", *keys: str) -> CaseResult:
    """A case with findings of these keys."""
    found = tuple(Finding(rule="run/exception", severity="error", key=key, message=key) for key in keys)
    return sample.case(of, scenario, outcome, findings=found)


def run(folder: Path, *cases: CaseResult, end: bool = True, **more: Any) -> Path:
    """The folder of a run with these cases; `transcripts` are stored with them, one a case."""
    transcripts: list[Transcript] = more.pop("transcripts", [])
    cells: tuple[Cell, ...] = more.pop("cells", (THEN, TODAY))
    with ResultsWriter(folder, packed=bool(more.pop("packed", False))) as writer:
        writer.header(dataclasses.replace(sample.HEADER, **more))
        for cell in cells:
            if any(each.cell == cell.id for each in cases):
                writer.cell(cell)
        for number, each in enumerate(cases):
            name = writer.transcript(transcripts[number]) if transcripts else None
            writer.case(dataclasses.replace(each, transcript=name))
        if end:
            writer.footer(RunFooter(finished="2026-11-20T09:31:00Z"))
    return folder


def diff(base: Path, candidate: Path, *more: object) -> dict[str, Any]:
    """The document, which is valid, and whose status is the command's."""
    said = call("diff", base, candidate, "--format", "json", *more)
    document: dict[str, Any] = json.loads(said.out)
    require_valid(document, "diff")
    assert said.status == document["status"]
    return document


def of(tmp_path: Path, base: Cases, candidate: Cases, *more: object, **about: Any) -> dict[str, Any]:
    return diff(run(tmp_path / "a", *base), run(tmp_path / "b", *candidate, **about), *more)


def refused(*arguments: object) -> Said:
    said = call("diff", *arguments)
    assert said.status == 2
    assert "Traceback" not in said.err
    return said


@pytest.mark.parametrize(
    ("base", "candidate", "change", "status"),
    [
        (case(), case(), "same_pass", 0),
        (case(), case(TODAY, "quote", "fail", "boom"), "new_failure", 1),
        (case(TODAY, "quote", "fail", "boom"), case(TODAY, "quote", "fail", "bang"), "other_failure", 1),
        (case(TODAY, "quote", "fail", "boom"), case(TODAY, "quote", "fail", "boom"), "same_failure", 0),
        (case(TODAY, "quote", "fail", "boom"), case(), "fixed", 0),
    ],
    ids=["same", "new", "other", "as-before", "fixed"],
)
def test_each_case_is_compared(
    tmp_path: Path, base: CaseResult, candidate: CaseResult, change: str, status: int
) -> None:
    found = of(tmp_path, [base], [candidate])
    assert (found["cases"][0]["change"], found["status"]) == (change, status)


def test_what_fails_newly_is_told_once_with_its_scenarios_and_cells(tmp_path: Path) -> None:
    both = [case(THEN), case(), case(TODAY, "news")]
    broken = [case(THEN, "quote", "fail", "boom"), case(TODAY, "quote", "fail", "boom"), case(TODAY, "news")]
    (new,) = of(tmp_path, both, broken)["new"]
    assert (new["rule"], new["key"], new["cases"]) == ("run/exception", "boom", 2)
    assert (new["scenarios"], new["cells"]) == (["quote"], [THEN.id, TODAY.id])


def test_one_cell_each_is_compared_whatever_it_is_called(tmp_path: Path) -> None:
    (cell,) = of(tmp_path, [case(THEN)], [case(TODAY)])["cells"]
    assert (cell["base"], cell["candidate"]) == (THEN.id, TODAY.id)
    assert {"name": "openai", "base": "2.8.1", "candidate": "2.54.0"} in cell["pins"]


def test_a_cell_of_one_run_alone_is_told_and_harms_nothing(tmp_path: Path) -> None:
    found = of(tmp_path, [case(THEN), case(TODAY)], [case(TODAY)])
    assert (found["only_base"], found["only_candidate"], found["status"]) == ([THEN.id], [], 0)


def test_two_cells_of_one_run_are_compared_by_name(tmp_path: Path) -> None:
    folder = run(tmp_path / "a", case(THEN), case(TODAY, "quote", "fail", "boom"))
    found = diff(folder, folder, "--base-cell", "*contemporary", "--candidate-cell", TODAY.id)
    assert (found["status"], found["only_base"], found["only_candidate"]) == (1, [], [])
    assert diff(folder, folder, "--base-cell", THEN.id)["cells"][0]["candidate"] == THEN.id


def test_a_cell_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    folder = run(tmp_path / "a", case(THEN), case(TODAY))
    assert f"Did you mean '{TODAY.id}'" in refused(folder, folder, "--base-cell", TODAY.id[:-1]).err
    assert "2 cells" in refused(folder, folder, "--candidate-cell", "*").err


def test_nothing_in_common_is_never_as_wished(tmp_path: Path) -> None:
    found = of(tmp_path, [case(THEN, "quote")], [case(TODAY, "news")])
    assert (found["status"], found["doubts"][0][:29]) == (3, "No case has a verdict in both")


def test_no_cell_in_common_says_what_to_do(tmp_path: Path) -> None:
    other = sample.cell("1.2.0", "0.5.1", "today")
    both = run(tmp_path / "a", case(THEN), case(TODAY))
    alone = run(tmp_path / "b", case(other), cells=(other,))
    found = diff(both, alone)
    assert (found["status"], "--base-cell" in found["doubts"][1]) == (3, True)
    said = refused(both, alone, "--candidate-cell", other.id)
    assert f"{both} has 2 cells" in said.err
    assert THEN.id in said.err


@pytest.mark.parametrize(
    ("before", "after", "status"),
    [
        ("pass", "error", 3),
        ("error", "pass", 3),
        ("pass", "unresolvable", 3),
        ("unresolvable", "unresolvable", 0),
        ("unresolvable", "pass", 0),
        ("skipped", "pass", 0),
        ("pass", "skipped", 3),
        ("fail", "skipped", 3),
        ("skipped", "skipped", 0),
        ("skipped", "fail", 0),
    ],
)
def test_what_one_run_did_not_judge_is_in_doubt_unless_it_is_neutral(
    tmp_path: Path, before: Outcome, after: Outcome, status: int
) -> None:
    also = case(TODAY, "news")
    base, candidate = case(TODAY, "quote", before), case(TODAY, "quote", after)
    assert of(tmp_path, [base, also], [candidate, also])["status"] == status


def test_what_passed_and_has_no_verdict_is_told_first(tmp_path: Path) -> None:
    base = run(tmp_path / "a", case(), case(TODAY, "news"), case(TODAY, "old", "fail", "boom"))
    skipped = case(TODAY, "news", "skipped")
    candidate = run(tmp_path / "b", case(), skipped, case(TODAY, "old", "fail", "boom"))
    said = call("diff", base, candidate)
    assert said.status == 3
    assert said.out.splitlines()[0] == (
        "CANNOT BE TOLD: nothing is known to fail newly, but the candidate has no verdict on 1 case that the "
        "base passes."
    )
    fewer = diff(base, run(tmp_path / "c", case()))
    assert (fewer["status"], fewer["doubts"]) == (3, ["2 of the base's cases are missing in the candidate."])


def test_a_failure_outweighs_what_has_no_verdict(tmp_path: Path) -> None:
    after = [case(TODAY, "quote", "skipped"), case(TODAY, "news", "fail", "boom")]
    assert of(tmp_path, [case(), case(TODAY, "news")], after)["status"] == 1


def test_cells_of_the_base_alone_are_no_part_of_the_headline(tmp_path: Path) -> None:
    base, candidate = run(tmp_path / "a", case(THEN), case()), run(tmp_path / "b", case())
    assert "in the cells that both have" in call("diff", base, candidate).out.splitlines()[0]
    assert "both have" not in call("diff", base, base).out.splitlines()[0]


def test_a_run_that_was_cut_short_is_compared_as_far_as_it_got(tmp_path: Path) -> None:
    found = of(tmp_path, [case(), case(TODAY, "news")], [case()], end=False)
    assert found["status"] == 3
    assert "1 of the base's cases are missing" in found["doubts"][0]
    assert "interrupted" in found["notes"][0]
    assert diff(tmp_path / "b", tmp_path / "a")["status"] == 0, "what the base lacks puts nothing in doubt"


def test_half_a_last_line_costs_itself(tmp_path: Path) -> None:
    folder = run(tmp_path / "a", case(), end=False)
    file = folder / "results.jsonl"
    file.write_bytes(file.read_bytes() + b'{"record":"case","id')
    assert diff(folder, run(tmp_path / "b", case()))["status"] == 0


@pytest.mark.parametrize("packed", [False, True])
def test_the_wire_is_told_and_fails_nothing(tmp_path: Path, *, packed: bool) -> None:
    whole = sample.transcript(TODAY)
    turn = whole.turns[0]
    more = Event(at_ms=9.0, data={"type": "client_effect", "name": "x"})
    longer = dataclasses.replace(whole, turns=(dataclasses.replace(turn, events=(*turn.events, more)),))
    base = run(tmp_path / "a", case(), transcripts=[longer], packed=packed)
    candidate = run(tmp_path / "b", case(), transcripts=[whole], packed=packed)
    found = diff(base, candidate)
    assert [(each["effect"], each["change"], each["cases"]) for each in found["wire"]] == [
        ("breaking", "event-gone", 1)
    ]
    assert found["status"] == 0
    unread = diff(base, candidate, "--no-wire")
    assert (unread["wire"], unread["notes"][0][:25]) == ([], "The wire was not compared")


def test_transcripts_that_are_gone_are_told(tmp_path: Path) -> None:
    said = {"a": sample.transcript(TODAY), "b": sample.transcript(THEN)}
    runs = [run(tmp_path / name, case(), transcripts=[each]) for name, each in said.items()]
    for path in (runs[0] / "transcripts").rglob("*.json"):
        path.unlink()
    found = diff(*runs)
    assert found["status"] == 0
    assert "1 transcripts are missing or damaged" in found["notes"][0]


def test_scenarios_that_changed_and_other_machines_are_told(tmp_path: Path) -> None:
    changed = {**sample.HEADER.scenarios, "quote-aapl": {"title": "Another"}}
    found = of(tmp_path, [case()], [case()], scenarios=changed, host={}, checks=("run",))
    told = " ".join(found["notes"])
    assert "quote-aapl" in told
    assert "different machines" in told
    assert "not judged by the same checks" in told


def test_what_is_no_run_is_told_with_what_it_is(tmp_path: Path) -> None:
    folder = run(tmp_path / "a", case(), transcripts=[sample.transcript(TODAY)])
    (one,) = (folder / "transcripts").rglob("*.json")
    (tmp_path / "empty").write_text("")
    (folder / "results.json").write_text("{}")
    assert "one transcript" in refused(folder, one).err
    assert f"Name {folder / 'results.jsonl'}" in refused(folder / "results.json", folder).err
    assert "but empty" in refused(tmp_path / "empty", folder).err
    assert "There is no such file" in refused(tmp_path / "aa", folder).err
    assert "holds no results.jsonl" in refused(folder, tmp_path).err


def test_a_search_is_told_to_be_no_run(tmp_path: Path) -> None:
    folder, search = run(tmp_path / "a", case()), tmp_path / "search"
    search.mkdir()
    (search / "bisect.jsonl").write_text("{}\n")
    said = refused(folder, search)
    assert ("It holds a search of bisect, no run." in said.err, "Valid" in said.err) == (True, False), (
        said.err
    )
    assert "the log of a search" in refused(search / "bisect.jsonl", folder).err


def test_the_verdict_comes_first_on_a_terminal(tmp_path: Path) -> None:
    base = run(tmp_path / "a", case(), case(TODAY, "news", "fail", "old"))
    candidate = run(tmp_path / "b", case(TODAY, "quote", "fail", "boom"), case(TODAY, "news"))
    lines = call("diff", base, candidate).out.splitlines()
    assert lines[:2] == [
        "SOMETHING NEW FAILS: 1 case, 1 finding.",
        "Cases: 1 newly failing, 1 mended.",
    ]
    assert "  run/exception: boom" in lines
    assert lines.index("Fails newly") < lines.index("No longer occurs")


def test_hostile_and_very_many_findings_stay_short_and_clean(tmp_path: Path) -> None:
    keys = [EVIL, *(f"key {n} " + "k" * 300 for n in range(10_000))]
    base, candidate = run(tmp_path / "a", case()), run(tmp_path / "b", case(TODAY, "quote", "fail", *keys))
    said = call("diff", base, candidate)
    assert (said.status, len(said.out.splitlines()) < 100) == (1, True)
    assert not set(said.out) & {"\x1b", "\x00", "\u202e", "\ud800"}
    assert "… and 9,981 more" in said.out
