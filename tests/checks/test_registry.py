from __future__ import annotations

import pytest
from tests.checks import build

from chatkit_harness.checks import CHECKS, run_checks
from chatkit_harness.core.errors import SelectionError


def test_the_checks_come_in_their_order() -> None:
    assert list(CHECKS) == ["imports", "run", "widgets", "expect", "commands", "text", "latency"]


def test_only_the_named_checks_run() -> None:
    held = build.transcript(build.turn(build.message('{"a": 1}'), None))
    assert build.rules(run_checks(held, build.scenario(), ["text"])) == ["text/raw-json"]


def test_a_wrong_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(SelectionError, match="Did you mean 'widgets'"):
        run_checks(build.clean(), build.scenario(), ["widget"])


def test_a_clean_transcript_gives_no_finding_from_any_check() -> None:
    assert run_checks(build.clean(), build.scenario()) == ()
