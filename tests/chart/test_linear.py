from __future__ import annotations

from collections.abc import Callable

import pytest

from chatkit_harness import chart
from chatkit_harness.chart.prose import read_prose
from chatkit_harness.chart.text import scan

HOSTILE = [
    ":", "SUPPORT:", "SUPPORT:440 ", 'SUPPORT:440 "', "SUPORT:1\n", "SUPPORT: 440, ", "440, ", "9",
    "1,111", "A:", "A", "ANNOTATE:PATTERN:a:b:", "DRAW:TRENDLINE:a:1700000000:440:", "TRENDLINE:440:",
    "PATTERN:A AND ", "\ud800:", "\0:", "support ", "support at ", "440 support ", "support/",
    "add RSI and ", "RSI and ", "added ", "loaded ", "NVDA is now ", "Support:\n", "- ", "(",
    "fib from 1 to ", "switch to the ", "support is ", '"', "“", "\n", "*", "no ", "if ",
]  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE)
@pytest.mark.parametrize("reader", [scan, read_prose])
def test_the_work_is_linear_in_the_length(
    unit: str, reader: Callable[[str], tuple[chart.Commands, int]]
) -> None:
    once = reader(unit * 250)[1]
    four_times = reader(unit * 1000)[1]
    assert four_times <= 4.2 * once + 500


def test_a_million_characters_are_read() -> None:
    text = "SUPPORT:" * 100_000
    found, steps = scan(text)
    assert (len(found.placed), len(found.rejected)) == (0, 100_000)
    assert steps < 50 * len(text)
    assert chart.extract(":" * 1_000_000) == chart.Commands()
    assert chart.extract("9" * 1_000_000 + ":" + "9" * 1_000_000) == chart.Commands()


def test_many_commands_are_applied() -> None:
    lines = [f"SUPPORT:{number}" for number in range(1, 5001)]
    lines += [f"INDICATOR:X{number}:{switch}" for number in range(5000) for switch in ("ON", "OFF")]
    commands = chart.read_array(lines).commands
    state = chart.apply(chart.ChartState(), commands)
    assert (len(state.levels), len(state.indicators)) == (5000, 0)


def test_prose_is_asked_as_far_as_an_answer_is_long() -> None:
    text = "Support at $440. " + "Nothing new. " * 10_000 + "Support at $435. SUPPORT:430"
    assert [chart.to_text(each) for each in chart.from_prose(text).commands] == [
        "SUPPORT:440.00",
        "SUPPORT:430.00",
    ]


def test_prices_after_one_verb_are_read_as_far_as_an_answer_lists_them() -> None:
    assert len(chart.extract("SUPPORT: 440" + ", 435" * 5000).placed) == 100
