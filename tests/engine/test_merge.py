"""Shards and runs that are merged, and those that cannot be."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.reports import sample

from chatkit_harness.causes import group
from chatkit_harness.core.errors import ConfigurationError, ResultsError
from chatkit_harness.core.nouns import CaseResult, Cell, digest
from chatkit_harness.engine.merge import merge
from chatkit_harness.reports.breaks_page import breaks_page
from chatkit_harness.results import (
    RESULTS_FILE,
    Results,
    ResultsWriter,
    RunFooter,
    RunHeader,
    differences,
    read_results,
    summary,
)

CELLS, CASES = sample.matrix()
WHOLE = digest([cell.id for cell in CELLS])
SELECTION = {"resolution": "contemporary,today", "paths": ["native"], "shard": None}


def header(cells: Sequence[Cell], shard: dict[str, int] | None = None, **changes: Any) -> RunHeader:
    matrix = {"cells": [cell.id for cell in cells], "shard": shard, "whole": changes.pop("whole", WHOLE)}
    name = f"{shard['index']}/{shard['of']}" if shard else None
    command = ("chatkit-harness", "sweep", *(["--shard", name] if name else []), "--scenario", "quote-*")
    selection = {**SELECTION, "shard": name}
    given = {"command": command, "selection": selection, "matrix": matrix, **changes}
    return dataclasses.replace(sample.HEADER, **given)


def write(
    folder: Path,
    cells: Sequence[Cell],
    cases: Sequence[CaseResult],
    told: RunHeader | None = None,
    *,
    packed: bool = False,
    end: bool = True,
) -> Path:
    """A run as one machine leaves it."""
    known = {cell.id: cell for cell in cells}
    told = told or header(cells)
    with ResultsWriter(folder, packed=packed) as writer:
        writer.header(told)
        for cell in cells:
            writer.cell(cell)
        held = []
        for case in cases:
            done = sample.transcript(known[case.cell], case.scenario, fails=case.outcome == "fail")
            held.append(dataclasses.replace(case, transcript=writer.transcript(done)))
            writer.case(held[-1])
        if end:
            ended, causes = "2026-11-20T09:31:10Z", group(held, cells, started=told.started)
            writer.footer(RunFooter(finished=ended, summary=summary(held), causes=causes))
    return folder


def shards(folder: Path, of: int, seed: int = 0) -> list[Path]:
    """The matrix in so many shards, each finished in an order of its own."""
    drawn = random.Random(seed)  # noqa: S311 - no secret
    home = {cell.id: drawn.randrange(of) for cell in CELLS}
    paths = []
    for number in range(of):
        mine = [cell for cell in CELLS if home[cell.id] == number]
        cases = [case for case in CASES if home[case.cell] == number]
        told = header(mine, {"index": number + 1, "of": of})
        drawn.shuffle(cases)
        paths.append(write(folder / f"shard-{number + 1}", drawn.sample(mine, len(mine)), cases, told,
                           packed=number % 2 == 0))  # fmt: skip
    return paths


def merged(sources: Sequence[Path], out: Path, **more: Any) -> Results:
    merge(sources, out, **more)
    return read_results(out)


def stated(results: Results) -> list[str]:
    return [complaint["cause"] for complaint in results.complaints]


@pytest.mark.parametrize(("of", "seed"), [(2, 1), (3, 2), (8, 3), (20, 4)])
def test_shards_give_what_one_machine_gives(tmp_path: Path, of: int, seed: int) -> None:
    one = read_results(write(tmp_path / "one", CELLS, CASES))
    paths = shards(tmp_path, of, seed)
    results = merged(sorted(paths, reverse=True), tmp_path / "whole")
    assert differences(one, results) == []
    assert results.header == one.header
    assert (results.cells, results.cases, results.footer) == (one.cells, one.cases, one.footer)
    assert not results.complaints


def test_every_transcript_comes_along_in_the_form_that_it_had(tmp_path: Path) -> None:
    results = merged(shards(tmp_path, 3), tmp_path / "whole")
    assert len({case.transcript for case in results.cases}) > 8
    for case in results.cases:
        assert case.transcript is not None
        assert results.transcript(case.transcript).scenario == case.scenario
    forms = {path.name.partition(".")[2] for path in tmp_path.glob("whole/transcripts/*/*")}
    assert forms == {"json", "json.gz"}


def test_the_reports_are_drawn(tmp_path: Path) -> None:
    merge(shards(tmp_path, 2), tmp_path / "whole")
    names = {path.name for path in (tmp_path / "whole").iterdir()}
    assert names == {"report.html", "summary.md", "junit.xml", "results.json", RESULTS_FILE, "transcripts"}


def test_missing_shards_are_named_and_the_rest_is_merged(tmp_path: Path) -> None:
    paths = shards(tmp_path, 4)
    told = merge(paths[1:3], tmp_path / "part")
    results = read_results(tmp_path / "part")
    assert told.missing == (1, 4)
    assert results.interrupted
    assert [each["culprit"] for each in results.complaints] == ["shards 1/4, 4/4"]
    assert len(results.cases) == sum(len(read_results(path).cases) for path in paths[1:3])


def test_what_was_missing_can_be_merged_in_later(tmp_path: Path) -> None:
    paths = shards(tmp_path, 4)
    merge(paths[1:3], tmp_path / "part")
    again = merge([paths[3], tmp_path / "part", paths[0]], tmp_path / "whole")
    results = read_results(tmp_path / "whole")
    assert again.missing == ()
    assert [case.id for case in results.cases] == [case.id for case in CASES]
    assert "merged" not in results.header.matrix
    assert not results.interrupted
    assert results.complaints == ()


def test_what_one_of_its_shards_lacks_is_not_forgotten_where_a_part_is_merged_again(tmp_path: Path) -> None:
    early, late = CELLS[:1], CELLS[1:2]
    first = write(tmp_path / "1", early, CASES[:4], header(early, {"index": 1, "of": 2}), end=False)
    second = write(tmp_path / "2", late, CASES[8:16], header(late, {"index": 2, "of": 2}))
    merge([first], tmp_path / "part")
    assert merged([tmp_path / "part", second], tmp_path / "whole").interrupted


def test_a_run_of_the_whole_plan_leaves_no_shard_missing(tmp_path: Path) -> None:
    one = write(tmp_path / "one", CELLS, CASES)
    told = merge([shards(tmp_path, 3)[0], one], tmp_path / "whole")
    assert told.missing == ()
    assert len(read_results(tmp_path / "whole").cases) == 64


def test_what_two_runs_have_alike_is_kept_once_with_a_note(tmp_path: Path) -> None:
    one, other = (write(tmp_path / name, CELLS, CASES) for name in ("one", "other"))
    told = merge([one, other], tmp_path / "whole")
    assert told.notes == (f"64 cases are in {one} and in {other}, alike: kept once.",)
    results = read_results(tmp_path / "whole")
    assert (len(results.cells), len(results.cases), results.notes) == (8, 64, ())


def test_what_only_followed_from_a_failure_may_differ(tmp_path: Path) -> None:
    cell = sample.cell()
    late = sample.finding(None, rule="expect/tool-missing", key="expect/tool-missing price", message="no")
    notes = [(), (dataclasses.replace(late, severity="note"),)]
    parts = [
        write(tmp_path / str(n), [cell],
              [sample.case(cell, outcome="fail", findings=(sample.finding(), *more))])
        for n, more in enumerate(notes)
    ]  # fmt: skip
    assert len(merged(parts, tmp_path / "whole").cases) == 1


def test_of_two_alike_the_one_that_can_be_shown_is_kept(tmp_path: Path) -> None:
    one, other = (write(tmp_path / name, CELLS, CASES, packed=True) for name in ("one", "other"))
    for file in one.glob("transcripts/*/*"):
        file.unlink()
    results = merged([one, other], tmp_path / "whole")
    assert not results.complaints
    assert results.transcript(str(results.cases[0].transcript)).scenario == results.cases[0].scenario


def test_of_two_alike_the_confirmed_one_is_kept(tmp_path: Path) -> None:
    one = write(tmp_path / "one", CELLS, CASES)
    sure = [dataclasses.replace(case, confirmed=True, attempt=2) for case in CASES]
    results = merged([one, write(tmp_path / "other", CELLS, sure)], tmp_path / "whole")
    assert all(case.confirmed for case in results.cases)


def contrary(folder: Path) -> Path:
    """A run in which the first case came to something else."""
    first = dataclasses.replace(CASES[0], outcome="fail", findings=(sample.finding(),))
    return write(folder / "contrary", CELLS[:1], [first, *CASES[1:8]])


def test_two_that_differ_are_refused_by_name(tmp_path: Path) -> None:
    one, other = write(tmp_path / "one", CELLS, CASES), contrary(tmp_path)
    with pytest.raises(ResultsError) as raised:
        merge([one, other], tmp_path / "whole")
    for named in (str(one), str(other), CASES[0].id, "pass in the first", "fail (run/error) in the second"):
        assert named in str(raised.value)
    assert f"--prefer {other}" in raised.value.next_step
    assert not (tmp_path / "whole").exists()


NOTED = dataclasses.replace(sample.finding(), severity="warning")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"client": "1.5.0", "findings": (NOTED,)},
            "pass in both, and its client: none in the first, 1.5.0 in the second",
        ),
        ({"reason": "too old"}, "pass in both, and its reason: none in the first, too old in the second"),
        (
            {"findings": (NOTED,)},
            f"pass in both, and its findings: none in the first, {NOTED.rule} in the second",
        ),
    ],
)
def test_of_two_that_came_to_the_same_the_field_that_differs_is_named(
    tmp_path: Path, changes: dict[str, Any], words: str
) -> None:
    first = dataclasses.replace(CASES[0], **changes)
    paths = [write(tmp_path / "one", CELLS, CASES), write(tmp_path / "two", CELLS[:1], [first, *CASES[1:8]])]
    with pytest.raises(ResultsError) as raised:
        merge(paths, tmp_path / "whole")
    assert raised.value.cause == f"They differ over {CASES[0].id}: {words}."


def test_findings_of_one_rule_are_told_apart_by_what_they_are_about(tmp_path: Path) -> None:
    paths = []
    for key in ("icon", "label"):
        found = (dataclasses.replace(NOTED, key=key),)
        first = dataclasses.replace(CASES[0], findings=found)
        paths.append(write(tmp_path / key, CELLS[:1], [first, *CASES[1:8]]))
    with pytest.raises(ResultsError, match="its findings: icon in the first, label in the second"):
        merge(paths, tmp_path / "whole")


@pytest.mark.parametrize(("prefer", "outcome"), [("one", "pass"), ("contrary", "fail")])
def test_of_two_that_differ_the_preferred_one_counts(tmp_path: Path, prefer: str, outcome: str) -> None:
    paths = [write(tmp_path / "one", CELLS, CASES), contrary(tmp_path)]
    told = merge(paths, tmp_path / "whole", prefer=tmp_path / prefer / RESULTS_FILE)
    results = read_results(tmp_path / "whole")
    assert {case.id: case.outcome for case in results.cases}[CASES[0].id] == outcome
    assert len(results.cases) == 64
    assert any("left out" in note for note in told.notes)


def test_only_the_run_that_is_preferred_settles_a_difference(tmp_path: Path) -> None:
    paths = [write(tmp_path / "one", CELLS, CASES), contrary(tmp_path)]
    third = write(tmp_path / "third", CELLS[1:2], CASES[8:16])
    with pytest.raises(ResultsError, match="differ over"):
        merge([*paths, third], tmp_path / "whole", prefer=third)
    with pytest.raises(ConfigurationError, match="none of the runs"):
        merge(paths, tmp_path / "whole", prefer=third)


def test_a_scenario_that_was_changed_is_the_preferred_runs(tmp_path: Path) -> None:
    name = CASES[0].scenario
    again = [dataclasses.replace(case, outcome="pass", reason=None, findings=()) for case in CASES[:1]]
    told = header(CELLS[:1], scenarios={**sample.HEADER.scenarios, name: {"title": "As it is meant"}})
    paths = [write(tmp_path / "one", CELLS, CASES), write(tmp_path / "other", CELLS[:1], again, told)]
    merged_ = merge(paths, tmp_path / "whole", prefer=paths[1])
    results = read_results(tmp_path / "whole")
    assert results.header.scenarios[name] == {"title": "As it is meant"}
    assert [(case.id, case.outcome) for case in results.cases if case.scenario == name] == [
        (CASES[0].id, "pass")
    ]
    others = [case.id for case in CASES if case.scenario != name]
    assert [case.id for case in results.cases if case.scenario != name] == others
    gone = sum(case.scenario == name for case in CASES)
    assert f"{gone} cases are of {paths[0]} left out: the preferred run has another" in merged_.notes[-1]
    with pytest.raises(ResultsError, match="not the same"):
        merge(paths, tmp_path / "again")


def test_the_preferred_run_settles_what_others_differ_over_in_any_order(tmp_path: Path) -> None:
    one, other = write(tmp_path / "one", CELLS, CASES), contrary(tmp_path)
    chosen = write(tmp_path / "chosen", CELLS, CASES)
    for number, paths in enumerate(([one, other, chosen], [one, chosen, other], [chosen, one, other])):
        results = merged(paths, tmp_path / f"whole-{number}", prefer=chosen)
        assert {case.id: case.outcome for case in results.cases}[CASES[0].id] == CASES[0].outcome


def test_two_scenarios_of_one_name_are_found_wherever_they_are_named(tmp_path: Path) -> None:
    first = write(tmp_path / "first", CELLS[:1], CASES[:1], header(CELLS[:1], scenarios={}))
    others = [
        write(tmp_path / title, CELLS[:1], CASES[:1], header(CELLS[:1], scenarios={"q": {"title": title}}))
        for title in ("one", "two")
    ]
    with pytest.raises(ResultsError, match="'q' is not the same"):
        merge([first, *others], tmp_path / "whole")


def test_a_cell_with_other_pins_is_never_mixed(tmp_path: Path) -> None:
    cell = dataclasses.replace(CELLS[0], pins={**CELLS[0].pins, "mcp": "9.9.9"})
    paths = [write(tmp_path / "one", CELLS, CASES), write(tmp_path / "other", [cell], CASES[:3])]
    with pytest.raises(ResultsError, match="other pins"):
        merge(paths, tmp_path / "whole")
    results = merged(paths, tmp_path / "whole", prefer=paths[1])
    assert results.cells[0].pins["mcp"] == "9.9.9"
    assert [case.id for case in results.cases if case.cell == cell.id] == [case.id for case in CASES[:3]]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"harness_version": "0.2.0"}, "different versions of chatkit-harness, 0.1.0 and 0.2.0"),
        ({"checks": sample.HEADER.checks[1:]}, f"only one of them has {sample.HEADER.checks[0]}"),
        ({"pacing": 1.0}, "pacing 0 in one and 1 in the other"),
        ({"scenarios": {**sample.HEADER.scenarios, "news-tsla": {"x": 1}}}, "'news-tsla' is not the same"),
    ],
    ids=["version", "checks", "pacing", "scenario"],
)
def test_runs_of_two_kinds_are_refused_with_the_reason(
    tmp_path: Path, change: dict[str, Any], why: str
) -> None:
    one = write(tmp_path / "one", CELLS[:1], CASES[:8])
    other = write(tmp_path / "other", CELLS[1:2], CASES[8:16], header(CELLS[1:2], **change))
    with pytest.raises(ResultsError) as raised:
        merge([one, other], tmp_path / "whole")
    assert why in raised.value.cause
    assert raised.value.exit_status == 2


def test_shards_between_which_a_scenario_came_are_joined_where_one_is_preferred(tmp_path: Path) -> None:
    one = write(tmp_path / "one", CELLS[:1], CASES[:8], header(CELLS[:1], {"index": 1, "of": 3}))
    later = header(CELLS[1:2], {"index": 2, "of": 3}, whole="another")
    other = write(tmp_path / "other", CELLS[1:2], CASES[8:16], later)
    results = merge([one, other], tmp_path / "whole", prefer=other).results
    assert len(results.cases) == 16
    assert results.header.matrix["merged"] == {"of": 3, "missing": [3], "interrupted": False}


@pytest.mark.parametrize("change", [{"whole": "another"}, {"shard": {"index": 2, "of": 3}}])
def test_shards_of_two_plans_are_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    given = {"shard": {"index": 2, "of": 2}, "whole": WHOLE} | change
    one = write(tmp_path / "one", CELLS[:1], CASES[:8], header(CELLS[:1], {"index": 1, "of": 2}))
    other = write(tmp_path / "other", CELLS[1:2], CASES[8:16], header(CELLS[1:2], **given))
    with pytest.raises(ResultsError, match="not shards of one plan"):
        merge([one, other], tmp_path / "whole")


def test_runs_that_are_no_shards_are_joined(tmp_path: Path) -> None:
    scenarios: list[dict[str, Any]] = [{"a": {}, "quote-aapl": {}}, {"quote-aapl": {}, "b": {}}]
    hosts = [{"cores": 2}, {"cores": 8}]
    paths = [
        write(tmp_path / str(n), CELLS[n : n + 1], CASES[8 * n : 8 * n + 8],
              header(CELLS[n : n + 1], scenarios=scenarios[n], host=hosts[n], whole=str(n),
                     selection={"chatkit": f"1.{n}.0", "paths": [str(n)], "seed": n}))
        for n in range(2)
    ]  # fmt: skip
    results = merged(paths, tmp_path / "whole")
    assert list(results.header.scenarios) == ["a", "quote-aapl", "b"]
    assert results.header.host == {"cores": 2, "others": [{"cores": 8}]}
    assert results.header.selection == {"chatkit": "1.0.0,1.1.0", "paths": ["0", "1"], "seed": 0}
    assert results.header.matrix["cells"] == [CELLS[0].id, CELLS[1].id]
    assert not results.interrupted


def test_a_cut_shard_is_told_and_the_rest_is_merged(tmp_path: Path) -> None:
    paths = shards(tmp_path, 2)
    file = paths[1] / RESULTS_FILE
    file.write_bytes(file.read_bytes()[:-3000])
    results = merged(paths, tmp_path / "whole")
    assert results.interrupted
    assert any("last line is cut" in cause for cause in stated(results))
    assert any("no end" in cause for cause in stated(results))
    assert all(str(file) in complaint["culprit"] for complaint in results.complaints)


def test_a_missing_transcript_is_told(tmp_path: Path) -> None:
    paths = shards(tmp_path, 2)
    lost = next(paths[0].glob("transcripts/*/*"))
    cases = [case for case in read_results(paths[0]).cases if str(case.transcript) in lost.name]
    lost.unlink()
    results = merged(paths, tmp_path / "whole")
    assert stated(results) == [
        f"Transcripts of {len(cases)} of its cases are missing, which can be neither shown nor rechecked."
    ]


def test_what_the_shards_complained_of_stays_told_once(tmp_path: Path) -> None:
    paths = shards(tmp_path, 2)
    complaint = ResultsError("the index", "It was out of reach.", "Try again.").as_document()
    for path in paths:
        with ResultsWriter(path, resume=True) as writer:
            writer.footer(RunFooter(finished="2026-11-20T09:40:00Z", complaints=(complaint,)))
    results = merged(paths, tmp_path / "whole")
    assert results.complaints == (complaint,)


def test_a_run_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    one = write(tmp_path / "one", CELLS, CASES)
    told = merge([one, one / RESULTS_FILE, one / ".." / "one"], tmp_path / "whole")
    assert told.notes == ()


def test_nothing_is_merged_into_a_folder_that_holds_a_run(tmp_path: Path) -> None:
    one = write(tmp_path / "one", CELLS, CASES)
    with pytest.raises(ConfigurationError, match="another run"):
        merge([one], one)


def test_a_cause_is_reproduced_with_what_the_run_was_asked_for(tmp_path: Path) -> None:
    asked = {**SELECTION, "server": "shop.server:create", "with": ["pyyaml"], "env": ["SHOP"]}
    cases = [dataclasses.replace(case, server="shop.server:create") for case in CASES]
    one = write(tmp_path / "one", CELLS, cases, header(CELLS, selection=asked))
    footer = merged([one], tmp_path / "whole").footer
    assert footer is not None
    assert "--server shop.server:create --with pyyaml --env SHOP" in str(footer.causes[0].reproduce)


def test_a_cause_is_reproduced_on_the_store_that_shows_it(tmp_path: Path) -> None:
    asked = {**SELECTION, "stores": ["shop.stores:mine"]}
    cases = [dataclasses.replace(case, store="shop.stores:mine") for case in CASES]
    one = write(tmp_path / "one", CELLS, cases, header(CELLS, selection=asked))
    footer = merged([one], tmp_path / "whole").footer
    assert footer is not None
    assert "--store shop.stores:mine" in str(footer.causes[0].reproduce)


def test_what_failed_today_is_reproduced_as_of_its_own_shard_s_day(tmp_path: Path) -> None:
    cells = [sample.cell("1.2.0", "0.9.3"), sample.cell("1.6.5", "0.9.3")]
    days = ["2026-11-20T09:30:00Z", "2026-11-22T18:00:00Z"]
    parts = [
        write(tmp_path / day[:10], [cell],
              [sample.case(cell, outcome="fail", findings=(sample.finding(None, key=f"text/empty {n}"),))],
              dataclasses.replace(header([cell], {"index": n, "of": 2}), started=day))
        for n, (cell, day) in enumerate(zip(cells, days, strict=True), start=1)
    ]  # fmt: skip
    whole = merged(parts, tmp_path / "whole")
    assert [cell.as_of for cell in whole.cells] == [None, days[1]]
    assert whole.footer is not None
    lines = [str(cause.reproduce) for cause in whole.footer.causes]
    assert sorted(line.split()[5] for line in lines) == days
    assert "- results of 2026-11-20 to 2026-11-22, " in breaks_page(whole, ())


def test_cells_stand_in_the_order_of_the_plan(tmp_path: Path) -> None:
    names = [("1.9.0", "0.9.3", "today"), ("1.9.0", "0.9.3", "contemporary"), ("1.9.0", "0.10.0", "today"),
             ("1.10.0", "0.9.3", "today")]  # fmt: skip
    cells = [sample.cell(*name) for name in names]
    parts = [
        write(tmp_path / str(n), cells[n::2], [sample.case(cell) for cell in cells[n::2]],
              header(cells[n::2], {"index": n + 1, "of": 2}, selection={"resolution": "today,contemporary"}))
        for n in range(2)
    ]  # fmt: skip
    assert [cell.id for cell in merged(parts, tmp_path / "whole").cells] == [cell.id for cell in cells]


def test_a_scenario_may_lie_elsewhere_on_the_other_machine(tmp_path: Path) -> None:
    def elsewhere(folder: str) -> dict[str, Any]:
        return {
            name: {**told, "source": f"/{folder}/{name}.yaml", "replaces": f"/{folder}/own.yaml"}
            for name, told in sample.HEADER.scenarios.items()
        }

    cells = [CELLS[::2], CELLS[1::2]]
    ids = [{cell.id for cell in half} for half in cells]
    parts = [
        write(
            tmp_path / str(number),
            cells[number],
            [case for case in CASES if case.cell in ids[number]],
            header(cells[number], {"index": number + 1, "of": 2}, scenarios=elsewhere(f"machine-{number}")),
        )
        for number in range(2)
    ]
    assert len(merged(parts, tmp_path / "whole").cells) == len(CELLS)


def test_a_part_s_own_folder_is_not_in_the_command_of_the_whole(tmp_path: Path) -> None:
    told = header(CELLS, command=("chatkit-harness", "sweep", "--out", "mine", "--seed", "7"))
    one = write(tmp_path / "one", CELLS, CASES, told)
    assert merged([one], tmp_path / "whole").header.command == ("chatkit-harness", "sweep", "--seed", "7")
