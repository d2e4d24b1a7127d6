"""What a terminal says of a gate's answer."""

from __future__ import annotations

from typing import Any

from tests.gate.answers import EVIL, FOUND, accepted, answer, case, crowd, finding, liar, problem, wire

from chatkit_harness.gate.words import advice, culprit, lines


def said(document: dict[str, Any]) -> list[str]:
    return [text for text, _ in lines(document)]


def test_the_verdict_comes_first_and_then_what_was_compared() -> None:
    first, counts, _, base, candidate, changed = said(answer())[:6]
    assert first == "SAFE: the candidate breaks nothing that works with the base."
    assert counts == "Cases: 1 passing as before."
    assert base.startswith("base:      main:uv.lock  (chatkit 1.6.5, agents 0.18.1, Python 3.11.7)")
    assert candidate.startswith("candidate: uv.lock")
    assert changed == "changed:   openai 2.30.0 -> 2.46.0"


def test_the_packages_that_are_asked_about_are_named_first() -> None:
    pins = [{"name": name, "base": "1", "candidate": "2"} for name in ("anyio", "httpx", "openai")]
    assert "changed:   openai 1 -> 2, anyio 1 -> 2, httpx 1 -> 2" in said(answer(pins=pins))


def test_a_problem_has_its_culprit_constraint_place_command_and_key() -> None:
    broken = problem(finding("the whole key"), finding("more"), culprit=FOUND)
    told = "\n".join(said(answer(problems=[broken], cases=[case("new_failure")])))
    assert told.startswith("BREAKS: the candidate breaks one thing.\n")
    assert "   culprit    openai 2.45.0 and later break it.\n" in told
    assert "   avoid by   openai<2.45.0 (verified)\n" in told
    assert "   at         deploy/requirements.txt:3\n" in told
    assert "   reproduce  chatkit-harness run --scenario quote\n" in told
    assert "   key        the whole key" in told
    assert "   with it    1 more finding of the same root" in told


def test_what_is_not_known_is_not_told() -> None:
    told = "\n".join(said(answer(problems=[problem(place=None, reproduce="")], cases=[case("new_failure")])))
    assert not any(word in told for word in ("culprit", "avoid by", "reproduce", "   at "))


def test_safe_with_accepted_findings_says_so() -> None:
    told = said(answer(accepted=[accepted()]))
    assert told[0] == "SAFE: the candidate breaks nothing but what the baseline accepts (1 finding)."
    assert "  run/exception: It raised. (mended upstream, until 2026-12-31)" in told


def test_a_broken_base_is_told_apart() -> None:
    told = said(answer(doubts=["The base itself is broken."], base_is_broken=True))
    assert told[0] == "CANNOT BE TOLD: the base itself is broken."


def test_a_baseline_out_of_date_is_told_with_its_line() -> None:
    stale = {"message": "'boom' no longer occurs.", "place": {"file": "b.yaml", "line": 4}}
    told = said(answer(baseline=[stale]))
    assert told[0] == "BREAKS: the baseline is out of date."
    assert "  b.yaml:4: 'boom' no longer occurs." in told


def test_advice_says_the_constraint_once() -> None:
    assert advice(problem(culprit=FOUND)) == (
        "openai 2.45.0 and later break it. Avoid it with openai<2.45.0 (verified)."
    )
    told = {**FOUND, "text": "openai<2.45.0 avoids it."}
    assert advice(problem(culprit=told)) == "openai<2.45.0 avoids it."
    assert advice(problem()) is None


def test_a_suspicion_is_no_verdict() -> None:
    suspected = {**FOUND, "verdict": "suspected", "verified": False}
    told = "\n".join(said(answer(problems=[problem(culprit=suspected)], cases=[case("new_failure")])))
    assert "suspected: openai 2.45.0" in told
    assert "openai<2.45.0 (not verified)" in told
    said_so = {**suspected, "text": "Suspected: openai."}
    assert culprit(problem(culprit=said_so)) == "Suspected: openai."


def test_nothing_that_a_server_says_reaches_the_terminal_as_it_is() -> None:
    told = said(liar())
    assert not any(bad in line for line in told for bad in ("\x1b", "\u202e", "\x00", "\ud800", "\n"))


def test_ten_thousand_problems_are_shortened() -> None:
    told = said(crowd())
    assert len(told) < 250
    assert "… and 9,980 more problems: see the reports." in told


def test_what_changed_on_the_wire_is_told_with_its_effect() -> None:
    told = said(answer(wire=[wire("harmless")]))
    assert "  harmless  event-gone thread.created: It is gone. (quote)" in told


def test_what_an_update_did_is_told() -> None:
    entry = {"rule": "run/exception", "key": EVIL, "scenario": "quote", "path": None}
    entry |= {"reason": "known", "expires": "2027-01-01"}
    done = {"file": "b.yaml", "written": True, "copy": "b.yaml.bak", "kept": 2, "added": [entry]}
    told = "\n".join(said(answer(update={**done, "dropped": [entry], "expired": [entry]})))
    assert "added    run/exception: " in told
    assert "[quote], until 2027-01-01" in told
    assert "b.yaml: 2 kept as they were." in told
    assert "b.yaml.bak" in told
