from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser
from pathlib import Path

from tests.reports import sample

from chatkit_harness.core.nouns import CaseResult, Cell
from chatkit_harness.core.transcript import CassetteFacts
from chatkit_harness.reports.html import html_report
from chatkit_harness.reports.view import view
from chatkit_harness.results import Results, ResultsWriter

VOID = {"meta", "input", "br"}


class Balanced(HTMLParser):
    """Follows the tags of a page; `ids`, `links` and whatever is left open or closed too often."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag opens."""
        if tag not in VOID:
            self.open.append(tag)
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.links += [value for name, value in attrs if name in ("href", "src") and value]

    def handle_endtag(self, tag: str) -> None:
        """A tag closes."""
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def page(results: Results) -> str:
    return html_report(view(results))


def details(text: str) -> int:
    return len(re.findall(r'id="case-\d+"', text))


def test_the_page_is_whole_and_needs_nothing_else(tmp_path: Path) -> None:
    text = page(sample.write(tmp_path))
    tags = Balanced(text)
    assert (tags.open, tags.wrong) == ([], [])
    assert len(tags.ids) == len(set(tags.ids))
    assert all(link.startswith("#") for link in tags.links)
    assert {link[1:] for link in tags.links} <= set(tags.ids)
    assert "url(" not in text
    assert "@import" not in text


def test_a_case_shows_the_conversation_as_the_user_had_it(tmp_path: Path) -> None:
    cell = sample.cell()
    text = page(sample.write(tmp_path, ([cell], [sample.case(cell)])))
    assert "What&#39;s AAPL trading at?" in text
    assert "Apple trades at $229.35, up 1.2%." in text
    assert "&#34;AAPL &lt;b&gt;229.35&lt;/b&gt;&#34;" in text
    assert "scripted, not a recording of the model" in text
    assert "1 model call." in text


def test_causes_pins_and_overheads_are_on_the_page(tmp_path: Path) -> None:
    text = page(sample.write(tmp_path))
    assert "agents/usage.py:36 in &lt;lambda&gt;  (openai-agents 0.5.1)" in text
    assert "openai==2.54.0" in text
    assert "openai==2.8.1" in text
    assert "a scripted cassette has no model time" in text
    assert "the finding, not a malfunction" in text


def test_a_cause_leads_to_a_case_and_says_nothing_twice(tmp_path: Path) -> None:
    cell = sample.cell()
    lacks = sample.finding(None, rule="expect/text-content", key="expect/text", message="says otherwise")
    case = sample.case(cell, outcome="fail", findings=(lacks,))
    text = page(sample.write(tmp_path, ([cell], [case])))
    causes = text[text.index('<section id="causes">') : text.index('<section id="cells">')]
    assert causes.count("says otherwise") == 1
    assert '<a href="#case-1">' in causes
    assert "<dt>scenarios</dt><dd>quote-aapl</dd>" in causes


def test_a_cause_seen_in_shared_layers_says_whether_it_was_confirmed() -> None:
    assert "confirmed" not in page(sample.results())
    cell = dataclasses.replace(sample.cell(), isolation="fork")
    forked = sample.results(([cell], [sample.case(cell, outcome="fail")]))
    assert "<dd>1 case in 1 cell, unconfirmed</dd>" in page(forked)
    text = page(sample.with_causes(forked, confirmed=True))
    assert "<dd>1 case in 1 cell, confirmed in a fresh environment</dd>" in text


def test_ranges_suspect_and_command_are_on_the_page() -> None:
    told = {
        "ranges": ("agents 0.5.1 with openai >= 2.30",),
        "suspect": "openai >= 2.30",
        "reproduce": "run <it>",
    }
    text = page(sample.with_causes(sample.results(), **told))
    assert "<dt>range</dt><dd>agents 0.5.1 with openai &gt;= 2.30</dd>" in text
    assert "<dt>suspected</dt><dd>openai &gt;= 2.30</dd>" in text
    assert "<dt>reproduce</dt><dd><code>run &lt;it&gt;</code></dd>" in text


def test_what_reading_a_cell_alone_found_stands_beside_its_verdict() -> None:
    cell = dataclasses.replace(sample.cell(), lacks=("agents.x (chatkit/<y>.py:1)",))
    text = page(sample.results(([cell], [sample.case(cell)])))
    assert "<p>Read alone, it lacks agents.x (chatkit/&lt;y&gt;.py:1).</p>" in text
    assert "<h1>" in text
    assert "The cell works." in text


def test_what_was_expected_has_a_badge_and_a_list(tmp_path: Path) -> None:
    text = page(sample.write(tmp_path, sample.icons()))
    assert text.count('<div class="finding expected">') == 9
    assert '<b class="badge">note</b>' not in text
    assert "Caught as expected: 2 defects that scenarios show on purpose" in text
    assert "<li>ListView.children not allowed here (news-tsla) in 1 cell</li>" in text
    assert "Caught as expected" not in page(sample.results())


def test_what_a_request_says_otherwise_is_folded_under_its_case(tmp_path: Path) -> None:
    cell = sample.cell()
    plain = sample.write(tmp_path / "plain", ([cell], [sample.case(cell)]))
    assert "otherwise (" not in page(plain)
    told = ("tools: 'a', the script has <b>'b'", "history: 4 items, the script has 5")
    whole = sample.transcript(cell)
    whole = dataclasses.replace(whole, exchanges=(dataclasses.replace(whole.exchanges[0], noted=told),))
    with ResultsWriter(tmp_path / "noted") as writer:
        name = writer.transcript(whole)
    case = dataclasses.replace(plain.cases[0], transcript=name)
    text = page(dataclasses.replace(plain, cases=(case,), folder=tmp_path / "noted"))
    assert "What the request says otherwise (2)</summary>" in text
    assert "<li>request 1: tools: &#39;a&#39;, the script has &lt;b&gt;&#39;b&#39;</li>" in text
    assert "Against the script; none of it" in text
    assert Balanced(text).wrong == []


def test_nothing_that_was_sent_becomes_markup(tmp_path: Path) -> None:
    nasty = "</script><script>alert(1)</script>\x00\x1b\ud800"
    cell = sample.cell(resolution="<b>today")
    odd = sample.finding(None, rule="run/odd", key="run/odd", message=nasty)
    text = page(
        sample.write(tmp_path, ([cell], [sample.case(cell, outcome="fail", findings=(odd,), reason=nasty)]))
    )
    assert text.count("<script>") == 1
    assert "<b>today" not in text
    assert not re.search("[\x00\x1b\ud800]", text)


def test_a_run_without_cases_is_a_page_too() -> None:
    text = page(sample.results(([], [])))
    assert Balanced(text).open == []
    assert "Nothing was judged." in text


def test_a_missing_transcript_costs_only_its_conversation(tmp_path: Path) -> None:
    cell = sample.cell()
    results = sample.write(tmp_path, ([cell], [sample.case(cell)]))
    next(tmp_path.glob("transcripts/*/*.json")).unlink()
    assert "The transcript cannot be shown." in page(results)


def big(failing: int) -> tuple[list[Cell], list[CaseResult]]:
    cells = [sample.cell(agents=f"0.{n}.0") for n in range(60)]
    cases = [sample.case(cell, f"s{n}") for cell in cells for n in range(10)]
    return cells, [sample.case(cells[n // 10], f"s{n % 10}", "fail") for n in range(failing)] + cases[
        failing:
    ]


def test_of_a_big_run_failures_and_a_sample_of_each_scenario_are_shown() -> None:
    assert details(page(sample.results(big(failing=30)))) == 30 + 10


def test_of_very_many_failures_a_few_of_each_cause_are_shown() -> None:
    text = page(sample.results(big(failing=500)))
    assert 10 + 2 < details(text) <= 10 + 6
    assert f"{details(text)} of 600 cases are shown" in text


def test_interrupted_runs_say_so_at_the_top(tmp_path: Path) -> None:
    text = page(sample.write(tmp_path, interrupted=True))
    assert text.index("INTERRUPTED") < text.index('id="matrix"')


def test_of_a_recording_requests_are_held_against_what_was_recorded(tmp_path: Path) -> None:
    cell = sample.cell()
    whole = sample.transcript(cell)
    exchange = dataclasses.replace(whole.exchanges[0], noted=("history: 4 items, recorded 5",))
    facts = CassetteFacts(name="c", origin="recording", interactions=1)
    with ResultsWriter(tmp_path) as writer:
        name = writer.transcript(dataclasses.replace(whole, exchanges=(exchange,), cassette=facts))
    results = sample.results(([cell], [sample.case(cell, transcript=name)]))
    assert "Against what was recorded; none of it" in page(dataclasses.replace(results, folder=tmp_path))


def test_a_page_says_by_which_checks_it_was_judged_where_not_by_all() -> None:
    text = page(sample.judged_by("widgets"))
    assert text.index("<li>Judged by widgets only.</li>") < text.index('id="matrix"')
    assert "Judged by" not in page(sample.results())
