"""`list coverage`: what the packages of a cell can pass on, and which scenario exercises it."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.cli.command import call

from chatkit_harness.engine.coverage import coverage
from chatkit_harness.results import read_results

PAIR = "1.6.5:0.24.0"
OWN = """\
id: {id}
title: {id}
turns:
  - user: Hi
script:
  - say: Hello.
requires: {{chatkit: ">={since}"}}
expect:
  passes_on: [{kinds}]
"""
EXCUSED = "  findings: [{rule: expect/not-passed-on, contains: [queued]}]\n"
CREATED = "openai.event/response.created"
QUEUED = "openai.event/response.queued"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A run of three scenarios, two of which name what they exercise, one by hand; and the cache.

    Three more name kinds and show none of them: one does not pass, two are skipped. Another passes, whatever
    of what it names does not come.
    """
    named = os.environ.get("CHATKIT_HARNESS_CACHE")
    cache = Path(named) if named else tmp_path_factory.mktemp("cache")
    out = tmp_path_factory.mktemp("runs") / "run"
    names = ("text-plain", "quote-aapl", "refusal-by-hand")
    own = [
        _own(out.parent, "unmet", "1.0", f"{QUEUED}, openai.event/response.output_text.delta"),
        _own(out.parent, "later", "99", f"{QUEUED}, openai.item/program, openai.item/compaction"),
        _own(out.parent, "later-too", "99", "openai.item/compaction"),
        _own(out.parent, "lenient", "1.0", f"{CREATED}, {QUEUED}", EXCUSED),
    ]
    chosen = [*(word for name in (*names, *own) for word in ("--scenario", name)), "--path", "native"]
    call("run", "--pair", PAIR, "--resolution", "contemporary", *chosen, "--cache", cache, "--out", out)
    return out, cache


def _own(folder: Path, name: str, since: str, kinds: str, more: str = "") -> str:
    path = folder / f"{name}.yaml"
    path.write_text(OWN.format(id=name, since=since, kinds=kinds) + more, "utf-8")
    return str(path)


@pytest.fixture(scope="module")
def kinds(run: tuple[Path, Path]) -> dict[str, Any]:
    """What is told of each kind to a script."""
    said = call("list", "coverage", run[0], "--cache", run[1], "--format", "json")
    (cell,) = json.loads(said.out)["coverage"]
    return {each["kind"]: each for each in cell["kinds"]}


@pytest.fixture(scope="module")
def shown(run: tuple[Path, Path]) -> str:
    """The same for people."""
    return call("list", "coverage", run[0], "--cache", run[1]).out


@pytest.mark.cells
def test_a_kind_counts_only_where_a_scenario_would_miss_it(kinds: dict[str, Any]) -> None:
    assert kinds["openai.event/response.output_text.delta"]["exercised_by"] == ["text-plain"]
    widget = kinds["chatkit.item/widget"]
    assert widget["gap"]
    assert (widget["exercised_by"], widget["seen_in"]) == ([], ["quote-aapl"])


@pytest.mark.cells
def test_what_a_scenario_expects_to_miss_is_not_exercised_by_it(kinds: dict[str, Any]) -> None:
    assert kinds[CREATED]["exercised_by"] == ["text-plain"]
    assert "lenient" in kinds[CREATED]["seen_in"]


@pytest.mark.cells
def test_what_no_scenario_brings_is_a_gap(kinds: dict[str, Any], shown: str) -> None:
    assert kinds["openai.item/computer_call"]["gap"]
    assert "agents.item/HandoffOutputItem" in kinds
    assert "chatkit.request/threads.add_structured_input" in kinds
    assert "✗ computer_call" in shown
    assert "gap: came through in quote-aapl, and none would miss it" in shown


@pytest.mark.cells
def test_a_gap_says_what_would_show_it_and_why_it_did_not(kinds: dict[str, Any], shown: str) -> None:
    reason = "needs openai-chatkit>=99, the cell has 1.6.5"
    assert f"gap: later is skipped ({reason})" in shown
    assert f"gap: later, later-too are skipped ({reason})" in shown
    assert f"gap: did not pass: unmet; later is skipped ({reason})" in shown
    queued = kinds[QUEUED]
    assert (queued["gap"], queued["failing"]) == (True, ["unmet"])
    assert queued["skipped"] == [{"scenario": "later", "reason": reason}]
    untried = kinds["openai.item/computer_call"]
    assert (untried["failing"], untried["skipped"]) == ([], [])


@pytest.mark.cells
def test_the_components_of_widgets_are_listed(kinds: dict[str, Any], shown: str) -> None:
    assert kinds["chatkit.widget/Card"]["seen_in"] == ["quote-aapl"]
    assert {"chatkit.widget/Basic", "chatkit.widget/ListViewItem", "chatkit.widget/Chart"} <= set(kinds)
    assert "chatkit.widget: 0 of 27 exercised" in shown


@pytest.mark.cells
def test_what_only_a_server_of_its_own_shows_is_by_hand(kinds: dict[str, Any], shown: str) -> None:
    refused = kinds["openai.event/response.refusal.delta"]
    assert (refused["exercised_by"], refused["by_hand"]) == (["refusal-by-hand"], True)
    assert not kinds["openai.event/response.output_text.delta"]["by_hand"]
    assert "by hand only: refusal-by-hand" in shown


@pytest.mark.cells
def test_the_summary_says_how_many_kinds_count_by_hand_only(run: tuple[Path, Path], shown: str) -> None:
    (line,) = [each for each in shown.splitlines() if each.startswith("openai.event:")]
    (plain,) = [each for each in shown.splitlines() if each.startswith("chatkit.widget:")]
    said = call("list", "coverage", run[0], "--cache", run[1], "--format", "json")
    spaces = {each["space"]: each for each in json.loads(said.out)["coverage"][0]["spaces"]}
    assert spaces["openai.event"]["by_hand"] == 2
    assert line.endswith("%, 2 by hand only)")
    assert spaces["chatkit.widget"]["by_hand"] == 0
    assert "by hand" not in plain


@pytest.mark.cells
def test_the_summaries_come_before_all_the_kinds(shown: str) -> None:
    assert shown.index("chatkit.request: ") < shown.index("✓") < shown.index("\nchatkit.request\n")


@pytest.mark.cells
def test_a_run_without_a_native_case_is_no_run_without_coverage(
    run: tuple[Path, Path], tmp_path: Path
) -> None:
    out = tmp_path / "run"
    chosen = ["--pair", PAIR, "--resolution", "contemporary", "--scenario", "classifier-only"]
    call("run", *chosen, "--path", "agent_builder", "--cache", run[1], "--out", out)
    said = call("list", "coverage", out, "--cache", run[1])
    assert (said.status, said.out) == (2, "")
    assert "It has no case on the native path (only on agent_builder)" in said.err
    assert "chatkit-harness run --path native" in said.err


@pytest.mark.cells
def test_a_cell_that_drove_nothing_natively_is_not_said_to_exercise_nothing(run: tuple[Path, Path]) -> None:
    results = read_results(run[0])
    (cell,) = results.cells
    other = replace(cell, id="other")
    one = replace(results.cases[0], cell="other", path="agent_builder")
    mixed = replace(results, cells=(cell, other), cases=(*results.cases, one))
    native, workflow = coverage(mixed, lambda _: {"chatkit.item": ("widget",)})
    assert (native.unreadable, len(native.kinds)) == (None, 1)
    assert "It has no case on the native path" in str(workflow.unreadable)
    assert workflow.kinds == ()


def test_only_coverage_is_of_a_run(tmp_path: Path) -> None:
    said = call("list", "checks", tmp_path)
    assert said.status == 2
    assert "Only coverage is of a run" in said.err


@pytest.mark.parametrize("path", ["agent_builder", "native,agent_builder"])
def test_the_other_path_is_not_taken_for_the_native_one(path: str) -> None:
    said = call("list", "coverage", "--path", path)
    assert (said.status, f"--path {path}" in said.err) == (2, True)


def test_a_folder_without_a_run_is_told_in_words(tmp_path: Path) -> None:
    said = call("list", "coverage", tmp_path)
    assert said.status == 2
    assert "results.jsonl" in said.err


@pytest.mark.cells
def test_what_a_run_did_not_try_is_no_gap_of_the_scenarios(shown: str) -> None:
    assert "✗ response.failed" in shown
    assert "gap: shown by no scenario of this run" in shown


@pytest.mark.cells
def test_a_run_is_told_as_it_was(run: tuple[Path, Path]) -> None:
    said = call("list", "coverage", run[0], "--cache", run[1], "--pair", PAIR)
    assert said.status == 2
    assert "--pair" in said.err


@pytest.mark.cells
def test_a_cell_whose_ground_nobody_can_read_is_not_judged(run: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "run"
    cell = ["--chatkit", "none", "--agents", "0.24.0", "--resolution", "contemporary"]
    call("run", *cell, "--scenario", "quote-aapl", "--cache", run[1], "--out", out)
    said = call("list", "coverage", out, "--cache", run[1])
    assert (said.status, "no openai-chatkit" in said.out) == (3, True)
