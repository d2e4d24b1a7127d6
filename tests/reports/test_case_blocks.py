"""Which cases the page has in full, and what it says of each."""

from __future__ import annotations

import base64
import json
import shlex
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.comparison.build import CARD, LEVELS, Run, answer, found, native, workflow
from tests.reports import sample

from chatkit_harness.core.codec import to_document
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.transcript import Event, Transcript
from chatkit_harness.reports.page.again import again
from chatkit_harness.reports.page.case_order import in_turns, order, spread
from chatkit_harness.reports.page.case_shelf import Shelf, block_text
from chatkit_harness.reports.page.cases import case_blocks
from chatkit_harness.reports.view import view
from chatkit_harness.results import Results

ROOM = 1_000_000


def embedded(results: Results, room: int = ROOM) -> tuple[dict[str, Any], int]:
    """Each case that is in the page, by id, and the letters that they take together."""
    blocks, places = case_blocks(view(results), room)
    lists = {block.name: json.loads(inflated(block.letters)) for block in blocks}
    entries = {case: lists[f"cases-{name}"][at] for case, (name, at) in places.items()}
    assert all(entry["case"]["id"] == case for case, entry in entries.items())
    return entries, sum(len(block.letters) for block in blocks)


def inflated(letters: str) -> bytes:
    return zlib.decompress(base64.b64decode(letters), -zlib.MAX_WBITS)


def with_event(data: dict[str, Any]) -> Transcript:
    """A transcript whose only event says something strange."""
    plain = native("Fine.")
    turn = replace(plain.turns[0], events=(Event(at_ms=8.0, data=data),))
    return replace(plain, turns=(turn,))


def test_of_a_small_run_every_case_is_in_the_page(tmp_path: Path) -> None:
    results = sample.write(tmp_path)
    entries, _ = embedded(results)
    assert set(entries) == {case.id for case in results.cases}
    assert all(len(entry["transcript"]["turns"]) == 1 for entry in entries.values() if "same" not in entry)


def test_the_room_is_kept_and_filled(tmp_path: Path) -> None:
    results = sample.write(tmp_path)
    for room in (0, 900, 3_000, 6_000):
        entries, letters = embedded(results, room)
        assert letters <= room
        assert len(entries) < len(results.cases)
        assert letters > 0.5 * room or room <= 900


def test_where_room_is_short_what_fails_is_there(tmp_path: Path) -> None:
    results = sample.write(tmp_path)
    entries, _ = embedded(results, 3_000)
    outcomes = [entry["case"]["outcome"] for entry in entries.values()]
    assert "fail" in outcomes
    assert set(outcomes) <= {"fail", "pass"}
    assert outcomes.count("fail") >= outcomes.count("pass")


def test_an_example_of_each_cause_comes_first_and_each_case_once() -> None:
    seen = view(sample.results())
    wanted = order(seen)
    every = [*wanted.first, *wanted.failures, *wanted.samples, *wanted.more, *wanted.rest]
    assert [case.id for case in wanted.first][: len(seen.causes)] == [
        str(c.example["case"]) for c in seen.causes
    ]
    assert sorted(case.id for case in every) == sorted(case.id for case in seen.results.cases)
    assert {case.outcome for case in (*wanted.failures, *wanted.more)} == {"fail"}
    assert {case.scenario for case in wanted.samples} == set(sample.SCENARIOS)


def test_copies_of_a_failure_wait_for_every_scenario_that_fails_or_passes() -> None:
    seen = view(sample.results())
    (cause,) = seen.causes
    cases = {case.id: case for case in seen.results.cases}
    failing = {cases[name].scenario for name in cause.cases}
    assert len(cause.cases) > len(failing)  # else there are no copies
    wanted = order(seen)
    once = [case.scenario for case in (*wanted.first, *wanted.failures)]
    assert sorted(once) == sorted(failing)
    until = [case.id for case in wanted].index(wanted.more[0].id)
    before = list(wanted)[:until]
    assert {case.scenario for case in before if case.outcome == "pass"} == set(sample.SCENARIOS)


def test_failures_are_spread_from_the_edges_and_causes_take_turns() -> None:
    names = [f"n{n}" for n in range(9)]
    assert list(dict.fromkeys(spread(names)))[:5] == ["n0", "n8", "n4", "n2", "n6"]
    assert set(spread(names)) == set(names)
    assert list(in_turns(["abc", "x", ""])) == ["a", "x", "b", "c"]


def test_a_transcript_of_several_cases_is_in_the_page_once(tmp_path: Path) -> None:
    cells = [sample.cell("1.4.0", "0.24.0"), sample.cell("1.6.5", "0.24.0")]
    run = Run(tmp_path, cells=cells)
    sent = native("The same words.", [CARD])
    for cell in cells:
        run.add("quote", sent, cell=cell)
    first, second = embedded(run.results())[0].values()
    assert first["transcript"]
    assert "same" not in first
    assert (second["transcript"], second["same"]) == (None, ["0", 1])
    assert "1.6.5" in first["about"]["reproduce"]  # the newest stands for the others
    assert "1.4.0" in second["about"]["reproduce"]


def test_half_a_character_is_shown_as_what_it_is(tmp_path: Path) -> None:
    run = Run(tmp_path).add("quote", with_event({"type": "error", "message": "half \ud83d of one"}))
    (entry,) = embedded(run.results())[0].values()
    assert entry["transcript"]["turns"][0]["events"][0]["data"]["message"] == "half ? of one"


def test_a_number_that_json_has_none_for_becomes_a_word(tmp_path: Path) -> None:
    run = Run(tmp_path).add("quote", with_event({"type": "error", "level": float("nan")}))
    (entry,) = embedded(run.results())[0].values()
    assert entry["transcript"]["turns"][0]["events"][0]["data"]["level"] == "nan"


def test_a_transcript_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    results = Run(tmp_path).add("quote", native("Fine.")).add("news", native("Well.")).results()
    broken = results.cases[0].transcript or ""
    (tmp_path / "transcripts" / broken[:2] / f"{broken}.json").write_text("{")
    entries, _ = embedded(results)
    assert "cannot be shown" in entries[results.cases[0].id]["about"]["unread"]
    assert entries[results.cases[0].id]["transcript"] is None
    assert entries[results.cases[1].id]["transcript"]


def test_a_transcript_of_megabytes_is_left_beside_the_page(tmp_path: Path) -> None:
    run = Run(tmp_path).add("long", native("word " * 800_000)).add("quote", native("Fine."))
    assert [entry["case"]["scenario"] for entry in embedded(run.results())[0].values()] == ["quote"]


def test_what_requests_repeat_stands_once_in_a_block(tmp_path: Path) -> None:
    sent = native("Fine.", calls=6)
    asked = {"instructions": "You tell investors what the market does. " * 20}
    sent = replace(sent, exchanges=tuple(replace(each, request=asked) for each in sent.exchanges))
    blocks, _ = case_blocks(view(Run(tmp_path).add("quote", sent).results()), ROOM)
    text = inflated(blocks[0].letters).decode()
    assert text.count(asked["instructions"]) == 1
    shelf, entry = json.loads(text)
    requests = [each["request"]["instructions"] for each in entry["transcript"]["exchanges"]]
    assert [shelf[each["$shared"]] for each in requests] == [asked["instructions"]] * 6


def test_somebody_elses_document_is_never_taken_for_a_reference(tmp_path: Path) -> None:
    hostile = {"type": "error", "message": {"$shared": 0}}
    run = Run(tmp_path).add("quote", with_event(hostile))
    (entry,) = embedded(run.results())[0].values()
    assert not entry.get("shared")
    assert entry["transcript"]["turns"][0]["events"][0]["data"] == hostile
    shelf = Shelf()
    told = shelf.entry({"findings": []}, None, {"note": '{"$shared":7}'})
    assert json.loads(block_text([told], list(shelf.texts)))[1]["about"]["note"] == '{"$shared":7}'


def test_it_says_what_a_frontend_makes_of_a_workflows_answer(tmp_path: Path) -> None:
    run = Run(tmp_path).add("quote", workflow(answer("Tesla is down.", [CARD], LEVELS)))
    (entry,) = embedded(run.results())[0].values()
    (turn,) = entry["about"]["turns"]
    assert [item["type"] for item in turn["items"]] == ["widget", "assistant_message"]
    assert turn["items"][0]["widget"] == CARD
    assert turn["commands"] == list(LEVELS)
    assert turn["found"].startswith("2 JSON documents; 1 widget; 2 chart commands")


def test_times_are_told_as_budgets_judge_them(tmp_path: Path) -> None:
    budgets = {"first_event_ms": 500.0, "widget_ms": None, "total_ms": 10.0}
    run = Run(tmp_path, documents={"quote": {"budgets": budgets}})
    (entry,) = embedded(run.add("quote", native("Fine.", [CARD])).results())[0].values()
    about = entry["about"]
    assert about["turns"][0]["times"] == {"first_event_ms": 7.0, "widget_ms": 7.0, "total_ms": 20.0}
    assert about["turns"][0]["overhead"]["total_ms"] == 18.0  # the model answered for two milliseconds
    assert about["scripted"]
    assert "not a recording" in about["cassette"]


def test_a_widget_that_no_client_can_draw_is_not_the_first_one(tmp_path: Path) -> None:
    wrong = found("widgets/unknown-component", "no such component")
    wrong = replace(wrong, evidence={"item": "w0", "path": "$"})
    run = Run(tmp_path).add("quote", native("Fine.", [CARD, CARD]), wrong)
    (entry,) = embedded(run.results())[0].values()
    assert entry["about"]["turns"][0]["times"]["widget_ms"] == 8.0


ASKED = {
    "server": "shop.server:make",
    "stores": ["memory", "sqlite"],
    "with": ["pandas==2.2"],
    "workflow": None,
    "headers": ["X-Key"],
}


def asked_of(results: Results, server: str) -> Results:
    """A run that was asked for a server and two stores, whose cases were all on the server of that name."""
    cases = tuple(replace(case, server=server) for case in results.cases)
    return replace(results, cases=cases, header=replace(results.header, selection=ASKED))


def test_the_line_that_shows_a_case_again_keeps_what_the_run_was_asked_for(tmp_path: Path) -> None:
    passing = Run(tmp_path).add("quote", native("Fine.")).results()  # nothing fails: there is no cause
    results = asked_of(passing, "shop.server:make")
    (entry,) = embedded(results)[0].values()
    words = shlex.split(entry["about"]["reproduce"])
    assert words[words.index("--server") + 1] == "shop.server:make"
    assert words[words.index("--store") + 1] == "memory"
    assert words[-4:] == ["--with", "pandas==2.2", "--header", "X-Key: ..."]
    assert again(view(results))["options"] == [words[words.index("--server") :]]
    unknown = replace(passing, header=replace(passing.header, selection={}))
    assert again(view(unknown))["options"] is None


def test_a_scenarios_own_server_is_in_no_line_replaced(tmp_path: Path) -> None:
    results = asked_of(Run(tmp_path).add("quote", native("Fine.")).results(), "probe")
    assert again(view(results))["options"] == [["--store", "memory", "--with", "pandas==2.2"]]
    assert again(view(results))["asked"] == [0]


def test_how_a_process_ended_is_among_the_notes(tmp_path: Path) -> None:
    sent = replace(native("Fine."), ended="signalled", signal="SIGKILL", last_words="Killed")
    (entry,) = embedded(Run(tmp_path).add("quote", sent).results())[0].values()
    assert entry["about"]["notes"] == ["The cell's process was ended by SIGKILL. Killed"]


def test_the_evidence_of_findings_is_there_whole(tmp_path: Path) -> None:
    raised = to_document(sample.BROKEN_USAGE)
    finding = Finding(rule="run/raised", severity="error", key="k", message="m", evidence={"raised": raised})
    blocks, _ = case_blocks(view(Run(tmp_path).add("quote", native("Fine."), finding).results()), ROOM)
    shelf, entry = json.loads(inflated(blocks[0].letters))
    place = entry["case"]["findings"][0]["evidence"]["raised"]["$shared"]
    assert shelf[place] == raised
