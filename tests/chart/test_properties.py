from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.chart.strategies import any_text, commands, json_values, pieces

from chatkit_harness import chart
from chatkit_harness.chart import ChartCommand, Commands

often = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
some = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def spans_of(found: Commands) -> list[tuple[int, int]]:
    placed = [(each.start, each.end) for each in found.placed]
    return placed + [(each.start, each.end) for each in found.rejected]


@often
@given(commands)
def test_command_to_text_and_back_is_the_command(command: ChartCommand) -> None:
    text = chart.to_text(command)
    assert chart.parse(text) == command
    assert chart.to_text(chart.parse(text)) == text


@often
@given(commands)
def test_command_to_structured_and_back_is_the_command(command: ChartCommand) -> None:
    document = chart.to_structured(command)
    read = chart.from_structured(document)
    assert read == Commands(placed=(chart.Placed(command=command, start=0, end=1),))
    assert chart.to_structured(read.commands[0]) == document


@some
@given(st.lists(commands, max_size=8))
def test_lines_of_commands_are_found_with_their_spans(several: list[ChartCommand]) -> None:
    lines = [chart.to_text(each) for each in several]
    text = "\n".join(lines)
    found = chart.extract(text)
    assert not found.rejected
    assert [text[each.start : each.end] for each in found.placed] == lines
    assert list(found.commands) == several


@some
@given(st.lists(commands, max_size=6), st.sampled_from(["SUPPORT:abc", "LOAD:", "TARGET:-1", "SUPORT:4"]))
def test_what_is_rejected_takes_no_neighbour_along(several: list[ChartCommand], bad: str) -> None:
    text = "\n".join(f"{bad}\n{chart.to_text(each)}" for each in several)
    found = chart.extract(text)
    assert list(found.commands) == several
    assert len(found.rejected) == len(several)


@often
@given(any_text | pieces)
def test_no_string_makes_a_reader_raise(text: str) -> None:
    for found in (chart.extract(text), chart.from_prose(text), chart.parse_line(text)):
        assert all(0 <= start <= end <= len(text) for start, end in spans_of(found))
        for reason in (each.reason for each in found.rejected):
            reason.encode()


@often
@given(pieces)
def test_spans_are_in_order_and_apart(text: str) -> None:
    found = chart.extract(text)
    spans = sorted(spans_of(found))
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert all(each.text == text[each.start : each.end] for each in found.rejected)


@often
@given(json_values)
def test_no_json_makes_the_structured_reader_raise(value: Any) -> None:
    found = chart.from_structured(value)
    assert all(
        chart.from_structured(chart.to_structured(each)).commands == (each,) for each in found.commands
    )


@often
@given(pieces)
def test_whatever_is_read_from_text_or_prose_is_canonical(text: str) -> None:
    for command in (*chart.extract(text).commands, *chart.from_prose(text).commands):
        assert chart.parse(chart.to_text(command)) == command


@some
@given(st.lists(commands, max_size=10))
def test_applying_twice_draws_nothing_new(several: list[ChartCommand]) -> None:
    kinds = (chart.Zoom, chart.Pan, chart.Crosshair, chart.Scroll, chart.Clear, chart.Reset, chart.Load)
    still = [each for each in several if not isinstance(each, kinds)]
    once = chart.apply(chart.ChartState(), still)
    assert chart.apply(once, ()) == once
    again = chart.apply(once, still)
    assert (again.levels, again.trade, again.trendlines) == (once.levels, once.trade, once.trendlines)


@some
@given(st.lists(commands, max_size=10))
def test_merging_with_itself_changes_nothing(several: list[ChartCommand]) -> None:
    found = chart.read_array([chart.to_structured(each) for each in several])
    assert chart.merge(found, found) == chart.merge(found)
    assert chart.duplicates(chart.merge(found).commands) == ()
