"""The view of a case in a real browser: what a user saw and when, what is wrong, and every byte of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.browser.window import Kept
from tests.comparison.build import LEVELS, Run, native
from tests.reports import sample
from tests.reports.case_pages import (
    REPLACED,
    Page,
    conversation,
    done,
    faulty,
    native_of,
    seen_in,
    text,
    turn,
)

from chatkit_harness.checks import reading
from chatkit_harness.core.nouns import Cell
from chatkit_harness.reports.html import html_report
from chatkit_harness.reports.view import view

pytestmark = pytest.mark.browser


def test_the_conversation_is_what_the_checks_read(page: Callable[..., Page]) -> None:
    shown = page().case("conversation")
    assert shown.locator(".talk-title").inner_text() == "Tesla today"
    for n, each in enumerate(conversation().turns):
        said = seen_in(shown, f".talk-turn >> nth={n}")
        assert [words for words in reading.assistant_texts(each) if words not in said] == []
    assert shown.locator(".item.user").all_inner_texts() == ["How is Tesla?"] * 3
    assert shown.locator(".ck-widget .ck-title").all_inner_texts() == ["TSLA"]
    assert "Now 410" in seen_in(shown, ".talk-turn >> nth=1")  # it was replaced where it stands
    assert "Now 410" not in seen_in(shown, ".talk-turn >> nth=2")


TOLD = (
    "Reading prices",
    "LOAD:TSLA",
    "Late: Markets are closed",
    "Half of it failed.",
    "song.sung",
    'get_selection (answered) {"bars":3}',
    "Weighed Compared",
    "Which span?",
    "GET /api/chart",
    "Answered with status 503",
    "clicks refresh",
    "The user went away",
    "Gone after 20 ms",
)


def test_what_is_no_message_is_told_in_words(page: Callable[..., Page]) -> None:
    shown = page().case("conversation")
    said = seen_in(shown)
    for words in TOLD:
        assert words in said
    shown.click("text=Answered with status 503")
    assert '"closed"' in shown.locator(".exchange pre").inner_text()


def test_chart_commands_that_were_sent_as_text_are_shown_as_their_user_read_them(
    page: Callable[..., Page],
) -> None:
    shown = page().case("as text")
    assert "Here are the levels." in seen_in(shown, ".talk .item.assistant")
    read = shown.locator(".talk .item.assistant .commands .cmp-as-read").inner_text()
    assert read.splitlines() == list(LEVELS)
    said = seen_in(shown)
    assert "chart commands that the user reads as text" in said
    assert "The chart is told" not in said


TO = "(range, at) => { range.value = at; range.dispatchEvent(new Event('input')); }"


def test_it_can_be_seen_as_it_streamed(page: Callable[..., Page]) -> None:
    shown = page().case("conversation")
    slider = shown.locator(".scrubber input")
    for moment, said in ((5, None), (55, "Tesla"), (65, "Tesla is up."), (250, "$408.92"), (215, "$408.92")):
        slider.evaluate(TO, moment)
        assert (said or "") in seen_in(shown)
        assert said is not None or "Tesla is" not in seen_in(shown)
    assert shown.locator(".talk-turn:visible").count() == 2
    assert "Now 410" not in seen_in(shown)
    slider.press("End")
    assert shown.locator(".talk-turn:visible").count() == 5
    assert "Now 410" in seen_in(shown)


def test_next_event_goes_event_by_event_and_replay_ends_at_the_end(page: Callable[..., Page]) -> None:
    shown = page().case("timed")
    shown.click("text=Next event")
    assert shown.locator(".talk .ck-widget").count() == 0
    shown.click("text=Next event")
    assert shown.locator(".talk .ck-widget").count() == 1
    shown.locator(".scrubber input").evaluate(TO, 80)  # from there it plays a fifth of the time
    shown.click(".scrubber .play")
    shown.locator(".scrubber .play", has_text="▶").wait_for()
    assert shown.locator(".moment").inner_text() == "100 ms of 100 ms"


def test_who_wants_less_motion_is_played_nothing(page: Callable[..., Page]) -> None:
    shown = page(reduced_motion="reduce").case("conversation")
    assert not shown.locator(".scrubber .play").is_visible()
    assert shown.locator("text=Next event").is_visible()


def test_faults_are_outlined_at_their_place_and_told_below(page: Callable[..., Page]) -> None:
    shown = page().case("wrong")
    marked = shown.locator(".ck-widget .faulty").evaluate_all(
        "all => all.map((each) => [each.dataset.path, each.dataset.fault])"
    )
    assert sorted(marked) == [
        ["$", "3"],
        ["$.children[0].children[0]", "1"],
        ["$.children[0].children[1]", "2"],
    ]
    assert shown.locator(".fault-list > li").count() == 3
    assert "Badge.size" in shown.locator(".fault-list > li").first.inner_text()
    badge, spot = (
        shown.locator(each).bounding_box() for each in (".ck-badge", ".faulty-widget > .spot.error")
    )
    assert abs(badge["x"] - spot["x"]) < 12
    assert abs(badge["y"] - spot["y"]) < 14
    assert shown.locator(".findings .spot").all_text_contents() == ["1", "2", "3"]


def test_a_widget_that_never_went_out_is_drawn_with_what_is_wrong(page: Callable[..., Page]) -> None:
    shown = page().case("refused")
    box = shown.locator(".never-sent")
    assert "no user saw this" in box.inner_text()
    assert box.locator(".faulty").get_attribute("data-path") == "$.children[0]"


def test_an_exception_is_told_with_its_frames(page: Callable[..., Page]) -> None:
    shown = page().case("raised")
    trace = shown.locator(".finding pre").inner_text()
    assert "agents/usage.py:36 in <lambda>  (openai-agents 0.5.1)" in trace
    assert trace.rstrip().endswith("visit the manual")
    assert "an exception was raised" in seen_in(shown)


def test_a_workflows_answer_is_shown_as_its_frontend_shows_it(page: Callable[..., Page]) -> None:
    shown = page().case("answer")
    said = seen_in(shown)
    assert "Tesla is down." in said
    assert shown.locator(".talk .ck-title").inner_text() == "TSLA"
    assert '{"half":' in shown.locator(".leak").inner_text()
    shown.click("text=raw answer")
    assert '"response_text"' in shown.locator(".raw-answer pre").inner_text()
    assert shown.locator(".chart-view").count() == 1


def test_times_are_drawn_against_their_budgets(page: Callable[..., Page]) -> None:
    shown = page().case("timed")
    picture = shown.locator("svg.waterfall")
    label = picture.get_attribute("aria-label")
    assert "first widget after 10 ms, within its budget of 500 ms" in label
    assert "end after 100 ms, over its budget of 50 ms" in label
    assert picture.locator(".flag").count() == 3
    assert picture.locator(".flag.over text").text_content().startswith("end 100 ms ✗ 85 ms own work")
    assert picture.locator(".bar.model").count() == 2
    assert picture.locator(".bar.own").count() == 3
    assert picture.locator(".event").count() == 5  # four events and a log record
    shown.locator("summary", has_text="As a table").click()
    shown.locator("table.times tbody tr").first.wait_for()
    rows = shown.locator("table.times tbody tr").all_inner_texts()
    assert len(rows) == 10
    assert any("recorded 1500 ms" in row for row in rows)


RUNNING = Cell(id="running", chatkit=None, agents="unknown", python="3.11.7", resolution="running")


def test_of_a_server_that_runs_elsewhere_nothing_is_told_of_its_model(
    made: Callable[..., Page], tmp_path: Path
) -> None:
    cell = replace(RUNNING, isolation="running")
    run = Run(tmp_path, cells=[cell], documents={"timed": {"budgets": {"total_ms": 5.0}}})
    run.add("timed", replace(native("Fine."), exchanges=()), faulty("$", "gap"))
    shown = made(run).case("timed")
    shown.locator("[data-raw='Sent to the model'] > summary").click()
    shown.locator("text=what it asked its model is not known here").wait_for()
    assert shown.locator("svg.waterfall .bar.together").count() == 1
    said = shown.locator("#main").text_content()
    assert "what its model did is not known here" in said
    assert "do not say what else the run was asked for" in said  # where it runs
    for words in ("own work", "Own work", "not asked", "never asked", "forked", "budget of"):
        assert words not in said, words


@pytest.mark.parametrize(("isolation", "words"), [("fork", "a forked process"), ("process", "shared layers")])
def test_a_failure_that_was_not_confirmed_says_where_it_was_seen(
    made: Callable[..., Page], tmp_path: Path, isolation: str, words: str
) -> None:
    run = Run(tmp_path, cells=[replace(sample.cell("1.6.5", "0.24.0"), isolation=isolation)])
    shown = made(run.add("wrong", native("Fine."), faulty("$", "gap"))).case("wrong")
    said = shown.locator(".case-facts").text_content()
    assert words in said
    assert ("forked" in said) == (isolation == "fork")


def test_everything_recorded_can_be_read(page: Callable[..., Page]) -> None:
    shown = page().case("timed")
    for name in ("Raw events", "Sent to the model", "Log"):
        shown.locator(f"[data-raw='{name}'] > summary").click()
    events = shown.locator("[data-raw='Raw events'] .event-line")
    events.first.wait_for()
    assert events.count() == 4
    events.first.locator("summary").click()
    assert json.loads(events.first.locator("pre").inner_text()) == REPLACED[0]
    requests = shown.locator("[data-raw='Sent to the model'] .chunks > .fold")
    for n, words in enumerate(("Be brief.", "the model's name")):
        requests.nth(n).locator("summary").first.click()
        requests.nth(n).locator(f"text={words}").first.wait_for()
    shown.locator("[data-raw='Log'] >> text=no price").first.wait_for()


def test_what_is_no_conversation_is_told_as_what_it_is(page: Callable[..., Page]) -> None:
    opened = page()
    shown = opened.case("examined")
    assert "the rule contract/paging was put to the test, and is broken" in seen_in(shown)
    for name, words in (
        ("The exam's breaches", "two pages overlap"),
        ("Read by other cells", "could not be asked: no pins"),
        ("Stored", "assistant_message"),
        ("Attempts to leave the machine", "example.org:443"),
    ):
        part = shown.locator(f'[data-raw="{name}"]')
        part.locator("summary").first.click()
        part.locator(f"text={words}").first.wait_for()
    assert "chatkit.agents could not be imported" in seen_in(opened.case("unimported"))


def test_very_many_events_come_a_part_at_a_time(page: Callable[..., Page]) -> None:
    shown = page().case("many")
    shown.locator("[data-raw='Raw events'] > summary").click()
    shown.locator(".event-line").first.wait_for()
    assert shown.locator(".event-line").count() == 200
    shown.click("text=Show 200 more of 1,000 events")
    assert shown.locator(".event-line").count() == 400


WILD: tuple[Any, ...] = (5, True, None, [], ["error"], {})


def strange(wild: Any) -> tuple[Any, ...]:
    """Events of every kind, whose type and more is that."""
    return (
        {"type": wild, "item": {"type": wild}, "update": {"type": wild}},
        {"type": "thread.item.done", "item": {"id": "a", "type": wild, "content": wild}},
        {"type": "thread.item.updated", "item_id": "a", "update": {"type": wild}},
        {"type": "error", "code": wild, "message": {"text": "odd"}},
        {"type": "client_effect", "name": wild, "data": wild},
        {"type": "progress_update", "text": {"step": "one"}},
        {"type": "thread.created", "thread": {"title": wild}},
        done("assistant_message", "m", content=text("Still here.")),
    )


@pytest.fixture(scope="module")
def wild_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run with a case of each of them."""
    run = Run(tmp_path_factory.mktemp("wild"))
    for n, wild in enumerate(WILD):
        run.add(f"wild-{n}", native_of(turn(0, *strange(wild))))
    file = run.folder / "report.html"
    file.write_text(html_report(view(run.results())), encoding="utf-8")
    return file


@pytest.mark.parametrize("n", range(len(WILD)), ids=str)
def test_an_event_whose_type_is_no_text_breaks_nothing(windows: Kept, wild_report: Path, n: int) -> None:
    shown = windows.window(wild_report).show(f"#case-0-{n}")
    assert f"wild-{n}" in shown.inner_text("#main h2")
    assert "Still here." in seen_in(shown)
    assert '{"text":"odd"}' in seen_in(shown)
    shown.locator("svg.waterfall").first.wait_for()  # it is drawn once its width is known
    assert shown.locator("svg.waterfall").count() == 1
    shown.locator("[data-raw='Raw events'] > summary").click()
    shown.locator(".event-line").nth(7).wait_for()
    assert "cannot be shown" not in shown.locator("#main").inner_text()
    assert windows.wrong() == []


def test_a_case_that_was_skipped_says_why(page: Callable[..., Page]) -> None:
    shown = page().case("never")
    assert "needs another release" in seen_in(shown, ".case")
    assert shown.locator(".talk").count() == 0


def test_the_colours_of_widgets_can_be_chosen(page: Callable[..., Page]) -> None:
    shown = page(color_scheme="light").case("wrong")
    colour = "getComputedStyle(document.querySelector('.talk .ck-card')).backgroundColor"
    light = shown.evaluate(colour)
    shown.click(".switch button:has-text('Dark')")
    assert shown.evaluate(colour) != light
    assert shown.locator(".switch [aria-pressed=true]").inner_text() == "Dark"


def test_ways_lead_to_the_cases_beside_it(page: Callable[..., Page]) -> None:
    shown = page().case("raised")
    heading, way = shown.locator("#main h2"), shown.locator(".way", has_text="This cell")
    was = heading.inner_text()
    way.locator("a").last.click()
    heading.filter(has_not_text="raised").wait_for()
    way.locator("a").first.click()
    heading.filter(has_text="raised").wait_for()
    assert heading.inner_text() == was


def test_nothing_but_code_scrolls_sideways_on_a_phone(page: Callable[..., Page]) -> None:
    opened = page()
    for name in ("conversation", "timed", "wrong", "raised", "answer", "elsewhere"):
        opened.case(name)
        assert opened.window.width(360) <= 360, name
