"""A model's speed as it is assumed: shown, labelled, and nothing that a verdict counts."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from tests.comparison.build import Run, answer, exchanges, native, spoken, workflow

from chatkit_harness.comparison import Assumption, compare, parse_assumption
from chatkit_harness.comparison.measure import times_of
from chatkit_harness.core.errors import UsageError
from chatkit_harness.reports.comparison_markdown import comparison_markdown

NONE: frozenset[str] = frozenset()
QUICK = Assumption(ttft_ms=600, tokens_per_s=80)


@pytest.mark.parametrize("words", ["ttft=600ms,tps=80", "tps=80, ttft=0.6s", "ttft=600.0ms,tps=80.0"])
def test_it_is_read_in_any_order_and_unit(words: str) -> None:
    assert parse_assumption(words) == QUICK


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("ttft=600ms", "does not say tps"),
        ("ttft=600,tps=80", "'600' is no time"),
        ("ttft=-1s,tps=80", "'-1s' is no time"),
        (f"ttft={'9' * 400}s,tps=80", "is no time"),
        ("ttft=1s,tps=0", "'0' is no number of tokens a second"),
        (f"ttft=1s,tps={'9' * 400}", "is no number of tokens a second"),
        ("ttft=1s,tps=nan", "'nan' is no number"),
        ("ttft=1s,ttft=2s,tps=80", "says ttft twice"),
        ("tftt=1s,tps=80", "Did you mean 'ttft'?"),
        ("quick", "'quick' is no NAME=VALUE"),
        ("", "'' is no NAME=VALUE"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(words: str, cause: str) -> None:
    with pytest.raises(UsageError, match=cause.replace("?", r"\?")):
        parse_assumption(words)


def test_each_answer_has_its_first_token_and_the_rest_of_them() -> None:
    end = times_of(spoken(native("x"), 40, 16), NONE, QUICK).end
    assert (end.assumed_ms, end.model_ms) == (600 + 500 + 600 + 200, None)
    assert end.assumed_whole_ms == 1900 + 18


def test_of_answers_side_by_side_the_longest_counts() -> None:
    first, second = spoken(native("x"), 40, 16).exchanges
    beside = dataclasses.replace(second, at_ms=first.at_ms)
    whole = dataclasses.replace(native("x"), exchanges=(first, beside))
    assert times_of(whole, NONE, QUICK).end.assumed_ms == 600 + 500
    recorded = dataclasses.replace(native("x", critical_ms=1.0), exchanges=exchanges(2, 300.0))
    one, other = recorded.exchanges
    slower = dataclasses.replace(other, at_ms=one.at_ms, critical_ms=400.0)
    assert times_of(dataclasses.replace(recorded, exchanges=(one, slower)), NONE).end.model_ms == 400.0


def test_where_it_is_known_or_cannot_be_known_nothing_is_assumed() -> None:
    assert times_of(spoken(native("x", critical_ms=300.0), 40, 16), NONE, QUICK).end.assumed_ms is None
    assert times_of(spoken(native("x"), 40, None), NONE, QUICK).end.assumed_ms is None
    assert times_of(workflow(answer("x"), saved=True), NONE, QUICK).end.assumed_ms is None
    assert times_of(spoken(native("x"), 40, 16), NONE).end.assumed_ms is None


def test_an_answer_that_was_refused_takes_its_first_token_alone() -> None:
    first, second = spoken(native("x"), 40, None).exchanges
    refused = dataclasses.replace(second, status=429)
    whole = dataclasses.replace(native("x"), exchanges=(first, refused))
    assert times_of(whole, NONE, QUICK).end.assumed_ms == 600 + 500 + 600


def test_what_is_no_call_of_the_model_takes_no_time() -> None:
    first, second = spoken(native("x"), 40, None).exchanges
    elsewhere = dataclasses.replace(second, status=404, outcome="unsupported")
    whole = dataclasses.replace(native("x"), exchanges=(first, elsewhere))
    assert times_of(whole, NONE, QUICK).end.assumed_ms == 600 + 500


def test_where_a_turn_is_known_another_s_assumed_time_does_not_hide_it() -> None:
    recorded = native("x", critical_ms=300.0)
    (turn,) = recorded.turns
    later = dataclasses.replace(turn, index=1, sent_at_ms=101.0, ended_at_ms=121.0, events=())
    unknown = dataclasses.replace(recorded.exchanges[0], at_ms=102.0, ended_at_ms=103.0, critical_ms=None)
    both = dataclasses.replace(
        recorded,
        turns=(turn, later),
        exchanges=(*recorded.exchanges, dataclasses.replace(unknown, output_tokens=900)),
    )
    assert times_of(both, NONE, QUICK).end == times_of(both, NONE).end
    assert times_of(both, NONE, QUICK).end.model_ms == 600.0


def test_verdicts_are_the_same_with_it_and_each_time_says_so(tmp_path: Path) -> None:
    here, there = spoken(native("TSLA is at $5."), 40, 16), workflow(answer("TSLA is at $5."))
    results = Run(tmp_path).both("quote", here, spoken(there, 40, 16, 2000)).results()
    without, with_it = compare(results), compare(results, assumption=QUICK)
    assert [each.verdict for each in with_it.scenarios] == [each.verdict for each in without.scenarios]
    assert (with_it.answer, with_it.unknown) == (without.answer, without.unknown)
    page = comparison_markdown(with_it)
    assert "the model takes 600 ms to the first token, then 80 tokens a second" in page
    assert "1.9 s, assumed" in page
    assert "assumed model time (600 ms to the first token" in page
    assert "assum" not in comparison_markdown(without)
