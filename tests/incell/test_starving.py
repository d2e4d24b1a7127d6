"""Waiting on a busy machine: what was missed is waited for, and no system has to tell of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest

from chatkit_harness.incell.starving import starved_ms, starved_since, wait_awake


def waited_s(starved: Callable[[float], float | None]) -> float:
    """How long 0.1 s are where so many of the milliseconds gone by are told to have had no processor."""
    began = time.monotonic()
    asyncio.run(wait_awake(0.1, lambda: starved((time.monotonic() - began) * 1000)))
    return time.monotonic() - began


def test_a_quiet_machine_is_waited_for_once() -> None:
    assert waited_s(lambda _: 5.0) >= 0.1


def test_time_without_a_processor_is_waited_for_again_and_no_other() -> None:
    asked: list[float] = []

    def half_of_it(ms: float) -> float:
        asked.append(ms)
        return ms / 2

    assert waited_s(half_of_it) >= 0.18
    with_a_processor = (
        asked[-2] - asked[0]
    ) / 2  # before the last round, there was something left to wait for
    assert with_a_processor < 100


def test_a_machine_that_never_rests_is_not_waited_for_without_end() -> None:
    rounds: list[float] = []

    def nearly_all(ms: float) -> float:
        rounds.append(ms)
        return ms * 0.999

    waited_s(nearly_all)
    assert len(rounds) == 1 + 5


def test_where_the_system_does_not_tell_it_is_waited_for_once() -> None:
    assert waited_s(lambda _: None) >= 0.1


def test_what_this_process_missed_only_grows() -> None:
    before = starved_ms()
    if before is None:
        pytest.skip("this system does not tell how long a process has waited for a processor")
    assert (starved_since(before) or 0.0) >= 0.0
