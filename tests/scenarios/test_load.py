from __future__ import annotations

from pathlib import Path

import pytest

from chatkit_harness.core.codec import from_document, to_document
from chatkit_harness.core.errors import ScenarioError
from chatkit_harness.core.scenario import ActionPlan, AskPlan, FindingExpectation, Scenario, ToolExpectation
from chatkit_harness.scenarios.load import load_scenario

GOOD = """\
id: quote
title: A quote
turns:
  - user: What's AAPL trading at?
script:
  - call: show_stock_quote
    arguments: {symbol: AAPL}
  - say: It is up.
"""


def load(folder: Path, text: str) -> Scenario:
    path = folder / "quote.yaml"
    path.write_text(text, encoding="utf-8")
    return load_scenario(path)


def refused(folder: Path, text: str) -> ScenarioError:
    with pytest.raises(ScenarioError) as caught:
        load(folder, text)
    return caught.value


def test_where_nobody_asks_a_model_an_empty_script_says_so(tmp_path: Path) -> None:
    scenario = load(tmp_path, GOOD[: GOOD.index("script:")] + "script: []\n")
    assert (scenario.script, scenario.model) == ((), None)


def test_what_may_be_left_out_has_its_default(tmp_path: Path) -> None:
    scenario = load(tmp_path, GOOD)
    assert (scenario.server, scenario.paths, scenario.expect.tools) == ("reference", ("native",), None)
    assert scenario.turns[0].user == "What's AAPL trading at?"
    assert scenario.source == str(tmp_path / "quote.yaml")


def test_short_and_long_forms_mean_the_same(tmp_path: Path) -> None:
    text = f"{GOOD}expect:\n  tools: [a, {{name: a}}]\n  text: {{contains: x, excludes: [y]}}\n"
    expected = load(tmp_path, text).expect
    assert expected.tools == (ToolExpectation(name="a"), ToolExpectation(name="a"))
    assert expected.text is not None
    assert (expected.text.contains, expected.text.excludes) == (("x",), ("y",))


def test_a_click_is_read_with_what_it_adds(tmp_path: Path) -> None:
    click = "{type: set_alert, payload: {price: 280}, item: 2, sync: true}"
    plain, full = load(
        tmp_path, GOOD.replace("script:", f"  - action: {{type: buy}}\n  - action: {click}\nscript:")
    ).turns[1:]
    assert plain.action == ActionPlan(type="buy")
    assert full.action == ActionPlan(type="set_alert", payload={"price": 280}, item=2, sync=True)
    assert [turn.words for turn in (plain, full)] == ["(clicks buy)", "(clicks set_alert, price: 280)"]


def test_progress_and_a_title_may_be_expected(tmp_path: Path) -> None:
    expected = load(tmp_path, f"{GOOD}expect:\n  progress: Looking up\n  title: A title\n").expect
    assert (expected.progress, expected.title) == (("Looking up",), "A title")
    assert load(tmp_path, GOOD).expect.progress is None


def test_alternatives_of_findings_are_read(tmp_path: Path) -> None:
    either = "{any_of: [{rule: run/*}, {rule: widgets/empty, component: Card}]}"
    text = f"{GOOD}expect:\n  findings: [{either}]\n"
    (finding,) = load(tmp_path, text).expect.findings
    one = FindingExpectation(rule="run/*")
    assert finding.any_of == (one, FindingExpectation(rule="widgets/empty", component="Card"))


def test_an_output_of_null_answers_a_client_tool_too(tmp_path: Path) -> None:
    scenario = load(tmp_path, GOOD.replace("script:", "  - client_tool_output:\nscript:"))
    assert (scenario.turns[1].answers_client_tool, scenario.turns[1].client_tool_output) == (True, None)


def test_a_scenario_survives_the_results_file(tmp_path: Path) -> None:
    scenario = load(tmp_path, f"{GOOD}expect:\n  findings: [{{any_of: [{{rule: run/hang}}]}}]\n")
    assert from_document(Scenario, to_document(scenario)) == scenario


def test_a_wrong_key_is_told_with_its_line_and_the_nearest(tmp_path: Path) -> None:
    error = refused(tmp_path, f"{GOOD}titel: A quote\n")
    assert error.culprit.endswith("quote.yaml:9")
    assert "'titel'" in error.cause
    assert "'title'" in error.next_step


def test_a_misspelt_key_that_is_required_is_told_with_the_nearest_too(tmp_path: Path) -> None:
    error = refused(tmp_path, GOOD.replace("title:", "titel:"))
    assert error.culprit.endswith("quote.yaml:2")
    assert (error.cause, error.next_step) == ("titel: unknown key 'titel'.", "Did you mean 'title'?")


def test_a_missing_key_that_nothing_explains_is_told_after_what_has_a_line(tmp_path: Path) -> None:
    error = refused(tmp_path, GOOD.replace("title:", "zzzz:").replace("id: quote\n", ""))
    assert error.culprit.endswith("quote.yaml:1")
    assert error.cause.startswith("zzzz: unknown key 'zzzz' (valid: ")
    assert error.cause.endswith("line 1: the key 'id' is missing; line 1: the key 'title' is missing.")


def test_the_nearest_key_is_offered_once(tmp_path: Path) -> None:
    error = refused(tmp_path, f"{GOOD}expect:\n  text: {{contain: x}}\n")
    assert error.cause == "expect.text.contain: unknown key 'contain'."
    assert error.next_step == "Did you mean 'contains'?"


def test_of_several_wrong_keys_each_has_its_own_offer(tmp_path: Path) -> None:
    error = refused(tmp_path, f"{GOOD}pahts: [native]\nbudgets: {{total: 1}}\n")
    assert error.culprit.endswith("quote.yaml:9")
    assert "'pahts' (did you mean 'paths'?); line 10: budgets.total: unknown key 'total' (did" in error.cause
    assert "?." not in error.cause


@pytest.mark.parametrize(
    ("wrong", "line", "near"),
    [
        ("expect:\n  widget: []\n", 10, "widgets"),
        ("expect:\n  text: {contain: x}\n", 10, "contains"),
        ("budgets:\n  widgets_ms: 20\n", 10, "widget_ms"),
        ("requires: {chatkitt: '>=1'}\n", 9, "chatkit"),
        ("server: refrence\n", 9, "reference"),
        ("  - sya: hello\n", 9, "say"),
    ],
)
def test_wrong_keys_are_found_everywhere(tmp_path: Path, wrong: str, line: int, near: str) -> None:
    error = refused(tmp_path, GOOD + wrong)
    assert error.culprit.endswith(f"quote.yaml:{line}")
    assert f"Did you mean '{near}'" in error.next_step + error.cause


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("budgets: {total_ms: soon}\n", "expected a number"),
        ("budgets: {total_ms: -1}\n", "more than 0"),
        ("paths: native\n", "expected a list"),
        ("expect:\n  tools: {name: x}\n", "expected a list"),
        ("expect:\n  findings: [{any_of: [{rule: run/hang}], rule: run/died}]\n", "cannot stand here"),
        ("requires: {chatkit: newest}\n", "not a range of versions"),
        ("  - turn: 3\n    say: hello\n", "for turn 3"),
    ],
)
def test_wrong_values_are_told_in_words(tmp_path: Path, wrong: str, words: str) -> None:
    error = refused(tmp_path, GOOD + wrong)
    assert words in error.cause
    assert "quote.yaml:" in error.culprit


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("id: quote\n", "", "'id' is missing"),
        ("id: quote", "id: Not An Id", "does not fit: write small letters, digits"),
        ("- user: What's AAPL trading at?", "- {}", "either 'user' or 'client_tool_output'"),
        ("user: What's AAPL", "client_tool_output: 1\n    user: What's AAPL", "either 'user' or"),
        ("user: What's AAPL trading at?", "client_tool_output: 1", "nothing has been asked yet"),
        ("user: What's AAPL trading at?", "action: {type: buy}", "none has been shown yet"),
        ("script:", "  - {user: x, together: true, leaves: {}}\nscript:", "turns[1] is left by the client"),
        (
            "script:",
            "  - {user: x, leaves: {}}\n  - {user: y, together: true}\nscript:",
            "turns[1] is left by",
        ),
        ("script:", "  - action: {typ: buy}\nscript:", "turns[1].action"),
        ("script:", "  - action: {type: buy, item: 0}\nscript:", "turns[1].action.item"),
        ("script:", "  - {user: x, action: {type: buy}}\nscript:", "either 'user' or"),
        ("script:", "  - action: {type: buy}\npaths: [native, agent_builder]\nscript:", "native path only"),
        (
            "script:",
            "  - ask: {type: threads.list}\npaths: [native, agent_builder]\nscript:",
            "native path only",
        ),
        ("script:", "  - ask: {type: threads.list}\n    message: {quote: x}\nscript:", "says nothing"),
        (
            "script:",
            "  - attach: {name: a, mime_type: b, content: png}\npaths: [native, agent_builder]\nscript:",
            "turns[1] is a file",
        ),
        (
            "script:",
            "  - {user: x, leaves: {}}\npaths: [native, agent_builder]\nscript:",
            "turns[1] is left by the client, which is for the native path only",
        ),
        (
            "script:",
            "  - {user: x, message: {quote: y}}\npaths: [native, agent_builder]\nscript:",
            "turns[1] has tags, a quote or a composer's choices",
        ),
        ("script:", "  - attach: {name: a.png, mime_type: x, content: gif}\nscript:", "attach.content"),
        ("script:", "  - attach: {mime_type: x, content: png}\nscript:", "'name' is missing"),
        (GOOD[GOOD.index("script:") :], "", "neither 'model'"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert words in refused(tmp_path, GOOD.replace(old, new)).cause


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id: [unclosed\n", "not valid YAML"),
        ("- a list\n", "expected"),
        ("", "the file is empty"),
        ("# only words\n---\n", "the file is empty"),
        (f"{GOOD}id: again\n", "already given"),
        (f"{GOOD}options: !!python/object/apply:os.system [echo]\n", "stands for an object"),
        (f"{GOOD}options: !secret x\n", "stands for an object"),
    ],
)
def test_bad_yaml_is_one_clear_error(tmp_path: Path, text: str, words: str) -> None:
    error = refused(tmp_path, text)
    assert words in error.cause
    assert error.exit_status == 2


def test_a_yaml_bomb_is_refused_before_it_expands(tmp_path: Path) -> None:
    lines = ["options:", "  a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert "aliases expanded" in refused(tmp_path, GOOD + "\n".join(lines)).cause


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="no such file"):
        load_scenario(tmp_path / "missing.yaml")


def test_a_file_that_is_attached_is_a_call_of_the_page(tmp_path: Path) -> None:
    attach = "- attach: {name: a.png, mime_type: image/png, content: exe, upload: two-phase}\n  - user: hi"
    scenario = load(tmp_path, GOOD.replace("- user: What's AAPL trading at?", attach))
    call = scenario.turns[0].http
    assert call is not None
    assert call.attaches
    assert call.body == {"name": "a.png", "mime_type": "image/png", "content": "exe", "upload": "two-phase"}
    assert scenario.turns[0].words == "(attaches a.png)"


def test_what_goes_with_a_message_and_other_requests_are_read(tmp_path: Path) -> None:
    more = (
        "    message: {tags: [{id: AAPL, text: Apple}], quote: rose}\n  - ask: {type: threads.list}\nscript:"
    )
    first, second = load(tmp_path, GOOD.replace("script:", more, 1)).turns
    assert (first.message.quote, first.words) == ("rose", "What's AAPL trading at?@Apple")
    assert (second.ask, second.words, second.said) == (AskPlan(type="threads.list"), "(threads.list)", None)


def test_a_name_that_is_no_kind_is_answered_in_words(tmp_path: Path) -> None:
    error = refused(tmp_path, f"{GOOD}expect:\n  passes_on: [agents.tool_called]\n")
    assert "'agents.tool_called' does not fit: write SPACE/NAME, such as agents.event/" in str(error)


@pytest.mark.parametrize(
    "fault",
    ["{headers: {Retry-After: 1}}", "{times: 2}", "{body: {}}", "{status: 429, cut_after_chunks: 1}"],
)
def test_a_fault_that_is_none_is_refused(tmp_path: Path, fault: str) -> None:
    error = refused(tmp_path, GOOD.replace("  - say: It is up.", f"  - say: It is up.\n    fault: {fault}"))
    assert "script[1].fault" in str(error)


def test_who_leaves_sees_what_a_client_sees(tmp_path: Path) -> None:
    turn = "  - user: What's AAPL trading at?\n"
    error = refused(tmp_path, GOOD.replace(turn, f"{turn}    leaves: {{after: agents.event/tool_called}}\n"))
    assert "write a kind of chatkit" in str(error)
