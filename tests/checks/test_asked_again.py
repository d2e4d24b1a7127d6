"""A model that asks for some time, and who asks it again before that."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.checks import build
from tests.checks.build import exchange, transcript, turn

from chatkit_harness.checks import run
from chatkit_harness.core.nouns import Finding

BUSY = replace(
    exchange(outcome="fault", status=429), at_ms=5.0, ended_at_ms=6.0, retry_after_ms=1000.0, request={"a": 1}
)


def told(again_ms: float, *, request: dict[str, int] | None = None) -> list[Finding]:
    again = replace(exchange(), at_ms=again_ms, ended_at_ms=again_ms + 1, request=request or {"a": 1})
    held = transcript(turn(build.message("Fine.")), exchanges=(BUSY, again))
    return [each for each in run.check(held, build.scenario()) if each.rule == "run/asked-too-soon"]


@pytest.mark.parametrize("again_ms", [6.5, 400.0, 980.0])
def test_who_asks_again_too_soon_is_found(again_ms: float) -> None:
    (finding,) = told(again_ms)
    assert finding.severity == "error"
    assert "asked for 1000 ms" in finding.message


def test_who_waits_as_long_as_the_model_asked_is_fine() -> None:
    assert told(1006.0) == []


def test_another_question_need_not_wait() -> None:
    assert told(50.0, request={"b": 2}) == []
