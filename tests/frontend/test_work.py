"""The work is linear in the message's length: counted in steps, of messages made to be slow to read."""

from __future__ import annotations

import pytest
from benchmarks.frontend import FAMILIES, GOAL_STEPS

from chatkit_harness import frontend


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_steps_grow_with_the_length_and_no_faster(family: str) -> None:
    short, long = (FAMILIES[family](size) for size in (2_000, 16_000))
    few, many = frontend.read(short).steps, frontend.read(long).steps
    assert few <= GOAL_STEPS * len(short)
    assert many <= GOAL_STEPS * len(long)
    assert many / len(long) <= 2 * few / len(short)
