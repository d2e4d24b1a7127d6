from __future__ import annotations

from typing import Any

from tests.checks import build
from tests.checks.build import transcript, turn

from chatkit_harness.checks import run
from chatkit_harness.checks.history import check
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.transcript import Turn

SAID = "Apple trades at 271.49.\nIt is up."


def asking(words: str, *events: Any, index: int = 0) -> Turn:
    content = [{"type": "input_text", "text": words}]
    request = {
        "type": "threads.add_user_message",
        "params": {
            "thread_id": "t",
            "input": {"content": content, "attachments": [], "inference_options": {}},
        },
    }
    return turn(*events, index=index, request=request)


def found(second: dict[str, Any], *first: Any) -> list[Finding]:
    """The findings on two turns, of which the second asks the model with this request."""
    turns = (asking("And AAPL?", *(first or [build.message(SAID)])), asking("And MSFT?", index=1))
    return list(check(transcript(*turns, exchanges=(build.exchange(second, at_ms=1015.0),))))


def said(*texts: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": [{"type": "input_text", "text": text}]} for text in texts]


def test_a_model_that_is_told_everything_is_no_finding() -> None:
    assert found({"input": said("And AAPL?", "Apple trades at 271.49. It is up.", "And MSFT?")}) == []
    assert found({"messages": said("And AAPL?", SAID, "And MSFT?")}) == []


def test_a_lost_answer_of_the_assistant_is_a_warning() -> None:
    (finding,) = found({"input": said("And AAPL?", "And MSFT?")})
    assert (finding.rule, finding.severity) == ("upstream/history", "warning")
    assert finding.key == "upstream/history answer of the assistant"
    assert finding.message.startswith("turn 2: the model is not told of an earlier answer of the assistant")


def test_lost_words_of_the_user_are_a_warning() -> None:
    (finding,) = found({"input": said(SAID, "And MSFT?")})
    assert finding.key == "upstream/history message of the user"


def test_a_conversation_that_the_api_keeps_is_not_told_again() -> None:
    assert found({"input": said("And MSFT?"), "previous_response_id": "resp_1"}) == []
    assert found({"input": said("And MSFT?"), "conversation": "conv_1"}) == []


def test_what_ended_with_an_error_need_not_be_told() -> None:
    assert found({"input": said("And MSFT?")}, build.message(SAID), build.error()) == []


def test_it_is_part_of_run() -> None:
    turns = (asking("And AAPL?", build.message(SAID)), asking("And MSFT?", build.message("Fine."), index=1))
    asked = build.exchange({"input": said("And MSFT?")}, at_ms=1015.0)
    told = run.check(transcript(*turns, exchanges=(asked,)), build.scenario(2))
    assert {each.rule for each in told} == {"upstream/history"}
