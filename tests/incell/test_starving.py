"""Waiting on a busy machine: what was missed is waited for, and no system has to tell of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import pytest

from chatkit_harness.incell.starving import starved_ms, starved_since, wait_awake


def waited_s(told: Sequence[float | None]) -> float:
    left = list(told)
    began = time.monotonic()
    asyncio.run(wait_awake(0.02, lambda: left.pop(0)))
    assert not left
    return time.monotonic() - began


def test_a_quiet_machine_is_waited_for_once() -> None:
    assert waited_s([5.0, 5.5]) >= 0.02


def test_time_without_a_processor_is_waited_for_again() -> None:
    assert waited_s([0.0, 60.0, 60.0, 90.0, 90.0, 90.0]) >= 0.02 + 0.06 + 0.03


def test_a_machine_that_never_rests_is_not_waited_for_without_end() -> None:
    assert waited_s([each for number in range(5) for each in (number, number + 11.0)]) >= 0.02 + 4 * 0.011


def test_where_the_system_does_not_tell_it_is_waited_for_once() -> None:
    assert waited_s([None, None]) >= 0.02


def test_what_this_process_missed_only_grows() -> None:
    before = starved_ms()
    if before is None:
        pytest.skip("this system does not tell how long a process has waited for a processor")
    assert (starved_since(before) or 0.0) >= 0.0
