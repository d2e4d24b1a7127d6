"""Null among what a request must have asks that it leaves that out."""

from __future__ import annotations

from typing import Any

import pytest
from tests.checks import build
from tests.checks.build import rules, transcript, turn

from chatkit_harness.checks import expect
from chatkit_harness.core.scenario import Expectation, ModelExpectation
from chatkit_harness.core.transcript import Exchange


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ({}, []),
        ({"tool_choice": None}, []),
        ({"tool_choice": "required"}, ["expect/model-request"]),
    ],
)
def test_what_must_be_left_out_is(body: dict[str, Any], rule: list[str]) -> None:
    asked = Exchange(
        at_ms=5.0, method="POST", path="/v1/responses", outcome="matched", status=200, request=body
    )
    wanted = Expectation(told_model=ModelExpectation(has={"tool_choice": None}))
    held = transcript(turn(build.user()), exchanges=(asked,))
    assert rules(expect.check(held, build.scenario(expect=wanted))) == rule
