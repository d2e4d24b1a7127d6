from __future__ import annotations

import dataclasses
import json
import re
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from rich.console import Console
from tests.comparison.build import CARD, LEVELS, Run, answer, found, native, workflow
from tests.reports import sample
from tests.reports.test_html import Balanced

from chatkit_harness.comparison import Comparison, compare
from chatkit_harness.reports import comparison_document, print_comparison, write_comparison, write_reports
from chatkit_harness.reports.comparison_markdown import comparison_markdown
from chatkit_harness.reports.comparison_page import comparison_page
from chatkit_harness.reports.comparison_rows import numbers
from chatkit_harness.reports.drawn import drawn
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


def page(folder: Path) -> str:
    write_reports(moved(folder), folder)
    return (folder / "report.html").read_text()


def test_the_page_shows_both_sides_and_needs_nothing_else(tmp_path: Path) -> None:
    text = page(tmp_path)
    tags = Balanced(text)
    assert (tags.open, tags.wrong) == ([], [])
    assert len(tags.ids) == len(set(tags.ids))
    assert {link[1:] for link in tags.links} <= set(tags.ids)
    versus = text[text.index('id="versus-3"') : text.index("</section>")]
    assert '<span class="w-text">$408.92</span>' in versus
    assert "The raw answer, before the frontend read it" in versus
    assert (
        "The frontend found 2 JSON documents; 0 widgets; 0 chart commands; 11 characters of text." in versus
    )
    assert "classify (Intent Classifier) 10 ms → answer (Market analyst) 28 ms → parse 1 ms" in versus
    assert "url(" not in text


def test_the_page_says_demonstration_and_is_sorted_by_what_breaks(tmp_path: Path) -> None:
    text = page(tmp_path)
    assert (
        text.index("<b>Demonstration</b>") < text.index("What breaks when moving") < text.index('id="matrix"')
    )
    assert '<li class="breaks"><b>draw-tsla</b>' in text
    assert "<code>SUPPORT:400.50 &#34;swing low&#34;</code>" in text


def test_nothing_that_a_model_said_becomes_markup(tmp_path: Path) -> None:
    widget = {"type": "Card", "children": [{"type": NASTY, "children": [{"type": "Text", "value": NASTY}]}]}
    run = Run(tmp_path).both("odd", native(NASTY, [widget]), workflow(answer(NASTY, [widget], [NASTY])))
    comparison = compare(run.results())
    for text in (comparison_page(comparison), str(drawn(widget))):
        assert "<script>" not in text
        assert not re.search("[\x00\x1b\ud800]", text)
    assert Balanced(comparison_page(comparison)).wrong == []


def test_a_comparison_of_two_runs_has_a_page_of_its_own(tmp_path: Path) -> None:
    paths = write_comparison(compare(moved(tmp_path / "run")), tmp_path / "out")
    assert [path.name for path in paths] == ["comparison.md", "comparison.json", "comparison.html"]
    text = (tmp_path / "out" / "comparison.html").read_text()
    assert Balanced(text).open == []
    assert "<script" not in text


def test_a_defect_that_a_scenario_shows_on_purpose_says_so(tmp_path: Path) -> None:
    run = Run(tmp_path).add("classifier-only", native(SAID))
    left = found("text/raw-json", "raw JSON left for the user", expected=True)
    run.add("classifier-only", workflow(answer(SAID)), left)
    comparison = compare(run.results())
    assert "shown by the scenario on purpose" in comparison.better[0].words
    assert '<b class="badge">on purpose</b>' in comparison_page(comparison)


def test_every_component_is_drawn_or_named() -> None:
    row: dict[str, Any] = {
        "type": "ListViewItem",
        "children": [{"type": "Badge", "label": "high", "color": "danger"}, {"type": "Image", "alt": "logo"}],
    }
    text = str(
        drawn({"type": "ListView", "status": {"text": "News"}, "children": [row, {"type": "Hologram"}]})
    )
    assert '<span class="w-badge w-danger">high</span>' in text
    assert "image: logo" in text
    assert '<span class="w-status">News</span>' in text
    assert '<div class="w-unknown"><span class="w-caption">Hologram</span></div>' in text


@pytest.mark.parametrize(
    "widget", [None, 5, "x", [], {}, {"children": {"children": [[["x"]]]}}, {"type": []}]
)
def test_anything_can_be_drawn(widget: object) -> None:
    assert Balanced(str(drawn(widget))).wrong == []


def test_what_is_too_much_is_cut_and_said_so() -> None:
    deep: dict[str, Any] = {"type": "Text", "value": "bottom"}
    for _ in range(100):
        deep = {"type": "Box", "children": [deep]}
    wide = {"type": "Card", "children": [{"type": "Text", "value": n} for n in range(5000)]}
    for widget in (deep, wide):
        text = str(drawn(widget))
        assert text.count("more than can be drawn") == 1
        assert len(text) < 60_000
    assert "bottom" not in str(drawn(deep))


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


def test_the_page_says_model_calls_one_figure_a_side(tmp_path: Path) -> None:
    page = comparison_page(compare(moved(tmp_path)))
    assert re.search(r"<td class=\"apart\">2</td><td>3</td>", page)
    assert "model calls,<br>one after the other" in page
