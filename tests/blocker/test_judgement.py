"""What a cause is said to have come to: each of these patients lies in one point."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chatkit_harness.blocker.consult import NOT_EXAMINED
from chatkit_harness.blocker.document import document
from chatkit_harness.blocker.judge import fits, judge, status
from chatkit_harness.blocker.markdown import markdown
from chatkit_harness.blocker.nouns import (
    Blocker,
    CauseResult,
    Cure,
    Diagnosis,
    Done,
    Named,
    OptionResult,
    Patient,
    Talk,
    Trial,
    Tried,
)
from chatkit_harness.blocker.options import conclusion
from chatkit_harness.blocker.text import text

SAYS = "ImportError: no such name"
BROKEN = Tried(message=SAYS, talk=Talk(outcome="fail", reason="agents cannot be imported"))
WORKS = Tried(message="", talk=Talk(outcome="pass", widget=("AAPL",)))
MUTE = Tried(message="", talk=Talk(outcome="pass", widget=()))
FAILS = Tried(message="", talk=Talk(outcome="fail", reason="an error event", raised="ValidationError: x"))
NAMED = Named(key="half-installed", title="Half", message=SAYS, evidence=("a file",),
              cure=Cure(by="doctor", commands=(("uv", "pip"),)))  # fmt: skip
OTHER = replace(NAMED, key="range-unmet")
SICK, HEALTHY = Diagnosis(verdict="cause", causes=(NAMED,)), Diagnosis(verdict="healthy")
GOOD = Patient(expected=SAYS, before=BROKEN, diagnosis=SICK, done=(Done(command=("uv", "pip"), status=0),),
               healthy=HEALTHY, after=WORKS)  # fmt: skip


def test_a_cause_that_was_seen_named_and_cured_is_cured() -> None:
    assert judge("half-installed", GOOD) == ("cured", "")


@pytest.mark.parametrize(
    ("lie", "verdict", "why"),
    [
        ({"before": WORKS}, "not reproduced", "gets its widget"),
        ({"before": replace(BROKEN, message="ImportError: b")}, "not reproduced", "ImportError: b"),
        ({"before": replace(BROKEN, talk=Talk(outcome="pass"))}, "not reproduced", "all the same"),
        ({"before": None}, "not reproduced", "never tried"),
        ({"diagnosis": replace(SICK, causes=(OTHER,))}, "doctor named another", "doctor says range-unmet"),
        ({"diagnosis": replace(SICK, causes=(NAMED, OTHER))}, "doctor named another", "range-unmet"),
        ({"diagnosis": HEALTHY}, "doctor named another", "doctor says healthy"),
        ({"diagnosis": Diagnosis(verdict="unknown")}, "doctor named another", "doctor says unknown"),
        ({"diagnosis": Diagnosis(verdict=NOT_EXAMINED)}, "doctor named another", "could not examine"),
        ({"done": ()}, "not cured", "no command"),
        ({"done": (Done(command=("uv",), status=2, said="no index"),)}, "not cured", "no index"),
        ({"healthy": SICK}, "not cured", "half-installed"),
        ({"after": BROKEN}, "not cured", SAYS),
        ({"after": FAILS}, "not cured", "an error event"),
        ({"after": MUTE}, "not cured", "no widget came"),
        ({"after": None}, "not cured", "nothing was driven"),
        ({"after": replace(WORKS, talk=Talk(outcome="error", reason="gone"))}, "not possible here", "gone"),
        ({"done": (Done(command=("uv",), status=2, said="dns error"),)}, "not possible here", "dns error"),
        ({"reason": "agents: it is not in the index"}, "not possible here", "not in the index"),
    ],
)  # fmt: skip
def test_a_liar_is_named(lie: dict[str, Any], verdict: str, why: str) -> None:
    found, said = judge("half-installed", replace(GOOD, **lie))
    assert found == verdict
    assert why in said


def test_a_message_counts_to_the_letter_or_by_its_beginning() -> None:
    assert fits("a b", "a b")
    assert not fits("a b c", "a b")
    assert fits("a b c", "a b…")
    assert not fits("x a b c", "a b…")


def whole(*verdicts: str, control: Tried = WORKS) -> Blocker:
    causes = [
        CauseResult(id=f"c{n}", number=1, key="half-installed", title="Half", story="", patient=GOOD,
                    verdict=verdict, why="" if verdict == "cured" else "why not")  # type: ignore[arg-type]  # words
        for n, verdict in enumerate(verdicts)
    ]  # fmt: skip
    return Blocker(pins={}, python="3.12.1", platform="Linux", as_of="2025-11-17", folder="/x",
                   control=control, diagnosis=HEALTHY, causes=tuple(causes))  # fmt: skip


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        (["cured", "cured"], 0),
        (["cured", "not possible here"], 3),
        (["not possible here", "not cured"], 1),
        (["doctor named another"], 1),
        (["not reproduced"], 1),
    ],
)
def test_the_exit_status(verdicts: list[str], expected: int) -> None:
    assert status(whole(*verdicts)) == expected


def test_an_option_that_could_not_be_tried_is_no_failure() -> None:
    untried = Trial(steps=(), reason="no index")
    option = OptionResult(id="wait", title="Wait", blocked=untried, fresh=untried)
    assert status(replace(whole("cured"), options=(option,))) == 3
    assert status(replace(whole("not cured"), options=(option,))) == 1


def test_a_pair_that_does_not_work_by_itself_fails_everything() -> None:
    assert status(whole("cured", control=FAILS)) == 1


def test_what_was_not_as_wished_is_told_first() -> None:
    told = document(whole("cured", "not cured"))
    assert text(told).startswith("1 of 2 causes reproduced, diagnosed and cured. Not so: c1 (not cured).")
    assert "why not" in text(told)
    assert "why not" in markdown(told)


def test_a_cause_that_could_not_be_made_is_told_without_what_was_never_seen() -> None:
    found = whole("not possible here")
    bare = replace(found.causes[0], patient=Patient(expected=SAYS, reason="no index"), why="no index")
    told = document(replace(found, causes=(bare,)))
    assert told["status"] == 3
    assert "no index" in text(told)
    assert "no index" in markdown(told)


def test_what_an_option_comes_to() -> None:
    works, blocked = Trial(steps=(), tried=WORKS), Trial(steps=(), tried=BROKEN)
    assert "no version was the trouble" in conclusion(works, works, anew=True)
    assert conclusion(blocked, works, anew=False).startswith("No cure")
    assert "trouble of its own" in conclusion(blocked, blocked, anew=False)
    assert conclusion(Trial(steps=(), reason="no index"), works, anew=True).startswith("Not known")
