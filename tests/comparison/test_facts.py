from __future__ import annotations

from typing import Any

import pytest

from chatkit_harness.comparison.facts import compare_content, facts_of, weighty
from chatkit_harness.comparison.words import amounts, names, normal_link, same_amount

CARD = {
    "type": "Card",
    "children": [{"type": "Text", "value": "$271.84"}, {"type": "Text", "value": "+2.72 (+1.01%)"}],
}
NEWS = {
    "type": "ListView",
    "status": {"text": "Latest news for TSLA"},
    "children": [
        {
            "type": "ListViewItem",
            "onClickAction": {"type": "open_url", "payload": {"url": "https://www.cnbc.com/tesla/"}},
            "children": [
                {"type": "Text", "value": "Tesla Q4 Earnings Beat Expectations"},
                {"type": "Caption", "value": "CNBC • 2 hours ago"},
            ],
        }
    ],
}


def lost(ours: list[Any], theirs: list[Any], *, says: str = "", asked: str = "") -> list[str]:
    """What our widgets give and the other side, its widgets and its words, does not."""
    found = compare_content(facts_of(ours, (), asked=asked), facts_of(theirs, (says,)), None)
    return [fact.shown for fact in weighty(found.native_only)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("$271.84", "271.84"),
        ("+1.01%", "up 1.01 percent"),
        ("$1,234.50", "1234.5"),
        ("1.2B", "1,200,000,000"),
        ("271.84", "$272"),
        ("1.18%", "1.2%"),
        ("-3.65%", "\N{MINUS SIGN}3.65%"),
        ("-$7.13", "down $7.13"),
        ("2026-11-20", "2026-11-20"),
        ("2026-11-25", "November 25, 2026"),
        ("25 Nov", "Nov. 25th, 2026"),
        ("$408.92", "408,92 $"),
        ("€1,234.56", "1.234,56 €"),
    ],
)
def test_one_figure_written_two_ways_is_one_fact(one: str, other: str) -> None:
    (left,), (right,) = amounts(one), amounts(other)
    assert same_amount(left, right)
    assert same_amount(right, left)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("$271.84", "271.84%"),
        ("+1.01%", "-1.01%"),
        ("up 1.01%", "down 1.01%"),
        ("3", "2.6"),
        ("$271.84", "$271.48"),
        ("08:30", "8.30"),
        ("62", "62%"),
        ("Nov 25, 2026", "Nov 25, 2027"),
        ("25 November", "25 December"),
    ],
)
def test_figures_that_only_look_alike_are_two(one: str, other: str) -> None:
    (left,), (right,) = amounts(one), amounts(other)
    assert not same_amount(left, right)


def test_a_range_has_no_signs_and_a_word_no_figure() -> None:
    assert [each.sign for each in amounts("$186.38 - $197.62")] == ["", ""]
    assert [each.sign for each in amounts("186-197")] == ["", ""]
    assert not list(amounts("Q4 of X1 and v1.2.3"))


def test_tickers_are_names_and_ordinary_abbreviations_are_not() -> None:
    assert list(names("The CEO of $TSLA, and BRK.B in USD: https://x.com/ABC")) == ["TSLA", "BRK.B"]


def test_the_same_facts_as_text_are_all_there() -> None:
    assert not lost([CARD], [], says="AAPL trades at $271.84, up 1.01% (+2.72).")
    assert lost([CARD], [], says="AAPL trades at $271.84.") == ["+2.72", "+1.01%"]


def test_another_layout_of_the_same_news_loses_nothing() -> None:
    said = "Tesla Q4 earnings beat expectations (CNBC, 5 hours ago): https://cnbc.com/tesla"
    assert not lost([NEWS], [], says=said)
    assert lost([NEWS], [], says="Tesla did well.") == [
        "Tesla Q4 Earnings Beat Expectations",
        "CNBC",
        "https://www.cnbc.com/tesla/",
    ]


def test_a_heading_and_a_label_are_wording_and_no_facts() -> None:
    headed = {"type": "Card", "children": [{"type": "Title", "value": "Market overview"}, *CARD["children"]]}
    assert not lost([headed], [CARD])


def test_repeating_the_question_is_no_fact() -> None:
    named = {"type": "Card", "children": [{"type": "Text", "value": "TSLA"}]}
    assert lost([named], []) == ["TSLA"]
    assert not lost([named], [], asked="Draw support for TSLA")


def test_a_small_count_in_prose_is_no_fact_but_a_price_is() -> None:
    said = facts_of((), ["Here are 3 articles on its 2 plants at $12."])
    assert [fact.shown for fact, _ in said.facts] == ["$12"]


def test_a_level_that_is_drawn_on_the_chart_has_been_told() -> None:
    said = facts_of((), ["Support stands at $443.84."])
    drawn = facts_of((), ["Done."], drawn=["SUPPORT:443.84"])
    assert not compare_content(said, drawn, None).native_only


def test_links_differ_by_where_they_lead() -> None:
    assert normal_link("https://www.CNBC.com/a/#top") == normal_link("http://cnbc.com/a")
    assert normal_link("https://cnbc.com/a") != normal_link("https://cnbc.com/b")


def test_a_widget_of_any_depth_and_shape_is_read() -> None:
    deep: Any = {"type": "Text", "value": "$99.50"}
    for _ in range(5000):
        deep = {"type": "Box", "children": [deep]}
    odd = {"type": 5, "children": {"value": None}, "value": [1, True]}
    assert lost([deep, odd], []) == ["$99.50"]


def test_a_direction_told_in_words_is_shown() -> None:
    assert [each.shown for each in amounts("up 0.75%, down 0.75%")] == ["+0.75%", "-0.75%"]


def held(one: str, other: str) -> tuple[list[str], list[str]]:
    found = compare_content(facts_of((), (one,)), facts_of((), (other,)), None)
    return [fact.shown for fact in found.native_only], [fact.shown for fact in found.agent_builder_only]


def test_each_others_figures_are_no_equal_facts() -> None:
    ours, theirs = held("AAPL $271.84, MSFT $508.44", "AAPL $508.44, MSFT $271.84")
    assert ours == ["$271.84 (AAPL)", "$508.44 (MSFT)"]
    assert theirs == ["$508.44 (AAPL)", "$271.84 (MSFT)"]


def test_a_support_told_as_a_resistance_is_another_fact() -> None:
    ours, _ = held("Support at $400, resistance at $420", "Resistance at $400, support at $420")
    assert ours == ["$400 (support)", "$420 (resistance)"]


def test_rows_that_swap_their_figures_are_other_facts() -> None:
    def rows(*pairs: tuple[str, str]) -> dict[str, Any]:
        texts = [[{"type": "Text", "value": value} for value in pair] for pair in pairs]
        return {"type": "ListView", "children": [{"type": "ListViewItem", "children": t} for t in texts]}

    ours = rows(("AAPL", "$271.84"), ("MSFT", "$508.44"))
    assert lost([ours], [rows(("MSFT", "$508.44"), ("AAPL", "$271.84"))]) == []
    assert lost([ours], [rows(("MSFT", "$271.84"), ("AAPL", "$508.44"))]) == [
        "$271.84 (AAPL)",
        "$508.44 (MSFT)",
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("AAPL trades at $271.84.", "The price is $271.84 for AAPL, MSFT is not asked for."),
        ("Support at $440 and $430.", "Supports: $440, $430. Resistance is at $460."),
        ("RSI 55.1 for NVDA", "NVDA: its RSI stands at 55.1"),
        ("Not bullish at all", "bearish"),
        ("neither overbought nor oversold", "neutral, not oversold"),
    ],
)
def test_what_is_not_plain_contradicts_nothing(one: str, other: str) -> None:
    ours, theirs = held(one, other)
    assert not any("(" in each or each in ("bullish", "bearish") for each in [*ours])
    assert not any("(" in each for each in theirs)


def test_the_opposite_is_another_fact() -> None:
    assert held("NVDA looks bearish", "NVDA looks bullish") == (["bearish"], ["bullish"])


def test_many_figures_are_held_against_many_in_little_time() -> None:
    """Each look-up takes a short stretch of the others: a hundred thousand against as many is done soon."""
    texts = [" ".join(f"{n}.{digit:02d}" for n in range(20_000)) for digit in (11, 57)]
    assert len(held(*texts)[0]) == 1000
