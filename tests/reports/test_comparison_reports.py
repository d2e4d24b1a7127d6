from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
import zlib
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from rich.console import Console
from tests.comparison.build import ASKED, CARD, LEVELS, Run, answer, found, native, spoken, workflow
from tests.reports import sample
from tests.reports.made_candles import made, written
from tests.reports.page_data import Page

from chatkit_harness.comparison import Assumption, Comparison, compare
from chatkit_harness.reports import comparison_document, print_comparison, write_comparison, write_reports
from chatkit_harness.reports.comparison_markdown import comparison_markdown
from chatkit_harness.reports.comparison_page import comparison_page
from chatkit_harness.reports.comparison_rows import numbers
from chatkit_harness.reports.page import Block, candles
from chatkit_harness.reports.page.compared import LARGEST, comparison_block
from chatkit_harness.reports.text import clip
from chatkit_harness.results import Results

SAID = "Tesla trades at $408.92, down 0.75% (-3.10)."
SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "comparison.schema.json").read_text())
NASTY = "</script><script>alert(1)</script> a | b *c* \x00\x1b\ud800"


def moved(folder: Path) -> Results:
    """One scenario that gets better by moving, one that breaks, one that nobody can judge."""
    run = Run(folder)
    run.both("quote-tsla", native(SAID, [CARD]), workflow(answer("At $408.92.")))
    run.both("draw-tsla", native("Done.", (), LEVELS[:1]), workflow(answer("Done.", (), LEVELS)))
    run.both("odd", native(), workflow(None))
    return run.results()


def printed(comparison: Comparison, width: int = 120) -> str:
    stream = StringIO()
    console = Console(file=stream, width=width, color_system=None)
    print_comparison(comparison, console, [Path("out/comparison.md")])
    return stream.getvalue()


def test_the_terminal_answers_first_and_tells_what_breaks_before_what_gets_better(tmp_path: Path) -> None:
    text = printed(compare(moved(tmp_path)))
    first = text.splitlines()[0]
    assert first.startswith(
        "✗ SOMETHING BREAKS  Moving to the native path breaks something in 1 of 3 scenarios."
    )
    places = [
        text.index(each)
        for each in (
            "Demonstration: the built-in",
            "What breaks when moving",
            "draw-tsla: Agent Builder tells the chart what native does not: SUPPORT:400.50",
            "What gets better",
            "quote-tsla: native gives 2 facts that Agent Builder does not: -3.10, -0.75%",
            "What is not known",
            "odd: neither path answers",
            "What the documents say",
        )
    ]
    assert places == sorted(places)


@pytest.mark.parametrize("width", [60, 80, 160])
def test_no_line_of_a_comparison_is_wider_than_the_console(tmp_path: Path, width: int) -> None:
    lines = printed(compare(moved(tmp_path)), width).splitlines()
    assert max(map(len, lines)) <= width
    assert [line for line in lines if line != line.rstrip()] == []


def test_a_console_without_unicode_gets_a_comparison_too(tmp_path: Path) -> None:
    raw = BytesIO()
    stream = TextIOWrapper(raw, encoding="ascii")
    print_comparison(compare(moved(tmp_path)), Console(file=stream, width=100))
    stream.flush()
    assert b"x SOMETHING BREAKS" in raw.getvalue()


def test_the_markdown_has_the_answer_the_tables_and_both_sides(tmp_path: Path) -> None:
    text = comparison_markdown(compare(moved(tmp_path)))
    assert text.startswith("## ❌ Something breaks: Moving to the native path breaks something")
    assert "| draw-tsla | ❌ Agent Builder better |" in text
    assert "| /health | 10 ms |" in text
    assert re.search("model calls, one after the other +2 +3\n", text)
    assert re.search(r"to the end +18 ms \+ model +37 ms \+ model", text)
    assert "chart: SUPPORT:400.50" in text
    assert "demonstration: the built-in workflow, on a script that no model said" in text


def test_the_markdown_always_fits_and_takes_everything_literally(tmp_path: Path) -> None:
    run = Run(tmp_path)
    for n in range(60):
        run.both(f"s{n}", native(f"{NASTY} ${n}.50 " * 40), workflow(answer(NASTY * 20)))
    text = comparison_markdown(compare(run.results()))
    assert 5_000 < len(text.encode()) < 60_000
    assert "<script>" not in text
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in text.splitlines() if line.startswith("| s")} == {
        4
    }


def test_the_document_has_the_form_of_its_schema(tmp_path: Path) -> None:
    results = moved(tmp_path)
    statuses = []
    for comparison in (compare(results), compare(sample.results(([], [])))):
        document = comparison_document(comparison)
        Draft202012Validator(SCHEMA).validate(document)
        json.dumps(document, allow_nan=False)
        statuses.append(document["status"])
    assert statuses == [1, 3]


@pytest.mark.parametrize("spoil", ["scenarios", "figures", "breaking", "counts"])
def test_the_schema_refuses_a_key_that_nobody_promised(tmp_path: Path, spoil: str) -> None:
    document = comparison_document(compare(moved(tmp_path)))
    held = document[spoil]
    (held if isinstance(held, dict) else held[0])["surprise"] = 1
    assert not Draft202012Validator(SCHEMA).is_valid(document)


def test_a_run_of_both_paths_gets_a_comparison_and_one_of_one_path_does_not(tmp_path: Path) -> None:
    paths = write_reports(moved(tmp_path / "run"), tmp_path / "out")
    assert [path.name for path in paths][-2:] == ["comparison.md", "comparison.json"]
    assert json.loads((tmp_path / "out" / "comparison.json").read_text())["status"] == 1
    assert not any("comparison" in path.name for path in write_reports(sample.results(), tmp_path / "one"))


def told(comparison: Comparison) -> dict[str, Any]:
    """What the page has of a comparison."""
    document: dict[str, Any] = inflated(comparison_block(comparison))
    return document


def inflated(block: Block) -> Any:
    return json.loads(zlib.decompress(base64.b64decode(block.letters), -zlib.MAX_WBITS))


def scenario_of(document: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in document["scenarios"] if each["name"] == name)
    return found


def test_the_page_has_both_sides_turn_by_turn(tmp_path: Path) -> None:
    document = told(compare(moved(tmp_path)))
    sides = scenario_of(document, "quote-tsla")["sides"]
    (native_turn,), (there,) = sides["native"]["turns"], sides["agent_builder"]["turns"]
    assert document["texts"][native_turn["user"]] == ASKED
    assert [document["widgets"][n] for n in native_turn["widgets"]] == [CARD]
    assert [(kind, document["texts"][n]) for kind, n in there["parts"]] == [("said", "At $408.92.")]
    assert there["found"] == "2 JSON documents; 0 widgets; 0 chart commands; 11 characters of text"
    assert document["texts"][there["message"]].startswith('{"intent": "market_data"')
    assert there["stages"] == [
        ["classify", "Intent Classifier", 10.0],
        ["answer", "Market analyst", 28.0],
        ["parse", None, 1.0],
    ]


def test_the_page_tells_every_sentence_of_the_comparison(tmp_path: Path) -> None:
    comparison = compare(moved(tmp_path))
    document = told(comparison)
    assert document["answer"] == comparison.answer
    sentences = [each["words"] for part in document["sections"] for each in part["statements"]]
    assert sentences == [
        clip(each.words, 500) for each in (*comparison.breaking, *comparison.better, *comparison.unknown)
    ]
    reasons = [each["words"] for scenario in document["scenarios"] for each in scenario["reasons"]]
    assert reasons == [clip(each.words, 500) for one in comparison.scenarios for each in one.reasons]
    assert document["notes"] == list(comparison.notes)
    assert [row[0] for row in document["figures"]] == [each.what for each in comparison.figures]


def test_the_page_says_demonstration_and_what_breaks_first(tmp_path: Path) -> None:
    document = told(compare(moved(tmp_path)))
    assert (document["head"], document["state"]) == ("Something breaks", "fail")
    assert document["demonstration"][0] == "Demonstration"
    first = document["sections"][0]
    assert first["title"] == "What breaks when moving, and what gets worse"
    (number,) = first["statements"][0]["scenarios"]
    assert first["statements"][0]["breaks"]
    assert document["scenarios"][number]["name"] == "draw-tsla"
    assert [each["name"] for each in document["scenarios"]] == ["draw-tsla", "odd", "quote-tsla"]


def test_every_verdict_has_a_sign_of_its_own(tmp_path: Path) -> None:
    verdicts = told(compare(moved(tmp_path)))["verdicts"]
    assert len({each["sign"] for each in verdicts}) == len(verdicts) == 5
    assert {each["name"]: each["count"] for each in verdicts if each["count"]} == {
        "Agent Builder better": 1,
        "native better": 1,
        "cannot be told": 1,
    }


def test_somebody_s_own_server_and_workflow_are_no_demonstration(tmp_path: Path) -> None:
    here, there = native(SAID, server="mine"), workflow(answer(SAID), server="workflow:mine")
    assert told(compare(Run(tmp_path).both("quote", here, there).results()))["demonstration"] is None


def test_raw_json_that_leaked_stands_apart_from_what_was_said(tmp_path: Path) -> None:
    left = '{"response_text": "Hi", "widgets": [ '
    there = workflow(f"Here: {left}and so on")
    document = told(compare(Run(tmp_path).both("leak", native(SAID), there).results()))
    (turn,) = scenario_of(document, "leak")["sides"]["agent_builder"]["turns"]
    parts = [(kind, document["texts"][n]) for kind, n in turn["parts"]]
    assert parts == [("said", "Here: "), ("leak", left), ("said", "and so on")]


def test_times_are_told_apart_and_what_is_unknown_is_null(tmp_path: Path) -> None:
    run = Run(tmp_path).both(
        "recorded", native(SAID, critical_ms=300.0), workflow(answer(SAID), critical_ms=600.0)
    )
    run.both("scripted", native(SAID), workflow(answer(SAID), saved=True))
    document = told(compare(run.results()))
    ends = {each["name"]: each["moments"][-1] for each in document["scenarios"]}
    assert ends["recorded"] == ["to the end", [18.0, 600.0, False, None], [37.0, 1800.0, False, None]]
    assert ends["scripted"] == ["to the end", [18.0, None, False, None], None]


def test_what_is_assumed_is_told_apart_from_what_is_known(tmp_path: Path) -> None:
    run = Run(tmp_path).both("scripted", spoken(native(SAID), 40, 16), workflow(answer(SAID)))
    document = told(compare(run.results(), assumption=Assumption(ttft_ms=600, tokens_per_s=80)))
    assert document["scenarios"][0]["moments"][-1] == [
        "to the end",
        [18.0, None, False, 1900.0],
        [37.0, None, False, None],
    ]
    assert "nobody measured" in document["assumption"]


def test_nothing_that_a_model_said_becomes_markup(tmp_path: Path) -> None:
    widget = {"type": "Card", "children": [{"type": NASTY, "children": [{"type": "Text", "value": NASTY}]}]}
    run = Run(tmp_path).both("odd", native(NASTY, [widget]), workflow(answer(NASTY, [widget], [NASTY])))
    comparison = compare(run.results())
    text = comparison_page(comparison)
    assert "alert(1)" not in text
    assert (Page(text).open, Page(text).wrong, Page(text).inline) == ([], [], [])
    assert not re.search("[\x00\x1b\ud800]", json.dumps(told(comparison), ensure_ascii=False))


def test_a_comparison_of_two_runs_has_a_page_of_its_own(tmp_path: Path) -> None:
    paths = write_comparison(compare(moved(tmp_path / "run")), tmp_path / "out")
    assert [path.name for path in paths] == ["comparison.md", "comparison.json", "comparison.html"]
    text = (tmp_path / "out" / "comparison.html").read_text()
    page = Page(text)
    assert list(page.blocks) == ["comparison", "candles"]
    assert page.block("comparison")["head"] == "Something breaks"
    assert page.policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in page.policy


def test_a_comparison_of_nothing_is_a_page_too() -> None:
    document = told(compare(sample.results(([], []))))
    assert (document["head"], document["scenarios"]) == ("Not judged", [])
    assert [each["title"] for each in document["sections"]] == ["What is not known"]


def test_a_defect_that_a_scenario_shows_on_purpose_says_so(tmp_path: Path) -> None:
    run = Run(tmp_path).add("classifier-only", native(SAID))
    left = found("text/raw-json", "raw JSON left for the user", expected=True)
    run.add("classifier-only", workflow(answer(SAID)), left)
    comparison = compare(run.results())
    assert "shown by the scenario on purpose" in comparison.better[0].words
    (defect,) = told(comparison)["scenarios"][0]["sides"]["agent_builder"]["defects"]
    assert (defect["rule"], defect["severity"]) == ("text/raw-json", "on purpose")


def test_what_is_alike_is_in_the_page_once(tmp_path: Path) -> None:
    run = Run(tmp_path)
    for n in range(5):
        run.both(f"s{n}", native(SAID, [CARD]), workflow(answer(SAID, [CARD])))
    document = told(compare(run.results()))
    assert document["widgets"] == [CARD]
    assert sorted(document["texts"]) == sorted({ASKED, SAID, answer(SAID, [CARD])})


def test_a_page_of_endless_texts_keeps_its_size_and_says_what_is_left_out(tmp_path: Path) -> None:
    run = Run(tmp_path)
    for n in range(30):
        noise = "".join(hashlib.sha256(f"{n}.{k}".encode()).hexdigest() for k in range(150))
        huge = {"type": "Card", "children": [{"type": "Text", "value": noise}]}
        run.both(f"s{n}", native(noise, [huge]), workflow(answer(noise, [huge])))
    block = comparison_block(compare(run.results()))
    assert len(block.letters) < LARGEST
    document = inflated(block)
    assert any(re.search(r"… \([\d,]+ more characters\)$", text) for text in document["texts"])
    assert any("too large for this page" in str(widget) for widget in document["widgets"])


def test_the_candles_are_those_of_the_fixtures() -> None:
    assert candles.DATA.read_text() == written(), "run python -m tests.reports.made_candles"
    everything = "".join(f"LOAD:{symbol} " for symbol in made())
    (block,) = candles.candles_block([Block.of("x", everything)])
    assert len(block.letters) <= candles.LARGEST


@pytest.mark.parametrize(
    "said",
    ["LOAD:TSLA", "CHART: $TSLA", {"symbol": "TSLA"}, json.dumps({"symbol": "TSLA"}), "load LOAD:tsla now"],
)
def test_the_page_has_the_candles_that_commands_ask_for_and_no_others(said: object) -> None:
    (block,) = candles.candles_block([Block.of("x", [said, "LOAD:NOBODY", "TSLA and AAPL"])])
    assert inflated(block) == {"TSLA": made()["TSLA"]}


def test_without_a_chart_there_are_no_candles() -> None:
    assert candles.candles_block([Block.of("x", ["TSLA and AAPL", {"symbol": "NOBODY"}])]) == []


def test_numbers_that_nobody_knows_are_said_to_be_unknown(tmp_path: Path) -> None:
    run = Run(tmp_path).both("quote", native(SAID), workflow(answer(SAID), saved=True))
    text = comparison_markdown(compare(run.results()))
    assert re.search(r"to the end +18 ms \+ model +unknown", text)
    assert "answers saved from a hosted workflow, not driven here" in text


def test_a_recording_s_time_is_told_whole(tmp_path: Path) -> None:
    here = native(SAID, critical_ms=300.0)
    there = workflow(answer(SAID), critical_ms=600.0)
    comparison = compare(Run(tmp_path).both("quote-tsla", here, there).results())
    assert re.search(r"to the end +618 ms +1.8 s", comparison_markdown(comparison))
    assert not any("Which path is faster" in each.words for each in comparison.unknown)
    assert dataclasses.replace(comparison).scenarios[0].verdict == "native better"


def test_cells_in_which_nothing_works_do_not_blur_the_figures(tmp_path: Path) -> None:
    cells = [sample.cell("1.6.5", "0.24.0", name) for name in ("contemporary", "today")]
    run = Run(tmp_path, cells=cells)
    run.add("quote", native(SAID), cell=cells[0]).add("quote", workflow(answer(SAID)), cell=cells[0])
    run.add("quote", native(calls=0), cell=cells[1]).add("quote", workflow(None, calls=0), cell=cells[1])
    (scenario,) = compare(run.results()).scenarios
    calls = next(each for each in numbers(scenario) if each.what == "model calls")
    assert (calls.native, calls.agent_builder) == ("2", "3")


def test_the_page_s_table_says_figures_in_brief(tmp_path: Path) -> None:
    brief = scenario_of(told(compare(moved(tmp_path))), "quote-tsla")["brief"]
    assert [row[0] for row in brief] == [
        "to the first widget or command",
        "to the end",
        "model calls, one after the other",
    ]
    assert brief[1] == ["to the end", "18 ms +", "37 ms +"]
    assert brief[2] == ["model calls, one after the other", "2", "3"]
