"""Text and widgets of a workflow's answers."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.checks import build
from tests.checks.build import rules, said, workflow
from tests.contracts.widgets import SOUND, card, text

from chatkit_harness.checks import text as words
from chatkit_harness.checks import widgets
from chatkit_harness.contracts.catalogue import releases
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.transcript import CellFacts

PROSE = "Tesla rose after its earnings."


def texts(message: str) -> list[Finding]:
    return list(words.check(workflow(said(message)), build.scenario()))


def drawn(*roots: Any, **fields: Any) -> list[Finding]:
    message = json.dumps({"response_text": PROSE, "widgets": list(roots)})
    return list(widgets.check(workflow(said(message), **fields), build.scenario()))


def test_an_answer_in_documents_has_no_json_in_its_words() -> None:
    answer = {"response_text": PROSE, "query_intent": "news", "widgets": []}
    assert not texts(f'{{"intent": "news"}}\n\n{json.dumps(answer)}')
    assert not texts(f'{{"intent": "news"}}\n\n{PROSE}')


def test_a_classifier_alone_is_raw_json_to_the_user() -> None:
    assert rules(texts('{"intent": "news", "symbol": "AAPL"}')) == ["text/raw-json"]


def test_broken_json_is_told_with_its_place() -> None:
    found = texts(f'{PROSE}\n{{"type": "Card", "children": [{{"type": "Divider"}},, 1]}}')
    (broken,) = [each for each in found if each.rule == "text/broken-json"]
    place = broken.evidence
    assert (place["line"], place["column"], place["position"]) == (2, 51, 81)
    assert '"Divider"' in place["excerpt"]
    assert "line 2, column 51" in broken.message


def test_a_widget_is_judged_by_the_newest_release_where_the_cell_has_no_chatkit() -> None:
    (found,) = drawn(card(text(size="2xl")))
    assert found.key == "widgets/wrong-value:Text.size=2xl"
    assert f"judged by chatkit {releases()[-1]}, the newest known" in found.message
    assert (found.evidence["where"], found.evidence["path"]) == ("$.widgets[0]", "$.children[0].size")
    assert found.evidence["item"] == "widget-1"


def test_a_widget_is_judged_by_the_chatkit_of_its_cell() -> None:
    cell = CellFacts(python="3.12.1", platform="x", pins={"openai-chatkit": "1.0.0"})
    (found,) = drawn(card(text(size="2xl")), cell=cell)
    assert found.evidence["release"] == "1.0.0"
    assert "judged by" not in found.message


def test_a_sound_widget_gives_nothing() -> None:
    assert not drawn(SOUND, SOUND)


def test_empty_widgets_are_told_each() -> None:
    found = drawn({}, {})
    assert [each.key for each in found] == ["widgets/empty:widget"] * 2
    assert [each.evidence["where"] for each in found] == ["$.widgets[0]", "$.widgets[1]"]


@pytest.mark.parametrize("index", [0, 1])
def test_the_same_fault_in_two_answers_is_told_of_both(index: int) -> None:
    message = json.dumps({"widgets": [card(text(size="2xl"))]})
    held = workflow(*(said(message, index=number) for number in (0, 1)))
    assert list(widgets.check(held, build.scenario(2)))[index].evidence["turn"] == index
