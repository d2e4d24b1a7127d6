"""The view of a case in a real browser: what a user saw and when, what is wrong, and every byte of it."""

from __future__ import annotations

import gzip
import json
import re
import shlex
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from tests.browser.window import Window, launched
from tests.comparison.build import CARD, LEVELS, Run, answer, native, workflow
from tests.reports import sample
from tests.reports.sample import BROKEN_USAGE

from chatkit_harness.checks import reading
from chatkit_harness.core.codec import to_document
from chatkit_harness.core.nouns import Cell, Finding
from chatkit_harness.core.transcript import (
    Attempt,
    Authored,
    Breach,
    Event,
    Exam,
    Exchange,
    ImportResult,
    LogRecord,
    Ran,
    Stored,
    Transcript,
    Turn,
)
from chatkit_harness.core.transcript import Reading as TheirReading
from chatkit_harness.reports import html
from chatkit_harness.reports.html import html_report
from chatkit_harness.reports.view import view
from chatkit_harness.results import Results

pytestmark = pytest.mark.browser

Item = Mapping[str, Any]


def turn(
    n: int, *data: Item, request: str = "threads.create", user: str = "How is Tesla?", **more: Any
) -> Turn:
    """A turn of a hundred milliseconds, with an event each ten."""
    begins = 200.0 * n
    events = tuple(Event(at_ms=begins + 10.0 * (at + 1), data=each) for at, each in enumerate(data))
    given = {"sent_at_ms": begins, "ended_at_ms": begins + 100.0, "end": "done", "events": events, **more}
    return Turn(index=n, user=user, request={"type": request, "params": {}}, **given)


def done(kind: str, name: str, event: str = "done", /, **held: Any) -> Item:
    """An event with an item."""
    return {"type": f"thread.item.{event}", "item": {"id": name, "type": kind, **held}}


def updated(name: str, kind: str, /, **held: Any) -> Item:
    return {"type": "thread.item.updated", "item_id": name, "update": {"type": kind, **held}}


def text(words: str) -> list[Item]:
    return [{"type": "output_text", "text": words, "annotations": []}]


PART = "assistant_message.content_part"
STREAMED = (
    {"type": "thread.created", "thread": {"id": "t", "title": "Tesla today"}},
    {"type": "progress_update", "text": "Reading prices"},
    done("assistant_message", "m", "added", content=[]),
    updated("m", f"{PART}.added", content_index=0, content=text("")[0]),
    updated("m", f"{PART}.text_delta", content_index=0, delta="Tesla "),
    updated("m", f"{PART}.text_delta", content_index=0, delta="is up."),
    done("assistant_message", "m", content=text("Tesla is up.")),
)
REPLACED = (
    done("widget", "w", widget=CARD),
    done("widget", "gone", widget={"type": "Card", "children": []}),
    {"type": "thread.item.removed", "item_id": "gone"},
)
LATER = (
    done(
        "widget", "w", "replaced", widget={"type": "Card", "children": [{"type": "Text", "value": "Now 410"}]}
    ),
    {"type": "client_effect", "name": "chart_commands", "data": {"commands": list(LEVELS)}},
    {"type": "notice", "level": "info", "title": "Late", "message": "Markets are closed"},
    {"type": "error", "code": "stream.error", "message": "Half of it failed."},
    {"type": "song.sung", "tune": 1},
)
OTHERS = (
    done("client_tool_call", "c", name="get_selection", arguments={"bars": 3}, status="completed"),
    done(
        "workflow",
        "f",
        workflow={"type": "custom", "expanded": True, "tasks": [{"type": "custom", "title": "Weighed"}]},
    ),
    updated("f", "workflow.task.added", task_index=1, task={"type": "custom", "title": "Compared"}),
    done("structured_input", "s", inputs=[{"question": "Which span?"}]),
    done("generated_image", "g", image={"url": "https://example.org/a.png"}),
    done("end_of_turn", "e"),
)
WRONG = {
    "type": "Card",
    "children": [{"type": "Row", "children": [{"type": "Badge", "label": "x"}, {"type": "Nonsense"}]}],
}


def faulty(path: str, prop: str, severity: Any = "error", **more: Any) -> Finding:
    """What a check says of a place in the widget `w0`."""
    evidence = {
        "path": path,
        "prop": prop,
        "component": "Badge",
        "value": "huge",
        "item": "w0",
        "turn": 0,
        **more,
    }
    return Finding(
        rule="widgets/wrong-value", severity=severity, key=path, message=f"{prop} is wrong", evidence=evidence
    )


def native_of(*turns: Turn, **more: Any) -> Transcript:
    return replace(native("Fine."), **{"turns": turns, "exchanges": (), **more})


def conversation() -> Transcript:
    """Words that stream, a widget that a later turn replaces, and everything else that may come."""
    http = turn(
        3, request="http", user="(GET /api/chart)", response={"status": 503, "body": {"error": "closed"}}
    )
    left = turn(
        4,
        done("widget", "v", widget=CARD),
        request="threads.custom_action",
        user="(clicks refresh)",
        end="left",
        left_at_ms=820.0,
    )
    return native_of(turn(0, *STREAMED), turn(1, *REPLACED), turn(2, *LATER, *OTHERS), http, left)


def timed() -> Transcript:
    """Two requests to the model, one slow; a tool, a log record, and an event that is no JSON."""
    asked = {
        "instructions": "Be brief.",
        "input": [{"role": "user", "content": "How is Tesla?"}],
        "tools": [{"name": "get_price"}],
    }
    made = Exchange(
        at_ms=20.0,
        ended_at_ms=30.0,
        method="POST",
        path="/v1/responses",
        outcome="matched",
        status=200,
        request=asked,
        critical_ms=1500.0,
    )
    other = replace(
        made,
        at_ms=50.0,
        ended_at_ms=55.0,
        outcome="unmatched",
        nearest=0,
        difference=("the model's name",),
        critical_ms=None,
    )
    odd = Event(at_ms=70.0, raw="data: {")
    first = turn(0, *REPLACED)
    return native_of(
        replace(first, events=(*first.events, odd)),
        exchanges=(made, other),
        ran=(Ran(at_ms=40.0, turn=0, tool="get_price"),),
        log=(
            LogRecord(
                at_ms=60.0, logger="chatkit", level="ERROR", message="no price", turn=0, raised=BROKEN_USAGE
            ),
        ),
    )


FAILED = ImportResult(module="chatkit.agents", ok=False, ms=3.0, raised=BROKEN_USAGE)


def examined() -> Transcript:
    """A rule that is broken, what other cells read, and what is in the store."""
    breach = Breach(rule="contract/paging", message="two pages overlap", evidence={"page": 2})
    item = {"id": "m", "type": "assistant_message", "content": text("Kept.")}
    return native_of(
        exam=Exam(name="contract/paging", outcome="broken", asked=7, breaches=(breach,)),
        readings=(TheirReading(cell="other", chatkit="1.2.0", agents="0.5.1", refused="no pins"),),
        stored=Stored(items=(item,), raised=BROKEN_USAGE),
        attempts=(Attempt(at_ms=1.0, turn=None, address="example.org:443", means="hook"),),
    )


@dataclass
class Page:
    """A report in a window, and where each scenario's case is in it."""

    window: Window
    places: Mapping[str, str]

    def case(self, scenario: str) -> Any:
        """The case's view."""
        return self.window.show(self.places[scenario])


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run with a case of each kind."""
    folder = tmp_path_factory.mktemp("run")
    refused = {"sent": False, "item": ""}
    budgets = {"first_event_ms": 500.0, "widget_ms": 500.0, "total_ms": 50.0}
    run = Run(folder, documents={"timed": {"title": "timed", "budgets": budgets}})
    run.add("conversation", conversation())
    run.add("timed", timed())
    run.add(
        "wrong",
        native("Said.", [WRONG]),
        faulty("$.children[0].children[0].size", "size"),
        faulty("$.children[0].children[1]", "type", "warning"),
        faulty("$.status.icon", "status.icon", "note", expected=True),
    )
    run.add(
        "refused",
        native_of(turn(0), authored=(Authored(at_ms=4.0, turn=0, widget=WRONG, refused=True),)),
        faulty("$.children[0]", "gap", **refused),
    )
    run.add(
        "raised",
        native_of(turn(0, end="raised", raised=BROKEN_USAGE)),
        Finding(
            rule="run/raised",
            severity="error",
            key="r",
            message="It raised.",
            evidence={"raised": to_document(BROKEN_USAGE)},
        ),
    )
    run.add("answer", workflow(f'Look: {{"half": \n\n{answer("Tesla is down.", [CARD], LEVELS)}'))
    run.add(
        "many", native_of(turn(0, *({"type": "progress_update", "text": f"step {n}"} for n in range(1200))))
    )
    run.add("as text", native("Here are the levels.\n" + "\n".join(LEVELS)))
    run.add("examined", examined())
    run.add("unimported", replace(native_of(), imports=(FAILED,)))
    run.add("elsewhere", native("Long. " * 600_000))
    run.bare("never", "native", outcome="skipped", reason="needs another release")
    results = run.results()
    (folder / "report.html").write_text(html_report(view(results)), encoding="utf-8")
    return folder


@pytest.fixture
def page(chromium: Any, report: Path) -> Iterator[Callable[..., Page]]:
    """Opens the report; at the end nothing may have gone wrong in it."""
    windows: list[Window] = []

    def start(**looks: Any) -> Page:
        windows.append(Window.opened(chromium, report / "report.html", **looks))
        found = windows[-1].page.evaluate(PLACES)
        return Page(windows[-1], found)

    yield start
    assert [each for one in windows for each in one.close()] == []


PLACES = """async () => {
    const letters = atob(document.getElementById("data-run").textContent);
    const packed = Uint8Array.from(letters, (each) => each.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    const run = await new Response(stream).json();
    const entries = run.columns.map(([scenario], n) => [run.scenarios[scenario].id, `#case-0-${n}`]);
    return Object.fromEntries(entries);
}"""


@pytest.fixture
def made(chromium: Any, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Opens the report of a run of one's own; at the end nothing may have gone wrong in it."""
    windows: list[Window] = []

    def start(run: Run, spoil: Callable[[Results], None] | None = None) -> Page:
        results = run.results()
        if spoil is not None:
            spoil(results)
        file = run.folder / "report.html"
        file.write_text(html_report(view(results)), encoding="utf-8")
        windows.append(Window.opened(chromium, file))
        return Page(windows[-1], windows[-1].page.evaluate(PLACES))

    yield start
    assert [each for one in windows for each in one.close()] == []


def seen_in(page: Any, place: str = ".talk") -> str:
    """What can be read there, in one line."""
    return re.sub(r"\s+", " ", page.locator(place).first.inner_text())


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


def test_it_can_be_seen_as_it_streamed(page: Callable[..., Page]) -> None:
    shown = page().case("conversation")
    slider = shown.locator(".scrubber input")
    for moment, said in ((5, None), (55, "Tesla"), (65, "Tesla is up."), (250, "$408.92"), (215, "$408.92")):
        slider.evaluate(
            "(range, at) => { range.value = at; range.dispatchEvent(new Event('input')); }", moment
        )
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
    shown.click(".scrubber .play")
    shown.locator(".moment", has_text="100 ms of 100 ms").wait_for()
    assert shown.locator(".scrubber .play").inner_text().startswith("▶")


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


@pytest.mark.parametrize("wild", [5, True, None, [], ["error"], {}])
def test_an_event_whose_type_is_no_text_breaks_nothing(
    made: Callable[..., Page], tmp_path: Path, wild: Any
) -> None:
    strange = (
        {"type": wild, "item": {"type": wild}, "update": {"type": wild}},
        {"type": "thread.item.done", "item": {"id": "a", "type": wild, "content": wild}},
        {"type": "thread.item.updated", "item_id": "a", "update": {"type": wild}},
        {"type": "error", "code": wild, "message": {"text": "odd"}},
        {"type": "client_effect", "name": wild, "data": wild},
        {"type": "progress_update", "text": {"step": "one"}},
        {"type": "thread.created", "thread": {"title": wild}},
        done("assistant_message", "m", content=text("Still here.")),
    )
    shown = made(Run(tmp_path).add("wild", native_of(turn(0, *strange)))).case("wild")
    assert "Still here." in seen_in(shown)
    assert '{"text":"odd"}' in seen_in(shown)
    assert shown.locator("svg.waterfall").count() == 1
    shown.locator("[data-raw='Raw events'] > summary").click()
    shown.locator(".event-line").nth(7).wait_for()
    assert "cannot be shown" not in shown.locator("#main").inner_text()


def test_a_transcript_that_is_lost_is_said_to_be_missing(made: Callable[..., Page], tmp_path: Path) -> None:
    def lose(results: Results) -> None:
        shutil.rmtree(results.folder / "transcripts")

    shown = made(Run(tmp_path).add("quote", native("Fine.")), lose).case("quote")
    said = seen_in(shown, ".beside")
    assert "was driven" in said
    assert "missing or could not be read" in said
    assert "Nothing was driven" not in said
    assert shown.locator("#case-file").count() == 1


def test_where_there_are_too_many_names_a_transcript_is_not_said_to_be_missing(
    made: Callable[..., Page], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html, "NAMES", 1)
    shown = made(Run(tmp_path).add("long", native("Long. " * 600_000))).case("long")
    said = seen_in(shown, ".beside")
    assert "too many cases" in said
    assert "results.json names it" in said
    assert "Nothing was driven" not in said


def test_the_line_for_a_case_beside_the_page_keeps_the_runs_options(
    made: Callable[..., Page], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"server": "my shop.server:make", "stores": ["sqlite"], "with": ["pandas"]}
    run = Run(tmp_path).add("long", native("Long. " * 600_000))
    results = run.results()
    results = replace(results, header=replace(results.header, selection=asked))
    monkeypatch.setattr(run, "results", lambda: results)
    words = shlex.split(made(run).case("long").locator(".beside .copyable code").inner_text())
    for option, value in (("--server", "my shop.server:make"), ("--store", "sqlite"), ("--with", "pandas")):
        assert words[words.index(option) + 1] == value
    assert words[:4] == ["chatkit-harness", "run", "--pair", "1.6.5:0.24.0"]


def opened_file(shown: Any, folder: Path, transcript: Transcript) -> Any:
    """Opens a transcript's file in the view of a case that the page does not have in full."""
    file = folder / "opened.json"
    file.write_text(json.dumps(to_document(transcript)))
    shown.set_input_files("#case-file", file)
    shown.locator(".from-file").wait_for()
    return shown


def test_a_file_of_another_case_is_said_to_be_of_another(page: Callable[..., Page], tmp_path: Path) -> None:
    shown = page().case("elsewhere")
    own = replace(conversation(), scenario="elsewhere")
    opened_file(shown, tmp_path, own)
    assert shown.locator(".chart-view").count() == 1  # what its events tell the chart
    assert shown.locator(".from-file .bad").count() == 0
    shown = page().case("elsewhere")
    old = replace(own.cell, pins={"openai-chatkit": "1.0.0"})
    opened_file(shown, tmp_path, replace(own, scenario="news", path="agent_builder", cell=old))
    said = seen_in(shown, ".from-file .bad")
    for words in ("scenario news and not elsewhere", "path agent_builder", "chatkit 1.0.0 and not 1.6.5"):
        assert words in said


def test_of_a_workflows_file_no_page_says_what_a_user_read(page: Callable[..., Page], tmp_path: Path) -> None:
    shown = page().case("elsewhere")
    opened_file(shown, tmp_path, workflow(answer("Tesla is down.", [CARD], LEVELS)))
    assert shown.locator(".talk .item.assistant").count() == 0
    assert "is not known from the file" in seen_in(shown)
    assert '"response_text"' in shown.locator(".raw-answer pre").inner_text()


def test_what_goes_wrong_with_a_file_is_said(page: Callable[..., Page], tmp_path: Path) -> None:
    shown = page().case("elsewhere")
    (tmp_path / "odd.json").write_text('{"turns": [], "imports": [null]}')
    shown.set_input_files("#case-file", tmp_path / "odd.json")
    shown.locator("text=This part cannot be shown").first.wait_for()
    assert shown.locator("text=As it was recorded").count() == 1  # the other parts are there


@pytest.mark.parametrize("ending", ["json", "json.gz"])
def test_a_case_beside_the_page_is_opened_from_its_file(
    page: Callable[..., Page], report: Path, tmp_path: Path, ending: str
) -> None:
    shown = page().case("elsewhere")
    link = shown.locator(".beside code.path").inner_text()
    assert (report / link).is_file()
    assert "chatkit-harness run" in seen_in(shown, ".beside")
    document = json.dumps(to_document(conversation())).encode()
    file = tmp_path / f"any.{ending}"
    file.write_bytes(gzip.compress(document) if ending.endswith("gz") else document)
    shown.set_input_files("#case-file", file)
    shown.wait_for_selector(".talk")
    assert "Tesla is up." in seen_in(shown)


def test_a_file_that_is_no_transcript_is_said_to_be_none(page: Callable[..., Page], tmp_path: Path) -> None:
    shown = page().case("elsewhere")
    for content in (b"{", b"[]", b'{"turns": 3}'):
        (tmp_path / "bad.json").write_bytes(content)
        shown.set_input_files("#case-file", tmp_path / "bad.json")
        shown.locator(".beside [role=status]", has_text="cannot be shown").wait_for()
    assert shown.locator(".talk").count() == 0


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
