"""Answers that say opposite things in much the same words are not equal."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.comparison.build import compared, native, workflow

SAID = "Yes, you can return it within 30 days. Shipping is free."


@pytest.mark.parametrize(
    ("there", "verdict", "words"),
    [
        ("Yes, you can return it within 14 days. Shipping is free.", "mixed", "14 days"),
        ("Yes, you can return it within 30 days. Shipping costs 5 euros.", "Agent Builder better", "5 euros"),
        ("No, you cannot return it within 30 days. Shipping is free.", "mixed", "cannot return"),
        (SAID, "equal", ""),
    ],
)
def test_durations_prices_in_words_and_yes_or_no_are_facts(
    tmp_path: Path, there: str, verdict: str, words: str
) -> None:
    scenario = compared(tmp_path, native(SAID), workflow(there))
    assert scenario.verdict == verdict
    assert words in " ".join(each.words for each in scenario.reasons)


def test_a_price_in_words_is_the_price_with_its_sign(tmp_path: Path) -> None:
    assert compared(tmp_path, native("It costs €5."), workflow("It costs 5 euros.")).verdict == "equal"
