"""The summary of a gate, for a job and for a comment on a pull request."""

from __future__ import annotations

import re

import pytest
from tests.gate.answers import FOUND, accepted, answer, case, crowd, finding, liar, problem

from chatkit_harness.gate.markdown import MARKER, markdown

COMMENT = 65_536
"""Characters that a comment on GitHub may have."""


def test_the_marker_comes_first_and_then_the_verdict() -> None:
    first, second = markdown(answer()).splitlines()[:2]
    assert first == MARKER == "<!-- chatkit-harness gate -->"
    assert second == "## ✅ SAFE: the candidate breaks nothing that works with the base."


def test_a_problem_comes_with_culprit_constraint_and_a_command_to_copy() -> None:
    told = markdown(answer(problems=[problem(culprit=FOUND)], cases=[case("new_failure")]))
    assert "- culprit: openai 2.45.0 and later break it." in told
    assert "- avoid it with: openai&lt;2.45.0 (verified)" in told
    assert "- at: deploy/requirements.txt:3" in told
    assert "```sh\nchatkit-harness run --scenario quote\n```" in told


def test_details_are_folded_and_every_fold_is_closed() -> None:
    told = markdown(answer(accepted=[accepted()]))
    assert re.findall(r"<summary>(.*?)</summary>", told) == [
        "Accepted (1)",
        "Pins that differ (1)",
        "Case by case (1)",
    ]
    assert told.count("<details>") == told.count("</details>")


def test_the_exception_is_among_the_evidence() -> None:
    frames = [{"file": "shop/server.py", "line": 7, "function": "answer", "distribution": None}]
    raised = {"type": "KeyError", "message": "price", "frames": frames}
    broken = problem({**finding(), "evidence": {"raised": raised}})
    told = markdown(answer(problems=[broken], cases=[case("new_failure")]))
    assert "KeyError: price\nshop/server.py:7 in answer" in told


@pytest.mark.parametrize("document", [liar(), crowd()], ids=["liar", "crowd"])
def test_whatever_is_told_it_fits_a_comment(document: dict[str, object]) -> None:
    told = markdown(document)
    assert len(told.encode("utf-8")) < COMMENT
    assert told.count("<details>") == told.count("</details>")


def test_hostile_text_stays_text() -> None:
    told = re.sub(r"```sh\n.*?\n```", "", markdown(liar()))
    assert not any(bad in told for bad in ("\x1b", "\u202e", "\x00", "\ud800", "</pre>]]", "<b>"))
    prose = re.sub(r"<pre>.*?</pre>", "", told, flags=re.DOTALL)
    assert "@team" not in prose, "it would call people"
    assert "@<!-- -->team" in prose


def test_a_command_cannot_leave_its_fence() -> None:
    told = markdown(answer(problems=[problem(reproduce="run ```\n# x")], cases=[case("new_failure")]))
    assert "````sh\nrun ```\\n# x\n````" in told


def test_very_many_problems_are_counted() -> None:
    assert "more problems: see gate.json." in markdown(crowd())
