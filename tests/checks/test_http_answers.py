"""Turns in which the page calls the server's HTTP side."""

from __future__ import annotations

from typing import Any

import pytest
from tests.checks import build
from tests.checks.build import called, rules, transcript

from chatkit_harness.checks import expect, run, run_checks
from chatkit_harness.core.nouns import Finding
from chatkit_harness.core.scenario import Expectation, ResponseExpectation

DRAWN = {"success": True, "text": "Drawn.", "chart_commands": ["LOAD:TSLA", "SUPPORT:440"], "error": None}


def failure(**fields: Any) -> dict[str, Any]:
    error = {"code": "invalid_symbol", "message": "No such symbol.", "details": None, "correlation_id": "c"}
    return {"error": {**error, **fields}}


def found(got: int, body: Any, path: str = "/api/chatkit/chart-action", **expected: Any) -> list[Finding]:
    response = ResponseExpectation(**expected) if expected else None
    scenario = build.scenario(expect=Expectation(response=response))
    held = transcript(called(got, body, path))
    return [*run.check(held, scenario), *expect.check(held, scenario)]


def test_a_good_answer_is_no_finding_of_any_check() -> None:
    scenario = build.scenario(
        expect=Expectation(response=ResponseExpectation(status=200, has={"error": None}))
    )
    assert run_checks(transcript(called(200, DRAWN)), scenario) == ()


@pytest.mark.parametrize("status", [404, 422, 500, 502])
def test_an_error_is_a_finding_unless_it_is_expected(status: int) -> None:
    (told,) = found(status, failure())
    assert (told.rule, told.evidence["status"]) == ("run/http-error", status)
    assert f"was answered with {status} (invalid_symbol: No such symbol.)" in told.message
    assert not found(status, failure(), status=status)


def test_the_key_of_an_error_holds_no_id_and_no_figure() -> None:
    (told,) = found(404, failure(), "/api/chatkit/session/cksess_81?page=2")
    assert told.key == "run/http-error POST /api/chatkit/session/ID a client error invalid_symbol"


@pytest.mark.parametrize(
    ("body", "lacks"),
    [
        ({"error": {"code": "x", "message": "y", "details": None}}, ["correlation_id"]),
        ({"error": "no such symbol"}, ["code", "message", "details", "correlation_id"]),
        ({"detail": "Not found"}, ["code", "message", "details", "correlation_id"]),
        ("<html>", ["code", "message", "details", "correlation_id"]),
        (failure(message=None), ["message"]),
    ],
)
def test_an_error_comes_in_its_envelope(body: Any, lacks: list[str]) -> None:
    (told,) = found(404, body, status=404)
    assert (told.rule, told.evidence["lacks"]) == ("run/http-envelope", lacks)


@pytest.mark.parametrize("body", [failure(), {**DRAWN, "success": False}, {**DRAWN, "error": "it failed"}])
def test_an_error_inside_of_a_good_status_is_a_finding(body: Any) -> None:
    assert rules(found(200, body)) == ["run/http-error-in-200"]


def test_another_status_than_expected_is_a_finding() -> None:
    assert rules(found(200, DRAWN, status=404)) == ["expect/response-status"]
    assert rules(found(404, failure(), status=200)) == ["run/http-error", "expect/response-status"]


def test_what_the_body_must_hold() -> None:
    assert not found(200, DRAWN, has={"chart_commands": ["LOAD:TSLA", "SUPPORT:440"]})
    (told,) = found(200, DRAWN, has={"success": True, "text": "Loaded."})
    assert told.key == "expect/response-content POST /api/chatkit/chart-action text"


def test_a_call_that_never_came_is_missed() -> None:
    scenario = build.scenario(expect=Expectation(response=ResponseExpectation(status=200)))
    assert rules(expect.check(build.clean(), scenario)) == ["expect/response-missing"]


def test_an_application_that_raises_is_named() -> None:
    error = build.raised("builtins.ValueError", "bad", build.frame("app.py", "chart_action"))
    (told,) = run.check(
        transcript(called(0, {}, response=None, end="raised", raised=error)), build.scenario()
    )
    assert "the HTTP application raised in turn 1" in told.message


def test_an_http_turn_says_nothing_of_what_the_model_was_told() -> None:
    held = transcript(
        build.turn(build.user("Hi"), build.message("Hello.")),
        called(200, DRAWN, index=1),
        exchanges=(build.exchange(at_ms=15), build.exchange(at_ms=1015)),
    )
    assert not list(run.check(held, build.scenario(2)))


def test_a_chart_that_cannot_be_drawn_misses_no_level() -> None:
    scenario = build.scenario(expect=Expectation(response=ResponseExpectation(status=502)))
    assert run_checks(transcript(called(502, failure())), scenario) == ()


def test_levels_of_an_http_answer_are_judged() -> None:
    lacking = {**DRAWN, "chart_commands": ["LOAD:TSLA"]}
    assert rules(run_checks(transcript(called(200, lacking)), build.scenario())) == [
        "commands/levels-missing"
    ]


def test_a_stream_over_http_is_judged_by_what_came() -> None:
    silent = build.turn(build.user(), request={"type": "http"}, response={"status": 200, "body": None})
    assert rules(run.check(transcript(silent), build.scenario())) == ["run/silent-end"]
    strange = build.turn(
        {"type": "thread.item.dnoe"},
        build.message("Hi."),
        request={"type": "http"},
        response={"status": 200, "body": None},
    )
    assert not list(run.check(transcript(strange), build.scenario()))
